import { isLasting, isThrottled } from '../base/fault.ts';
import type { ReadOfMany } from '../clouds/contract.ts';
import { untouchedBody } from '../core/entries.ts';
import type { Orders } from '../core/model/grant.ts';
import { inTurn } from './in-turn.ts';
import { Logbook } from './logbook.ts';
import { judgedOf } from './look.ts';
import { portionsOf } from './portions.ts';
import { reconcile } from './reconcile.ts';
import type { ReconcileDeps } from './reconcile.ts';
import type { Run } from './settle.ts';
import type { Part, Stop } from './sweep.ts';

/** Of how many firewalls the ledger is read at once: a record may be long, and only these are in memory together. */
const LOGS_AT_ONCE = 10;

/** What became of a part of a sweep. */
export interface PartSwept {
  readonly looked: number;
  /** For these a run was made: something was to be done, or to be told. */
  readonly reconciled: number;
  /** What nobody has seen, each with what was met. */
  readonly unseen: ReadonlyMap<Stop, unknown>;
}

/** Many reads at once; none where these credentials may not make them, so that each run says so of its own target. */
async function readsOf(stops: readonly Stop[], { cloud, desired }: ReconcileDeps): Promise<readonly ReadOfMany[]> {
  const targets = stops.map(({ target }) => target);
  try {
    return await cloud.readAll(targets, desired.written);
  } catch (error) {
    if (!isLasting(error)) throw error;
    return [];
  }
}

/** Whether a firewall needs a run of its own, by a read of many at once: to change it, or to record what is new. */
async function needsRun(
  { target, owed }: Stop,
  read: ReadOfMany | undefined,
  standing: Orders,
  deps: ReconcileDeps,
): Promise<boolean> {
  if (owed.length > 0 || read === undefined) return true;
  if (read.kind === 'fault') {
    // The run of that target reads for itself, and records why it cannot.
    if (isLasting(read.fault)) return true;
    throw read.fault;
  }
  const log = await Logbook.open(target, [], deps);
  if (log.openIntents.length > 0) return true;
  if (read.kind === 'gone') return log.isNews(read);
  const judgement = judgedOf(read.firewall, 0, log.entries, deps, standing);
  if ('kind' in judgement) return log.isNews(judgement);
  return judgement.verdict.kind === 'apply' || log.isNews(untouchedBody(judgement));
}

/** What `needsRun` says of each stop, or what it met. The ledger is asked for a few of them side by side. */
async function needsOf(
  stops: readonly Stop[],
  reads: readonly ReadOfMany[],
  standing: Orders,
  deps: ReconcileDeps,
): Promise<ReadonlyMap<Stop, PromiseSettledResult<boolean>>> {
  const needs = new Map<Stop, PromiseSettledResult<boolean>>();
  const pairs = stops.map((stop, index) => [stop, reads[index]] as const);
  for (const some of portionsOf(pairs, LOGS_AT_ONCE)) {
    const told = await Promise.allSettled(some.map(([stop, read]) => needsRun(stop, read, standing, deps)));
    told.forEach((need, index) => {
      const [stop] = some[index] ?? [];
      if (stop !== undefined) needs.set(stop, need);
    });
  }
  return needs;
}

/** Looks at some firewalls at once, and makes a run for those that need it. */
export async function sweepPart({ stops }: Part, run: Run, deps: ReconcileDeps): Promise<PartSwept> {
  if (run.throttled !== undefined) throw run.throttled;
  const reads = await readsOf(stops, deps).catch((error: unknown) => {
    if (isThrottled(error)) run.throttled = error;
    throw error;
  });
  const needs = await needsOf(stops, reads, await deps.orders.standing(), deps);
  let reconciled = 0;
  const unseen = await inTurn(stops, run, async (stop) => {
    const need = needs.get(stop);
    if (need?.status === 'rejected') throw need.reason;
    if (need?.value === false) return;
    reconciled += 1;
    await reconcile({ target: stop.target, hint: undefined, quiet: true }, run, deps, stop.owed);
  });
  return { looked: stops.length - unseen.size, reconciled, unseen };
}
