// The document of a replay -> a page for people: the sum first, then what, whom, and what could not be decided.
import { recordText } from '../shared/core/records.ts';
import type { RuleRecord } from '../shared/core/model/record.ts';
import { BLANK, KEPT_BLANK, line, row, toned } from './page.ts';
import type { Line, Span, Tone } from './page.ts';
import type {
  ActorRecord,
  EventOutcome,
  EventRecord,
  LeadRecord,
  ReplayChange,
  ReplayDocument,
  ReplayFinding,
  ReplayRun,
  Stood,
  UndecidedRecord,
} from './replay-document.ts';
import { counted, listed } from './words.ts';

const LABELS = 13;
const COUNT = 9;
const OUTCOMES = 12;
/** Why events are left out stands below what `ignored` means. */
const REASONS = OUTCOMES;
/** More than anybody reads on a page; the JSON has all. */
const MOST_RUNS = 200;
const MOST_LISTED = 20;
const MOST_BROKEN = 10;
const MOST_REASONS = 5;

const TONES: Readonly<Record<ReplayRun['outcome'], Tone>> = { reverted: 'bad', held: 'doubtful', told: 'doubtful' };

const MEANINGS: readonly (readonly [outcome: EventOutcome, meaning: string])[] = [
  ['reverted', 'a run would have changed the firewall'],
  ['held', 'a run would have held its changes back'],
  ['told', 'a run would only have told of what it found'],
  ['undecided', 'nobody can say, from what is known here'],
  ['fine', 'nothing wrong'],
  ['ungoverned', 'no policy governs the firewall'],
  ['gone', 'the firewall was deleted by then'],
  ['left-out', 'another firewall than those asked for'],
  ['unresolved', 'names no firewall, and events do not tell which it touches'],
  ['clock', 'a schedule; nothing is judged for it'],
  ['ignored', 'says nothing about firewalls, or failed'],
  ['duplicate', 'was read before'],
  ['malformed', 'cannot be read'],
];

/** `45 s`, `12 min`, `3 h 12 min`, `2 d 4 h`. Rounded down. */
export function durationText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const both = (large: number, unit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${String(large)} ${unit}` : `${String(large)} ${unit} ${String(small)} ${smallUnit}`;
  if (minutes === 0) return `${String(seconds)} s`;
  if (hours === 0) return `${String(minutes)} min`;
  if (hours < 24) return both(hours, 'h', minutes % 60, 'min');
  return both(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function rest(count: number, most: number): readonly Line[] {
  return count > most ? [line(0, `and ${String(count - most)} more; \`--json\` has them all`)] : [];
}

/** A count in its column, then what is counted. */
function countRow(indent: number, count: number, label: Span, ...spans: readonly Span[]): Line {
  return row(indent, COUNT, String(count).padStart(COUNT - 2, KEPT_BLANK), label, ...spans);
}

/** Each event is in one of these, so that the counts add up to what was read. */
function outcomeLines({ summary, ignored }: ReplayDocument): readonly Line[] {
  const shown = MEANINGS.filter(([outcome]) => outcome === 'reverted' || summary.outcomes[outcome] > 0);
  const reasons = ignored.slice(0, MOST_REASONS).map(({ why, events }) => countRow(REASONS, events, why));
  const more = ignored.length - MOST_REASONS;
  const others = more > 0 ? [line(REASONS + COUNT, `and for ${counted(more, 'other reason')}`)] : [];
  return shown.flatMap(([outcome, meaning]) => {
    const count = summary.outcomes[outcome];
    const padded = outcome.padEnd(OUTCOMES, KEPT_BLANK);
    const isHit = count > 0 && (outcome === 'reverted' || outcome === 'malformed');
    const one = countRow(0, count, isHit ? toned('bad', padded) : padded, toned('faint', meaning));
    return outcome === 'ignored' ? [one, ...reasons, ...others] : [one];
  });
}

function periodText({ from, to }: ReplayDocument['summary']): string {
  if (from === null || to === null) return '';
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return `, ${from} to ${to} (${durationText(seconds)})`;
}

function sumLines({ summary }: ReplayDocument): readonly Line[] {
  const { reverts, changes, changedFirewalls, tickets, firewalls, partlyKnown, longestStood, outcomes } = summary;
  const partly = partlyKnown === 0 ? '' : `, ${String(partlyKnown)} of them known in part only`;
  const what =
    reverts === 0
      ? 'nothing would have been reverted'
      : `${counted(reverts, 'run')} would have made ${counted(changes, 'change')} on ${counted(changedFirewalls, 'firewall')}`;
  const longest = longestStood === 0 ? '' : `; in reality the longest stood for ${durationText(longestStood)}`;
  return [
    line(0, toned(reverts > 0 ? 'bad' : outcomes.undecided > 0 ? 'doubtful' : 'good', what), longest),
    line(0, `${counted(tickets, 'ticket')}; ${counted(firewalls, 'firewall')}${partly}`),
  ];
}

