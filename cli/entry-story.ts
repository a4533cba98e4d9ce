// An entry x all entries of its target -> what is known of it: what came of it, its tickets, and how it is undone.
import { breachOf, revertIdOf } from '../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import type { FindingRecord } from '../shared/core/model/record.ts';
import { canRollBack } from '../shared/core/rollback.ts';
import { kindOf } from './entry-words.ts';

export interface EntryStory {
  readonly entry: LedgerEntry;
  /** When a later read showed that it holds. */
  readonly verified: readonly LedgerEntry[];
  /** The newest word on the tickets of its findings. */
  readonly tickets: readonly { readonly ticket: string; readonly url: string; readonly breach: string }[];
  /** The rollbacks of it. */
  readonly rollbacks: readonly LedgerEntry[];
  /** The command that takes it back, where there is one. */
  readonly undo: string | undefined;
}

export function findingsIn({ body }: LedgerEntry): readonly FindingRecord[] {
  return 'findings' in body ? body.findings : [];
}

function ticketsOf(entry: LedgerEntry, later: readonly LedgerEntry[]): EntryStory['tickets'] {
  const breaches = new Set(findingsIn(entry).map(breachOf));
  const tickets = new Map<string, EntryStory['tickets'][number]>();
  for (const { body } of later) {
    if (body.kind !== 'ticketed' || !breaches.has(body.breach)) continue;
    tickets.set(body.breach, { ticket: body.ticket, url: body.url, breach: body.breach });
  }
  return [...tickets.values()];
}

function undoOf(entry: LedgerEntry): string | undefined {
  const { body } = entry;
  if (body.kind !== 'reverted') return undefined;
  if (canRollBack(body)) return `portcullis rollback ${revertIdOf(entry)}`;
  const grant = body.order?.grant;
  return grant === undefined ? undefined : `portcullis grants revoke ${grant}`;
}

export function entryStory(entry: LedgerEntry, all: readonly LedgerEntry[]): EntryStory {
  const later = all.filter(({ sequence }) => sequence > entry.sequence);
  const id = revertIdOf(entry);
  const rollbacks = later.filter(({ body }) => body.kind === 'reverted' && body.order?.revert === id);
  return {
    entry,
    verified: later.filter(({ body }) => body.kind === 'verified' && body.reverted === entry.sequence),
    tickets: ticketsOf(entry, later),
    rollbacks,
    undo: rollbacks.length > 0 ? undefined : undoOf(entry),
  };
}

/** The same for scripts. */
export function storyRecord({ entry, verified, tickets, rollbacks, undo }: EntryStory): object {
  return {
    version: 1,
    id: revertIdOf(entry),
    kind: kindOf(entry),
    ...entry,
    verified: verified.map((one) => ({ id: revertIdOf(one), at: one.at })),
    tickets,
    rollbacks: rollbacks.map(revertIdOf),
    undo: undo ?? null,
  };
}
