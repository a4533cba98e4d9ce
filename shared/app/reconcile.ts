import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { Cloud, Read } from '../clouds/contract.ts';
import { PolicyTooLarge } from '../core/effective.ts';
import type { DesiredBook } from '../core/effective.ts';
import { deedOf, sumOf } from '../core/deeds.ts';
import type { Deed } from '../core/deeds.ts';
import type { Limits } from '../core/model/guard.ts';
import { judgementOf } from '../core/judge.ts';
import type { Judgement } from '../core/judge.ts';
import type { Firewall } from '../core/model/firewall.ts';
import { openIntentsOf } from '../core/model/ledger.ts';
import type { Intent, LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Outcome } from '../core/model/plan.ts';
import type { ChangeRecord, RulesRecord } from '../core/model/record.ts';
import { targetKey } from '../core/model/target.ts';
import type { Hint, Target } from '../core/model/target.ts';
import { changeRecord, collateralRecords, rulesRecord, targetRecord } from '../core/records.ts';
import { findingRecords } from '../core/report.ts';
import { TooLarge } from '../core/space/traffic.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Publisher } from '../publish/contract.ts';
import { withLease } from './lease.ts';

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

/** One invocation over several targets. Changes are counted before they are written, so that a failure hides none. */
export interface Run {
  changes: number;
}

/** How often a run plans and writes: somebody may move the firewall between its read and its write, or right after. */
const ATTEMPTS = 3;
const MOVING = `somebody else kept changing the firewall while it was being reverted, ${String(ATTEMPTS)} times`;

/** What a read shows of what was done. The read is believed, not the calls. */
function reverted(
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
  };
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

function intended(judgement: Judgement): Intent['body'] {
  const { firewall, acting } = judgement;
  return {
    kind: 'intended',
    planId: acting.id,
    firewall: targetRecord(firewall),
    findings: findingRecords(judgement),
    changes: acting.changes.map(changeRecord),
    collateral: acting.collateral.flatMap(collateralRecords),
    before: rulesRecord(firewall),
  };
}

/**
 * A read, or why these credentials will never get one: that is for a person to mend, and no retry helps. Whatever may
 * pass by itself is thrown.
 */
async function readOf(target: Target, { cloud, desired }: ReconcileDeps): Promise<Read | LedgerBody> {
  try {
    return await cloud.read(target, desired.written);
  } catch (error) {
    const isLasting = error instanceof Fault && (error.kind === 'forbidden' || error.kind === 'unsupported');
    if (!isLasting) throw error;
    return { kind: 'unreadable', why: error.message };
  }
}

/** A judgement, or why there can be none: a firewall or policies beyond what can be judged exactly are not guessed at. */
function judgedOf(firewall: Firewall, changesInRun: number, deps: ReconcileDeps): Judgement | LedgerBody {
  const { desired, clock, cloud, limits } = deps;
  try {
    return judgementOf(firewall, desired.for(firewall, clock.now()), cloud.traits, { limits, changesInRun });
  } catch (error) {
    if (!(error instanceof TooLarge || error instanceof PolicyTooLarge)) throw error;
    return { kind: 'unreadable', why: error.message };
  }
}

/** What a run knows of its own writes. */
interface Written {
  readonly intents: readonly { readonly intent: Intent; readonly isApplied: boolean }[];
  readonly requestIds: readonly string[];
  /** What became of the last one. Nothing is written again after a refusal, whose reason is known then. */
  readonly last: 'none' | 'applied' | 'conflict' | { readonly refused: string };
}

/**
 * Whether a plan speaks of something that the run has not acted on: a new opening. What it has, a read that lags behind
 * may still show.
 */
function isNews({ acting }: Judgement, { intents }: Written): boolean {
  const spokenOf = ({ rule, becomes }: ChangeRecord): string => JSON.stringify(rule ?? becomes);
  const known = new Set(intents.flatMap(({ intent }) => intent.body.changes.map(spokenOf)));
  return acting.changes.some((change) => !known.has(spokenOf(changeRecord(change))));
}

/** Why a run writes no more, if it does not. No reason at all where all is said by the read. */
function endOf(judgement: Judgement, written: Written, tries: number): readonly string[] | undefined {
  const { last } = written;
  if (typeof last === 'object') return [last.refused];
  if (judgement.verdict.kind !== 'apply') return [];
  if (last === 'applied' && !isNews(judgement, written)) return [];
  return tries > ATTEMPTS ? [MOVING] : undefined;
}

/** The last entry of a run: what was done, also by a run before it that never came to its end, and else what was found. */
function ending(judgement: Judgement, written: Written, left: readonly Intent[], why: readonly string[]): LedgerBody {
  const now = rulesRecord(judgement.firewall);
  const candidates = [...left.map((intent) => ({ intent, isApplied: false })), ...written.intents];
  const [deed, ...others] = candidates.flatMap(({ intent, isApplied }, index) => {
    const later = candidates.slice(index + 1).map((one) => one.intent);
    return deedOf(intent, isApplied, now, later) ?? [];
  });
  if (deed !== undefined) return reverted([deed, ...others], judgement, now, written.requestIds, why);
  return why.length > 0 && judgement.verdict.kind === 'apply'
    ? failed(judgement, why.join('; '))
    : untouched(judgement);
}

/** What became of a write, added to what the run knows. */
function afterWrite(written: Written, intent: Intent, outcome: Exclude<Outcome, { kind: 'gone' }>): Written {
  const isApplied = outcome.kind === 'applied';
  return {
    intents: [...written.intents, { intent, isApplied }],
    requestIds: [...written.requestIds, ...outcome.requestIds],
    last: outcome.kind === 'refused' ? { refused: outcome.why } : outcome.kind,
  };
}

/**
 * What one target needs, from read to proof. The ledger has the intent before anything is written, and the read that
 * follows a write is its proof. A conflict, and what is new in that read, is judged and planned again, a few times.
 */
async function settle(target: Target, hint: Hint | undefined, run: Run, deps: ReconcileDeps): Promise<LedgerEntry> {
  const { cloud, ledger } = deps;
  const left = openIntentsOf(await ledger.entries(target));
  const cause = left[0]?.hint ?? hint;
  let written: Written = { intents: [], requestIds: [], last: 'none' };
  for (let tries = 1; ; tries += 1) {
    const read = await readOf(target, deps);
    if (read.kind !== 'firewall') return ledger.append(target, hint, read);
    const judgement = judgedOf(read.firewall, run.changes, deps);
    if ('kind' in judgement) return ledger.append(target, hint, judgement);
    const end = endOf(judgement, written, tries);
    if (end !== undefined) {
      const body = ending(judgement, written, left, end);
      return ledger.append(target, body.kind === 'reverted' ? cause : hint, body);
    }
    const intent = await ledger.append(target, hint, intended(judgement));
    run.changes += judgement.acting.changes.length;
    const outcome = await cloud.apply(judgement.acting, read.firewall);
    if (outcome.kind === 'gone') return ledger.append(target, hint, { kind: 'gone' });
    written = afterWrite(written, intent, outcome);
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
  run: Run,
  deps: ReconcileDeps,
): Promise<LedgerEntry> {
  return withLease(deps.ledger, targetKey(target), deps.leaseMs, async () => {
    const entry = await settle(target, hint, run, deps);
    await publishDue(target, deps);
    return entry;
  });
}
