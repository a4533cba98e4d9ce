import { isLive } from '../core/during.ts';
import { DIRECTIONS } from '../core/model/firewall.ts';
import type { Clause, During, Policy } from '../core/model/policy.ts';
import { meaning, wrong } from './problem.ts';
import type { Understood } from './problem.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
const YEAR_MS = 366 * DAY_MS;
const DAY_MINUTES = 24 * 60;

/** How often one policy set may ask whether a window is open. Asking so often takes some seconds. */
const MOST_QUESTIONS = 1_000_000;
/** Moments at which policies are judged, times the clauses that are judged there. */
const MOST_JUDGEMENTS = 100_000;

function floor(at: number, unitMs: number): number {
  return at - (((at % unitMs) + unitMs) % unitMs);
}

/** What the clocks on the wall of a zone show at a moment, as if it were UTC. */
class WallClock {
  readonly #format: Intl.DateTimeFormat;

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  }

  #shown(at: number): number {
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  }

  /** How far the clocks are ahead of UTC. */
  offsetMs(at: number): number {
    return this.#shown(at) - floor(at, MINUTE_MS);
  }

  /** The moments from `start` to `end` from which on the clocks are ahead by something else. To the minute, as laws have it. */
  changesBetween(start: number, end: number): readonly number[] {
    const changes: number[] = [];
    for (let day = start; day < end; day += DAY_MS) {
      const before = this.offsetMs(day);
      if (this.offsetMs(day + DAY_MS) === before) continue;
      let [same, other] = [day, day + DAY_MS];
      while (other - same > MINUTE_MS) {
        const middle = floor((same + other) / 2, MINUTE_MS);
        if (this.offsetMs(middle) === before) same = middle;
        else other = middle;
      }
      changes.push(other);
    }
    return changes;
  }
}

/** Minutes of a week, from Monday, at which a window may begin or end. Some of them may be neither, which does no harm. */
function boundariesOf({ hours }: During): readonly number[] {
  const minutes = hours === undefined ? [0] : [hours.from, hours.to % DAY_MINUTES];
  return [0, 1, 2, 3, 4, 5, 6].flatMap((day) => minutes.map((minute) => day * DAY_MINUTES + minute));
}

function allClauses(policy: Policy): readonly Clause[] {
  return DIRECTIONS.flatMap((direction) => {
    const { allow = [], deny, require } = policy[direction];
    return [...allow, ...deny, ...require];
  });
}

/** The different times that clauses state. */
function windowsOf(clauses: readonly Clause[]): readonly During[] {
  return [
    ...new Map(
      clauses.flatMap(({ during }) => (during === undefined ? [] : [[JSON.stringify(during), during] as const])),
    ).values(),
  ];
}

/** INVARIANT: between two candidates no window begins or ends, so the first of each set of live windows stands for all. */
function firstOfEach(windows: readonly During[], candidates: readonly number[]): readonly Date[] {
  const found = new Map<string, Date>();
  for (const candidate of candidates) {
    const at = new Date(candidate);
    const live = windows.map((window) => (isLive(window, at) ? '1' : '0')).join('');
    if (!found.has(live)) found.set(live, at);
  }
  return [...found.values()];
}

/** The moments at which a policy has to be judged so that it is judged at all moments of the year ahead. */
export class Moments {
  readonly #start: number;
  readonly #end: number;
  readonly #clocks = new Map<string, { readonly clock: WallClock; readonly changes: readonly number[] }>();
  #questions = 0;
  #judgements = 0;

  constructor(now: Date) {
    this.#start = floor(now.getTime(), MINUTE_MS);
    this.#end = this.#start + YEAR_MS;
  }

  /** One moment for each set of clauses that are live together: the first such moment, in the order of time. */
  of(policy: Policy): Understood<readonly Date[]> {
    const clauses = allClauses(policy);
    const windows = windowsOf(clauses);
    const candidates = this.#candidates(windows);
    this.#questions += candidates.length * windows.length;
    const moments = this.#questions > MOST_QUESTIONS ? [] : firstOfEach(windows, candidates);
    this.#judgements += moments.length * clauses.length;
    if (this.#questions <= MOST_QUESTIONS && this.#judgements <= MOST_JUDGEMENTS) return meaning(moments);
    const advice = 'write the same times for more of them, or move some to another policy';
    return wrong(`clauses state too many different \`during\` to be judged at every moment; ${advice}`);
  }

  /**
   * While no clock is put forward or back, every week is like the first one: one week of each such stretch is enough,
   * or all of the stretch where it is shorter.
   */
  #candidates(windows: readonly During[]): readonly number[] {
    const changes = windows.flatMap(({ zone }) => this.#clockOf(zone).changes);
    const starts = [...new Set([this.#start, ...changes])].sort((a, b) => a - b);
    const candidates = new Set<number>(starts);
    for (const [index, start] of starts.entries()) {
      const end = Math.min(starts[index + 1] ?? this.#end, start + WEEK_MS);
      for (const window of windows) {
        const offsetMs = this.#clockOf(window.zone).clock.offsetMs(start);
        for (const boundary of boundariesOf(window)) {
          // The epoch was a Thursday, so the Monday before it begins the weeks.
          const monday = -3 * DAY_MS;
          const shift = monday + boundary * MINUTE_MS - offsetMs;
          const at = floor(start - shift + WEEK_MS - 1, WEEK_MS) + shift;
          if (at < end) candidates.add(at);
        }
      }
    }
    return [...candidates].sort((a, b) => a - b);
  }

  #clockOf(zone: string): { readonly clock: WallClock; readonly changes: readonly number[] } {
    const known = this.#clocks.get(zone);
    if (known !== undefined) return known;
    const clock = new WallClock(zone);
    const made = { clock, changes: clock.changesBetween(this.#start, this.#end) };
    this.#clocks.set(zone, made);
    return made;
  }
}
