// Events of files -> those that matter, in order, and how many were left out for which reason.
import { Fault } from '../shared/base/fault.ts';
import { heardFrom } from '../shared/clouds/aws/events.ts';
import { stepOf } from '../shared/clouds/aws/retrace-call.ts';
import type { Step } from '../shared/clouds/aws/retrace-call.ts';
import type { Heard } from '../shared/clouds/contract.ts';
import type { Progress } from './progress.ts';
import { eventsOf } from './replay-files.ts';
import type { FileEvent } from './replay-files.ts';

/** An event that says where to look, or that a call changed something that is looked at later. */
export interface Happening {
  readonly at: Date;
  readonly eventId: string;
  readonly heard: (Heard & { readonly kind: 'targets' }) | undefined;
  readonly step: Step | undefined;
}

export interface Malformed {
  readonly where: string;
  readonly why: string;
}

/** What was heard of all files. */
export interface Hearing {
  readonly files: number;
  readonly read: number;
  readonly happenings: readonly Happening[];
  readonly clocks: number;
  readonly duplicates: number;
  readonly ignored: ReadonlyMap<string, number>;
  readonly malformed: readonly Malformed[];
  /** All of them: only the first ones are kept. */
  readonly malformedCount: number;
}

/** Reasons and places that are kept. Names of calls come from outside, so that without a bound they may fill the memory. */
const MOST_REASONS = 1000;
const OTHER_REASONS = 'other reasons';

/** Clocks differ, but not by a day. */
const MOST_AHEAD_MS = 24 * 60 * 60_000;
/** EC2 opened in August 2006 (not verified), and no event about it is older. */
const EARLIEST_TEXT = '2006-01-01T00:00:00Z';
const EARLIEST = Date.parse(EARLIEST_TEXT);

/** Hears events one after the other, in any order. */
export class Ear {
  #read = 0;
  #clocks = 0;
  #duplicates = 0;
  #malformedCount = 0;
  readonly #happenings: Happening[] = [];
  readonly #ignored = new Map<string, number>();
  readonly #malformed: Malformed[] = [];
  /** Only of events that matter: those of all events of a month would be more than what is kept of them. */
  readonly #ids = new Set<string>();
  readonly #latest: number;

  constructor(now: Date) {
    this.#latest = now.getTime() + MOST_AHEAD_MS;
  }

  #ignore(why: string): void {
    const key = this.#ignored.has(why) || this.#ignored.size < MOST_REASONS ? why : OTHER_REASONS;
    this.#ignored.set(key, (this.#ignored.get(key) ?? 0) + 1);
  }

  #complain(where: string, why: string): void {
    this.#malformedCount += 1;
    if (this.#malformed.length < MOST_REASONS) this.#malformed.push({ where, why });
  }

  take(event: FileEvent): void {
    if (event.kind === 'passed over') return;
    this.#read += 1;
    if (event.kind === 'unreadable') this.#complain(event.where, event.why);
    else {
      try {
        this.#hear(event.value);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        this.#complain(event.where, error.message);
      }
    }
  }

  #hear(value: unknown): void {
    const heard = heardFrom(value);
    if (heard.kind === 'clock') {
      this.#clocks += 1;
      return;
    }
    const step = stepOf(value);
    const time = heard.kind === 'ignored' ? step?.at : heard.hint.at;
    if (time !== undefined) this.#checkTime(time);
    if (heard.kind === 'ignored') {
      this.#ignore(heard.why);
      if (step !== undefined) this.#keep({ at: step.at, eventId: step.eventId, heard: undefined, step });
      return;
    }
    const { at, eventId } = heard.hint;
    if (!this.#keep({ at, eventId, heard, step })) this.#duplicates += 1;
  }

  /** Between two events there are sweeps, so that one of a far time would be years of them. */
  #checkTime(at: Date): void {
    if (EARLIEST <= at.getTime() && at.getTime() <= this.#latest) return;
    const isLate = at.getTime() > this.#latest;
    const found = `event is of \`${at.toISOString()}\`, ${isLate ? 'more than a day after now' : 'before EC2 began'}`;
    const advice = isLate
      ? '; mend `eventTime` (or `time`), or the clock of this machine'
      : '; mend `eventTime` (or `time`)';
    const latest = new Date(this.#latest).toISOString();
    throw new Fault('malformed', `${found}; expected a time from ${EARLIEST_TEXT} to ${latest}${advice}`);
  }

  #keep(happening: Happening): boolean {
    const { eventId } = happening;
    if (eventId !== '' && this.#ids.has(eventId)) return false;
    this.#ids.add(eventId);
    this.#happenings.push(happening);
    return true;
  }

  heard(files: number): Hearing {
    return {
      files,
      read: this.#read,
      happenings: this.#happenings.toSorted(inOrder),
      clocks: this.#clocks,
      duplicates: this.#duplicates,
      ignored: this.#ignored,
      malformed: this.#malformed,
      malformedCount: this.#malformedCount,
    };
  }
}

/** What of one second comes first, and last: nothing can be done to what is not made yet, or is gone. */
const RANKS: Readonly<Partial<Record<Step['deed']['kind'], number>>> = {
  'create group': 0,
  'create list': 0,
  revoke: 1,
  'delete group': 3,
  'delete list': 3,
};

function rankOf({ step }: Happening): number {
  return (step === undefined ? undefined : RANKS[step.deed.kind]) ?? 2;
}

/**
 * Events tell whole seconds, and files have no order. Of one second come creations first, then revokes, then all else,
 * then deletions; what is left is told apart by the event's id, so that the order of files plays no part.
 */
function inOrder(a: Happening, b: Happening): number {
  const byTime = a.at.getTime() - b.at.getTime() || rankOf(a) - rankOf(b);
  if (byTime !== 0) return byTime;
  return a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0;
}

/** Everything that the files say, file by file. */
export async function hear(files: readonly string[], now: Date, progress: Pick<Progress, 'show'>): Promise<Hearing> {
  const ear = new Ear(now);
  for (const [index, file] of files.entries()) {
    progress.show('reading files of events', index, files.length);
    for (const event of await eventsOf(file)) ear.take(event);
  }
  return ear.heard(files.length);
}
