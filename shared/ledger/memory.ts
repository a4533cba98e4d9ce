import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import { isOutcome } from '../core/model/ledger.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import { targetKey } from '../core/model/target.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Lease, Ledger } from './contract.ts';

interface Held {
  readonly holder: string;
  readonly untilMs: number;
}

/** A ledger for one process: the local cloud, tests, and a first try. It is gone when the process ends. */
export class MemoryLedger implements Ledger {
  readonly #clock: Clock;
  readonly #entries = new Map<string, LedgerEntry[]>();
  readonly #published = new Set<string>();
  readonly #leases = new Map<string, Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  lease(key: string, forMs: number): Promise<Lease | undefined> {
    const nowMs = this.#clock.now().getTime();
    const held = this.#leases.get(key);
    if (held !== undefined && held.untilMs > nowMs) return Promise.resolve(undefined);
    const holder = randomUUID();
    this.#leases.set(key, { holder, untilMs: nowMs + forMs });
    return Promise.resolve({ key, holder });
  }

  release(lease: Lease): Promise<void> {
    if (this.#leases.get(lease.key)?.holder === lease.holder) this.#leases.delete(lease.key);
    return Promise.resolve();
  }

  append<Body extends LedgerBody>(target: Target, hint: Hint | undefined, body: Body): Promise<LedgerEntry<Body>> {
    const entries = this.#entriesOf(target);
    const entry = { target, sequence: entries.length + 1, at: this.#clock.now(), hint, body };
    entries.push(copyOf(entry));
    return Promise.resolve(copyOf(entry));
  }

  entry(target: Target, sequence: number): Promise<LedgerEntry | undefined> {
    const entry = this.#entriesOf(target)[sequence - 1];
    return Promise.resolve(entry === undefined ? undefined : copyOf(entry));
  }

  entries(target: Target): Promise<readonly LedgerEntry[]> {
    return Promise.resolve(this.#entriesOf(target).map(copyOf));
  }

  unpublished(target: Target): Promise<readonly LedgerEntry[]> {
    const due = this.#entriesOf(target).filter(
      (entry) => isOutcome(entry.body) && !this.#published.has(entryKey(entry)),
    );
    return Promise.resolve(due.map(copyOf));
  }

  markPublished(entry: LedgerEntry): Promise<void> {
    if (this.#entriesOf(entry.target)[entry.sequence - 1] === undefined) {
      return Promise.reject(new Fault('malformed', `no ledger entry \`${entryKey(entry)}\` to mark as published`));
    }
    this.#published.add(entryKey(entry));
    return Promise.resolve();
  }

  #entriesOf(target: Target): LedgerEntry[] {
    const key = targetKey(target);
    const entries = this.#entries.get(key) ?? [];
    this.#entries.set(key, entries);
    return entries;
  }
}

function entryKey(entry: LedgerEntry): string {
  return `${targetKey(entry.target)}#${String(entry.sequence)}`;
}

/** What goes in and comes out is a copy, as with a store in another process: nobody can change the record. */
function copyOf<Body extends LedgerBody>(entry: LedgerEntry<Body>): LedgerEntry<Body> {
  return structuredClone(entry);
}
