// Ledger -> what was appended since some time, of all targets.
import { isSettling } from '../shared/core/model/ledger.ts';
import { targetKey } from '../shared/core/model/target.ts';
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

/** Intents that came to an end are told by that end, so only those that did not are worth a line. */
export function unsettled(newestFirst: readonly Kept[]): readonly Kept[] {
  const settled = new Set<string>();
  return newestFirst.filter(({ entry }) => {
    const key = targetKey(entry.target);
    const isOver = entry.body.kind === 'intended' && settled.has(key);
    if (isSettling(entry.body)) settled.add(key);
    return !isOver;
  });
}
