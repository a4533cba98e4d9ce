// PolicySet x time -> which of its clauses and exceptions are live: what a sweep finds changed though nobody did anything.
import { isLive, wallClock } from './during.ts';
import { matches } from './match.ts';
import { DIRECTIONS } from './model/firewall.ts';
import type { Firewall } from './model/firewall.ts';
import type { Clause, During, Exception, Policy, PolicySet } from './model/policy.ts';

function duringsIn(clauses: readonly Clause[]): readonly During[] {
  return clauses.flatMap(({ during }) => during ?? []);
}

function ofPolicy(policy: Policy): readonly During[] {
  return DIRECTIONS.flatMap((direction) => {
    const { allow, deny, require } = policy[direction];
    return duringsIn([...(allow ?? []), ...deny, ...require]);
  });
}

function ofException(exception: Exception): readonly During[] {
  return DIRECTIONS.flatMap((direction) => duringsIn(exception[direction]));
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * A moment after `at` before which a window neither begins nor ends: the next one of its times by the clocks on the wall.
 * Where they are put forward or back until then, it comes sooner than that: a quarter of an hour later.
 */
function nextOf({ hours, zone }: During, at: number): number {
  const begun = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const { minute } = wallClock(zone, begun);
  const waits = [0, ...(hours === undefined ? [] : [hours.from, hours.to])].map((then) => {
    const wait = (((then - minute) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
    return wait === 0 ? DAY_MINUTES : wait;
  });
  const wait = Math.min(...waits);
  const next = begun + wait * MINUTE_MS;
  const isAsShown = wallClock(zone, next).minute === (minute + wait) % DAY_MINUTES;
  return isAsShown ? next : begun + 15 * MINUTE_MS;
}

/** The times in a policy set. */
export class PolicyTimes {
  readonly #policies: readonly Policy[];
  readonly #exceptions: readonly Exception[];
  readonly #durings: readonly During[];

  constructor(set: PolicySet) {
    this.#policies = set.policies.filter((policy) => ofPolicy(policy).length > 0);
    this.#exceptions = set.exceptions;
    this.#durings = [...set.policies.flatMap(ofPolicy), ...set.exceptions.flatMap(ofException)];
  }

  /** A moment until which nothing begins or ends. It is after `at`, and infinite where nothing ever does. */
  nextAfter(at: number): number {
    const ends = this.#exceptions.map(({ until }) => until.getTime()).filter((until) => until > at);
    const next = this.#durings.map((during) => nextOf(during, at));
    return [...ends, ...next].reduce((first, one) => Math.min(first, one), Infinity);
  }

  /** The same text as long as nothing begins or ends. */
  keyAt(at: Date): string {
    const live = this.#durings.map((during) => isLive(during, at));
    const open = this.#exceptions.map(({ until }) => at.getTime() < until.getTime());
    return [...live, ...open].map((is) => (is ? '1' : '0')).join('');
  }

  /** Whether something that begins or ends is about this firewall. */
  concern(firewall: Firewall): boolean {
    return [...this.#policies, ...this.#exceptions].some(({ match }) => matches(match, firewall));
  }
}
