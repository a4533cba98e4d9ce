import type { Judgement } from '../shared/core/judge.ts';
import { isEnforced, waitOf } from '../shared/core/model/finding.ts';
import { flowsOf } from '../shared/core/exposure.ts';
import type { Finding, Wanted } from '../shared/core/model/finding.ts';
import type { Direction } from '../shared/core/model/firewall.ts';
import type { Change, HeldChange } from '../shared/core/model/plan.ts';
import type { Rule, RuleContent } from '../shared/core/model/rule.ts';
import { difference } from '../shared/core/space/line.ts';
import * as traffic from '../shared/core/space/traffic.ts';
import { contentKey } from '../shared/core/spell.ts';
import { counted, listed } from './words.ts';

/** A change as a key: two plans make the same change where the keys are equal. */
function changeKey(change: Change): string {
  const becomes =
    change.kind === 'remove' ? [] : change.becomes.map((content) => contentKey(change.direction, content));
  const rule = change.kind === 'add' ? '' : change.rule.id;
  return JSON.stringify([change.kind, change.direction, rule, becomes.toSorted()]);
}

function lacking(changes: readonly Change[], others: readonly Change[]): readonly Change[] {
  const known = new Set(others.map(changeKey));
  return changes.filter((change) => !known.has(changeKey(change)));
}

/** The changes of the full plan that a run does not make as they stand, because of modes. None where it makes none at all. */
export function waitingIn({ full, acting, verdict }: Judgement): readonly Change[] {
  return verdict.kind === 'apply' ? lacking(full.changes, acting.changes) : [];
}

/** What a run makes now in place of changes that wait: a part of them, or what is needed only until they are made. */
export function meantimeIn({ full, acting, verdict }: Judgement): readonly Change[] {
  return verdict.kind === 'apply' ? lacking(acting.changes, full.changes) : [];
}

/** What another plan has for the rule of a change. An addition has no rule, so it has no counterpart. */
export function ofSameRule<C extends Change | HeldChange>(
  change: Change | HeldChange,
  others: readonly C[],
): C | undefined {
  const rule = ruleOf(change);
  if (rule === undefined) return undefined;
  return others.find((one) => one.direction === change.direction && ruleOf(one)?.id === rule.id);
}

function ruleOf(change: Change | HeldChange): Rule | undefined {
  return 'rule' in change ? change.rule : undefined;
}

function excessOf({ drift }: Judgement, rule: Rule): readonly Finding[] {
  return drift.findings.filter(
    (finding) => finding.kind === 'excess' && finding.certainty === 'proven' && finding.rule.id === rule.id,
  );
}

/** An addition does not say which clause it is for: it is for one that requires all of it. */
function missingOf({ drift }: Judgement, direction: Direction, contents: readonly RuleContent[]): readonly Finding[] {
  const isWithin = (required: Wanted, { box }: RuleContent): boolean => {
    const flows = flowsOf(box);
    return flows.kind === 'addresses'
      ? traffic.isNothing(traffic.difference(flows.traffic, required.traffic))
      : required.named.some(({ peer, slots }) => peer === flows.peer && difference(flows.slots, slots).length === 0);
  };
  return drift.findings.filter(
    (finding) =>
      finding.kind === 'missing' &&
      finding.direction === direction &&
      contents.every((content) => isWithin(finding.required, content)),
  );
}

/** The findings that a change carries out. */
export function findingsFor(judgement: Judgement, change: Change): readonly Finding[] {
  return change.kind === 'add'
    ? missingOf(judgement, change.direction, change.becomes)
    : excessOf(judgement, change.rule);
}

/** What changes wait for, given the findings that they carry out. */
export function causeText(findings: readonly Finding[]): string {
  const idle = findings.filter((finding) => !isEnforced(finding));
  const modes = [...new Set(idle.map(({ mode }) => mode).filter((mode) => mode !== 'enforce'))];
  if (modes.length > 0) return `mode ${listed(modes.map((mode) => `\`${mode}\``))} changes nothing by itself`;
  const waits = idle.flatMap((finding) =>
    finding.kind === 'excess' || finding.kind === 'missing' ? (waitOf(finding) ?? []) : [],
  );
  // Without either, it is the change that this one follows from that waits.
  if (waits.length > 0) return listed([...new Set(waits)]);
  return 'it follows from a change that waits';
}

/** `mode: 1 of 5 changes waits: ...`; nothing where a run makes all of them, or none. */
export function waitingReasons(judgement: Judgement): readonly string[] {
  const waiting = waitingIn(judgement);
  if (waiting.length === 0) return [];
  const count = `${String(waiting.length)} of ${counted(judgement.full.changes.length, 'change')}`;
  const causes = new Set(waiting.map((change) => causeText(findingsFor(judgement, change))));
  return [`mode: ${count} ${waiting.length === 1 ? 'waits' : 'wait'}: ${listed([...causes])}`];
}
