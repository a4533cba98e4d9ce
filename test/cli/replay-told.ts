import { awsTraits } from '../../shared/clouds/aws/traits.ts';
import type { Saved } from '../../shared/clouds/aws/retrace.ts';
import { recordText } from '../../shared/core/records.ts';
import { ReplayJudge } from '../../shared/core/replay.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import type { ReplayDocument, ReplayRun } from '../../cli/replay-document.ts';
import { Ear } from '../../cli/replay-hearing.ts';
import { Replay } from '../../cli/replay-run.ts';
import { replayDocument } from '../../cli/replay-summary.ts';
import type { Json } from './replay-story.ts';

/** The document of these events against a policy, without files and processes. */
export function replayOf(
  events: readonly unknown[],
  text: string,
  { saved = { groups: [], ranges: new Map() }, only = [] }: { saved?: Saved; only?: readonly string[] } = {},
): ReplayDocument {
  const loaded = loadPolicy([{ name: 'p.yaml', text }], new Date('2026-11-24T12:00:00Z'));
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('; '));
  const ear = new Ear(new Date('2026-11-24T12:00:00Z'));
  for (const [index, value] of events.entries()) ear.take({ kind: 'event', where: `event ${String(index)}`, value });
  const hearing = ear.heard(1);
  return replayDocument(hearing, new Replay(hearing.happenings, saved, new ReplayJudge(loaded.set, awsTraits), only));
}

/** The outcomes that there are any of. */
export function outcomesOf({ summary }: ReplayDocument): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(summary.outcomes).filter(([, count]) => count > 0));
}

/** `09:30:00 reverted -tcp/22 from 0.0.0.0/0`. */
export function toldIn({ runs }: ReplayDocument): readonly string[] {
  return runs.map((run) => [run.at.slice(11, 19), run.outcome, ...changesIn(run)].join(' '));
}

const MARKS = { remove: '-', narrow: '~', restore: '~', add: '+' } as const;

function changesIn({ changes }: ReplayRun): readonly string[] {
  return changes.map(({ kind, direction, rule, becomes = [], held }) => {
    const [first] = becomes;
    const text =
      rule === undefined ? (first === undefined ? '' : recordText(direction, first)) : recordText(direction, rule);
    return `${held === undefined ? MARKS[kind] : '!'}${text}`;
  });
}

export function without(record: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
