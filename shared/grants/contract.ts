import type { Grant, Orders, Pause } from '../core/model/grant.ts';

/** An order in the store that is not taken for one: somebody forged or altered it, or it is of a newer version. */
export interface Rejected {
  /** As it stands in the store. */
  readonly key: string;
  readonly why: string;
}

/** All that stands, and what only looks like it. */
export interface Standing extends Orders {
  readonly rejected: readonly Rejected[];
}

/**
 * What operators order at run time: grants and the pause. It is apart from the ledger, since whoever may write here opens
 * firewalls; each order is under a MAC, so that it is worth nothing where the key did not make it. Methods throw a
 * `Fault` (unavailable, throttled, forbidden, unsupported) where the store or the key does not answer.
 */
export interface OrderBook {
  /** What stands now. What was ordered before the call is in it. Grants that have ended may be, too. */
  standing(): Promise<Standing>;
  /** Throws a `Fault` (conflict) where there is a grant with this id. */
  grant(grant: Grant): Promise<void>;
  /** Whether there was such a grant. */
  revoke(id: string): Promise<boolean>;
  /** Replaces a pause that stands. */
  pause(pause: Pause): Promise<void>;
  /** Whether there was a pause. */
  resume(): Promise<boolean>;
}
