import { clockText } from './heading.ts';
import type { Outcome, OutcomeKind } from './outcome.ts';
import { line, row, toned } from './page.ts';
import type { Line, Span, Tone } from './page.ts';

export const LABELS = 12;

const TONES: Readonly<Record<OutcomeKind, Tone>> = {
  done: 'good',
  nothing: 'good',
  held: 'doubtful',
  moved: 'doubtful',
  failed: 'bad',
  gone: 'doubtful',
};

const WORDS: Readonly<Record<OutcomeKind, string>> = {
  done: 'done',
  nothing: 'nothing to do',
  held: 'held, nothing was changed',
  moved: 'moved, nothing was changed',
  failed: 'failed',
  gone: 'gone',
};

/** Each text in a row of its own, the first one with the label. */
export function labelledRows(label: Span, texts: readonly string[]): readonly Line[] {
  return texts.map((text, index) => row(2, LABELS, index === 0 ? label : '', text));
}

function proofLines({ readAt, left }: Outcome): readonly Line[] {
  if (readAt === undefined) return [];
  const what =
    left.length === 0 ? 'nothing passes that must not, and nothing required is missing' : 'not all of it is right';
  return [
    row(2, LABELS, 'read again', `at ${clockText(new Date(readAt))}: ${what}`),
    ...labelledRows(toned('bad', 'left'), left),
  ];
}

/** What became of an order: what was done, what the read after it shows, and how it is taken back. */
export function outcomeLines(outcome: Outcome): readonly Line[] {
  const { target, done, reasons, undo } = outcome;
  const why = outcome.outcome === 'done' || outcome.outcome === 'nothing' ? 'note' : 'because';
  return [
    line(0, toned('strong', target.id), ': ', toned(TONES[outcome.outcome], WORDS[outcome.outcome])),
    ...labelledRows('did', done),
    ...labelledRows(toned('doubtful', why), reasons),
    ...proofLines(outcome),
    ...labelledRows('entry', outcome.entry === undefined ? [] : [outcome.entry]),
    ...labelledRows('undo', undo === undefined ? [] : [undo]),
  ];
}
