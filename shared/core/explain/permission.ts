// Desired x Asked -> Permission: whether it may pass, and by which clauses.
import { sightOf, viewFor } from '../effective.ts';
import type { Desired } from '../effective.ts';
import type { Firewall } from '../model/firewall.ts';
import type { Clause, Exception } from '../model/policy.ts';
import type { PeerName } from '../model/rule.ts';
import * as line from '../space/line.ts';
import * as traffic from '../space/traffic.ts';
import type { Traffic } from '../space/traffic.ts';
import { shareOf } from './asked.ts';
import type { Asked, Share } from './asked.ts';
import { byNameOf } from './by-name.ts';
import type { ByName } from './by-name.ts';
import { allows, excepts } from './candidates.ts';
import { carved, deciderOf } from './decider.ts';
import type { Candidate, Decider } from './decider.ts';
import { forbiddersOf, requirersOf } from './forbidding.ts';
import type { Passage } from './passage.ts';
import { reachOf } from './reach.ts';
import type { Sight } from './reach.ts';

/** Everything by which it is judged at one moment. */
export interface Standards {
  readonly firewall: Firewall;
  readonly desired: Desired;
  /** What would be desired if there were no exceptions: what they make the difference of, they permit. */
  readonly strict: Desired;
  /** Exceptions for this firewall. */
  readonly live: readonly Exception[];
  readonly ended: readonly Exception[];
}

export interface Permission {
  readonly may: Share;
  /** What permits some of it first, then what forbids some of it in deciding order, then what requires it. */
  readonly deciders: readonly Decider[];
  /** The named peers on which it depends whether all of it may. */
  readonly depends: readonly PeerName[];
  /** Peers by which traffic in addresses passes only, and that some clause allows by name. */
  readonly onlyAs: readonly PeerName[];
  /** Exceptions that would permit some of what is forbidden, had they not ended. */
  readonly ended: readonly Exception[];
}

function cutsIn(candidates: readonly Candidate[], forbidden: Traffic, sight: Sight): readonly Decider[] {
  return candidates.flatMap((candidate) => {
    const part = traffic.intersection(reachOf(candidate.clause, sight).cut, forbidden);
    return traffic.isNothing(part) ? [] : [deciderOf({ ...candidate, effect: 'cut' }, part)];
  });
}

/** Whether a slot is forbidden for some of what the peer can be, and not for all of it. */
function isMixed(asked: Asked, forbidden: Traffic): boolean {
  const free = traffic.slotsOf(traffic.difference(asked.traffic, forbidden));
  return !asked.isExact && line.intersection(free, traffic.slotsOf(forbidden)).length > 0;
}

function dependsOf(
  asked: Asked,
  forbidden: Traffic,
  deciders: readonly Decider[],
  byName: ByName,
): readonly PeerName[] {
  const own = asked.peer !== undefined && isMixed(asked, forbidden) ? [asked.peer] : [];
  const denied = deciders.flatMap(({ effect, depends }) => (effect === 'deny' ? depends : []));
  return [...new Set([...own, ...byName.onlyAs, ...denied])];
}

export function permissionOf(standards: Standards, asked: Asked, passages: readonly Passage[]): Permission {
  const { firewall, desired, strict, live, ended } = standards;
  const { direction } = asked;
  const sight: Sight = { ...sightOf(desired, asked.peer, firewall), known: firewall };
  const view = viewFor(desired, direction, asked.peer, firewall);
  const strictView = viewFor(strict, direction, asked.peer, firewall);
  const forbidden = traffic.intersection(asked.traffic, view.forbidden);
  const free = traffic.difference(asked.traffic, view.forbidden);
  const permitted = traffic.difference(free, view.could);
  const excepted = traffic.union(
    traffic.intersection(permitted, strictView.could),
    traffic.intersection(free, strictView.forbidden),
  );
  const means = (clause: Clause): Traffic => reachOf(clause, sight).least;
  const permitting = [...allows(desired.policies, direction), ...excepts(live, direction)];
  const byName = byNameOf({ firewall, desired, asked, passages, permitting, forbidden });
  const deciders = [
    ...carved(allows(desired.policies, direction), traffic.difference(free, excepted), means),
    ...carved(excepts(live, direction), excepted, means),
    ...byName.deciders,
    ...cutsIn(permitting, forbidden, sight),
    ...forbiddersOf(view, asked, sight),
    ...requirersOf(desired[direction], asked, sight),
  ];
  const firmly = traffic.unionOf(deciders.filter(({ firm }) => firm).map((decider) => decider.traffic));
  const curable = traffic.difference(forbidden, firmly);
  const may = traffic.isNothing(asked.traffic) ? 'all' : shareOf(asked, permitted, traffic.union(free, byName.passing));
  return {
    may,
    deciders,
    depends: may === 'all' || may === 'none' ? [] : dependsOf(asked, forbidden, deciders, byName),
    onlyAs: byName.onlyAs,
    ended: ended.filter((exception) =>
      exception[direction].some((clause) => !traffic.isNothing(traffic.intersection(means(clause), curable))),
    ),
  };
}
