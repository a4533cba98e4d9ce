import { packetsOf } from '../oracle/corners.ts';
import type { PlainCase } from '../oracle/plain-case.ts';
import { TRAITS } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, judgedBy } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

/** The bounds to ask about, each as what is allowed beyond what the plan has: one below, exactly, one above. */
const SLACK = [-1, 0, 1, 100] as const;

/** The guard lets a run change something exactly where nothing speaks against it. */
export function guardLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const { firewall, drift } = judgedBy(core, plain);
  noteCase(mix, plain, packetsOf(plain, seed, 240));
  const full = core.plan.planFor(firewall, drift, TRAITS, 'proven');
  const acting = core.plan.planFor(firewall, drift, TRAITS, 'enforced');
  const count = acting.changes.length;
  mix.withChanges += count > 0 ? 1 : 0;
  mix.contradictory += drift.contradictions.length > 0 ? 1 : 0;
  const accepted = acting.collateral.every((one) => one.accepted);
  for (const ofFirewall of SLACK) {
    for (const ofRun of SLACK) {
      const changesInRun = seed % 7;
      const limits = { changesPerFirewall: count + ofFirewall, changesPerRun: changesInRun + count + ofRun };
      const verdict = core.guard.verdictOf({ drift, full, acting, changesInRun, limits });
      const nothing = full.changes.length === 0 && full.held.length === 0;
      const applies = drift.contradictions.length === 0 && count > 0 && accepted && ofFirewall >= 0 && ofRun >= 0;
      const expected = nothing ? 'none' : applies ? 'apply' : 'hold';
      if (verdict.kind !== expected) broken('verdict', { expected, verdict, count, limits, changesInRun });
      if (verdict.kind === 'hold' && verdict.reasons.length === 0) broken('held without a reason', { verdict });
    }
  }
}
