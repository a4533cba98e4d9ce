import type { Judgement } from '../shared/core/judge.ts';
import type { Finding } from '../shared/core/model/finding.ts';
import { DIRECTIONS } from '../shared/core/model/firewall.ts';
import type { Direction } from '../shared/core/model/firewall.ts';
import type { Change, HeldChange } from '../shared/core/model/plan.ts';
import type { CheckDocument } from '../shared/core/model/record.ts';
import type { Rule, RuleContent } from '../shared/core/model/rule.ts';
import { flowsText, ruleText } from '../shared/core/spell.ts';
import { summarySpans, ungovernedLines } from './check-page.ts';
import { descriptionSpans, judgedSpans, placeText } from './heading.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line, Span } from './page.ts';
import { causeText, findingsFor, meantimeIn, ofSameRule, waitingIn } from './waiting.ts';
import { counted, listed } from './words.ts';

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

function contentLines(direction: Direction, contents: readonly RuleContent[], first: string): readonly Line[] {
  return contents.map((content, index) => row(6, LABELS, index === 0 ? first : '', ruleText(direction, content)));
}

/** What a run makes now of a rule whose whole change waits. */
function partLines({ acting }: Judgement, part: Change | undefined, held: HeldChange | undefined): readonly Line[] {
  if (part?.kind === 'remove') return [row(6, LABELS, 'now', 'the rule goes whole')];
  if (part !== undefined) return contentLines(part.direction, part.becomes, 'now only');
  return held === undefined || !acting.held.includes(held) ? [] : [row(6, LABELS, 'held', held.reason)];
}

/** Whether a run makes the change now, said where it does not. */
function waitLines(judgement: Judgement, change: Change): readonly Line[] {
  if (!waitingIn(judgement).includes(change)) return [];
  const part = ofSameRule(change, meantimeIn(judgement));
  const held = ofSameRule(change, judgement.acting.held);
  const rest = part === undefined && held === undefined ? '' : 'the rest, ';
  return [
    ...partLines(judgement, part, held),
    row(6, LABELS, toned('doubtful', 'waits'), `${rest}${causeText(findingsFor(judgement, change))}`),
  ];
}

function changeLines(judgement: Judgement, change: Change): readonly Line[] {
  return [...plannedLines(judgement, change), ...waitLines(judgement, change)];
}

function plannedLines(judgement: Judgement, change: Change): readonly Line[] {
  const { direction } = change;
  switch (change.kind) {
    case 'remove':
      return [
        row(4, 2, toned('bad', '-'), ...ruleSpans(direction, change.rule)),
        ...reasonLines(findingsFor(judgement, change)),
      ];
    case 'narrow':
    case 'restore':
      return [
        row(4, 2, toned('doubtful', '~'), ...ruleSpans(direction, change.rule)),
        ...contentLines(direction, change.becomes, 'becomes'),
        ...reasonLines(findingsFor(judgement, change)),
      ];
    case 'add':
      return [
        ...change.becomes.map((content) =>
          row(4, 2, toned('good', '+'), toned('strong', ruleText(direction, content))),
        ),
        ...reasonLines(findingsFor(judgement, change)),
      ];
  }
}

function heldLines(judgement: Judgement, held: HeldChange): readonly Line[] {
  const { direction, rule, reason } = held;
  const mark = toned('doubtful', '!');
  if (rule === undefined) return [row(4, 2, mark, reason)];
  const part = ofSameRule(held, meantimeIn(judgement));
  const now = partLines(judgement, part, undefined);
  return [row(4, 2, mark, ...ruleSpans(direction, rule)), ...now, row(6, LABELS, 'held', reason)];
}

/** Rules that a run adds as things are now, and would not add like this if nothing waited. */
function meantimeLines(judgement: Judgement, direction: Direction): readonly Line[] {
  const added = meantimeIn(judgement).filter((one) => one.kind === 'add' && one.direction === direction);
  return added.flatMap((change) => [
    ...plannedLines(judgement, change),
    row(6, LABELS, 'now', 'as long as other changes wait'),
  ]);
}

function directionLines(judgement: Judgement, direction: Direction): readonly Line[] {
  const { changes, held, collateral } = judgement.full;
  const lines = [
    ...changes.filter((one) => one.direction === direction).flatMap((change) => changeLines(judgement, change)),
    ...held.filter((one) => one.direction === direction).flatMap((one) => heldLines(judgement, one)),
    ...meantimeLines(judgement, direction),
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

/** The changes that a run would not make now though no mode is in the way: those of a plan that is held, and those that are inexact. */
function heldCount({ full, verdict }: Judgement): number {
  return full.held.length + (verdict.kind === 'apply' ? 0 : full.changes.length);
}

function modeText({ desired }: Judgement): string {
  const modes = [...new Set(desired.policies.map(({ mode }) => mode))];
  return modes.map((mode) => `\`${mode}\``).join(' and ');
}

/** What a run makes now, in one sentence. */
function applyText(judgement: Judgement): string {
  const { full } = judgement;
  const waiting = waitingIn(judgement).length;
  const held = full.held.length;
  if (waiting === 0 && held === 0) return 'a run would make these changes now';
  const made = full.changes.length - waiting;
  const what = [
    ...(made === 0 ? [] : [`${String(made)} of these ${counted(full.changes.length + held, 'change')} now`]),
    ...(meantimeIn(judgement).length === 0 ? [] : ['what is marked `now`']),
  ];
  const rest = [
    ...(waiting === 0 ? [] : [`${String(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`]),
    ...(held === 0 ? [] : [`${String(held)} ${held === 1 ? 'is' : 'are'} held`]),
  ];
  return `a run would make ${listed(what)}; ${listed(rest)}`;
}

function verdictLines(judgement: Judgement): readonly Line[] {
  const { verdict } = judgement;
  switch (verdict.kind) {
    case 'none':
      return [];
    case 'apply':
      return [BLANK, line(2, toned('good', 'apply'), `: ${applyText(judgement)}`)];
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

function firewallLines(judgement: Judgement, verdict: (judgement: Judgement) => readonly Line[]): readonly Line[] {
  const { full } = judgement;
  if (full.changes.length === 0 && full.held.length === 0) return [];
  return [
    line(0, ...judgedSpans(judgement)),
    ...DIRECTIONS.flatMap((direction) => directionLines(judgement, direction)),
    ...verdict(judgement),
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
  const waiting = judgements.reduce((sum, judgement) => sum + waitingIn(judgement).length, 0);
  return `Plan: ${counts}; ${String(held)} held${waiting === 0 ? '' : `, ${String(waiting)} waiting`}`;
}

/** `verdict` says what becomes of it now: what a run would do, unless somebody does it by hand. */
export function planLines(
  judgements: readonly Judgement[],
  document: CheckDocument,
  verdict: (judgement: Judgement) => readonly Line[] = verdictLines,
): readonly Line[] {
  const isIdle = judgements.every(({ full }) => full.changes.length === 0 && full.held.length === 0);
  return [
    ...judgements.flatMap((judgement) => firewallLines(judgement, verdict)),
    ...ungovernedLines(judgements),
    line(0, toned('strong', isIdle ? 'Plan: nothing to do' : planText(judgements))),
    line(0, ...summarySpans(document)),
  ];
}
