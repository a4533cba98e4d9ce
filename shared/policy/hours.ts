import type { During } from '../core/model/policy.ts';
import type { Entry } from './node.ts';
import { nounOf } from './node.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Complaints, Understood } from './problem.ts';

type Hours = NonNullable<During['hours']>;

const EXAMPLE = 'write it like `"08:00-20:00"`, or `"22:00-06:00"` over midnight';
const DAY_MINUTES = 24 * 60;

function clockText(hour: string, minute: string): string {
  return `${hour.padStart(2, '0')}:${minute}`;
}

/** What was probably meant by hours in another spelling: `8-20`, `8:00 – 20:00`. */
function meantBy(text: string): string | undefined {
  const parts = /^(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|—|to|until)\s*(\d{1,2})(?:[:.](\d\d))?$/i.exec(text);
  if (parts === null) return undefined;
  const [fromHour = '', fromMinute = '00', toHour = '', toMinute = '00'] = parts.slice(1);
  const meant = `${clockText(fromHour, fromMinute)}-${clockText(toHour, toMinute)}`;
  return meant !== text && hoursOf(meant).kind === 'meaning' ? `write \`"${meant}"\`` : undefined;
}

/** Minutes since midnight; undefined where no clock shows this time. */
function minutesOf(text: string): number | undefined {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  const minutes = hour * 60 + minute;
  return minute < 60 && minutes <= DAY_MINUTES ? minutes : undefined;
}

/** `08:00-20:00` as minutes of the day. */
export function hoursOf(text: string): Understood<Hours> {
  const [, fromText, toText] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  if (fromText === undefined || toText === undefined) {
    if (/^\d\d:\d\d$/.test(text)) return wrong(`hours ${quoted(text)} have no end; write it like \`"${text}-20:00"\``);
    return wrong(`hours ${quoted(text)} are not readable; ${meantBy(text) ?? EXAMPLE}`);
  }
  const [from, to] = [minutesOf(fromText), minutesOf(toText)];
  if (from === undefined || to === undefined) {
    const odd = from === undefined ? fromText : toText;
    return wrong(
      `hours ${quoted(text)} have ${quoted(odd)}, which no clock shows; times go from \`00:00\` to \`24:00\``,
    );
  }
  if (from === DAY_MINUTES)
    return wrong(`hours ${quoted(text)} begin at the end of a day; write \`"00:00-${toText}"\``);
  if (from === to) {
    const day = 'for the whole day leave `hours` out, or write `"00:00-24:00"`';
    return wrong(`hours ${quoted(text)} end when they begin; ${day}`);
  }
  return meaning({ from, to });
}

/** The hours under a key. */
export function hoursIn({ key, value }: Entry, complaints: Complaints): Hours | undefined {
  if (value.kind === 'list') {
    const advice = 'write one range, and a clause of its own for each other';
    complaints.add(value.at, `${quoted(key)} is a list; ${advice}`);
    return undefined;
  }
  if (value.kind !== 'text') {
    const was = value.kind === 'number' ? quoted(value.text) : nounOf(value);
    complaints.add(value.at, `${quoted(key)} is ${was}; ${EXAMPLE}, in quotes`);
    return undefined;
  }
  const hours = hoursOf(value.text);
  if (hours.kind === 'meaning') return hours.value;
  complaints.add(value.at, hours.problem);
  return undefined;
}
