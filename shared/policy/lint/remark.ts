import type { Clause, Place } from '../../core/model/policy.ts';
import { quoted } from '../problem.ts';

/** Something in a policy that is odd and may be meant: it is told of, and stops nothing. */
export interface Remark {
  readonly place: Place;
  /** What is odd, and what to write instead. */
  readonly what: string;
}

/** Where another place is, for a reader who has the first one before him. */
export function whereText(there: Place, here: Place): string {
  const line = `line ${String(there.line)}`;
  return there.file === here.file ? line : `${quoted(there.file)} ${line}`;
}

/** A clause as a message at another place names it: its id, and where it stands. */
export function clauseText({ id, place }: Pick<Clause, 'id' | 'place'>, here: Place): string {
  return `${quoted(id)} (${whereText(place, here)})`;
}

const MOST_NAMED = 3;

/** `a`, `a and b`, `a, b, c and 5 more`. */
export function listText(texts: readonly string[]): string {
  const more = texts.length - MOST_NAMED;
  const shown = more > 0 ? [...texts.slice(0, MOST_NAMED), `${String(more)} more`] : texts;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** Too many pairs of clauses to look at, or too long ones: nobody waits minutes for a remark. */
export class TooMuchWork extends Error {}

/** Edges of sets that may be walked over for one kind of remark: about a second of work. */
const MOST_WORK = 10_000_000;

/** How much work is left. Spending more than that throws `TooMuchWork`. */
export class Effort {
  #left = MOST_WORK;

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooMuchWork();
  }
}
