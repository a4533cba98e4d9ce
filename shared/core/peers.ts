// Peers x what a firewall knows of names -> the addresses that they surely are, and may be.
import { UNKNOWN } from './exposure.ts';
import type { Firewall } from './model/firewall.ts';
import type { Peers } from './model/policy.ts';
import { INTERNET, NETWORK } from './model/rule.ts';
import type { Extent, PeerName } from './model/rule.ts';
import * as addresses from './space/addresses.ts';
import { PRIVATE } from './space/private.ts';

/** What a firewall knows of names. */
export type Names = Pick<Firewall, 'names' | 'aliases' | 'unresolved'>;

export const NOTHING_KNOWN: Names = { names: new Map(), aliases: new Map(), unresolved: new Set() };

export function isExact({ least, most }: Extent): boolean {
  return addresses.equal(least, most);
}

/** `internet`: everything but `private` and what surely is the firewall's own network. */
function internetOf({ names }: Names): Extent {
  const own = names.get(NETWORK)?.least ?? addresses.NOBODY;
  const internet = addresses.difference(addresses.difference(addresses.ANYWHERE, PRIVATE), own);
  return { least: internet, most: internet };
}

/** What is known of a peer, as a policy or a rule writes it. */
export function extentOf(name: PeerName, known: Names): Extent {
  if (name === INTERNET) return internetOf(known);
  const { names, aliases } = known;
  return names.get(name) ?? names.get(aliases.get(name) ?? name) ?? UNKNOWN;
}

/** What a clause's peers are between: `least` holds all that they surely are, `most` all that they may be. */
export function boundsOf(peers: Peers, known: Names): Extent {
  const extents = peers.names.map((name) => extentOf(name, known));
  return {
    least: addresses.unionOf([peers.addresses, ...extents.map(({ least }) => least)]),
    most: addresses.unionOf([peers.addresses, ...extents.map(({ most }) => most)]),
  };
}

/** The names among these by which a policy means the peer that a rule names. */
export function writtenFor(peer: PeerName, written: readonly PeerName[], { aliases }: Names): readonly PeerName[] {
  return written.filter((name) => name === peer || aliases.get(name) === peer);
}

/** The names among these that may stand for the peer that a rule names: of its kind, and nobody knows for whom. */
export function doubtfulFor(peer: PeerName, written: readonly PeerName[], { unresolved }: Names): readonly PeerName[] {
  const kindOf = (name: PeerName): string => name.slice(0, name.indexOf(':'));
  return written.filter((name) => unresolved.has(name) && kindOf(name) === kindOf(peer));
}

/** Whether a name stands for a list of addresses that others may edit. */
export function isPrefixList(name: PeerName): boolean {
  return name.startsWith('prefix-list:');
}
