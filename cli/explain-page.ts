import type { Decider, Explanation, Passage } from '../shared/core/explain.ts';
import { ruleText, trafficText } from '../shared/core/spell.ts';
import { descriptionSpans, EFFECTS, firewallSpans, placeText, timeText } from './heading.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line, Span } from './page.ts';

const LABELS = 8;

function passesSpan({ passes }: Explanation): Span {
  switch (passes) {
    case 'all':
      return toned('strong', 'yes');
    case 'part':
      return toned('strong', 'in part');
    case 'possibly':
      return toned('doubtful', 'possibly');
    case 'none':
      return toned('strong', 'no, no rule lets it through');
  }
}

function maySpan({ may, policies, deciders }: Explanation): Span {
  switch (may) {
    case 'all':
      if (policies.length === 0) return toned('doubtful', 'yes, no policy governs this firewall');
      return toned('good', deciders.length === 0 ? 'yes, no policy forbids it' : 'yes');
    case 'part':
      return toned('bad', 'in part');
    case 'none':
      return toned('bad', 'no');
  }
}

function passageLine({ question }: Explanation, { rule, certainty }: Passage): Line {
  const text = ruleText(question.direction, rule);
  const label = certainty === 'surely' ? 'by' : 'possibly by';
  const id = rule.id === text ? '' : `${rule.id}: `;
  return row(2 + LABELS, 13, label, id, text, ...descriptionSpans(rule));
}

/** `whole` is the traffic that was asked for: where a clause decides all of it, it is not said again. */
function deciderLine({ asked, question }: Explanation, decider: Decider): Line {
  const { effect, clause, place, why, mode, until, traffic } = decider;
  const more = until === undefined ? (mode === undefined ? '' : `, mode ${mode}`) : `, until ${timeText(until)}`;
  const preposition = question.direction === 'ingress' ? 'from' : 'to';
  const [text, whole] = [trafficText(traffic, preposition), trafficText(asked, preposition)];
  return row(
    2 + LABELS,
    13,
    EFFECTS[effect],
    `${clause} `,
    toned('faint', `(${placeText(place)}${more})`),
    why === undefined ? '' : `: ${why}`,
    text === whole ? '' : `, for ${text}`,
  );
}

/** The answer in one phrase. */
function answerSpan({ passes, may }: Explanation): Span {
  if (passes === 'all' && may === 'all') return toned('good', 'passes, and may');
  const doing = { all: 'passes', part: 'passes in part', possibly: 'possibly passes', none: 'does not pass' }[passes];
  const permitted = passes === 'possibly' ? 'and may' : passes === 'part' ? 'though all of it may' : 'though it may';
  const allowed = { all: permitted, part: 'and may in part', none: 'and must not' }[may];
  const isFine = passes === 'none' && may === 'none';
  return toned(may === 'all' || isFine ? 'doubtful' : 'bad', `${doing}, ${allowed}`);
}

export function explainLines(explanation: Explanation, advice: readonly string[]): readonly Line[] {
  const { firewall, asked, question, passages, unread, deciders } = explanation;
  const text = trafficText(asked, question.direction === 'ingress' ? 'from' : 'to');
  return [
    line(0, ...firewallSpans(firewall)),
    line(0, toned('strong', text), ' ', answerSpan(explanation)),
    BLANK,
    row(2, LABELS, 'passes', passesSpan(explanation)),
    ...passages.map((passage) => passageLine(explanation, passage)),
    ...unread.map(({ rule, why }) => row(2 + LABELS, 13, 'unread', `${rule}: ${why}`)),
    row(2, LABELS, 'may', maySpan(explanation)),
    ...deciders.map((decider) => deciderLine(explanation, decider)),
    BLANK,
    ...advice.map((sentence) => row(2, 2, '-', sentence)),
  ];
}
