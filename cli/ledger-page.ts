import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import { actorOf, causeText, entryTexts, kindOf } from './entry-words.ts';
import type { Kind } from './entry-words.ts';
import { timeText } from './heading.ts';
import { line, toned } from './page.ts';
import type { Line, Look, Span, Tone } from './page.ts';
import { tableLines } from './table.ts';
import { counted } from './words.ts';

const TONES: Readonly<Partial<Record<Kind, Tone>>> = {
  applied: 'good',
  failed: 'bad',
  held: 'doubtful',
  intended: 'doubtful',
  opened: 'doubtful',
  reverted: 'good',
  'rolled-back': 'doubtful',
  unreadable: 'bad',
};

export function kindSpan(entry: LedgerEntry): Span {
  const kind = kindOf(entry);
  const tone = TONES[kind];
  return tone === undefined ? kind : toned(tone, kind);
}

/** Entries as a table: when, which, what kind, by whom; under each what it says. */
export function ledgerLines(entries: readonly LedgerEntry[], since: string, look: Look): readonly Line[] {
  if (entries.length === 0) return [line(0, `no such entries in the last ${since}`)];
  const rows = entries.map((entry) => {
    const cause = causeText(entry);
    return {
      cells: [
        timeText(entry.at),
        toned('strong', `${entry.target.id}/${String(entry.sequence)}`),
        kindSpan(entry),
        actorOf(entry),
      ],
      below: [...entryTexts(entry).map((text) => [text]), ...(cause === undefined ? [] : [[toned('faint', cause)]])],
    };
  });
  return [
    ...tableLines(['TIME', 'ENTRY', 'KIND', 'BY'], rows, look),
    line(0, toned('strong', counted(entries.length, 'entry'))),
  ];
}
