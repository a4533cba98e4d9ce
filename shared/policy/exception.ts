import { DIRECTIONS } from '../core/model/firewall.ts';
import type { Direction } from '../core/model/firewall.ts';
import type { Clause, Exception, Match } from '../core/model/policy.ts';
import { clausesIn } from './clause.ts';
import { fieldsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { catchAllOf, matchOf, picks } from './match.ts';
import { placeOf } from './node.ts';
import type { Entry, Node } from './node.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Understood } from './problem.ts';
import type { Reading } from './reading.ts';
import { nameIn, textOf } from './scalar.ts';
import { APPROVED, EXCEPTION } from './shapes.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A time as messages show it: without the milliseconds that nobody writes. */
export function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** An ISO 8601 time with a time zone. A time without one would mean another moment on every machine. */
export function timeOf(text: string): Understood<Date> {
  const parts = TIME.exec(text);
  if (parts === null) {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return wrong(`time ${quoted(text)} has no hour; write \`${text}T00:00:00Z\``);
    if (TIME.test(`${text}Z`)) return wrong(`time ${quoted(text)} has no time zone; write \`${text}Z\` for UTC`);
    return wrong(`time ${quoted(text)} is not readable; write it like \`2026-12-01T00:00:00Z\``);
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part || 0));
  // `Date` turns 31 June into 1 July without a word, so the day is looked up in its month.
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= lastDay && hour <= 23 && minute <= 59 && second <= 59;
  const time = new Date(text);
  if (!exists || Number.isNaN(time.getTime()))
    return wrong(`time ${quoted(text)} does not exist; check its month, day and hour`);
  return meaning(time);
}

function untilIn(entry: Entry, mostDays: number | undefined, { complaints, now }: Reading): Date | undefined {
  const text = textOf('until', entry.value, complaints);
  if (text === undefined) return undefined;
  const time = timeOf(text);
  if (time.kind === 'wrong') {
    complaints.add(entry.value.at, time.problem);
    return undefined;
  }
  const latest = mostDays === undefined ? undefined : new Date(now.getTime() + mostDays * DAY_MS);
  if (latest === undefined || time.value <= latest) return time.value;
  const limit = `more than ${String(mostDays)} day${mostDays === 1 ? '' : 's'} ahead; write ${quoted(timeText(latest))} or earlier`;
  complaints.add(entry.value.at, `exception ends ${quoted(text)}, ${limit}, and renew it then`);
  return undefined;
}

function approvedIn(entry: Entry, { complaints }: Reading): Exception['approved'] | undefined {
  const fields = fieldsOf(
    entry.value,
    APPROVED,
    '`approved: { by: alex@example.com, ticket: CHG0030192 }`',
    complaints,
  );
  if (fields === undefined) return undefined;
  const by = fields.need('by', '`by: alex@example.com`');
  const ticket = fields.need('ticket', '`ticket: CHG0030192`');
  const byName = by === undefined ? undefined : nameIn(by, complaints);
  const ticketName = ticket === undefined ? undefined : nameIn(ticket, complaints);
  return byName === undefined || ticketName === undefined ? undefined : { by: byName, ticket: ticketName };
}

function matchIn(entry: Entry, { complaints }: Reading): Match {
  const { match, keysAreKnown } = matchOf(entry.value, complaints);
  if (keysAreKnown && !picks(match, 'id') && !picks(match, 'account')) {
    const catchAll = catchAllOf(match, ['id', 'account']);
    const but = catchAll === undefined ? '' : `, and ${quoted(catchAll)} leaves none out`;
    const example = 'write `id: sg-0123456789abcdef0` or `account: "111122223333"`';
    complaints.add(entry.value.at, `an exception's \`match\` must name an \`id\` or an \`account\`${but}; ${example}`);
  }
  return match;
}

function clausesOf(fields: Fields, direction: Direction, name: string, reading: Reading): readonly Clause[] {
  const entry = fields.get(direction);
  if (entry === undefined) return [];
  if (entry.value.kind === 'list' && entry.value.items.length === 0) {
    reading.complaints.add(
      entry.value.at,
      `${quoted(direction)} is an empty list; write what it lets through, or remove it`,
    );
  }
  return clausesIn(entry, { direction, effect: 'except', prefix: `${name}/${direction}` }, reading);
}

/**
 * One exception. What is broken in it is complained of, and then the whole is not used. `mostDays`: how far ahead it may
 * end; undefined where nobody can tell.
 */
export function exceptionOf(node: Node, mostDays: number | undefined, reading: Reading): Exception | undefined {
  const { complaints, names } = reading;
  const example = '`- name: ...` with `match`, `ingress` or `egress`, `until` and `approved`';
  const fields = fieldsOf(node, EXCEPTION, example, complaints);
  if (fields === undefined) return undefined;
  const nameField = fields.need('name', '`name: vendor migration`');
  const matchField = fields.need('match', '`match: { id: sg-0123456789abcdef0 }`');
  const untilField = fields.need('until', '`until: 2026-12-01T00:00:00Z`');
  const approvedField = fields.need('approved', '`approved: { by: alex@example.com, ticket: CHG0030192 }`');
  const name = nameField === undefined ? undefined : nameIn(nameField, complaints);
  if (nameField !== undefined && name !== undefined) names.claim('exception', name, nameField.value.at, complaints);
  const match = matchField === undefined ? undefined : matchIn(matchField, reading);
  const until = untilField === undefined ? undefined : untilIn(untilField, mostDays, reading);
  const approved = approvedField === undefined ? undefined : approvedIn(approvedField, reading);
  if (DIRECTIONS.every((direction) => !fields.tries(direction))) {
    complaints.add(
      fields.at,
      'an exception has neither `ingress` nor `egress`, so it lets nothing through; write one of them',
    );
  }
  const ingress = clausesOf(fields, 'ingress', name ?? '', reading);
  const egress = clausesOf(fields, 'egress', name ?? '', reading);
  if (name === undefined || match === undefined || until === undefined || approved === undefined) return undefined;
  return { name, place: placeOf(fields.at), match, ingress, egress, until, approved };
}
