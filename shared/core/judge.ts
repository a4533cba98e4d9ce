// Firewall x Desired -> Judgement: drift, what would be done about it, and what a run does now.
import { driftOf } from './drift.ts';
import type { Desired } from './effective.ts';
import type { Since } from './grace.ts';
import { verdictOf } from './guard.ts';
import type { Limits } from './model/guard.ts';
import { isEnforced } from './model/finding.ts';
import type { Drift } from './model/finding.ts';
import type { Firewall } from './model/firewall.ts';
import type { Plan, Verdict } from './model/plan.ts';
import type { Traits } from './model/traits.ts';
import { planFor } from './plan.ts';

/** A firewall, what is desired of it, and where the two differ. */
export interface Judged {
  readonly firewall: Firewall;
  readonly desired: Desired;
  readonly drift: Drift;
}

export interface Judgement extends Judged {
  /** What enforcing everything that is proven would do, whatever the modes. */
  readonly full: Plan;
  /** What the modes let a run do by itself. */
  readonly acting: Plan;
  readonly verdict: Verdict;
  /** Since when the findings with grace are known. */
  readonly since: Since;
}

export function judgementOf(
  firewall: Firewall,
  desired: Desired,
  traits: Traits,
  run: {
    readonly limits: Limits;
    readonly changesInRun: number;
    readonly waited?: ReadonlySet<string>;
    readonly since?: Since;
  },
): Judgement {
  const drift = driftOf(firewall, desired, traits, run.waited);
  const full = planFor(firewall, drift, traits, 'proven');
  const isWhole = drift.findings.every((finding) => finding.certainty === 'possible' || isEnforced(finding));
  const acting = isWhole ? full : planFor(firewall, drift, traits, 'enforced');
  const verdict = verdictOf({ drift, full, acting, ...run });
  return { firewall, desired, drift, full, acting, verdict, since: run.since ?? {} };
}
