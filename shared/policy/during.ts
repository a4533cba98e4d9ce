import { WEEKDAYS } from '../core/model/policy.ts';
import type { During, Weekday } from '../core/model/policy.ts';
import { fieldsOf } from './fields.ts';
import { hoursIn } from './hours.ts';
import { nearestOf } from './nearest.ts';
import type { Entry } from './node.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Complaints, Understood } from './problem.ts';
import { itemsOf, textOf } from './scalar.ts';
import { DURING } from './shapes.ts';
import { zoneOf } from './zone.ts';

const MOST_GUESSES = 200;

/** What people call several days at once. */
const CALLED: ReadonlyMap<string, string> = new Map([
  ['weekdays', 'write `mon-fri`'],
  ['workdays', 'write `mon-fri`'],
  ['weekend', 'write `sat-sun`'],
  ['weekends', 'write `sat-sun`'],
  ['daily', 'leave `days` out for every day'],
  ['all', 'leave `days` out for every day'],
  ['every day', 'leave `days` out for every day'],
  ['*', 'leave `days` out for every day'],
]);

function weekdayOf(text: string): Weekday | undefined {
  return WEEKDAYS.find((day) => day === text);
}

/** `Mon-Fri` and `monday-friday` as the language writes them. */
function shortOf(text: string): string | undefined {
  const parts = text.toLowerCase().split('-');
  const days = parts.map((part) => WEEKDAYS.find((day) => /^[a-z]{3,9}$/.test(part) && part.startsWith(day)));
  return days.includes(undefined) ? undefined : days.join('-');
}

function dayHint(text: string): string {
  const meant = shortOf(text) ?? nearestOf(text, WEEKDAYS);
  const hint = meant === undefined ? undefined : `write ${quoted(meant)}`;
  return CALLED.get(text.toLowerCase()) ?? hint ?? `write one of ${WEEKDAYS.map(quoted).join(', ')}`;
}

/** `sat`, `mon-fri`, or `fri-mon` over the weekend. */
export function daysOf(text: string): Understood<readonly Weekday[]> {
  if (text.includes(',')) {
    const list = text.split(',').map((part) => part.trim());
    return wrong(`days ${quoted(text)} are a list in one text; write a YAML list: ${quoted(`[${list.join(', ')}]`)}`);
  }
  const [firstText = '', lastText, ...rest] = text.split('-').map((part) => part.trim());
  if (rest.length > 0 || firstText === '' || lastText === '') {
    return wrong(`days ${quoted(text)} are not readable; write them like \`mon-fri\` or \`[mon, thu]\``);
  }
  const first = weekdayOf(firstText);
  const last = lastText === undefined ? first : weekdayOf(lastText);
  if (first === undefined || last === undefined) {
    const whole = shortOf(text);
    if (whole !== undefined) return wrong(`days ${quoted(text)} are not readable; write ${quoted(whole)}`);
    const odd = first === undefined ? firstText : (lastText ?? '');
    return wrong(`unknown day ${quoted(odd)}${odd === text ? '' : ` in ${quoted(text)}`}; ${dayHint(odd)}`);
  }
  if (lastText !== undefined && first === last) {
    return wrong(
      `days ${quoted(text)} begin and end on one day; write \`${first}\`, or leave \`days\` out for every day`,
    );
  }
  const [from, to] = [WEEKDAYS.indexOf(first), WEEKDAYS.indexOf(last)];
  return meaning(WEEKDAYS.filter((_, at) => (from <= to ? from <= at && at <= to : from <= at || at <= to)));
}

function daysIn(entry: Entry, complaints: Complaints): readonly Weekday[] | undefined {
  const items = itemsOf(entry, complaints);
  if (items === undefined) return undefined;
  const lists = items.map((item) => {
    const text = item.kind === 'number' ? item.text : textOf(entry.key, item, complaints);
    const days = text === undefined ? undefined : daysOf(text);
    if (days?.kind === 'wrong') complaints.add(item.at, days.problem);
    return days?.kind === 'meaning' ? days.value : undefined;
  });
  if (lists.includes(undefined)) return undefined;
  return WEEKDAYS.filter((day) => lists.some((list) => list?.includes(day) === true));
}

function zoneIn({ key, value }: Entry, complaints: Complaints): string | undefined {
  // `zone: +8` is a number to YAML, and an offset to its writer.
  const text = value.kind === 'number' ? value.text : textOf(key, value, complaints);
  const zone = text === undefined ? undefined : zoneOf(text, complaints.count <= MOST_GUESSES);
  if (zone?.kind === 'wrong') complaints.add(value.at, zone.problem);
  return zone?.kind === 'meaning' ? zone.value : undefined;
}

/** The times at which a clause is live. Undefined, with a complaint, where a part of them means nothing. */
export function duringIn(entry: Entry, complaints: Complaints): During | undefined {
  const example = '`during: { days: mon-fri, hours: "08:00-20:00", zone: Asia/Shanghai }`';
  const fields = fieldsOf(entry.value, DURING, example, complaints);
  if (fields === undefined) return undefined;
  const daysField = fields.get('days');
  const hoursField = fields.get('hours');
  const zoneField = fields.need('zone', '`zone: Asia/Shanghai`, the place whose clocks are meant, or `zone: UTC`');
  if (!fields.tries('days') && !fields.tries('hours')) {
    const expected = 'write one of them, or leave `during` out for a clause that is always live';
    complaints.add(fields.at, `\`during\` has neither \`days\` nor \`hours\`; ${expected}`);
  }
  const days = daysField === undefined ? WEEKDAYS : daysIn(daysField, complaints);
  const hours = hoursField === undefined ? undefined : hoursIn(hoursField, complaints);
  const zone = zoneField === undefined ? undefined : zoneIn(zoneField, complaints);
  if (days === undefined || zone === undefined || (hoursField !== undefined && hours === undefined)) return undefined;
  return { days, hours, zone };
}
