import { changeTexts } from '../shared/core/change-text.ts';
import { DIRECTIONS } from '../shared/core/model/firewall.ts';
import type { Direction } from '../shared/core/model/firewall.ts';
import { revertIdOf } from '../shared/core/model/ledger.ts';
import type { LedgerBody, LedgerEntry } from '../shared/core/model/ledger.ts';
import type { FindingRecord, OrderRecord, RuleRecord, RulesRecord } from '../shared/core/model/record.ts';
import { targetKey } from '../shared/core/model/target.ts';
import { recordText } from '../shared/core/records.ts';
import { findingsIn } from './entry-story.ts';
import type { EntryStory } from './entry-story.ts';
import { entryTexts, orderOf } from './entry-words.ts';
import { timeText } from './heading.ts';
import { kindSpan } from './ledger-page.ts';
import { BLANK, KEPT_BLANK, line, row, toned } from './page.ts';
import type { Line, Span, Tone } from './page.ts';
import { counted } from './words.ts';

const LABELS = 12;

function rows(label: string, texts: readonly Span[]): readonly Line[] {
  return texts.map((text, index) => row(2, LABELS, index === 0 ? label : '', text));
}

function targetLines({ target }: LedgerEntry): readonly Line[] {
  return rows('firewall', [`${target.id}, ${target.cloud} account ${target.account}, ${target.region}`]);
}

function causeLines({ hint }: LedgerEntry): readonly Line[] {
  if (hint === undefined) return [];
  return rows('after', [
    `${hint.eventName} of ${timeText(hint.at)} (event ${hint.eventId})`,
    `by ${hint.actor}, from ${hint.sourceAddress}, with ${hint.userAgent}`,
  ]);
}

const WHAT: Readonly<Record<OrderRecord['kind'], string>> = { apply: 'apply', open: 'open', rollback: 'rollback' };

function orderLines(entry: LedgerEntry): readonly Line[] {
  const order = orderOf(entry);
  if (order === undefined) return [];
  const { kind, by, ticket, grant, revert } = order;
  return [
    ...rows('by hand', [`${WHAT[kind]} by ${by}${ticket === undefined ? '' : `, for ${ticket}`}`]),
    ...rows('of', revert === undefined ? [] : [revert]),
    ...rows('grant', grant === undefined ? [] : [grant]),
  ];
}

function findingLines(label: string, findings: readonly FindingRecord[]): readonly Line[] {
  return findings.map(({ text, kind, certainty, clause, at, mode, why }, index) =>
    row(
      2,
      LABELS,
      index === 0 ? label : '',
      toned(certainty === 'proven' ? 'bad' : 'doubtful', `${text}${kind === 'missing' ? ' is missing' : ''}`),
      `, ${certainty}, by ${clause} `,
      toned('faint', `(${at}, mode ${mode})`),
      why === undefined ? '' : `: ${why}`,
    ),
  );
}

type Mark = '-' | '+' | ' ';

const TONES: Readonly<Record<Mark, Tone>> = { '-': 'bad', '+': 'good', ' ': 'faint' };
const MOST_SAME = 8;

/** A rule whatever the order of its keys. Its id counts: a rule that was made anew is another one. */
function keyOf(rule: RuleRecord): string {
  return JSON.stringify(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ruleLine(mark: Mark, direction: Direction, rule: RuleRecord): Line {
  const id = rule.id === undefined ? '' : ` (${rule.id})`;
  const description = rule.description === undefined ? '' : ` "${rule.description}"`;
  const text = `${direction} ${recordText(direction, rule)}${id}${description}`;
  return row(4, 2, toned(TONES[mark], mark === ' ' ? KEPT_BLANK : mark), mark === ' ' ? toned('faint', text) : text);
}

/** The rules before and after, as a diff. Of those that stayed, a few. */
function diffLines(before: RulesRecord, after: RulesRecord): readonly Line[] {
  const lines = DIRECTIONS.flatMap((direction) => {
    const then = new Set(before[direction].map(keyOf));
    const now = new Set(after[direction].map(keyOf));
    const gone = before[direction].filter((rule) => !now.has(keyOf(rule)));
    const fresh = after[direction].filter((rule) => !then.has(keyOf(rule)));
    const same = after[direction].filter((rule) => then.has(keyOf(rule)));
    const more = same.length - MOST_SAME;
    return [
      ...gone.map((rule) => ruleLine('-', direction, rule)),
      ...fresh.map((rule) => ruleLine('+', direction, rule)),
      ...same.slice(0, MOST_SAME).map((rule) => ruleLine(' ', direction, rule)),
      ...(more > 0
        ? [row(4, 2, KEPT_BLANK, toned('faint', `${direction}: ${counted(more, 'more rule')} that did not change`))]
        : []),
    ];
  });
  return lines.length === 0 ? [] : [BLANK, line(2, 'before and after'), ...lines];
}

function bodyLines(body: LedgerBody): readonly Line[] {
  switch (body.kind) {
    case 'reverted':
      return [
        ...rows('did', body.changes.flatMap(changeTexts)),
        ...rows('left', body.reasons),
        ...findingLines('remaining', body.remaining),
        ...rows(
          'requests',
          body.requestIds.length === 0 ? ['no answer to the write is known, only the read after it'] : body.requestIds,
        ),
        ...diffLines(body.before, body.after),
      ];
    case 'intended':
      return [...rows('meant', body.changes.flatMap(changeTexts)), ...diffLines(body.before, body.before)];
    case 'held':
      return rows('because', body.reasons);
    case 'failed':
      return rows('because', [body.why]);
    case 'fine':
    case 'gone':
    case 'verified':
    case 'unreadable':
    case 'ticketed':
      return [];
  }
}

function afterwardsLines({ entry: { target }, verified, tickets, rollbacks, undo }: EntryStory): readonly Line[] {
  const lines = [
    ...rows(
      'verified',
      verified.map(({ at }) => `by a read at ${timeText(at)}`),
    ),
    ...rows(
      'ticket',
      tickets.map(({ ticket, url }) => `${ticket} ${url}`),
    ),
    ...rows(
      'rolled back',
      rollbacks.map((entry) => `at ${timeText(entry.at)} by ${revertIdOf(entry)}`),
    ),
    // By its short name it can be copied from one line.
    ...rows('undo', undo === undefined ? [] : [undo.replace(`${targetKey(target)}/`, `${target.id}/`)]),
  ];
  return lines.length === 0 ? [] : [BLANK, ...lines];
}

/** Everything about one entry. */
export function entryLines(story: EntryStory): readonly Line[] {
  const { entry } = story;
  const { body } = entry;
  const hasMore = body.kind === 'reverted' || body.kind === 'held' || body.kind === 'failed';
  return [
    line(0, toned('strong', revertIdOf(entry)), ' ', kindSpan(entry), ` at ${timeText(entry.at)}`),
    ...targetLines(entry),
    ...orderLines(entry),
    ...causeLines(entry),
    ...findingLines('found', findingsIn(entry)),
    ...(hasMore ? [] : rows('says', entryTexts(entry).slice(0, 1))),
    ...bodyLines(body),
    ...afterwardsLines(story),
  ];
}
