// Drift x Plan x Limits -> Verdict: what a run does now, and why not.
import { waitOf } from './model/finding.ts';
import type { Drift } from './model/finding.ts';
import type { Limits } from './model/guard.ts';
import type { Collateral, Plan, Verdict } from './model/plan.ts';
import { collateralText } from './plan.ts';

interface Asked {
  readonly drift: Drift;
  /** What enforcing everything that is proven would do. */
  readonly full: Plan;
  /** What the modes let a run do. */
  readonly acting: Plan;
  /** Changes that the same run has made already, on other firewalls. */
  readonly changesInRun: number;
  readonly limits: Limits;
}

/** Why nothing that is proven is carried out now. */
function waitsIn({ findings }: Drift): readonly string[] {
  const waits = findings.flatMap((finding) => {
    const isPlanned = finding.certainty === 'proven' && (finding.kind === 'excess' || finding.kind === 'missing');
    return isPlanned ? (waitOf(finding) ?? []) : [];
  });
  return [...new Set(waits)];
}

function isNothing(plan: Plan): boolean {
  return plan.changes.length === 0 && plan.held.length === 0;
}

function uncountedText(bound: string): string {
  return (
    `the policy states \`guard.${bound}\`, which is not counted across runs yet, so nothing is changed; ` +
    'leave it out to go by the bounds of one run'
  );
}

function boundsPassed({ acting, changesInRun, limits }: Asked): readonly string[] {
  const count = acting.changes.length;
  const reasons = [...(limits.paused === undefined ? [] : [limits.paused]), ...limits.uncounted.map(uncountedText)];
  if (count > limits.changesPerFirewall) {
    reasons.push(
      `it would make ${String(count)} changes to this firewall, more than the ${String(limits.changesPerFirewall)} allowed at once`,
    );
  }
  if (changesInRun + count > limits.changesPerRun) {
    reasons.push(
      `the run would make ${String(changesInRun + count)} changes, more than the ${String(limits.changesPerRun)} allowed`,
    );
  }
  return reasons;
}

function unacceptedText(one: Collateral): string {
  return one.requiredBy === undefined
    ? `it would also close legitimate traffic: ${collateralText(one)}; set \`collateral: allow\` to accept that`
    : `it would also close ${collateralText(one)}, which \`${one.requiredBy}\` requires and nothing is added for; ` +
        'let that clause be carried out, or set `revert: narrow`';
}

/** What is held is held whole: nothing of the firewall changes until a person has decided. */
export function verdictOf(asked: Asked): Verdict {
  const { drift, full, acting } = asked;
  if (isNothing(full)) return { kind: 'none' };
  if (drift.contradictions.length > 0) return { kind: 'hold', reasons: drift.contradictions };
  if (isNothing(acting)) return { kind: 'hold', reasons: waitsIn(drift) };
  if (acting.changes.length === 0) return { kind: 'hold', reasons: acting.held.map(({ reason }) => reason) };
  const unaccepted = acting.collateral.filter(({ accepted }) => !accepted);
  const reasons = [...unaccepted.map(unacceptedText), ...boundsPassed(asked)];
  return reasons.length > 0 ? { kind: 'hold', reasons } : { kind: 'apply' };
}
