// Hearing x Replay -> the document that `replay` prints.
import type {
  ActorRecord,
  EventOutcome,
  EventRecord,
  LeadRecord,
  ReplayDocument,
  ReplayRun,
} from './replay-document.ts';
import type { Hearing } from './replay-hearing.ts';
import type { Replay } from './replay-run.ts';
import { timeText } from './heading.ts';

/** Whose rule it was, and of additions, who took away what is required. */
function actorsOf({ event, changes }: ReplayRun): ReadonlyMap<string | null, EventRecord | null> {
  type Opened = readonly [actor: string | null, event: EventRecord | null];
  const by = (opened: EventRecord | null): Opened => [opened?.actor ?? null, opened];
  return new Map(changes.length === 0 ? [by(event)] : changes.map(({ openedBy = event }) => by(openedBy)));
}

interface Tally {
  readonly tools: Set<string>;
  readonly sourceAddresses: Set<string>;
  readonly firewalls: Set<string>;
  readonly counts: Record<ReplayRun['outcome'], number>;
  readonly first: string;
  last: string;
}

const MOST_ADDRESSES = 20;

/** Everybody whose changes runs would have touched or told of; who would have been hit most often comes first. */
export function actorRecords(runs: readonly ReplayRun[]): readonly ActorRecord[] {
  const tallies = new Map<string | null, Tally>();
  for (const run of runs) {
    for (const [actor, event] of actorsOf(run)) {
      const tally: Tally = tallies.get(actor) ?? {
        tools: new Set(),
        sourceAddresses: new Set(),
        firewalls: new Set(),
        counts: { reverted: 0, held: 0, told: 0 },
        first: run.at,
        last: run.at,
      };
      tallies.set(actor, tally);
      if (event !== null) {
        tally.tools.add(event.tool);
        if (tally.sourceAddresses.size < MOST_ADDRESSES) tally.sourceAddresses.add(event.sourceAddress);
      }
      const { account, region, id } = run.target;
      tally.firewalls.add(`${account} ${region} ${id}`);
      tally.counts[run.outcome] += 1;
      tally.last = run.at;
    }
  }
  const records = [...tallies].map(([actor, { tools, sourceAddresses, firewalls, counts, first, last }]) => ({
    actor,
    tools: [...tools],
    sourceAddresses: [...sourceAddresses].filter((address) => address !== ''),
    ...counts,
    firewalls: firewalls.size,
    first,
    last,
  }));
  return records.toSorted((a, b) => b.reverted - a.reverted || b.held - a.held || b.told - a.told);
}

const NONE: Record<EventOutcome, number> = {
  reverted: 0,
  held: 0,
  told: 0,
  undecided: 0,
  ungoverned: 0,
  fine: 0,
  gone: 0,
  unresolved: 0,
  'left-out': 0,
  clock: 0,
  ignored: 0,
  duplicate: 0,
  malformed: 0,
};

function outcomesOf(hearing: Hearing, replay: Replay): Readonly<Record<EventOutcome, number>> {
  return {
    ...NONE,
    ...Object.fromEntries(replay.outcomes),
    clock: hearing.clocks,
    ignored: [...hearing.ignored.values()].reduce((sum, count) => sum + count, 0),
    duplicate: hearing.duplicates,
    malformed: hearing.malformedCount,
  };
}

function changesMade(runs: readonly ReplayRun[]): number {
  return runs.reduce((sum, { changes }) => sum + changes.filter(({ made }) => made).length, 0);
}

/** The order of files is to play no part. */
function byText([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}

function byEvents(a: { readonly events: number }, b: { readonly events: number }): number {
  return b.events - a.events;
}

function leadRecords(leads: ReadonlyMap<string, number>): readonly LeadRecord[] {
  return [...leads].map(([what, events]) => ({ what, events })).toSorted(byEvents);
}

export function replayDocument(hearing: Hearing, replay: Replay): ReplayDocument {
  const heard = hearing.happenings.filter((one) => one.heard !== undefined);
  const [first, last] = [heard.at(0)?.at, heard.at(-1)?.at];
  const runs = first === undefined || last === undefined ? [] : replay.runs({ first, last });
  const reverted = runs.filter(({ outcome }) => outcome === 'reverted');
  const stood = reverted.flatMap(({ changes }) =>
    changes.flatMap((change) => (change.made ? (change.stood ?? []) : [])),
  );
  const { undecided } = replay;
  return {
    version: 1,
    summary: {
      files: hearing.files,
      events: hearing.read,
      from: first === undefined ? null : timeText(first),
      to: last === undefined ? null : timeText(last),
      outcomes: outcomesOf(hearing, replay),
      firewalls: replay.firewalls,
      partlyKnown: undecided.length,
      reverts: reverted.length,
      changes: changesMade(runs),
      changedFirewalls: new Set(reverted.map(({ target: { account, region, id } }) => `${account} ${region} ${id}`))
        .size,
      tickets: runs.reduce((sum, { tickets }) => sum + tickets.length, 0),
      longestStood: stood.reduce((most, { seconds }) => Math.max(most, seconds), 0),
    },
    runs,
    actors: actorRecords(runs),
    undecided: undecided.toSorted(byEvents),
    unresolved: leadRecords(replay.unresolved),
    partlyResolved: leadRecords(replay.partlyResolved),
    ignored: [...hearing.ignored]
      .toSorted(byText)
      .map(([why, events]) => ({ why, events }))
      .toSorted(byEvents),
    malformed: hearing.malformed,
  };
}
