import type { Clock } from '../base/clock.ts';
import type { LedgerSetting } from '../base/settings.ts';
import type { Ledger } from './contract.ts';

export interface LedgerOptions {
  readonly clock: Clock;
  /** Of a store in a cloud. */
  readonly region: string;
  /** Instead of the store's own: another of its hosts, or loopback. */
  readonly endpoint?: string | undefined;
  /** Instead of those that the environment gives. */
  readonly credentials?:
    { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | undefined;
}

/**
 * Opens the ledger that a setting names. Its adapter, and with it an SDK or SQLite, is loaded only now. Throws a `Fault`
 * where it cannot be opened; a table is asked for only when something is.
 */
export async function openLedger(
  setting: LedgerSetting,
  { clock, region, endpoint, credentials }: LedgerOptions,
): Promise<Ledger> {
  switch (setting.kind) {
    case 'dynamodb': {
      const { DynamoDbLedger } = await import('./dynamodb.ts');
      return new DynamoDbLedger({ table: setting.table, region, endpoint, credentials }, clock);
    }
    case 'sqlite': {
      const { SqliteLedger } = await import('./sqlite.ts');
      return new SqliteLedger(setting.file, clock);
    }
    case 'memory': {
      const { MemoryLedger } = await import('./memory.ts');
      return new MemoryLedger(clock);
    }
  }
}
