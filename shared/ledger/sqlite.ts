import { randomUUID } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import { SqliteFile } from '../base/sqlite-file.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Damaged, DuePage, EntryPage, Kept, Lease, Leased, Ledger, Mark } from './contract.ts';
import { damagedOf } from './damaged.ts';
import { atMost, entryName, isSequence, targetOf, targetText } from './keys.ts';
import { BEFORE_ALL, PAGE_ROWS, pageBehind, placeBefore, placeOf } from './page.ts';
import { contentText, opened, sealed } from './sealed.ts';
import { LEDGER_FILE } from './sqlite-file.ts';

const entryRow = z.object({
  target: z.string(),
  sequence: z.int(),
  at: z.int(),
  digest: z.string(),
  due: z.int().nullable(),
  attempts: z.int(),
  content: z.string(),
});
const dueRow = entryRow.pick({ target: true, sequence: true, attempts: true }).extend({ due: z.int() });
const lastRow = z.object({ last: z.int() });
const leaseRow = z.object({ holder: z.string(), until: z.int() });

const SQL = {
  last: 'SELECT coalesce(max(sequence), 0) AS last FROM entries WHERE target = ?',
  append: 'INSERT INTO entries (target, sequence, at, digest, due, content) VALUES (?, ?, ?, ?, ?, ?)',
  entry: 'SELECT * FROM entries WHERE target = ? AND sequence = ?',
  entries: 'SELECT * FROM entries WHERE target = ? ORDER BY sequence',
  newest: 'SELECT * FROM entries WHERE target = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
  due: `SELECT target, sequence, due, attempts FROM entries
    WHERE due <= ? AND (due, target, sequence) > (?, ?, ?) ORDER BY due, target, sequence LIMIT ?`,
  since: `SELECT * FROM entries WHERE (at, target, sequence) > (?, ?, ?) ORDER BY at, target, sequence LIMIT ?`,
  mark: 'UPDATE entries SET due = ?, attempts = ? WHERE target = ? AND sequence = ?',
  // A lease that has not run out stays as it is.
  take: `INSERT INTO leases (key, holder, until) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE until <= ?`,
  lease: 'SELECT holder, until FROM leases WHERE key = ?',
  release: 'DELETE FROM leases WHERE key = ? AND holder = ?',
} as const;

/** Ledger text of a lease's key: keys may hold what SQLite's texts cannot. */
function leaseText(key: string): string {
  return JSON.stringify(key);
}

/**
 * A ledger in one file, for any number of processes of one machine. Nothing here waits for anything but the file, so
 * each method is done when it returns.
 */
export class SqliteLedger implements Ledger {
  readonly #clock: Clock;
  readonly #file: SqliteFile;
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

