import type { Clock } from '../base/clock.ts';
import type { Fault } from '../base/fault.ts';
import { deedOf } from '../core/deeds.ts';
import { failedBody, goneBody, intendedBody, revertedBody, untouchedBody } from '../core/entries.ts';
import type { Judgement } from '../core/judge.ts';
import type { Intent, LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Outcome } from '../core/model/plan.ts';
import type { ChangeRecord } from '../core/model/record.ts';
import type { Hint, Target } from '../core/model/target.ts';
import { changeRecord, rulesRecord } from '../core/records.ts';
import type { OrderBook } from '../grants/contract.ts';
import { judgedOf, lookAt } from './look.ts';
import type { LookDeps, Looked } from './look.ts';
import type { LeaseDeps } from './lease.ts';
import type { Logbook } from './logbook.ts';

export interface SettleDeps extends LeaseDeps, LookDeps {
  readonly orders: OrderBook;
}

/** One invocation over several targets. */
export interface Run {
  /** Counted before they are written, so that a failure hides none. */
  changes: number;
  /** Set once the cloud has refused a call for want of budget. */
  throttled: Fault | undefined;
  readonly clock: Clock;
  /** When nothing more is begun. */
  readonly until: Date;
}

/** Leaves a quarter of the 60 s that a function has for what is under way by then. */
const RUN_MS = 45_000;

export function newRun(clock: Clock): Run {
  return { changes: 0, throttled: undefined, clock, until: new Date(clock.now().getTime() + RUN_MS) };
}

/** How often a run plans and writes: somebody may move the firewall between its read and its write, or right after. */
const ATTEMPTS = 3;
const MOVING = `somebody else kept changing the firewall while it was being reverted, ${String(ATTEMPTS)} times`;

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
function isNewPlan({ acting }: Judgement, { intents }: Written): boolean {
  const spokenOf = ({ rule, becomes }: ChangeRecord): string => JSON.stringify(rule ?? becomes);
  const known = new Set(intents.flatMap(({ intent }) => intent.body.changes.map(spokenOf)));
  return acting.changes.some((change) => !known.has(spokenOf(changeRecord(change))));
}

/** Why a run writes no more, if it does not. No reason at all where all is said by the read. */
function endOf(judgement: Judgement, written: Written, tries: number): readonly string[] | undefined {
  const { last } = written;
  if (typeof last === 'object') return [last.refused];
  if (judgement.verdict.kind !== 'apply') return [];
  if (last === 'applied' && !isNewPlan(judgement, written)) return [];
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
  if (deed !== undefined) return revertedBody([deed, ...others], judgement, now, written.requestIds, why);
  return why.length > 0 && judgement.verdict.kind === 'apply'
    ? failedBody(judgement, why.join('; '))
    : untouchedBody(judgement);
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

/** How a run left a firewall: as it should be, or not yet, or nobody can say. */
export type Left = 'right' | 'wrong' | 'gone' | 'unknown';

/** The end of one run at one firewall. No entry where it found what the ledger says already and nobody had asked. */
export interface Settled {
  readonly entry: LedgerEntry | undefined;
  readonly left: Left;
  readonly wrote: boolean;
  /** When the read began that says how it was left. */
  readonly readAt: Date;
}

/** What is asked of a run. */
export interface Errand {
  readonly target: Target;
  /** The event that woke us, if one did. */
  readonly hint: Hint | undefined;
  /** Nobody has asked but a clock or ourselves, so only what is new goes to the ledger. */
  readonly quiet: boolean;
}

function leftBy({ acting }: Judgement): Left {
  return acting.changes.length + acting.held.length > 0 ? 'wrong' : 'right';
}

/**
 * What one target needs, from read to proof. The ledger has the intent before anything is written, and the read that
 * follows a write is its proof. A conflict, and what is new in that read, is judged and planned again, a few times.
 * `first` is a read that was made under the lease of this run.
 */
export async function settle(
  errand: Errand,
  log: Logbook,
  first: Looked,
  run: Pick<Run, 'changes'>,
  deps: SettleDeps,
): Promise<Settled> {
  const { target, hint, quiet } = errand;
  const unsettled = log.openIntents;
  const cause = unsettled[0]?.hint ?? hint;
  let written: Written = { intents: [], requestIds: [], last: 'none' };
  let looked = first;
  const end = async (body: LedgerBody, left: Left): Promise<Settled> => {
    const wrote = written.intents.length > 0;
    // That nobody can read a firewall is said once, whoever asks: such a run settles nothing, so each reads back to the last that did.
    const isRepeated = (quiet || body.kind === 'unreadable') && !log.isNews(body);
    const isSilent = isRepeated && !wrote && unsettled.length === 0;
    const entry = isSilent ? undefined : await log.append(body.kind === 'reverted' ? cause : hint, body);
    return { entry, left, wrote, readAt: looked.at };
  };
  const gone = (): LedgerBody => {
    const died = unsettled.map((intent) => ({ intent, isApplied: false }));
    return goneBody([...died, ...written.intents], written.requestIds);
  };
  for (let tries = 1; ; tries += 1) {
    const { read } = looked;
    if (read.kind === 'gone') return end(gone(), 'gone');
    if (read.kind !== 'firewall') return end(read, 'unknown');
    // INVARIANT: read after the firewall, so that whatever was granted before its rule was made is seen.
    const standing = await deps.orders.standing();
    const judgement = judgedOf(read.firewall, run.changes, log.entries, deps, standing);
    if ('kind' in judgement) return end(judgement, 'unknown');
    const why = endOf(judgement, written, tries);
    if (why !== undefined) return end(ending(judgement, written, unsettled, why), leftBy(judgement));
    const intent = await log.append(hint, intendedBody(judgement));
    run.changes += judgement.acting.changes.length;
    const outcome = await deps.cloud.apply(judgement.acting, read.firewall);
    if (outcome.kind === 'gone') return end(gone(), 'gone');
    written = afterWrite(written, intent, outcome);
    looked = await lookAt(target, deps);
  }
}
