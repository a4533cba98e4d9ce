// Clause -> what it says, as far as the policy alone can tell.
import type { Clause } from '../../core/model/policy.ts';
import { INTERNET } from '../../core/model/rule.ts';
import type { PeerName } from '../../core/model/rule.ts';
import { boundsOf, isPrefixList, NOTHING_KNOWN } from '../../core/peers.ts';
import * as addresses from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import * as traffic from '../../core/space/traffic.ts';
import type { Traffic } from '../../core/space/traffic.ts';
import type { Effort } from './remark.ts';

/**
 * What a clause is asked about: addresses (undefined), or a peer by its name. Nobody knows here who a name stands for, so
 * each name is a world of its own in which every address may be the peer's. `internet` alone is taken for addresses: all
 * but the private ones.
 */
export type View = PeerName | undefined;

type Bound = 'least' | 'most';

/** The first and the last place that a clause speaks of, on each axis: most pairs of clauses are far apart on one. */
interface Span {
  readonly slots: readonly [first: number, end: number];
  readonly v4: readonly [first: number, end: number] | undefined;
  readonly v6: readonly [first: bigint, end: bigint] | undefined;
}

function ends<T>(line: readonly T[]): readonly [T, T] | undefined {
  const [first, end] = [line[0], line.at(-1)];
  return first === undefined || end === undefined ? undefined : [first, end];
}

function isWithin<T>(inner: readonly [T, T] | undefined, outer: readonly [T, T] | undefined): boolean {
  return inner === undefined || (outer !== undefined && outer[0] <= inner[0] && inner[1] <= outer[1]);
}

function meet<T>(a: readonly [T, T] | undefined, b: readonly [T, T] | undefined): boolean {
  return a !== undefined && b !== undefined && a[0] < b[1] && b[0] < a[1];
}

/** How much work it is to walk over a set. */
function edgesIn(said: Traffic): number {
  return said.reduce((sum, { who }) => sum + who.v4.length + who.v6.length + 4, 10);
}

/** One clause with what it says, computed once. */
export class Reach {
  readonly clause: Clause;
  /** Addresses first, then each name but `internet`. */
  readonly views: readonly View[];
  readonly span: Span;
  /** How much work it is to walk over what it says. */
  readonly edges: number;
  readonly #stated: Addresses;
  readonly #said: Traffic;

  constructor(clause: Clause) {
    const { slots, peers } = clause;
    this.clause = clause;
    this.views = [undefined, ...peers.names.filter((name) => name !== INTERNET)];
    const named = boundsOf({ addresses: addresses.NOBODY, names: peers.names }, NOTHING_KNOWN).least;
    // `within` bounds prefix lists alone, and nobody knows here what is on one.
    this.#stated = addresses.union(peers.addresses, named);
    this.#said = traffic.trafficOf(slots, this.#stated);
    const { v4, v6 } = this.#stated;
    this.span = { slots: ends(slots) ?? [0, 0], v4: ends(v4), v6: ends(v6) };
    this.edges = edgesIn(this.#said);
  }

  #within(bound: Bound): Addresses {
    const { within } = this.clause;
    return within === undefined ? addresses.ANYWHERE : boundsOf(within, NOTHING_KNOWN)[bound];
  }

  /** What it says in a view: of a peer that it does not name, only what it says of all addresses. */
  says(view: View, bound: Bound): Traffic {
    if (view === undefined || !this.clause.peers.names.includes(view)) return this.#said;
    const meant = isPrefixList(view) ? this.#within(bound) : addresses.ANYWHERE;
    return traffic.trafficOf(this.clause.slots, addresses.union(this.#stated, meant));
  }

  /** Everything that it could turn out to say, whoever the peers are. */
  get could(): Traffic {
    const [, first] = this.views;
    return this.says(first, 'most');
  }
}

/** What is left of some traffic in a view once these clauses have taken theirs; at most nothing. */
export function leftOf(
  asked: Traffic,
  takers: readonly Reach[],
  takes: (taker: Reach) => Traffic,
  effort: Effort,
): Traffic {
  let left = asked;
  for (const taker of takers) {
    if (traffic.isNothing(left)) return left;
    effort.spend(edgesIn(left) + taker.edges);
    left = traffic.difference(left, takes(taker));
  }
  return left;
}

export function reachOf(clause: Clause): Reach {
  return new Reach(clause);
}

/** Whether two clauses may speak of the same traffic. A quick answer: false is certain. */
export function mayMeet(a: Reach, b: Reach): boolean {
  if (!meet(a.span.slots, b.span.slots)) return false;
  return a.views.length > 1 || b.views.length > 1 || meet(a.span.v4, b.span.v4) || meet(a.span.v6, b.span.v6);
}

/** Whether one clause may say all that another does. A quick answer: false is certain. */
export function mayCover(whole: Reach, part: Reach): boolean {
  const [inner, outer] = [part.span, whole.span];
  return isWithin(inner.slots, outer.slots) && isWithin(inner.v4, outer.v4) && isWithin(inner.v6, outer.v6);
}

/** Whether a clause is surely live whenever another one is. */
export function isLiveWith(clause: Clause, other: Clause): boolean {
  return clause.during === undefined || JSON.stringify(clause.during) === JSON.stringify(other.during);
}
