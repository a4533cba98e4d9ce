import type { Excess, Missing } from '../../shared/core/model/finding.ts';
import type { Change, Plan } from '../../shared/core/model/plan.ts';
import { packetsOf } from '../oracle/corners.ts';
import type { PlainCase, PlainPolicy } from '../oracle/plain-case.ts';
import { modeOf } from '../oracle/prohibited.ts';
import { TRAITS } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

/** The bounds to ask about, each as what is allowed beyond what the plan has: one below, exactly, one above. */
const SLACK = [-1, 0, 1, 100] as const;

/** What holds a run back besides, and whether it does. */
const BESIDES = [
  { paused: undefined, uncounted: [], holds: false },
  { paused: 'somebody paused it', uncounted: [], holds: true },
  { paused: undefined, uncounted: ['maxRevertsPerFinding'], holds: true },
] as const;

function toldBy(plain: PlainCase, { policies }: Excess | Missing): readonly PlainPolicy[] {
  return policies.flatMap((told) => plain.policies.filter(({ name }) => name === told));
}

/** Why no run carries out a proven finding by itself, as a piece of the reason for that; undefined where one does. */
function waitFor(plain: PlainCase, finding: Excess | Missing): string | undefined {
  const told = toldBy(plain, finding);
  const [first] = told;
  if (first === undefined || modeOf(plain, first) !== 'enforce') return 'mode';
  if (first.revert === 'restore') return 'restore';
  return finding.kind === 'excess' && told.some(({ graceMs }) => graceMs > 0) ? 'grace' : undefined;
}

function provenIn({ drift }: Judged): readonly (Excess | Missing)[] {
  return drift.findings.filter(
    (one): one is Excess | Missing => (one.kind === 'excess' || one.kind === 'missing') && one.certainty === 'proven',
  );
}

/** A run changes a rule only for what an enforced policy forbids, that wants neither `restore` nor to wait. */
function checkActing(judged: Judged, acting: Plan): void {
  const { plain, drift } = judged;
  const free = [...provenIn(judged), ...drift.requirements].filter((one) => waitFor(plain, one) === undefined);
  const isFor = (change: Change): boolean =>
    free.some((one) =>
      change.kind === 'add' ? one.kind === 'missing' : one.kind === 'excess' && one.rule.id === change.rule.id,
    );
  const stray = acting.changes.find((change) => !isFor(change));
  if (stray !== undefined) broken('changed for what a run leaves alone', stray);
}

/** Where a run does nothing of what could be done, it says each reason why. */
function checkWaits(judged: Judged, reasons: readonly string[]): void {
  for (const wait of provenIn(judged).map((one) => waitFor(judged.plain, one))) {
    if (wait === undefined || reasons.some((reason) => reason.includes(wait))) continue;
    broken('held, and a reason is not told', { wait, reasons });
  }
}

/** The guard lets a run change something exactly where nothing speaks against it. */
export function guardLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const judged = judgedBy(core, plain);
  const { firewall, drift } = judged;
  noteCase(mix, plain, packetsOf(plain, seed, 240));
  const full = core.plan.planFor(firewall, drift, TRAITS, 'proven');
  const acting = core.plan.planFor(firewall, drift, TRAITS, 'enforced');
  const count = acting.changes.length;
  mix.withChanges += count > 0 ? 1 : 0;
  mix.contradictory += drift.contradictions.length > 0 ? 1 : 0;
  checkActing(judged, acting);
  const accepted = acting.collateral.every((one) => one.accepted);
  const changesInRun = seed % 7;
  const nothing = full.changes.length === 0 && full.held.length === 0;
  const free = drift.contradictions.length === 0 && count > 0 && accepted;
  const asked = SLACK.flatMap((ofFirewall) =>
    SLACK.flatMap((ofRun) => BESIDES.map((beside) => ({ ofFirewall, ofRun, beside }))),
  );
  for (const { ofFirewall, ofRun, beside } of asked) {
    const { holds, ...others } = beside;
    const limits = { changesPerFirewall: count + ofFirewall, changesPerRun: changesInRun + count + ofRun, ...others };
    const verdict = core.guard.verdictOf({ drift, full, acting, changesInRun, limits });
    const applies = free && ofFirewall >= 0 && ofRun >= 0 && !holds;
    const expected = nothing ? 'none' : applies ? 'apply' : 'hold';
    if (verdict.kind !== expected) broken('verdict', { expected, verdict, count, limits, changesInRun });
    if (verdict.kind !== 'hold') continue;
    if (verdict.reasons.length === 0) broken('held without a reason', { verdict });
    const isIdle = acting.changes.length === 0 && acting.held.length === 0;
    if (isIdle && drift.contradictions.length === 0) checkWaits(judged, verdict.reasons);
  }
}
