import { Fault } from '../base/fault.ts';
import type { Ledger } from '../ledger/contract.ts';

/** Does some work while nobody else has the key. Throws a `Fault` (busy) where somebody has it. */
export async function withLease<T>(ledger: Ledger, key: string, forMs: number, work: () => Promise<T>): Promise<T> {
  const lease = await ledger.lease(key, forMs);
  if (lease === undefined) throw new Fault('busy', `another worker has \`${key}\`; try again later`);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // What the work met says more than a lease that could not be given back: that runs out by itself.
    await ledger.release(lease).catch(() => undefined);
    throw error;
  }
  await ledger.release(lease);
  return result;
}