function whoText({ actor, tool, sourceAddress }: EventRecord): string {
  return `${actor}, with ${tool}${sourceAddress === '' ? '' : `, from ${sourceAddress}`}`;
}

function ruleSpans(direction: ReplayChange['direction'], rule: RuleRecord): readonly Span[] {
  const text = recordText(direction, rule);
  const id = rule.id === undefined || rule.id === text ? '' : ` (${rule.id})`;
  const description = rule.description === undefined ? [] : [' ', toned('faint', `"${rule.description}"`)];
  return [toned('strong', text), id, ...description];
}

const MARKS: Readonly<Record<ReplayChange['kind'], Span>> = {
  remove: toned('bad', '-'),
  narrow: toned('doubtful', '~'),
  restore: toned('good', '~'),
  add: toned('good', '+'),
};

function stoodText({ from, until, seconds }: Stood): string {
  const least = from === null || until === null ? 'at least ' : '';
  return `${least}${durationText(seconds)}, ${until === null ? 'and still at the last event' : `until ${until}`}`;
}

function originText(openedBy: EventRecord | null, event: EventRecord | null): string {
  if (openedBy === null) return 'nobody in these events: it was there before the first one';
  const isSame = openedBy.at === event?.at && openedBy.id === event.id;
  return isSame ? 'that call' : `${openedBy.name} of ${whoText(openedBy)}, ${openedBy.at}`;
}

function originLines({ openedBy, stood }: ReplayChange, event: EventRecord | null): readonly Line[] {
  return [
    ...(openedBy === undefined ? [] : [row(6, LABELS, 'opened by', originText(openedBy, event))]),
    ...(stood === undefined ? [] : [row(6, LABELS, 'stood', stoodText(stood))]),
  ];
}

function changeLines(change: ReplayChange, event: EventRecord | null): readonly Line[] {
  const { kind, direction, rule, becomes = [], held, clauses, made } = change;
  const head =
    rule === undefined
      ? becomes.map((one) => row(4, 2, MARKS.add, ...ruleSpans(direction, one)))
      : [row(4, 2, held === undefined ? MARKS[kind] : toned('doubtful', '!'), ...ruleSpans(direction, rule))];
  const after = rule === undefined ? [] : becomes.map((one) => recordText(direction, one));
  return [
    ...head,
    ...after.map((text, index) => row(6, LABELS, index === 0 ? 'becomes' : '', text)),
    ...clauses.map(({ clause, at, mode }) =>
      row(
        6,
        LABELS,
        rule === undefined ? 'required by' : 'because of',
        `${clause} `,
        toned('faint', `(${at}, mode ${mode})`),
      ),
    ),
    ...originLines(change, event),
    ...(held === undefined ? [] : [row(6, LABELS, 'held', held)]),
    ...(made || held !== undefined
      ? []
      : [row(6, LABELS, toned('doubtful', 'waits'), 'enforcing it would change this')]),
  ];
}

/** What is found and no change is there for, such as what is only possible. */
function findingLines({ certainty, text, clause, at, mode, rule }: ReplayFinding): readonly Line[] {
  return [
    row(4, 2, toned('doubtful', '?'), toned('strong', text), rule === null || rule === text ? '' : ` (${rule})`),
    row(6, LABELS, certainty, `${clause} `, toned('faint', `(${at}, mode ${mode})`)),
  ];
}

function runLines({ at, event, target, outcome, reasons, changes, findings, tickets }: ReplayRun): readonly Line[] {
  const name = target.name === '' ? '' : ` (${target.name})`;
  const planned = new Set(changes.map(({ rule }) => rule?.id));
  const others = findings.filter(({ rule, kind }) =>
    rule === null ? kind === 'limit' || changes.length === 0 : !planned.has(rule),
  );
  return [
    BLANK,
    line(
      0,
      `${at}  `,
      toned(TONES[outcome], outcome),
      '  ',
      toned('strong', target.id),
      `${name}, ${target.region}, account ${target.account}`,
    ),
    row(2, LABELS + 4, 'woken by', event === null ? 'a sweep' : `${event.name} of ${whoText(event)}`),
    ...changes.flatMap((change) => changeLines(change, event)),
    ...others.flatMap(findingLines),
    ...reasons.map((reason) => row(2, LABELS + 4, toned('doubtful', 'because'), reason)),
    ...(tickets.length === 0 ? [] : [row(2, LABELS + 4, 'opens', counted(tickets.length, 'ticket'))]),
  ];
}

