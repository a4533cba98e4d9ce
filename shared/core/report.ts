// Judgements -> the documents that `check` and `plan` print.
import type { Judged, Judgement } from './judge.ts';
import type {
  CheckDocument,
  FindingRecord,
  PlanDocument,
  PlanRecord,
  RuleRecord,
  RulesRecord,
} from './model/record.ts';
import { MODES } from './model/policy.ts';
import type { Mode } from './model/policy.ts';
import { changeRecord, collateralRecords, findingRecord, heldRecord, rulesRecord, targetRecord } from './records.ts';
import { simulate } from './simulate.ts';

export function findingRecords({ firewall, drift }: Judged): readonly FindingRecord[] {
  return drift.findings.map((finding) => findingRecord(firewall, finding));
}

export function checkDocument(judged: readonly Judged[], at: Date): CheckDocument {
  const findings = judged.flatMap(findingRecords);
  const governed = judged.filter(({ drift }) => drift.governed).length;
  const proven = findings.filter(({ certainty }) => certainty === 'proven').length;
  return {
    version: 1,
    at: at.toISOString(),
    summary: {
      firewalls: judged.length,
      governed,
      ungoverned: judged.length - governed,
      findings: findings.length,
      proven,
      possible: findings.length - proven,
    },
    findings,
  };
}

function strictestMode({ desired }: Judgement): Mode | null {
  return MODES.find((mode) => desired.policies.some((policy) => policy.mode === mode)) ?? null;
}

/** The rules after the plan. What would be new has no id until the cloud gives it one. */
function rulesAfter({ firewall, full }: Judgement, before: RulesRecord): RulesRecord {
  const known = new Set([...before.ingress, ...before.egress].map(({ id }) => id));
  const records = rulesRecord(simulate(firewall, full.changes));
  const named = ({ id, ...rest }: RuleRecord): RuleRecord =>
    id === undefined || !known.has(id) ? rest : { id, ...rest };
  return { ingress: records.ingress.map(named), egress: records.egress.map(named) };
}

/** `changes`, `collateral` and `after` say what enforcing would do; `verdict` and `reasons` what a run does now. */
export function planRecord(judgement: Judgement): PlanRecord {
  const { firewall, full, verdict } = judgement;
  const before = rulesRecord(firewall);
  return {
    target: targetRecord(firewall),
    mode: strictestMode(judgement),
    verdict: verdict.kind,
    reasons: verdict.kind === 'hold' ? verdict.reasons : [],
    changes: [...full.changes.map(changeRecord), ...full.held.map(heldRecord)],
    collateral: full.collateral.flatMap(collateralRecords),
    before,
    after: rulesAfter(judgement, before),
  };
}

export function planDocument(judgements: readonly Judgement[], at: Date): PlanDocument {
  return { ...checkDocument(judgements, at), plans: judgements.map(planRecord) };
}
