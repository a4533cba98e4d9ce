import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { Ledger } from '../ledger/contract.ts';

export interface LeaseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Outlives the host's own timeout by 30 s, so that no live worker loses its lease. */
  readonly leaseMs: number;
}

/** Does some work while nobody else has the key. Throws a `Fault` (busy) where somebody has it, with how long at most. */
export async function withLease<T>(key: string, deps: LeaseDeps, work: () => Promise<T>): Promise<T> {
  const { ledger, clock, leaseMs } = deps;
  const leased = await ledger.lease(key, leaseMs);
  if (leased.kind === 'held') {
    const retryInMs = Math.max(0, leased.until.getTime() - clock.now().getTime());
    throw new Fault('busy', `another worker has \`${key}\`; try again later`, { retryInMs });
  }
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // What the work met says more than a lease that could not be given back: that runs out by itself.
    await ledger.release(leased.lease).catch(() => undefined);
    throw error;
  }
  await ledger.release(leased.lease);
  return result;
}
