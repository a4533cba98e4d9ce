// Judgement -> LedgerBody: what a run records of what it found, meant and did.
import { deedOf, sumOf } from './deeds.ts';
import type { Deed } from './deeds.ts';
import type { Since } from './grace.ts';
import type { Handwork } from './by-hand.ts';
import type { Judgement } from './judge.ts';
import type { Intent, LedgerBody } from './model/ledger.ts';
import type { Order } from './model/order.ts';
import type { Plan } from './model/plan.ts';
import type { OrderRecord, RulesRecord } from './model/record.ts';
import { changeRecord, collateralRecords, rulesRecord, targetRecord } from './records.ts';
import { findingRecords } from './report.ts';

/** What a read shows of what was done. The read is believed, not the calls. */
export function revertedBody(
  deeds: readonly [Deed, ...Deed[]],
  after: Judgement,
  now: RulesRecord,
  requestIds: readonly string[],
  why: readonly string[],
): LedgerBody {
  const { verdict, acting } = after;
  const remaining = findingRecords(after);
  const isLeft = acting.changes.length + acting.held.length > 0;
  const held = verdict.kind === 'hold' ? verdict.reasons : acting.held.map(({ reason }) => reason);
  // Reads may lag behind writes, and somebody may have been quick: the next event or read will tell which it was.
  const shown = verdict.kind === 'apply' && why.length === 0 ? ['the read after the write still shows it'] : [];
  return {
    kind: 'reverted',
    ...sumOf(deeds, remaining),
    after: now,
    remaining,
    closed: !isLeft,
    reasons: isLeft ? [...why, ...held, ...shown] : [],
    requestIds,
    ...waitingIn(after),
  };
}

/** Nothing is let through by a firewall that is gone. */
const NO_RULES: RulesRecord = { ingress: [], egress: [] };

/** What was done to a firewall that was gone when it was read again. */
export function goneBody(
  intents: readonly { readonly intent: Intent; readonly isApplied: boolean }[],
  requestIds: readonly string[],
): LedgerBody {
  const [deed, ...others] = intents.flatMap(({ intent, isApplied }) => deedOf(intent, isApplied, NO_RULES, []) ?? []);
  if (deed === undefined) return { kind: 'gone' };
  const reasons = ['the firewall was gone when it was read again'];
  const all: readonly [Deed, ...Deed[]] = [deed, ...others];
  return { kind: 'reverted', ...sumOf(all, []), after: NO_RULES, remaining: [], closed: true, reasons, requestIds };
}

/** Since when findings are given time, where any are. */
function waitingIn({ since }: Judgement): { readonly since?: Since } {
  return Object.keys(since).length === 0 ? {} : { since };
}

export function failedBody(judgement: Judgement, why: string): LedgerBody {
  return {
    kind: 'failed',
    firewall: targetRecord(judgement.firewall),
    findings: findingRecords(judgement),
    why,
    ...waitingIn(judgement),
  };
}

/** What a run records of a firewall that it does not write to. */
export function untouchedBody(judgement: Judgement): LedgerBody {
  const { firewall, drift, verdict } = judgement;
  if (drift.findings.length === 0) return { kind: 'fine' };
  const reasons = verdict.kind === 'hold' ? verdict.reasons : [];
  const found = { firewall: targetRecord(firewall), findings: findingRecords(judgement) };
  return { kind: 'held', ...found, reasons, ...waitingIn(judgement) };
}

function intentOf(plan: Plan, judgement: Judgement): Intent['body'] {
  const { firewall } = judgement;
  return {
    kind: 'intended',
    planId: plan.id,
    firewall: targetRecord(firewall),
    findings: findingRecords(judgement),
    changes: plan.changes.map(changeRecord),
    collateral: plan.collateral.flatMap(collateralRecords),
    before: rulesRecord(firewall),
  };
}

export function intendedBody(judgement: Judgement): Intent['body'] {
  return intentOf(judgement.acting, judgement);
}

function orderRecord(order: Order, { grant }: Pick<Extract<Handwork, { kind: 'plan' }>, 'grant'>): OrderRecord {
  return {
    kind: order.kind,
    by: order.by,
    ...(order.ticket === undefined ? {} : { ticket: order.ticket }),
    ...(grant === undefined ? {} : { grant: grant.id }),
    ...(order.kind === 'rollback' ? { revert: order.revert } : {}),
  };
}

/** What is about to be written by hand. What a person lets through is no breach of it. */
export function orderedBody(
  order: Order,
  judgement: Judgement,
  work: Extract<Handwork, { kind: 'plan' }>,
): Intent['body'] {
  const { findings, ...rest } = intentOf(work.plan, judgement);
  return { ...rest, findings: order.kind === 'apply' ? findings : [], order: orderRecord(order, work) };
}
