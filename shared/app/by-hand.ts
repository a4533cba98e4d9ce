import { Fault } from '../base/fault.ts';
import { handworkFor } from '../core/by-hand.ts';
import type { HandContext, Handwork } from '../core/by-hand.ts';
import { deedOf } from '../core/deeds.ts';
import { failedBody, orderedBody, revertedBody } from '../core/entries.ts';
import type { Judgement } from '../core/judge.ts';
import type { Intent, LedgerEntry } from '../core/model/ledger.ts';
import type { Order } from '../core/model/order.ts';
import type { Target } from '../core/model/target.ts';
import { targetKey } from '../core/model/target.ts';
import { rulesRecord } from '../core/records.ts';
import type { OrderBook, Standing } from '../grants/contract.ts';
import { withLease } from './lease.ts';
import type { LeaseDeps } from './lease.ts';
import { Logbook } from './logbook.ts';
import { judgedOf, limitsUnder, lookAt } from './look.ts';
import type { LookDeps } from './look.ts';

export interface ByHandDeps extends LeaseDeps, LookDeps {
  readonly orders: OrderBook;
}

/** What became of an order at one firewall. */
export type ByHand =
  /** Done, and read again: the entry says what that read shows. */
  | { readonly kind: 'done'; readonly entry: LedgerEntry; readonly work: Extract<Handwork, { kind: 'plan' }> }
  /** The cloud refused, or somebody was quicker: what of it was done, the entry says. */
  | { readonly kind: 'failed'; readonly why: string; readonly entry: LedgerEntry }
  | { readonly kind: 'gone' }
  | Exclude<Handwork, { readonly kind: 'plan' }>;

async function judged(
  target: Target,
  log: Logbook,
  changesInRun: number,
  deps: ByHandDeps,
): Promise<Judgement | 'gone'> {
  const { read } = await lookAt(target, deps);
  if (read.kind === 'gone') return 'gone';
  if (read.kind !== 'firewall') throw new Fault('forbidden', whyOf(read));
  const judgement = judgedOf(read.firewall, changesInRun, log.entries, deps, await deps.orders.standing());
  if ('kind' in judgement) throw new Fault('unsupported', whyOf(judgement));
  return judgement;
}

function whyOf(body: object): string {
  return 'why' in body && typeof body.why === 'string' ? body.why : 'the firewall cannot be judged';
}

/** Where none of what stands is signed by this key, it is the key that is wrong: no run would see what it grants. */
function checkKey({ grants, pause, rejected }: Standing): void {
  if (rejected.length === 0 || grants.length > 0 || pause !== undefined) return;
  const keys = rejected.map(({ key }) => `\`${key}\``).join(', ');
  throw new Fault(
    'conflict',
    `PORTCULLIS_GRANTS_KEY signed none of what stands in the store (${keys}), so nothing was granted; set it to the key ` +
      'of the functions; if it is that, somebody forged these: `portcullis grants revoke ID` and `portcullis resume` take them out',
  );
}

function contextOf(changesInRun: number, { grants, pause }: Standing, deps: ByHandDeps): HandContext {
  const { desired: book, cloud, clock } = deps;
  return { book, traits: cloud.traits, limits: limitsUnder(pause, deps), at: clock.now(), grants, changesInRun };
}

/** The last entry: what the read after the write shows of it. */
async function ended(log: Logbook, intent: Intent, after: Judgement, write: Write): Promise<LedgerEntry> {
  const now = rulesRecord(after.firewall);
  // What was only granted has no changes, and is done all the same.
  const granted = write.isApplied ? { intent, changes: [] } : undefined;
  const deed = deedOf(intent, write.isApplied, now, []) ?? granted;
  const why = write.why === undefined ? [] : [write.why];
  return log.append(
    undefined,
    deed === undefined ? failedBody(after, why.join()) : revertedBody([deed], after, now, write.requestIds, why),
  );
}

interface Write {
  readonly isApplied: boolean;
  readonly requestIds: readonly string[];
  readonly why: string | undefined;
}

async function carriedOut(
  order: Order,
  before: Judgement,
  work: Extract<Handwork, { kind: 'plan' }>,
  log: Logbook,
  deps: ByHandDeps,
): Promise<ByHand> {
  // INVARIANT: the grant stands before the rule is there, or a run that hears of the rule would take it away.
  if (work.grant !== undefined) await deps.orders.grant(work.grant);
  const intent = await log.append(undefined, orderedBody(order, before, work));
  const outcome = await deps.cloud.apply(work.plan, before.firewall);
  // A permission for what was not done would wait for whoever opens it next.
  if (work.grant !== undefined && outcome.kind !== 'applied') await deps.orders.revoke(work.grant.id);
  if (outcome.kind === 'gone') return { kind: 'gone' };
  const after = await judged(log.target, log, 0, deps);
  if (after === 'gone') return { kind: 'gone' };
  const why = outcome.kind === 'applied' ? undefined : outcome.why;
  const entry = await ended(log, intent, after, {
    isApplied: outcome.kind === 'applied',
    requestIds: outcome.requestIds,
    why,
  });
  return why === undefined ? { kind: 'done', entry, work } : { kind: 'failed', why, entry };
}

/**
 * Carries out what a person asks of one firewall: read, judge, record, write, read again, record. As a run of the
 * functions it works under the lease of the target and leaves its outcome in the ledger, marked for whoever announces it;
 * it announces nothing itself. Throws a `Fault` where the cloud, the ledger or the orders' store does not answer (busy:
 * another worker has the firewall).
 */
export async function carryOut(
  order: Order,
  target: Target,
  run: { changes: number },
  deps: ByHandDeps,
): Promise<ByHand> {
  return withLease(targetKey(target), deps, async () => {
    const log = await Logbook.open(target, [], deps);
    const before = await judged(target, log, run.changes, deps);
    if (before === 'gone') return { kind: 'gone' };
    const standing = await deps.orders.standing();
    const work = handworkFor(order, before, contextOf(run.changes, standing, deps));
    if (work.kind !== 'plan') return work;
    if (work.grant !== undefined) checkKey(standing);
    run.changes += work.plan.changes.length;
    return carriedOut(order, before, work, log, deps);
  });
}
