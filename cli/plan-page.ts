import type { Judgement } from '../shared/core/judge.ts';
import { flowsOf } from '../shared/core/exposure.ts';
import type { Finding } from '../shared/core/model/finding.ts';
import { DIRECTIONS } from '../shared/core/model/firewall.ts';
import type { Direction } from '../shared/core/model/firewall.ts';
import type { Change, HeldChange } from '../shared/core/model/plan.ts';
import type { CheckDocument } from '../shared/core/model/record.ts';
import type { Rule, RuleContent } from '../shared/core/model/rule.ts';
import * as traffic from '../shared/core/space/traffic.ts';
import { contentKey, flowsText, ruleText } from '../shared/core/spell.ts';
import { summarySpans, ungovernedLines } from './check-page.ts';
import { descriptionSpans, judgedSpans, placeText } from './heading.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line, Span } from './page.ts';
import { counted } from './words.ts';

const LABELS = 13;

function ruleSpans(direction: Direction, rule: Rule): readonly Span[] {
  const text = ruleText(direction, rule);
  return [toned('strong', text), rule.id === text ? '' : ` (${rule.id})`, ...descriptionSpans(rule)];
}

/** The clauses for which a change is made: those of the findings that it carries out. */
function reasonLines(findings: readonly Finding[]): readonly Line[] {
  const clauses = new Map(findings.map((finding) => [finding.clause, finding]));
  return [...clauses.values()].map(({ kind, clause, place, mode }) => {
    const label = kind === 'missing' ? 'required by' : 'because of';
    return row(6, LABELS, label, `${clause} `, toned('faint', `(${placeText(place)}, mode ${mode})`));
  });
}

function excessOf({ drift }: Judgement, rule: Rule): readonly Finding[] {
  return drift.findings.filter(
    (finding) => finding.kind === 'excess' && finding.certainty === 'proven' && finding.rule.id === rule.id,
  );
}

/** An addition does not say which clause it is for: it is for one that requires all of it. */
function missingOf({ drift }: Judgement, direction: Direction, contents: readonly RuleContent[]): readonly Finding[] {
  const isWithin = (required: traffic.Traffic, { box }: RuleContent): boolean => {
    const flows = flowsOf(box);
    return flows.kind === 'addresses' && traffic.isNothing(traffic.difference(flows.traffic, required));
  };
  return drift.findings.filter(
    (finding) =>
      finding.kind === 'missing' &&
      finding.direction === direction &&
      contents.every((content) => isWithin(finding.required, content)),
  );
}

function contentLines(direction: Direction, contents: readonly RuleContent[], first: string): readonly Line[] {
  return contents.map((content, index) => row(6, LABELS, index === 0 ? first : '', ruleText(direction, content)));
}

function changeLines(judgement: Judgement, change: Change): readonly Line[] {
  const { direction } = change;
  switch (change.kind) {
    case 'remove':
      return [
        row(4, 2, toned('bad', '-'), ...ruleSpans(direction, change.rule)),
        ...reasonLines(excessOf(judgement, change.rule)),
      ];
    case 'narrow':
      return [
        row(4, 2, toned('doubtful', '~'), ...ruleSpans(direction, change.rule)),
        ...contentLines(direction, change.becomes, 'becomes'),
        ...reasonLines(excessOf(judgement, change.rule)),
      ];
    case 'add':
      return [
        ...change.becomes.map((content) =>
          row(4, 2, toned('good', '+'), toned('strong', ruleText(direction, content))),
        ),
        ...reasonLines(missingOf(judgement, direction, change.becomes)),
      ];
  }
}

function heldLines({ direction, rule, reason }: HeldChange): readonly Line[] {
  const mark = toned('doubtful', '!');
  if (rule === undefined) return [row(4, 2, mark, reason)];
  return [row(4, 2, mark, ...ruleSpans(direction, rule)), row(6, LABELS, 'held', reason)];
}

