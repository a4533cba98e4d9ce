// Clauses that name the traffic and are not live at this moment -> what would decide at another time.
import { isLive } from '../during.ts';
import type { Firewall } from '../model/firewall.ts';
import type { Exception, Policy } from '../model/policy.ts';
import { writtenFor } from '../peers.ts';
import type { PeerName } from '../model/rule.ts';
import * as traffic from '../space/traffic.ts';
import type { Asked } from './asked.ts';
import { allows, denies, excepts, requires } from './candidates.ts';
import { deciderOf } from './decider.ts';
import type { Candidate, Decider } from './decider.ts';
import { namesInDoubt, reachOf } from './reach.ts';
import type { Sight } from './reach.ts';

/** All that is stated for a firewall, whether it is live or not. */
export interface Stated {
  readonly firewall: Firewall;
  /** With the modes that they have here. */
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
  readonly written: readonly PeerName[];
}

/** A rule that names the peer asked about is judged by its name; another name is no help to it. */
function sleeper(candidate: Candidate, asked: Asked, sight: Sight): readonly Decider[] {
  const { least, most } = reachOf(candidate.clause, sight);
  const sure = traffic.intersection(least, asked.traffic);
  if (!traffic.isNothing(sure)) return [deciderOf(candidate, sure)];
  if (asked.peer !== undefined && candidate.effect !== 'deny') return [];
  const possible = traffic.intersection(most, asked.traffic);
  const depends = namesInDoubt(candidate.clause, sight, possible);
  return depends.length === 0 ? [] : [deciderOf(candidate, possible, depends)];
}

export function notNowOf(
  { firewall, policies, exceptions, written }: Stated,
  asked: Asked,
  at: Date,
): readonly Decider[] {
  const { direction, peer } = asked;
  const sight: Sight = {
    written: peer === undefined ? [] : writtenFor(peer, written, firewall),
    doubtful: [],
    known: firewall,
  };
  const all = [
    ...allows(policies, direction),
    ...excepts(exceptions, direction),
    ...denies(policies, direction),
    ...requires(policies, direction),
  ];
  return all
    .filter(({ clause }) => !isLive(clause.during, at))
    .flatMap((candidate) => sleeper(candidate, asked, sight));
}
