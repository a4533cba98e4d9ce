import { UNKNOWN } from '../shared/core/exposure.ts';
import type { Judged } from '../shared/core/judge.ts';
import type { Finding } from '../shared/core/model/finding.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import type { CheckDocument } from '../shared/core/model/record.ts';
import { doubtfulFor, isPrefixList } from '../shared/core/peers.ts';
import * as addresses from '../shared/core/space/addresses.ts';
import { flowsText, ruleText, wantedText } from '../shared/core/spell.ts';
import { descriptionSpans, EFFECTS, judgedSpans, placeText } from './heading.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line, Span } from './page.ts';
import { counted, listed } from './words.ts';

const LABELS = 14;

/** What is wrong, in one line. */
function subjectText(finding: Finding): string {
  switch (finding.kind) {
    case 'excess':
      return flowsText(finding.direction, finding.flows);
    case 'missing':
      return `${wantedText(finding.direction, finding.missing)} is missing`;
    case 'limit':
      return `${counted(finding.count, 'port')} open to \`internet\`, and the limit is ${String(finding.limit)}`;
    case 'unread':
      return `${finding.direction} rule that cannot be read: ${finding.problem}`;
  }
}

/** The rule that does it, as it is written: the finding may be about a part of it only. */
function ruleSpans(finding: Finding): readonly Span[] {
  switch (finding.kind) {
    case 'excess': {
      const text = ruleText(finding.direction, finding.rule);
      // Saved groups have no rule ids: there the id is the rule as spelled, and saying it twice would help nobody.
      const id = finding.rule.id === text ? [] : [`${finding.rule.id}: `];
      return [...id, text, ...descriptionSpans(finding.rule)];
    }
    case 'unread':
      return [finding.rule];
    case 'missing':
    case 'limit':
      return [];
  }
}

/** `left out of` where the policy states what it allows, and this is not in it. */
function decisionLabel({ kind, clause, direction, policies }: Finding): string {
  if (kind === 'missing') return EFFECTS.require;
  if (kind === 'unread' || kind === 'limit') return 'judged by';
  return clause === `${policies[0] ?? ''}/${direction}/allow` ? EFFECTS['left-out'] : EFFECTS.deny;
}

function deciderSpans({ clause, place, mode, why }: Finding): readonly Span[] {
  const where = toned('faint', `(${placeText(place)}, mode ${mode})`);
  return [`${clause} `, where, why === undefined ? '' : `: ${why}`];
}

/** Why nobody can be sure. Only what is proven is ever reverted, so a reader wants to know what is in the way. */
function doubtLines(finding: Finding, { firewall, desired }: Judged): readonly Line[] {
  if (finding.kind !== 'excess' || finding.flows.kind !== 'named' || finding.certainty === 'proven') return [];
  const { peer } = finding.flows;
  const others = doubtfulFor(peer, desired.written, firewall).map((name) => `\`${name}\``);
  if (others.length > 0) {
    return [row(4, LABELS, 'depends on', `whether \`${peer}\` is ${listed(others)}: nobody could look that up`)];
  }
  const isUnknown = addresses.equal((firewall.names.get(peer) ?? UNKNOWN).most, addresses.ANYWHERE);
  const unknown = isPrefixList(peer) ? 'its entries are not known' : 'the networks of its members are not known';
  return [
    row(4, LABELS, 'depends on', `who \`${peer}\` is: ${isUnknown ? unknown : 'some of what it may be is allowed'}`),
  ];
}

function findingLines(finding: Finding, judgement: Judged): readonly Line[] {
  const { kind, certainty, policies } = finding;
  const rule = ruleSpans(finding);
  const others = policies.slice(1).map((name) => `\`${name}\``);
  return [
    BLANK,
    row(
      2,
      LABELS + 2,
      toned(certainty === 'proven' ? 'bad' : 'doubtful', certainty),
      toned('strong', subjectText(finding)),
    ),
    ...(rule.length === 0 ? [] : [row(4, LABELS, kind === 'unread' ? 'where' : 'rule', ...rule)]),
    row(4, LABELS, decisionLabel(finding), ...deciderSpans(finding)),
    ...(others.length === 0 ? [] : [row(4, LABELS, 'and by', listed(others))]),
    ...doubtLines(finding, judgement),
  ];
}

function contradictionLines(contradictions: readonly string[]): readonly Line[] {
  return contradictions.flatMap((text) => [BLANK, row(2, LABELS + 2, toned('bad', 'contradiction'), text)]);
}

/** One block: the firewall, then its findings. */
function firewallLines(judgement: Judged): readonly Line[] {
  const { drift } = judgement;
  if (drift.findings.length === 0 && drift.contradictions.length === 0) return [];
  return [
    line(0, ...judgedSpans(judgement)),
    ...drift.findings.flatMap((finding) => findingLines(finding, judgement)),
    ...contradictionLines(drift.contradictions),
    BLANK,
  ];
}

const MOST_LISTED = 10;

/** The firewalls that no policy governs, briefly: they are never changed, and that should be no surprise. */
export function ungovernedLines(judgements: readonly Judged[]): readonly Line[] {
  const names = judgements.filter(({ drift }) => !drift.governed).map(({ firewall }): string => nameText(firewall));
  if (names.length === 0) return [];
  const more = names.length - MOST_LISTED;
  const shown = more > 0 ? [...names.slice(0, MOST_LISTED), `${String(more)} more`] : names;
  return [line(0, toned('doubtful', 'ungoverned'), ` (no policy matches): ${listed(shown)}`), BLANK];
}

function nameText({ target, name }: Firewall): string {
  return name === '' ? target.id : `${target.id} (${name})`;
}

/** `2 findings (1 proven, 1 possible); 3 firewalls, 2 governed, 1 ungoverned`. */
export function summarySpans({ summary }: CheckDocument): readonly Span[] {
  const { firewalls, governed, ungoverned, findings, proven, possible } = summary;
  const found = findings === 0 ? 'no findings' : counted(findings, 'finding');
  const kinds = findings === 0 ? '' : ` (${String(proven)} proven, ${String(possible)} possible)`;
  return [
    toned(findings > 0 ? 'bad' : governed > 0 ? 'good' : 'doubtful', found),
    `${kinds}; ${counted(firewalls, 'firewall')}, ${String(governed)} governed, ${String(ungoverned)} ungoverned`,
  ];
}

export function checkLines(judgements: readonly Judged[], document: CheckDocument): readonly Line[] {
  return [...judgements.flatMap(firewallLines), ...ungovernedLines(judgements), line(0, ...summarySpans(document))];
}