function directionLines(judgement: Judgement, direction: Direction): readonly Line[] {
  const { changes, held, collateral } = judgement.full;
  const lines = [
    ...changes.filter((one) => one.direction === direction).flatMap((change) => changeLines(judgement, change)),
    ...held.filter((one) => one.direction === direction).flatMap(heldLines),
    ...collateral
      .filter((one) => one.direction === direction)
      .map(({ flows, rule, accepted }) =>
        row(
          4,
          2,
          toned('doubtful', '!'),
          `closes too, though no policy forbids it: ${flowsText(direction, flows)} (by ${rule.id})`,
          accepted ? '' : ', not accepted',
        ),
      ),
  ];
  return lines.length === 0 ? [] : [BLANK, line(2, direction), ...lines];
}

/** A change as a key: two plans make the same change where the keys are equal. */
function changeKey(change: Change): string {
  const becomes =
    change.kind === 'remove' ? [] : change.becomes.map((content) => contentKey(change.direction, content));
  const rule = change.kind === 'add' ? '' : change.rule.id;
  return JSON.stringify([change.kind, change.direction, rule, becomes.toSorted()]);
}

/** The changes that a run would not make now: those that cannot be made exactly, and those that it only reports. */
function heldCount({ full, acting, verdict }: Judgement): number {
  if (verdict.kind !== 'apply') return full.changes.length + full.held.length;
  const made = new Set(acting.changes.map(changeKey));
  return full.changes.filter((change) => !made.has(changeKey(change))).length + full.held.length;
}

function modeText({ desired }: Judgement): string {
  const modes = [...new Set(desired.policies.map(({ mode }) => mode))];
  return modes.map((mode) => `\`${mode}\``).join(' and ');
}

function verdictLines(judgement: Judgement): readonly Line[] {
  const { verdict } = judgement;
  switch (verdict.kind) {
    case 'none':
      return [];
    case 'apply': {
      const rest = heldCount(judgement);
      const only = rest === 0 ? '' : `, but for ${counted(rest, 'change')} that it only reports`;
      return [BLANK, line(2, toned('good', 'apply'), `: a run would make these changes now${only}`)];
    }
    case 'hold': {
      const because = verdict.reasons.map((reason) =>
        reason === 'mode' ? `the mode is ${modeText(judgement)}, which changes nothing by itself` : reason,
      );
      const [first = '', ...more] = because;
      return [
        BLANK,
        line(2, toned('doubtful', 'hold'), `: a run would change nothing now, because ${first}`),
        ...more.map((reason) => line(4, `and because ${reason}`)),
      ];
    }
  }
}

function firewallLines(judgement: Judgement): readonly Line[] {
  const { full } = judgement;
  if (full.changes.length === 0 && full.held.length === 0) return [];
  return [
    line(0, ...judgedSpans(judgement)),
    ...DIRECTIONS.flatMap((direction) => directionLines(judgement, direction)),
    ...verdictLines(judgement),
    BLANK,
  ];
}

/** `Plan: 1 to narrow, 2 to remove, 0 to add; 1 held`. */
function planText(judgements: readonly Judgement[]): string {
  const changes = judgements.flatMap(({ full }) => full.changes);
  const narrowed = changes.filter(({ kind }) => kind === 'narrow').length;
  const removed = changes.filter(({ kind }) => kind === 'remove').length;
  const added = changes.reduce((sum, change) => sum + (change.kind === 'add' ? change.becomes.length : 0), 0);
  const held = judgements.reduce((sum, judgement) => sum + heldCount(judgement), 0);
  const counts = `${String(narrowed)} to narrow, ${String(removed)} to remove, ${String(added)} to add`;
  return `Plan: ${counts}; ${String(held)} held`;
}

export function planLines(judgements: readonly Judgement[], document: CheckDocument): readonly Line[] {
  const isIdle = judgements.every(({ full }) => full.changes.length === 0 && full.held.length === 0);
  return [
    ...judgements.flatMap(firewallLines),
    ...ungovernedLines(judgements),
    line(0, toned('strong', isIdle ? 'Plan: nothing to do' : planText(judgements))),
    line(0, ...summarySpans(document)),
  ];
}
