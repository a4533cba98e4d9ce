import type { Clock } from '../base/clock.ts';
import type { OrdersSetting } from '../base/settings.ts';
import type { OrderBook } from './contract.ts';
import { keyFileSeal } from './key-file.ts';
import type { Rows } from './rows.ts';
import { SignedOrders } from './signed.ts';

export interface OrderOptions {
  readonly clock: Clock;
  /** Of a store in a cloud. */
  readonly region: string;
  /** Instead of the store's own: another of its hosts, or loopback. */
  readonly endpoint?: string | undefined;
  /** Instead of those that the environment gives. */
  readonly credentials?:
    { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | undefined;
}

async function rowsOf(
  setting: Exclude<OrdersSetting, { kind: 'none' }>,
  { clock, region, endpoint, credentials }: OrderOptions,
): Promise<Rows> {
  switch (setting.kind) {
    case 'dynamodb': {
      const { DynamoDbRows } = await import('./dynamodb.ts');
      return new DynamoDbRows({ table: setting.table, region, endpoint, credentials });
    }
    case 'sqlite': {
      const { SqliteRows } = await import('./sqlite.ts');
      return new SqliteRows(setting.file, clock);
    }
    case 'memory': {
      const { MemoryRows } = await import('./memory.ts');
      return new MemoryRows();
    }
  }
}

/**
 * Opens what a setting names. Its adapter, and with it an SDK or SQLite, is loaded only now. Throws a `Fault` where it or
 * the key cannot be opened; a table is asked for only when something is.
 */
export async function openOrders(setting: OrdersSetting, options: OrderOptions): Promise<OrderBook> {
  if (setting.kind === 'none') {
    const { NoOrderBook } = await import('./none.ts');
    return new NoOrderBook();
  }
  // The key first: without it no store is opened, and none is made.
  const seal = await keyFileSeal(setting.keyFile);
  return new SignedOrders(await rowsOf(setting, options), seal);
}
