import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Hint, Target } from '../core/model/target.ts';

/** The right to work on something alone, until it is given back or runs out. */
export interface Lease {
  readonly key: string;
  readonly holder: string;
}

/**
 * The append-only record, the outbox of what has to be published, and the leases. Methods throw a `Fault`
 * (unavailable, throttled) where the store does not answer.
 */
export interface Ledger {
  /** Undefined while somebody else holds the key. A lease runs out after `forMs`, so a dead worker blocks nobody. */
  lease(key: string, forMs: number): Promise<Lease | undefined>;
  /** Gives a lease back. One that ran out and was taken by somebody else stays theirs. */
  release(lease: Lease): Promise<void>;
  append<Body extends LedgerBody>(target: Target, hint: Hint | undefined, body: Body): Promise<LedgerEntry<Body>>;
  entry(target: Target, sequence: number): Promise<LedgerEntry | undefined>;
  /** All entries of a target, in order of sequence. */
  entries(target: Target): Promise<readonly LedgerEntry[]>;
  /** Outcomes of a target that nobody has been told of, in order of sequence. */
  unpublished(target: Target): Promise<readonly LedgerEntry[]>;
  markPublished(entry: LedgerEntry): Promise<void>;
}
