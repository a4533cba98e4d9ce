import type { Question } from './question.ts';
import type { LedgerBody } from './ledger.ts';
import type { PlanRecord } from './record.ts';

/** Whoever asks for something by hand, and the change or incident that says why. */
export interface Orderer {
  readonly by: string;
  readonly ticket?: string;
}

/** The grant that an order may need: its id, and how long it lasts. */
export interface Staying {
  readonly grantId: string;
  readonly until: Date;
}

/** A plan that was applied, as the ledger has it. */
export type Reverted = Extract<LedgerBody, { readonly kind: 'reverted' }>;

/** What a person asks of one firewall by hand. */
export type Order =
  /** Carry out the plan; where one is expected, only if it is still the same. */
  | (Orderer & { readonly kind: 'apply'; readonly expected?: PlanRecord })
  /** Let some traffic through until then. */
  | (Orderer & Staying & { readonly kind: 'open'; readonly question: Question })
  /** Put back what a revert took. `force`: also where somebody has changed the firewall since. */
  | (Orderer &
      Staying & {
        readonly kind: 'rollback';
        readonly revert: string;
        readonly body: Reverted;
        readonly force: boolean;
      });
