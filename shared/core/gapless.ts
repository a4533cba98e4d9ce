// Removal x what a plan writes -> whether it can be made before anything is added, since nothing that stays needs it meanwhile.
import type { Direction, Firewall } from './model/firewall.ts';
import type { Box, Peer, RuleContent } from './model/rule.ts';
import * as addresses from './space/addresses.ts';
import type { Addresses } from './space/addresses.ts';
import * as line from './space/line.ts';

/** A content and the direction that it speaks of. */
export interface Directed {
  readonly direction: Direction;
  readonly content: RuleContent;
}

/** The most that a peer can be. A name of which nothing is known can be anybody. */
function mostOf(peer: Peer, names: Firewall['names']): Addresses {
  return peer.kind === 'addresses' ? peer.addresses : (names.get(peer.name)?.most ?? addresses.ANYWHERE);
}

function mayShareAPeer(a: Peer, b: Peer, names: Firewall['names']): boolean {
  // Whoever has a name has itself in common with it, whatever is known of it.
  if (a.kind === 'named' && b.kind === 'named' && a.name === b.name) return true;
  return !addresses.isNobody(addresses.intersection(mostOf(a, names), mostOf(b, names)));
}

/** Source ports and own side are full in every rule of a security group, so they tell no two rules apart. */
function mayOverlap(a: Box, b: Box, names: Firewall['names']): boolean {
  return line.intersection(a.slots, b.slots).length > 0 && mayShareAPeer(a.peer, b.peer, names);
}

/**
 * Whether a rule can go before what the plan writes, without a gap. Whatever it lets through and is let through at the
 * end too must then be in a rule that the plan does not touch; so it is where nothing that is written may overlap it.
 */
export function isGapless(removed: Directed, written: readonly Directed[], names: Firewall['names']): boolean {
  return !written.some(
    ({ direction, content }) => direction === removed.direction && mayOverlap(content.box, removed.content.box, names),
  );
}
