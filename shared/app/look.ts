import { isLasting } from '../base/fault.ts';
import type { Clock } from '../base/clock.ts';
import type { Cloud, Read } from '../clouds/contract.ts';
import { PolicyTooLarge } from '../core/effective.ts';
import type { DesiredBook } from '../core/effective.ts';
import { sinceOf, waitedOut } from '../core/grace.ts';
import { judgementOf } from '../core/judge.ts';
import type { Judgement } from '../core/judge.ts';
import type { Firewall } from '../core/model/firewall.ts';
import type { Orders, Pause } from '../core/model/grant.ts';
import type { Limits } from '../core/model/guard.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Target } from '../core/model/target.ts';
import { TooLarge } from '../core/space/traffic.ts';

export interface LookDeps {
  readonly cloud: Cloud;
  readonly desired: DesiredBook;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** What was read, and when the read began. */
export interface Looked {
  readonly at: Date;
  readonly read: Read | LedgerBody;
}

/**
 * A read, or why these credentials will never get one: that is for a person to mend, and no retry helps. Whatever may
 * pass by itself is thrown.
 */
export async function lookAt(target: Target, { cloud, desired, clock }: LookDeps): Promise<Looked> {
  const at = clock.now();
  try {
    return { at, read: await cloud.read(target, desired.written) };
  } catch (error) {
    if (!isLasting(error)) throw error;
    return { at, read: { kind: 'unreadable', why: error.message } };
  }
}

/** A pause that was ordered holds everything, whatever the policy says. */
export function limitsUnder(pause: Pause | undefined, { limits }: Pick<LookDeps, 'limits'>): Limits {
  if (pause === undefined) return limits;
  const { by, at, why } = pause;
  return {
    ...limits,
    paused: `everything is paused by ${by} since ${at.toISOString()} (${why}); \`portcullis resume\` lets changes go on`,
  };
}

/**
 * A judgement, or why there can be none: a firewall or policies beyond what can be judged exactly are not guessed at.
 * `entries` are the newest of the ledger, oldest first: they tell for how long a finding has been given time.
 */
export function judgedOf(
  firewall: Firewall,
  changesInRun: number,
  entries: readonly LedgerEntry[],
  deps: LookDeps,
  { grants, pause }: Orders,
): Judgement | LedgerBody {
  const { desired, clock, cloud } = deps;
  const limits = limitsUnder(pause, deps);
  const now = clock.now();
  try {
    const asked = desired.for(firewall, now, grants);
    const first = judgementOf(firewall, asked, cloud.traits, { limits, changesInRun });
    const since = sinceOf(first.drift.findings, entries, now);
    const waited = waitedOut(first.drift.findings, since, now);
    if (waited.size === 0) return { ...first, since };
    return judgementOf(firewall, asked, cloud.traits, { limits, changesInRun, waited, since });
  } catch (error) {
    if (!(error instanceof TooLarge || error instanceof PolicyTooLarge)) throw error;
    return { kind: 'unreadable', why: error.message };
  }
}
