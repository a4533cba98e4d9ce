import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Hint, Target } from '../core/model/target.ts';

/** The right to work on something alone, until it is given back or runs out. */
export interface Lease {
  readonly key: string;
  readonly holder: string;
}

/** A lease, or when the one that somebody else holds runs out. */
export type Leased =
  { readonly kind: 'leased'; readonly lease: Lease } | { readonly kind: 'held'; readonly until: Date };

/** What still has to be done about an entry: not before `due`, which is undefined once nothing has. */
export interface Mark {
  readonly due: Date | undefined;
  /** How often it was tried. */
  readonly attempts: number;
}

/** An entry and its mark. */
export interface Kept {
  readonly entry: LedgerEntry;
  readonly mark: Mark;
}

/** Where an entry is that has something due. */
export interface Due {
  readonly target: Target;
  readonly sequence: number;
  readonly due: Date;
  readonly attempts: number;
}

export interface DuePage {
  /** Earliest first. */
  readonly rows: readonly Due[];
  /** Asks for the page behind this one; undefined at the end. */
  readonly next: string | undefined;
}

/** An entry that is not as it was appended, or of a newer version: that it is there is known, and no more. */
export interface Damaged {
  /** As the entry says. Where that is no target, `id` is what stands in its place, and the rest is empty. */
  readonly target: Target;
  readonly sequence: number;
  readonly why: string;
}

/** Some entries, in no stated order. */
export interface EntryPage {
  readonly entries: readonly Kept[];
  readonly damaged: readonly Damaged[];
  /** Asks for the page behind this one; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * The append-only record, the outbox of what is due, and the leases. An entry never changes; only its mark does.
 * Methods throw a `Fault` (unavailable, throttled, forbidden) where the store does not answer, (unsupported) where it is
 * not set up as it has to be, and (malformed) where an entry is asked for that cannot be what was appended. What threw as
 * unavailable may have been done all the same: only the answer got lost.
 */
export interface Ledger {
  /** A lease runs out after `forMs`, so a dead worker blocks nobody. */
  lease(key: string, forMs: number): Promise<Leased>;
  /** Gives a lease back. One that ran out and was taken by somebody else stays theirs. */
  release(lease: Lease): Promise<void>;
  append<Body extends LedgerBody>(
    target: Target,
    hint: Hint | undefined,
    body: Body,
    due?: Date,
  ): Promise<LedgerEntry<Body>>;
  entry(target: Target, sequence: number): Promise<LedgerEntry | undefined>;
  /** All entries of a target, in order of sequence. */
  entries(target: Target): Promise<readonly LedgerEntry[]>;
  /** The newest entries of a target, newest first; only those before a sequence where it is given. */
  newest(target: Target, limit: number, before?: number): Promise<readonly Kept[]>;
  /**
   * What is due by then, over all targets; among equals in no stated order. What an append or a mark has just changed may
   * be missing or shown as it was.
   */
  due(by: Date, page?: string): Promise<DuePage>;
  /**
   * What was appended since then, over all targets, page by page. It may cost a look at the whole record: for people who
   * look back, not for runs.
   */
  since(time: Date, page?: string): Promise<EntryPage>;
  /** Throws a `Fault` (malformed) where there is no such entry. */
  mark(target: Target, sequence: number, mark: Mark): Promise<void>;
}
