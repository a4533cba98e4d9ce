import type { LedgerBody } from '../core/model/ledger.ts';
import type { Target } from '../core/model/target.ts';

/** Tells whoever listens that the ledger has a new entry. It carries ids only: the ledger has the rest. */
export interface Notice {
  readonly kind: LedgerBody['kind'];
  readonly target: Target;
  readonly sequence: number;
}

/** Where outcomes are announced. Throws a `Fault` (unavailable, throttled, forbidden) where a notice was not taken. */
export interface Publisher {
  publish(notice: Notice): Promise<void>;
}