  /** Throws a `Fault` where the file cannot be used. */
  constructor(file: string, clock: Clock, busyMs?: number) {
    const opened = new SqliteFile(file, LEDGER_FILE, busyMs);
    const statement = (name: keyof typeof SQL): StatementSync => opened.statement(SQL[name]);
    this.#clock = clock;
    this.#file = opened;
    this.#statements = {
      last: statement('last'),
      append: statement('append'),
      entry: statement('entry'),
      entries: statement('entries'),
      newest: statement('newest'),
      due: statement('due'),
      since: statement('since'),
      mark: statement('mark'),
      take: statement('take'),
      lease: statement('lease'),
      release: statement('release'),
    };
  }

  close(): void {
    this.#file.close();
  }

  lease(key: string, forMs: number): Promise<Leased> {
    return this.#file.alone(() => {
      const nowMs = this.#clock.now().getTime();
      const holder = randomUUID();
      this.#statements.take.run(leaseText(key), holder, nowMs + forMs, nowMs);
      const held = leaseRow.parse(this.#statements.lease.get(leaseText(key)));
      return held.holder === holder
        ? { kind: 'leased', lease: { key, holder } }
        : { kind: 'held', until: new Date(held.until) };
    });
  }

  release({ key, holder }: Lease): Promise<void> {
    return this.#file.done(() => {
      this.#statements.release.run(leaseText(key), holder);
    });
  }

  append<Body extends LedgerBody>(
    target: Target,
    hint: Hint | undefined,
    body: Body,
    due?: Date,
  ): Promise<LedgerEntry<Body>> {
    const text = targetText(target);
    const own = targetOf(text);
    return this.#file.alone(() => {
      const { last } = lastRow.parse(this.#statements.last.get(text));
      const at = this.#clock.now();
      const entry = sealed({ target: own, sequence: last + 1, at, content: contentText({ hint, body }) });
      const { sequence, digest, content } = entry;
      this.#statements.append.run(text, sequence, at.getTime(), digest, due?.getTime() ?? null, content);
      return structuredClone({ target: own, sequence, at, hint, body });
    });
  }

  entry(target: Target, sequence: number): Promise<LedgerEntry | undefined> {
    return this.#file.done(() => {
      const row = isSequence(sequence) ? this.#statements.entry.get(targetText(target), sequence) : undefined;
      return row === undefined ? undefined : keptOf(row).entry;
    });
  }

  entries(target: Target): Promise<readonly LedgerEntry[]> {
    return this.#file.done(() => this.#statements.entries.all(targetText(target)).map((row) => keptOf(row).entry));
  }

  newest(target: Target, limit: number, before = Infinity): Promise<readonly Kept[]> {
    return this.#file.done(() => this.#statements.newest.all(targetText(target), before, atMost(limit)).map(keptOf));
  }

  due(by: Date, page?: string): Promise<DuePage> {
    return this.#file.done(() => {
      const { timeMs, key, sequence } = placeOf(page) ?? BEFORE_ALL;
      const found = this.#statements.due.all(by.getTime(), timeMs, key, sequence, PAGE_ROWS + 1);
      const shown = found.slice(0, PAGE_ROWS).map((row) => dueRow.parse(row));
      const last = found.length > PAGE_ROWS ? shown.at(-1) : undefined;
      return {
        rows: shown.map((row) => ({ ...row, target: targetOf(row.target), due: new Date(row.due) })),
        next: last && pageBehind({ timeMs: last.due, key: last.target, sequence: last.sequence }),
      };
    });
  }

  since(time: Date, page?: string): Promise<EntryPage> {
    return this.#file.done(() => {
      const { timeMs, key, sequence } = placeOf(page) ?? placeBefore(time);
      const found = this.#statements.since.all(timeMs, key, sequence, PAGE_ROWS + 1).map((row) => entryRow.parse(row));
      const shown = found.slice(0, PAGE_ROWS);
      const last = found.length > PAGE_ROWS ? shown.at(-1) : undefined;
      return {
        ...toldApart(shown),
        next: last && pageBehind({ timeMs: last.at, key: last.target, sequence: last.sequence }),
      };
    });
  }

  mark(target: Target, sequence: number, { due, attempts }: Mark): Promise<void> {
    return this.#file.done(() => {
      const time = due?.getTime() ?? null;
      const changes = isSequence(sequence)
        ? this.#statements.mark.run(time, attempts, targetText(target), sequence).changes
        : 0;
      if (changes !== 0) return;
      throw new Fault('malformed', `the ledger has no entry \`${entryName(target, sequence)}\` to mark`);
    });
  }
}

function keptOf(row: unknown): Kept {
  return keptIn(entryRow.parse(row));
}

function keptIn({ target, sequence, at, digest, due, attempts, content }: z.infer<typeof entryRow>): Kept {
  const entry = opened({ target: targetOf(target), sequence, at: new Date(at), digest, content });
  return { entry, mark: { due: due === null ? undefined : new Date(due), attempts } };
}

/** A row that is not what was appended does not hide the others. */
function toldApart(rows: readonly z.infer<typeof entryRow>[]): Omit<EntryPage, 'next'> {
  const entries: Kept[] = [];
  const damaged: Damaged[] = [];
  for (const row of rows) {
    try {
      entries.push(keptIn(row));
    } catch (error) {
      damaged.push(damagedOf(row.target, row.sequence, error));
    }
  }
  return { entries, damaged };
}
