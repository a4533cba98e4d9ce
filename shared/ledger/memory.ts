import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Due, DuePage, EntryPage, Kept, Lease, Leased, Ledger, Mark } from './contract.ts';
import { atMost, entryName, targetText } from './keys.ts';
import { comparePlaces, PAGE_ROWS, pageBehind, placeBefore, placeOf } from './page.ts';
import type { Place } from './page.ts';

interface Held {
  readonly holder: string;
  readonly untilMs: number;
}

interface DueRow extends Place {
  readonly row: Due;
}

/** The first rows behind a place, in order, and the page behind them. */
function shownOf<Row extends Place>(
  rows: readonly Row[],
  behind: Place | undefined,
): { readonly shown: readonly Row[]; readonly next: string | undefined } {
  const found = rows.filter((row) => behind === undefined || comparePlaces(row, behind) > 0).sort(comparePlaces);
  const shown = found.slice(0, PAGE_ROWS);
  const last = found.length > PAGE_ROWS ? shown.at(-1) : undefined;
  return { shown, next: last === undefined ? undefined : pageBehind(last) };
}

/** A ledger for one process: the local cloud, tests, and a first try. It is gone when the process ends. */
export class MemoryLedger implements Ledger {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept[]>();
  readonly #due = new Map<string, DueRow>();
  readonly #leases = new Map<string, Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  lease(key: string, forMs: number): Promise<Leased> {
    const nowMs = this.#clock.now().getTime();
    const held = this.#leases.get(key);
    if (held !== undefined && held.untilMs > nowMs) {
      return Promise.resolve({ kind: 'held', until: new Date(held.untilMs) });
    }
    const holder = randomUUID();
    this.#leases.set(key, { holder, untilMs: nowMs + forMs });
    return Promise.resolve({ kind: 'leased', lease: { key, holder } });
  }

  release(lease: Lease): Promise<void> {
    if (this.#leases.get(lease.key)?.holder === lease.holder) this.#leases.delete(lease.key);
    return Promise.resolve();
  }

  append<Body extends LedgerBody>(
    target: Target,
    hint: Hint | undefined,
    body: Body,
    due?: Date,
  ): Promise<LedgerEntry<Body>> {
    const { cloud, account, region, id } = target;
    const all = this.#all(target);
    const entry = {
      target: { cloud, account, region, id },
      sequence: all.length + 1,
      at: this.#clock.now(),
      hint,
      body,
    };
    all.push(copyOf({ entry, mark: { due, attempts: 0 } }));
    this.#note(entry.target, entry.sequence, { due, attempts: 0 });
    return Promise.resolve(copyOf(entry));
  }

  entry(target: Target, sequence: number): Promise<LedgerEntry | undefined> {
    const kept = this.#all(target)[sequence - 1];
    return Promise.resolve(kept === undefined ? undefined : copyOf(kept.entry));
  }

  entries(target: Target): Promise<readonly LedgerEntry[]> {
    return Promise.resolve(this.#all(target).map(({ entry }) => copyOf(entry)));
  }

  newest(target: Target, limit: number, before = Infinity): Promise<readonly Kept[]> {
    const all = this.#all(target);
    // The entries before a sequence, which count from 1.
    const end = Math.max(0, Math.min(all.length, Math.ceil(before) - 1)) || 0;
    return Promise.resolve(
      all
        .slice(Math.max(0, end - atMost(limit)), end)
        .reverse()
        .map(copyOf),
    );
  }

  due(by: Date, page?: string): Promise<DuePage> {
    return new Promise((resolve) => {
      resolve(this.#pageOfDue(by, placeOf(page)));
    });
  }

  since(time: Date, page?: string): Promise<EntryPage> {
    return new Promise((resolve) => {
      const { shown, next } = shownOf(this.#places(), placeOf(page) ?? placeBefore(time));
      resolve({ entries: shown.map(({ kept }) => copyOf(kept)), damaged: [], next });
    });
  }

  mark(target: Target, sequence: number, { due, attempts }: Mark): Promise<void> {
    const all = this.#all(target);
    const kept = all[sequence - 1];
    if (kept === undefined) {
      const name = entryName(target, sequence);
      return Promise.reject(new Fault('malformed', `the ledger has no entry \`${name}\` to mark`));
    }
    const mark = copyOf({ due, attempts });
    all[sequence - 1] = { entry: kept.entry, mark };
    this.#note(kept.entry.target, sequence, mark);
    return Promise.resolve();
  }

  #pageOfDue(by: Date, behind: Place | undefined): DuePage {
    const rows = [...this.#due.values()].filter((one) => one.timeMs <= by.getTime());
    const { shown, next } = shownOf(rows, behind);
    return { rows: shown.map(({ row }) => copyOf(row)), next };
  }

  #places(): readonly (Place & { readonly kept: Kept })[] {
    return [...this.#kept].flatMap(([key, all]) =>
      all.map((kept) => ({ timeMs: kept.entry.at.getTime(), key, sequence: kept.entry.sequence, kept })),
    );
  }

  #all(target: Target): Kept[] {
    const key = targetText(target);
    const all = this.#kept.get(key) ?? [];
    this.#kept.set(key, all);
    return all;
  }

  /** Keeps what is due apart, so that a look at it does not walk through the whole record. */
  #note(target: Target, sequence: number, { due, attempts }: Mark): void {
    const key = targetText(target);
    const name = `${key}#${String(sequence)}`;
    if (due === undefined) {
      this.#due.delete(name);
      return;
    }
    const row = copyOf({ target, sequence, due, attempts });
    this.#due.set(name, { timeMs: due.getTime(), key, sequence, row });
  }
}

/** What goes in and comes out is a copy, as with a store in another process: nobody can change the record. */
function copyOf<Value>(value: Value): Value {
  return structuredClone(value);
}
