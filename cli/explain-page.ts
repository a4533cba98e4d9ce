import type { Explanation } from '../shared/core/explain.ts';
import type { Decider } from '../shared/core/explain/decider.ts';
import type { Passage } from '../shared/core/explain/passage.ts';
import { equal, isNothing } from '../shared/core/space/traffic.ts';
import { ruleText } from '../shared/core/spell.ts';
import { duringText, namesText, partText, questionText } from './explain-words.ts';
import { descriptionSpans, EFFECTS, firewallSpans, placeText, timeText } from './heading.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line, Span } from './page.ts';

const LABELS = 10;
const SUBLABELS = 13;

/** `tcp/443 from sg:web (sg:sg-0123456789abcdef0)`: what was asked, and what it is here where that reads otherwise. */
function askedSpans(explanation: Explanation): readonly Span[] {
  const { question, asked } = explanation;
  const isSame = asked.peer === undefined || (question.peer.kind === 'named' && question.peer.name === asked.peer);
  return [toned('strong', questionText(explanation)), isSame ? '' : ` (${asked.peer})`, ' '];
}

function passesSpan({ passes, asked }: Explanation): Span {
  switch (passes) {
    case 'all':
      return toned('strong', 'yes');
    case 'part':
      return toned('strong', 'in part');
    case 'possibly':
      return toned('doubtful', 'possibly');
    case 'none':
      return toned('strong', isNothing(asked.traffic) ? 'no, nothing of it exists' : 'no, no rule lets it through');
  }
}

function maySpan({ may, policies, deciders, depends }: Explanation): Span {
  const doubt = depends.length === 0 ? '' : `, depending on who ${namesText(depends)} is`;
  switch (may) {
    case 'all':
      if (policies.length === 0) return toned('doubtful', 'yes, no policy governs this firewall');
      return toned('good', deciders.length === 0 ? 'yes, no policy forbids it' : 'yes');
    case 'part':
      return toned('bad', `in part${doubt === '' ? '' : `, and more of it possibly${doubt}`}`);
    case 'possibly':
      return toned('doubtful', `possibly${doubt}`);
    case 'none':
      return toned('bad', 'no');
  }
}

function governedLines({ firewall, policies, lowered }: Explanation): readonly Line[] {
  if (policies.length === 0) return [];
  const each = policies.map(({ name, place, mode }) => `${name} (${placeText(place)}, mode ${mode})`);
  const stated = lowered.map(({ name, mode }) => `${name} has mode ${mode} elsewhere`).join(', ');
  return [
    row(2, LABELS, 'governed', `by ${each.join(', ')}`),
    ...(lowered.length === 0
      ? []
      : [
          row(
            2,
            LABELS,
            'tended',
            `by a service, by its ${firewall.managedBy ?? ''}: ${stated}, and only reports here`,
          ),
        ]),
  ];
}

function passageLine({ question }: Explanation, { rule, certainty }: Passage): Line {
  const text = ruleText(question.direction, rule);
  const label = certainty === 'surely' ? 'by' : 'possibly by';
  const id = rule.id === text ? '' : `${rule.id}: `;
  return row(2 + LABELS, SUBLABELS, label, id, text, ...descriptionSpans(rule));
}

/** Where the clause stands, and what it says of itself beside the traffic. */
function traitsText({ place, mode, until, during, firm }: Decider): string {
  const traits = [
    placeText(place),
    ...(mode === undefined ? [] : [`mode ${mode}`]),
    ...(firm ? ['firm'] : []),
    ...(until === undefined ? [] : [`until ${timeText(until)}`]),
    ...(during === undefined ? [] : [duringText(during)]),
  ];
  return `(${traits.join(', ')})`;
}

function doubtText({ effect, depends }: Decider): string {
  if (depends.length === 0) return '';
  const isPermitting = effect === 'allow' || effect === 'exception';
  return isPermitting ? `, by name: only as ${namesText(depends)}` : `, if it is of ${namesText(depends)}`;
}

/** Where a clause decides all of the traffic that was asked for, the traffic is not said again. */
function deciderLine(explanation: Explanation, decider: Decider): Line {
  const { effect, clause, why, traffic } = decider;
  const isWhole = equal(traffic, explanation.asked.traffic);
  return row(
    2 + LABELS,
    SUBLABELS,
    EFFECTS[effect],
    `${clause} `,
    toned('faint', traitsText(decider)),
    why === undefined ? '' : `: ${why}`,
    effect === 'cut' ? ', by its `within`' : '',
    doubtText(decider),
    isWhole ? '' : `, for ${partText(explanation, traffic)}`,
  );
}

/** The answer in one phrase. */
function answerSpan({ passes, may, asked }: Explanation): Span {
  if (isNothing(asked.traffic)) return toned('doubtful', 'does not exist here');
  if (passes === 'all' && may === 'all') return toned('good', 'passes, and may');
  const doing = { all: 'passes', part: 'passes in part', possibly: 'possibly passes', none: 'does not pass' }[passes];
  const permitted = passes === 'possibly' ? 'and may' : passes === 'part' ? 'though all of it may' : 'though it may';
  const allowed = { all: permitted, part: 'and may in part', possibly: 'and possibly may', none: 'and must not' }[may];
  const isFine = passes === 'none' && may === 'none';
  return toned(may === 'all' || may === 'possibly' || isFine ? 'doubtful' : 'bad', `${doing}, ${allowed}`);
}

export function explainLines(explanation: Explanation, advice: readonly string[]): readonly Line[] {
  const { firewall, passages, unread, deciders, notNow } = explanation;
  const subrow = (label: string, text: string): Line => row(2 + LABELS, SUBLABELS, label, text);
  return [
    line(0, ...firewallSpans(firewall)),
    line(0, ...askedSpans(explanation), answerSpan(explanation)),
    BLANK,
    ...governedLines(explanation),
    row(2, LABELS, 'passes', passesSpan(explanation)),
    ...passages.map((passage) => passageLine(explanation, passage)),
    ...unread.map(({ rule, why }) => subrow('unread', `${rule}: ${why}`)),
    row(2, LABELS, 'may', maySpan(explanation)),
    ...deciders.map((decider) => deciderLine(explanation, decider)),
    ...(notNow.length === 0 ? [] : [row(2, LABELS, 'not now', 'at other times it is')]),
    ...notNow.map((decider) => deciderLine(explanation, decider)),
    BLANK,
    ...advice.map((sentence) => row(2, 2, '-', sentence)),
  ];
}
