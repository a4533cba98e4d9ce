import { limitsUnder } from '../shared/app/look.ts';
import { driftOf } from '../shared/core/drift.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import { judgementOf } from '../shared/core/judge.ts';
import type { Judged, Judgement } from '../shared/core/judge.ts';
import { NO_ORDERS } from '../shared/core/model/grant.ts';
import type { Orders } from '../shared/core/model/grant.ts';
import type { Limits } from '../shared/core/model/guard.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { PeerName } from '../shared/core/model/rule.ts';
import type { Rejected, Standing } from '../shared/grants/contract.ts';
import { sourceOf } from './firewalls.ts';
import { momentOf } from './options.ts';
import type { JudgingOptions } from './options.ts';
import { policySetOf } from './policy.ts';
import { processProgress } from './progress.ts';
import type { Source } from './source.ts';
import { openOrderBook } from './stores.ts';

/** Everything that a verb needs to answer. */
export interface Case {
  readonly at: Date;
  readonly policy: PolicySet;
  readonly source: Source;
  /** What stands beside the policy. Of a saved input nobody knows. */
  readonly orders: Orders;
}

export function rejectedText({ key, why }: Rejected): string {
  return `\`${key}\` in the store of grants does not count: ${why}`;
}

async function standingFor({ input }: JudgingOptions): Promise<Standing> {
  return input === undefined ? (await openOrderBook()).standing() : { ...NO_ORDERS, rejected: [] };
}

/** `asked` are names beside those of the policy that have to be looked up. */
export async function readCase(options: JudgingOptions, asked: readonly PeerName[] = []): Promise<Case> {
  const at = momentOf(options, new Date());
  // The policy first: it is here, and the cloud may be slow.
  const policy = await policySetOf(options, at);
  const source = await sourceOf(options, at, [...new DesiredBook(policy).written, ...asked]);
  // Orders are read after the firewalls, as runs read them: a rule that was just opened has its grant.
  const orders = await standingFor(options);
  const warnings = [...source.warnings, ...orders.rejected.map(rejectedText)];
  return { at, policy, source: { ...source, warnings }, orders };
}

/** What holds a run back now. */
export function limitsOf({ policy, orders }: Pick<Case, 'policy' | 'orders'>): Limits {
  return limitsUnder(orders.pause, { limits: new DesiredBook(policy).limits });
}

/** What is wrong with every firewall, without what to do about it. */
export function findingsOf({ at, policy, source, orders }: Case): readonly Judged[] {
  const book = new DesiredBook(policy);
  return source.firewalls.map((firewall) => {
    const desired = book.for(firewall, at, orders.grants);
    return { firewall, desired, drift: driftOf(firewall, desired, source.traits) };
  });
}

/** Every firewall judged, as one run would: what it has changed before counts against its bounds. */
export function judgementsOf(read: Case): readonly Judgement[] {
  const { at, policy, source, orders } = read;
  const book = new DesiredBook(policy);
  const limits = limitsOf(read);
  const progress = processProgress();
  let changesInRun = 0;
  const judgements = source.firewalls.map((firewall, index) => {
    progress.show('judging security groups', index, source.firewalls.length);
    const desired = book.for(firewall, at, orders.grants);
    const judgement = judgementOf(firewall, desired, source.traits, { limits, changesInRun });
    if (judgement.verdict.kind === 'apply') changesInRun += judgement.acting.changes.length;
    return judgement;
  });
  progress.end();
  return judgements;
}
