import fc from 'fast-check';
import { DesiredBook } from '../../shared/core/effective.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { Reverted } from '../../shared/core/model/order.ts';
import type { Plan } from '../../shared/core/model/plan.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { changeRecord, rulesRecord, targetRecord } from '../../shared/core/records.ts';
import { restorationOf } from '../../shared/core/rollback.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { broken } from '../core/judged.ts';
import { saidBy } from '../oracle/raw-rules.ts';
import type { HeldRule } from '../oracle/raw-rules.ts';
import { drawnCase, setCase } from './adapter-case.ts';
import type { DrawnCase, SetCase } from './adapter-case.ts';
import { checkHeld, checkSteps, firewallAt, heldIn, plainOf, planOfPolicies, policiesFor } from './adapter-law.ts';
import { AdapterStage } from './adapter-stage.ts';
import '../seed.ts';

/**
 * A revert on EC2, and its rollback on EC2: the group holds what it held, and beside it only what the revert added for
 * a `require`. On the way nothing that stays is shut, and nothing is let through that neither was before nor will be.
 */

export interface RollbackMix {
  cases: number;
  rolledBack: number;
  /** Some rule was narrowed in place, and is again what it was under its own id. */
  inPlace: number;
  anew: number;
  inSteps: number;
  withoutRoom: number;
}

/** What the ledger has of it. */
function recorded(plan: Plan, before: Firewall, after: Firewall): Reverted {
  const body: Reverted = {
    kind: 'reverted',
    planId: plan.id,
    firewall: targetRecord(before),
    findings: [],
    changes: plan.changes.map(changeRecord),
    collateral: [],
    before: rulesRecord(before),
    after: rulesRecord(after),
    remaining: [],
    closed: true,
    reasons: [],
    requestIds: [],
  };
  return JSON.parse(JSON.stringify(body)) as Reverted;
}

/** The rules that the group held, each by what it says with its words; those that were edited in place by their id too. */
function checkRestored(
  before: readonly HeldRule[],
  reverted: readonly HeldRule[],
  restored: readonly HeldRule[],
  required: readonly HeldRule[],
): void {
  const stayed = new Set(reverted.map(({ plain }) => plain.id));
  const now = new Map(restored.map((one) => [saidBy(one.plain), one]));
  for (const { plain, description } of before) {
    const same = now.get(saidBy(plain));
    if (same?.description !== description) broken('not back with its words', { plain, description, same });
    if (stayed.has(plain.id) && same.plain.id !== plain.id) broken('back under another id', { plain, same });
  }
  const meant = new Set([...before.map(({ plain }) => saidBy(plain)), ...required.map(({ plain }) => saidBy(plain))]);
  const others = restored.filter(({ plain }) => !meant.has(saidBy(plain)));
  if (others.length > 0) broken('a rule is there that was not', others);
}

async function checkCase(
  stage: AdapterStage,
  target: Target,
  set: SetCase,
  drawn: DrawnCase,
  mix: RollbackMix,
): Promise<void> {
  const book = new DesiredBook(policiesFor(set.plain, target));
  const before = await firewallAt(stage, target, book);
  // Rules that cannot be read stay as they are, and nobody speaks of them.
  const unread = new Set(before.unread.map(({ rule }) => rule));
  const heldNow = async (): Promise<readonly HeldRule[]> =>
    (await stage.held(target.id)).filter(({ plain }) => !unread.has(plain.id));
  const stood = await heldNow();
  const revert = planOfPolicies(set, before, book, drawn);
  const outcome = await stage.cloud.apply(revert, before);
  if (revert.changes.length === 0 || outcome.kind !== 'applied') return;
  const after = await firewallAt(stage, target, book);
  const reverted = await heldNow();
  const restoration = restorationOf(recorded(revert, before, after), after);
  if (restoration.kind === 'unreadable') return broken('its own record cannot be read', restoration.why);
  const { changes } = restoration;
  if (changes.length === 0) return;
  const plan: Plan = { ...revert, id: 'rollback', version: after.version, changes, held: [], collateral: [] };
  const wanted = heldIn(simulate(after, changes));
  stage.steps.length = 0;
  const undone = await stage.cloud.apply(plan, after);
  const held = await heldNow();
  const steps = stage.steps.map((step) => plainOf(step.held.filter(({ plain }) => !unread.has(plain.id))));
  checkSteps(set.plain, drawn.seed, [plainOf(reverted), plainOf(wanted), ...steps]);
  if (undone.kind === 'refused' && undone.why.includes('RulesPerSecurityGroupLimitExceeded')) {
    mix.withoutRoom += 1;
    return;
  }
  if (undone.kind !== 'applied') return broken('not applied', undone);
  checkHeld(plan, wanted, reverted, held);
  const added = revert.changes.filter(({ kind }) => kind === 'add');
  checkRestored(stood, reverted, held, heldIn(simulate({ ...before, ingress: [], egress: [] }, added)));
  mix.rolledBack += 1;
  mix.inPlace += changes.some(({ kind }) => kind === 'restore') ? 1 : 0;
  mix.anew += changes.some(({ kind }) => kind === 'add') ? 1 : 0;
  mix.inSteps += steps.length > 1 ? 1 : 0;
}

/** Whether a rollback restores what EC2 held, over this many cases of policies. */
export async function rollbackHolds(runs: number): Promise<RollbackMix> {
  const mix: RollbackMix = { cases: 0, rolledBack: 0, inPlace: 0, anew: 0, inSteps: 0, withoutRoom: 0 };
  const stage = new AdapterStage();
  const groups = await stage.open();
  await fc.assert(
    fc.asyncProperty(drawnCase, async (drawn) => {
      const set = await setCase(stage, groups, { ...drawn, odd: undefined });
      const target = await stage.groupWith(set.made, drawn.keepsDefault);
      mix.cases += 1;
      await checkCase(stage, target, set, drawn, mix);
      await stage.forget(target, set.list);
    }),
    { numRuns: runs },
  );
  return mix;
}
