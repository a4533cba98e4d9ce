// What is forbidden in addresses x the peers that clauses name -> what of it may pass by a rule that names one of them.
import { viewFor } from '../effective.ts';
import type { Desired } from '../effective.ts';
import type { Firewall } from '../model/firewall.ts';
import { INTERNET, NETWORK } from '../model/rule.ts';
import type { PeerName } from '../model/rule.ts';
import { extentOf, isExact, writtenFor } from '../peers.ts';
import { ANY_PROTOCOL } from '../space/slots.ts';
import * as traffic from '../space/traffic.ts';
import type { Traffic } from '../space/traffic.ts';
import type { Asked } from './asked.ts';
import { carved } from './decider.ts';
import type { Candidate, Decider } from './decider.ts';
import { namedIn, surelyPassing } from './passage.ts';
import type { Passage } from './passage.ts';
import { reachOf } from './reach.ts';

export interface ByName {
  /** Clauses that allow it only to rules that name their peer. */
  readonly deciders: readonly Decider[];
  /** What passes only by rules that name a peer which some clause allows by name. */
  readonly passing: Traffic;
  /** Those peers, as rules write them. */
  readonly onlyAs: readonly PeerName[];
}

interface Case {
  readonly firewall: Firewall;
  readonly desired: Desired;
  readonly asked: Asked;
  readonly passages: readonly Passage[];
  /** Clauses that permit something. */
  readonly permitting: readonly Candidate[];
  readonly forbidden: Traffic;
}

const NOTHING: ByName = { deciders: [], passing: traffic.NOTHING, onlyAs: [] };

/** The peers that clauses name and rules can name, as rules write them, of which nobody knows all addresses. */
function peersNamedBy({ desired, firewall }: Case): readonly PeerName[] {
  const names = desired.written.filter((name) => name !== NETWORK && name !== INTERNET);
  const peers = names.map((name) => firewall.aliases.get(name) ?? name);
  return [...new Set(peers)].filter((peer) => !isExact(extentOf(peer, firewall)));
}

function byNameOfPeer(one: Case, peer: PeerName): ByName {
  const { firewall, desired, asked, passages, permitting, forbidden } = one;
  const could = traffic.trafficOf(ANY_PROTOCOL, extentOf(peer, firewall).most);
  const view = viewFor(desired, asked.direction, peer, firewall);
  const permitted = traffic.difference(traffic.intersection(forbidden, could), view.forbidden);
  if (traffic.isNothing(permitted)) return NOTHING;
  const written = writtenFor(peer, desired.written, firewall);
  const naming = permitting.filter(({ clause }) => clause.peers.names.some((name) => written.includes(name)));
  const through = passages.filter(({ rule }) => namedIn(rule.box) === peer).map((passage) => passage.traffic);
  // What passes by a rule in addresses too is judged as that rule is.
  const only = traffic.difference(traffic.unionOf(through), surelyPassing(firewall, asked));
  const passing = traffic.intersection(permitted, only);
  return {
    deciders: carved(naming, permitted, (clause) => reachOf(clause, { written, doubtful: [], known: firewall }).least, [
      peer,
    ]),
    passing,
    onlyAs: traffic.isNothing(passing) ? [] : [peer],
  };
}

/** Traffic is one with the rule that it passes by: what a rule that names a peer lets through is permitted as that rule is. */
export function byNameOf(one: Case): ByName {
  if (one.asked.peer !== undefined || traffic.isNothing(one.forbidden)) return NOTHING;
  const found = peersNamedBy(one).map((peer) => byNameOfPeer(one, peer));
  return {
    deciders: found.flatMap(({ deciders }) => deciders),
    passing: traffic.unionOf(found.map(({ passing }) => passing)),
    onlyAs: found.flatMap(({ onlyAs }) => onlyAs),
  };
}
