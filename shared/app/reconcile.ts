import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { Cloud, Read } from '../clouds/contract.ts';
import type { DesiredBook } from '../core/effective.ts';
import type { Limits } from '../core/guard.ts';
import { judgementOf } from '../core/judge.ts';
import type { Judgement } from '../core/judge.ts';
import type { Firewall } from '../core/model/firewall.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import { targetKey } from '../core/model/target.ts';
import type { Hint, Target } from '../core/model/target.ts';
import { changeRecord, collateralRecords, rulesRecord, targetRecord } from '../core/records.ts';
import { findingRecords } from '../core/report.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Publisher } from '../publish/contract.ts';

export interface ReconcileDeps {
  readonly cloud: Cloud;
  readonly ledger: Ledger;
  readonly publisher: Publisher;
  readonly desired: DesiredBook;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Outlives the host's own timeout by 30 s, so that no live worker loses its lease. */
  readonly leaseMs: number;
}

/** How often a run plans again because somebody moved the firewall between its read and its write. */
const ATTEMPTS = 3;

function judge(firewall: Firewall, changesInRun: number, deps: ReconcileDeps): Judgement {
  const desired = deps.desired.for(firewall, deps.clock.now());
  return judgementOf(firewall, desired, deps.cloud.traits, { limits: deps.limits, changesInRun });
}

/** Reads again after a write that went through: the state is believed, not the call. */
async function prove(judgement: Judgement, requestIds: readonly string[], deps: ReconcileDeps): Promise<LedgerBody> {
  const { firewall, acting } = judgement;
  const read = await deps.cloud.read(firewall.target);
  if (read.kind === 'gone') return { kind: 'gone' };
  const after = judge(read.firewall, 0, deps);
  return {
    kind: 'reverted',
    planId: acting.id,
    firewall: targetRecord(firewall),
    findings: findingRecords(judgement),
    changes: acting.changes.map(changeRecord),
    collateral: acting.collateral.flatMap(collateralRecords),
    before: rulesRecord(firewall),
    after: rulesRecord(read.firewall),
    remaining: findingRecords(after),
    closed: after.acting.changes.length === 0,
    requestIds,
  };
}

/** What an applied plan led to, or why it has to be made again. */
type Attempt = { readonly kind: 'done'; readonly body: LedgerBody } | { readonly kind: 'moved'; readonly why: string };

async function attempt(judgement: Judgement, deps: ReconcileDeps): Promise<Attempt> {
  const { firewall, acting } = judgement;
  const outcome = await deps.cloud.apply(acting, firewall);
  switch (outcome.kind) {
    case 'applied':
      return { kind: 'done', body: await prove(judgement, outcome.requestIds, deps) };
    case 'conflict':
      return { kind: 'moved', why: outcome.why };
    case 'refused':
      return { kind: 'done', body: failed(judgement, outcome.why) };
    case 'gone':
      return { kind: 'done', body: { kind: 'gone' } };
  }
}

function failed(judgement: Judgement, why: string): LedgerBody {
  return { kind: 'failed', firewall: targetRecord(judgement.firewall), findings: findingRecords(judgement), why };
}

/** What a run records of a firewall that it does not write to. */
function untouched(judgement: Judgement): LedgerBody {
  const { firewall, drift, verdict } = judgement;
  if (drift.findings.length === 0) return { kind: 'fine' };
  const reasons = verdict.kind === 'hold' ? verdict.reasons : [];
  return { kind: 'held', firewall: targetRecord(firewall), findings: findingRecords(judgement), reasons };
}

function intent({ firewall, acting }: Judgement): LedgerBody {
  const changes = acting.changes.map(changeRecord);
  return { kind: 'intended', planId: acting.id, changes, before: rulesRecord(firewall) };
}

/**
 * A read, or why these credentials will never get one: that is for a person to mend, and no retry helps. Whatever may
 * pass by itself is thrown.
 */
async function readOf(target: Target, { cloud }: ReconcileDeps): Promise<Read | LedgerBody> {
  try {
    return await cloud.read(target);
  } catch (error) {
    const isLasting = error instanceof Fault && (error.kind === 'forbidden' || error.kind === 'unsupported');
    if (!isLasting) throw error;
    return { kind: 'unreadable', why: error.message };
  }
}

/** What one target needs, from read to proof. The ledger has the intent before anything is written. */
async function settle(
  target: Target,
  hint: Hint | undefined,
  changesInRun: number,
  deps: ReconcileDeps,
): Promise<LedgerEntry> {
  const record = (body: LedgerBody): Promise<LedgerEntry> => deps.ledger.append(target, hint, body);
  for (let tries = 1; ; tries += 1) {
    const read = await readOf(target, deps);
    if (read.kind !== 'firewall') return record(read);
    const judgement = judge(read.firewall, changesInRun, deps);
    if (judgement.verdict.kind !== 'apply') return record(untouched(judgement));
    await record(intent(judgement));
    const result = await attempt(judgement, deps);
    if (result.kind === 'done') return record(result.body);
    if (tries === ATTEMPTS)
      return record(
        failed(judgement, `somebody else kept changing the firewall while it was being reverted: ${result.why}`),
      );
  }
}

/** Tells of everything about this target that nobody has been told of, so that an earlier failure to tell heals itself. */
async function publishDue(target: Target, { ledger, publisher }: ReconcileDeps): Promise<void> {
  for (const entry of await ledger.unpublished(target)) {
    await publisher.publish({ kind: entry.body.kind, target, sequence: entry.sequence });
    await ledger.markPublished(entry);
  }
}

/**
 * Brings one firewall back to what the policies ask: read, judge, write only the difference, read again, record. Only
 * the current state decides; the hint goes to the ledger. Throws a `Fault`: `busy` while another worker has the target,
 * otherwise what the cloud, the ledger or the publisher met.
 */
export async function reconcile(
  target: Target,
  hint: Hint | undefined,
  changesInRun: number,
  deps: ReconcileDeps,
): Promise<LedgerEntry> {
  const lease = await deps.ledger.lease(targetKey(target), deps.leaseMs);
  if (lease === undefined) throw new Fault('busy', `another worker has \`${targetKey(target)}\`; try again later`);
  try {
    const entry = await settle(target, hint, changesInRun, deps);
    await publishDue(target, deps);
    return entry;
  } finally {
    await deps.ledger.release(lease);
  }
}