function runsLines({ runs }: ReplayDocument): readonly Line[] {
  if (runs.length === 0) return [];
  const shown = runs.slice(0, MOST_RUNS);
  return [
    BLANK,
    line(0, toned('strong', 'What would have been done')),
    ...shown.flatMap(runLines),
    ...rest(runs.length, MOST_RUNS),
  ];
}

function actorLine({ actor, tools, sourceAddresses, reverted, held, told, firewalls }: ActorRecord): Line {
  const counts = [
    ...(reverted === 0 ? [] : [`${String(reverted)} reverted`]),
    ...(held === 0 ? [] : [`${String(held)} held`]),
    ...(told === 0 ? [] : [`${String(told)} told`]),
  ];
  const how = [
    ...(tools.length === 0 ? [] : [`with ${listed(tools)}`]),
    ...(sourceAddresses.length === 0
      ? []
      : [`from ${listed(sourceAddresses.slice(0, 3))}${sourceAddresses.length > 3 ? ' and others' : ''}`]),
  ];
  const who = actor === null ? 'nobody in these events: the rules were there before the first one' : actor;
  return line(
    2,
    toned('strong', who),
    `: ${listed(counts)}, on ${counted(firewalls, 'firewall')}`,
    how.length === 0 ? '' : `; ${how.join(', ')}`,
  );
}

function actorsLines({ actors }: ReplayDocument): readonly Line[] {
  if (actors.length === 0) return [];
  return [
    BLANK,
    line(0, toned('strong', 'Whom it would have hit')),
    ...actors.slice(0, MOST_LISTED).map(actorLine),
    ...rest(actors.length, MOST_LISTED),
  ];
}

/** Firewalls of which the same is not known, under one heading. */
function undecidedLines(records: readonly UndecidedRecord[]): readonly Line[] {
  const alike = Map.groupBy(records, ({ undecided, why }) => JSON.stringify([undecided, why]));
  return [...alike.values()].slice(0, MOST_LISTED).flatMap((some) => {
    const [{ undecided, why } = { undecided: [], why: [] }] = some;
    const shown = some.slice(0, MOST_REASONS).map(undecidedText);
    const more = some.length - MOST_REASONS;
    return [
      row(2, LABELS + 2, 'firewalls', listed(more > 0 ? [...shown, `${String(more)} more`] : shown)),
      ...why.map((reason) => row(4, LABELS, 'not known', reason)),
      ...(undecided.length === 0 ? [] : [row(4, LABELS, 'so undecided', listed(undecided))]),
    ];
  });
}

function undecidedText({ target: { id, name }, events }: UndecidedRecord): string {
  return `${id}${name === '' ? '' : ` (${name})`} in ${counted(events, 'event')}`;
}

function leadLines(leads: readonly LeadRecord[]): readonly Line[] {
  return [
    ...leads.slice(0, MOST_LISTED).map(({ what, events }) => line(2, `${what}: ${counted(events, 'event')}`)),
    ...rest(leads.length, MOST_LISTED),
  ];
}

function doubtLines({ undecided, unresolved, partlyResolved, malformed, summary }: ReplayDocument): readonly Line[] {
  const advice = 'give `--input` the output of `aws ec2 describe-security-groups` and `describe-security-group-rules`';
  const groups = [
    BLANK,
    line(0, toned('strong', 'What could not be decided')),
    ...undecidedLines(undecided),
    line(
      0,
      `They are judged by the rules that events show. To know more, ${advice}; when they are saved does not matter, as long as these groups are in them.`,
    ),
  ];
  const leads = [
    BLANK,
    line(0, toned('strong', 'What touches firewalls that nobody can name here')),
    ...leadLines(unresolved),
  ];
  const partly = [
    BLANK,
    line(0, toned('strong', 'What may touch more firewalls than those looked at')),
    ...leadLines(partlyResolved),
    line(
      0,
      'Groups that name such a list, or are in such a network, are found only among those in the events or the input.',
    ),
  ];
  const broken = [
    BLANK,
    line(0, toned('strong', 'What cannot be read')),
    ...malformed.slice(0, MOST_BROKEN).map(({ where, why }) => line(2, `${where}: ${why}`)),
    ...rest(summary.outcomes.malformed, MOST_BROKEN),
  ];
  return [
    ...(undecided.length === 0 ? [] : groups),
    ...(unresolved.length === 0 ? [] : leads),
    ...(partlyResolved.length === 0 ? [] : partly),
    ...(malformed.length === 0 ? [] : broken),
  ];
}

export function replayLines(document: ReplayDocument): readonly Line[] {
  const { summary } = document;
  return [
    line(
      0,
      toned('strong', `${counted(summary.events, 'event')} from ${counted(summary.files, 'file')}`),
      periodText(summary),
    ),
    ...outcomeLines(document),
    BLANK,
    ...sumLines(document),
    ...runsLines(document),
    ...actorsLines(document),
    ...doubtLines(document),
  ];
}
