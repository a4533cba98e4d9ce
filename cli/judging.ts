import { driftOf } from '../shared/core/drift.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import { judgementOf } from '../shared/core/judge.ts';
import type { Judged, Judgement } from '../shared/core/judge.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { PeerName } from '../shared/core/model/rule.ts';
import { sourceOf } from './firewalls.ts';
import { momentOf } from './options.ts';
import type { JudgingOptions } from './options.ts';
import { policySetOf } from './policy.ts';
import { processProgress } from './progress.ts';
import type { Source } from './source.ts';

/** Everything that a verb needs to answer. */
export interface Case {
  readonly at: Date;
  readonly policy: PolicySet;
  readonly source: Source;
}

/** `asked` are names beside those of the policy that have to be looked up. */
export async function readCase(options: JudgingOptions, asked: readonly PeerName[] = []): Promise<Case> {
  const at = momentOf(options, new Date());
  // The policy first: it is here, and the cloud may be slow.
  const policy = await policySetOf(options, at);
  return { at, policy, source: await sourceOf(options, at, [...new DesiredBook(policy).written, ...asked]) };
}

/** What is wrong with every firewall, without what to do about it. */
export function findingsOf({ at, policy, source }: Case): readonly Judged[] {
  const book = new DesiredBook(policy);
  return source.firewalls.map((firewall) => {
    const desired = book.for(firewall, at);
    return { firewall, desired, drift: driftOf(firewall, desired, source.traits) };
  });
}

/** Every firewall judged, as one run would: what it has changed before counts against its bounds. */
export function judgementsOf({ at, policy, source }: Case): readonly Judgement[] {
  const book = new DesiredBook(policy);
  const progress = processProgress();
  let changesInRun = 0;
  const judgements = source.firewalls.map((firewall, index) => {
    progress.show('judging security groups', index, source.firewalls.length);
    const desired = book.for(firewall, at);
    const judgement = judgementOf(firewall, desired, source.traits, { limits: book.limits, changesInRun });
    if (judgement.verdict.kind === 'apply') changesInRun += judgement.acting.changes.length;
    return judgement;
  });
  progress.end();
  return judgements;
}
