// ByHand -> what commands print of it.
import type { ByHand } from '../shared/app/by-hand.ts';
import { changeTexts } from '../shared/core/change-text.ts';
import { revertIdOf } from '../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import type { FindingRecord } from '../shared/core/model/record.ts';
import { canRollBack } from '../shared/core/rollback.ts';
import type { Target } from '../shared/core/model/target.ts';

export type OutcomeKind = 'done' | 'nothing' | 'held' | 'moved' | 'failed' | 'gone';

/** What became of an order at one firewall. */
export interface Outcome {
  readonly target: Target;
  readonly outcome: OutcomeKind;
  /** The entry of the ledger that has it, by its id. Absent where nothing was written. */
  readonly entry: string | undefined;
  /** What was done, in words. */
  readonly done: readonly string[];
  /** When the firewall was read again, as ISO time. */
  readonly readAt: string | undefined;
  /** What is still forbidden for certain, or still missing, by that read; in words. */
  readonly left: readonly string[];
  /** Why it was not done, or not all of it, and what whoever asked should know. */
  readonly reasons: readonly string[];
  /** The command that takes it back, by the short name of the entry, so that it can be copied from one line. */
  readonly undo: string | undefined;
}

type Told = Pick<Outcome, 'entry' | 'done' | 'readAt' | 'left' | 'undo'>;

const NOTHING_WRITTEN: Told = { entry: undefined, done: [], readAt: undefined, left: [], undo: undefined };

function isBreach({ certainty, kind }: FindingRecord): boolean {
  return certainty === 'proven' && (kind === 'excess' || kind === 'missing');
}

function leftText({ kind, text, clause, at }: FindingRecord): string {
  return `${text}${kind === 'missing' ? ' is missing' : ''}, by \`${clause}\` (${at})`;
}

function toldBy(entry: LedgerEntry): Told {
  const { body, target, sequence } = entry;
  const shown = { entry: revertIdOf(entry), readAt: entry.at.toISOString() };
  if (body.kind === 'reverted') {
    const left = body.remaining.filter(isBreach).map(leftText);
    const undo = canRollBack(body) ? `portcullis rollback ${target.id}/${String(sequence)}` : undefined;
    return { ...shown, done: body.changes.flatMap(changeTexts), left, undo };
  }
  return {
    ...shown,
    done: [],
    undo: undefined,
    left: body.kind === 'failed' ? body.findings.filter(isBreach).map(leftText) : [],
  };
}

export function outcomeOf(target: Target, result: ByHand): Outcome {
  switch (result.kind) {
    case 'done':
      return { target, outcome: 'done', ...toldBy(result.entry), reasons: result.work.notes };
    case 'failed':
      return { target, outcome: 'failed', ...toldBy(result.entry), reasons: [result.why] };
    case 'gone':
      return { target, outcome: 'gone', ...NOTHING_WRITTEN, reasons: ['the firewall does not exist any more'] };
    case 'nothing':
      return { target, outcome: 'nothing', ...NOTHING_WRITTEN, reasons: [result.why] };
    case 'moved':
      return { target, outcome: 'moved', ...NOTHING_WRITTEN, reasons: result.differences };
    case 'held':
      return { target, outcome: 'held', ...NOTHING_WRITTEN, reasons: result.reasons };
  }
}

/** The outcome of a firewall that is left alone, and why. */
export function untouched(target: Target, outcome: 'nothing' | 'held', reasons: readonly string[]): Outcome {
  return { target, outcome, ...NOTHING_WRITTEN, reasons };
}

/** The outcome of a firewall that nobody got to, or at which something else went wrong than the cloud's own refusal. */
export function failureOf(target: Target, why: string): Outcome {
  return { target, outcome: 'failed', ...NOTHING_WRITTEN, reasons: [why] };
}

/** An outcome as scripts read it. */
export function outcomeRecord({ target, outcome, entry, done, left, reasons }: Outcome): object {
  return { target, outcome, ...(entry === undefined ? {} : { revert: entry }), done, left, reasons };
}
