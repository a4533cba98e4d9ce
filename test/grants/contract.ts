import { describe } from 'vitest';
import { describeOrders } from './contract-orders.ts';
import { describeRows } from './contract-rows.ts';
import type { Open } from './samples.ts';

/** What every store of grants and the pause has to do. `open` gives an empty one. */
export function describeStore(name: string, open: Open): void {
  describe(name, () => {
    describeRows(open);
    describeOrders(open);
  });
}
