// Exceptions x policies -> the exceptions that make no difference.
import { isLive } from '../../core/during.ts';
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import type { Clause, During, Exception, Policy, PolicySet } from '../../core/model/policy.ts';
import * as traffic from '../../core/space/traffic.ts';
import { timeText } from '../exception.ts';
import { quoted } from '../problem.ts';
import { areApart } from './apart.ts';
import { isLiveWith, leftOf, mayMeet, reachOf } from './reach.ts';
import type { Reach } from './reach.ts';
import type { Effort, Remark } from './remark.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** A week, and a day for an hour that clocks skip. */
const LONGEST_WAIT_MINUTES = 8 * DAY_MINUTES;

/** How long a window stays open, so that no step over time jumps over it. */
function windowMinutes({ hours }: During): number {
  if (hours === undefined) return DAY_MINUTES;
  const minutes = hours.to - hours.from;
  return minutes > 0 ? minutes : minutes + DAY_MINUTES;
}

/** Whether a window opens from now on before an exception ends. */
function opens(during: During, until: Date, now: Date, effort: Effort): boolean {
  const step = Math.min(windowMinutes(during), 60) * MINUTE_MS;
  const last = until.getTime() - 1;
  const end = Math.min(last, now.getTime() + LONGEST_WAIT_MINUTES * MINUTE_MS);
  for (let at = now.getTime(); at < end; at += step) {
    effort.spend(40);
    if (isLive(during, new Date(at))) return true;
  }
  return isLive(during, new Date(end));
}

/** The same question, asked once for each window and end: many exceptions share theirs. */
class Openings {
  readonly #now: Date;
  readonly #effort: Effort;
  readonly #known = new Map<string, boolean>();

  constructor(now: Date, effort: Effort) {
    this.#now = now;
    this.#effort = effort;
  }

  isEverLive(during: During, until: Date): boolean {
    const key = JSON.stringify([during, until]);
    const known = this.#known.get(key) ?? opens(during, until, this.#now, this.#effort);
    this.#known.set(key, known);
    return known;
  }
}

/** Whether a policy surely forbids nothing of what a clause permits, at any moment at which that is live. */
function forbidsNothingOf(permitted: Reach, policy: Policy, direction: Direction, effort: Effort): boolean {
  const { allow, deny } = policy[direction];
  effort.spend(deny.length + (allow?.length ?? 0));
  const denies = deny.map(reachOf).filter((one) => mayMeet(permitted, one));
  const allows = allow?.map(reachOf).filter((one) => isLiveWith(one.clause, permitted.clause));
  return permitted.views.every((view) => {
    const said = permitted.says(view, 'most');
    effort.spend(denies.reduce((sum, { edges }) => sum + edges, permitted.edges));
    if (denies.some((one) => !traffic.isNothing(traffic.intersection(said, one.could)))) return false;
    if (allows === undefined) return true;
    return traffic.isNothing(leftOf(said, allows, (one) => one.says(view, 'least'), effort));
  });
}

function clauseRemarks(
  clause: Clause,
  direction: Direction,
  exception: Exception,
  governing: readonly Policy[],
  effort: Effort,
): readonly Remark[] {
  const permitted = reachOf(clause);
  const isMoot = governing.every((policy) => forbidsNothingOf(permitted, policy, direction, effort));
  if (!isMoot) return [];
  const { place } = clause;
  const reason =
    governing.length === 0
      ? `no policy governs what ${quoted(exception.name)} matches, so nothing is forbidden there`
      : 'no policy forbids it';
  return [{ place, what: `${quoted(clause.id)} permits what is permitted anyway: ${reason}; remove it` }];
}

function neverLive(clause: Clause, exception: Exception, openings: Openings): readonly Remark[] {
  const { id, during, place } = clause;
  if (during === undefined || during.days.length === 0 || openings.isEverLive(during, exception.until)) return [];
  const ends = `${quoted(exception.name)} ends at ${timeText(exception.until)}, before the times in its \`during\` come`;
  return [{ place, what: `${quoted(id)} is never live: ${ends}; write other times, or a later \`until\`` }];
}

function remarksOf(
  exception: Exception,
  set: PolicySet,
  now: Date,
  openings: Openings,
  effort: Effort,
): readonly Remark[] {
  const { name, place, until, match } = exception;
  if (until <= now) {
    const ended = `exception ${quoted(name)} ended at ${timeText(until)} and permits nothing any more`;
    return [{ place, what: `${ended}; remove it, or have it approved again with a later \`until\`` }];
  }
  const governing = set.policies.filter((policy) => !areApart(policy.match, match, effort));
  return DIRECTIONS.flatMap((direction) =>
    exception[direction].flatMap((clause) => [
      ...neverLive(clause, exception, openings),
      ...clauseRemarks(clause, direction, exception, governing, effort),
    ]),
  );
}

/** Exceptions that permit nothing, or nothing that is forbidden. Throws `TooMuchWork`. */
export function idleExceptionsIn(set: PolicySet, now: Date, effort: Effort): readonly Remark[] {
  const openings = new Openings(now, effort);
  return set.exceptions.flatMap((exception) => remarksOf(exception, set, now, openings, effort));
}
