// Ledger -> what was appended since some time, of all targets.
import type { Damaged, Kept, Ledger } from '../shared/ledger/contract.ts';

export interface Past {
  /** Newest first. */
  readonly kept: readonly Kept[];
  readonly damaged: readonly Damaged[];
}

export async function pastSince(ledger: Ledger, time: Date): Promise<Past> {
  const kept: Kept[] = [];
  const damaged: Damaged[] = [];
  let page: string | undefined;
  do {
    const read = await ledger.since(time, page);
    kept.push(...read.entries);
    damaged.push(...read.damaged);
    page = read.next;
  } while (page !== undefined);
  return { kept: kept.toSorted(newestFirst), damaged };
}

function newestFirst({ entry: a }: Kept, { entry: b }: Kept): number {
  return b.at.getTime() - a.at.getTime() || b.sequence - a.sequence;
}
