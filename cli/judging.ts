import { DesiredBook } from '../shared/core/effective.ts';
import { LIMITS } from '../shared/core/guard.ts';
import { judgementOf } from '../shared/core/judge.ts';
import type { Judgement } from '../shared/core/judge.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import { sourceOf } from './firewalls.ts';
import { momentOf } from './options.ts';
import type { JudgingOptions } from './options.ts';
import { policySetOf } from './policy.ts';
import type { Source } from './source.ts';

/** Everything that a verb needs to answer. */
export interface Case {
  readonly at: Date;
  readonly policy: PolicySet;
  readonly source: Source;
}

export async function readCase(options: JudgingOptions): Promise<Case> {
  const at = momentOf(options, new Date());
  // The policy first: it is here, and the cloud may be slow.
  const policy = await policySetOf(options, at);
  return { at, policy, source: await sourceOf(options, at) };
}

/** Every firewall judged, as one run would: what it has changed before counts against its bounds. */
export function judgementsOf({ at, policy, source }: Case): readonly Judgement[] {
  const book = new DesiredBook(policy);
  let changesInRun = 0;
  return source.firewalls.map((firewall) => {
    const desired = book.for(firewall, at);
    const judgement = judgementOf(firewall, desired, source.traits, { limits: LIMITS, changesInRun });
    if (judgement.verdict.kind === 'apply') changesInRun += judgement.acting.changes.length;
    return judgement;
  });
}
