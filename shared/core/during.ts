// During x time -> whether a clause is live.
import { WEEKDAYS } from './model/policy.ts';
import type { During, Weekday } from './model/policy.ts';

export interface WallClock {
  readonly day: Weekday;
  /** Since midnight. */
  readonly minute: number;
}

const DAY_BEFORE: Readonly<Record<Weekday, Weekday>> = {
  mon: 'sun',
  tue: 'mon',
  wed: 'tue',
  thu: 'wed',
  fri: 'thu',
  sat: 'fri',
  sun: 'sat',
};

/** Making a formatter takes longer than a thousand uses of it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, format);
  return format;
}

/** What clocks on the wall show in a zone. */
export function wallClock(zone: string, at: Date | number): WallClock {
  const parts = new Map(
    formatFor(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const day = WEEKDAYS.find((name) => name === parts.get('weekday')?.toLowerCase());
  if (day === undefined) throw new Error(`no day of the week for zone \`${zone}\``);
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

/**
 * Whether a clause is live, by the clocks on the wall: an hour that is skipped in spring does not come, and one that
 * comes twice in autumn counts twice. A window over midnight belongs to the day on which it begins.
 */
export function isLive(during: During | undefined, at: Date): boolean {
  if (during === undefined) return true;
  const { days, hours, zone } = during;
  const { day, minute } = wallClock(zone, at);
  const begins = (on: Weekday): boolean => days.includes(on);
  if (hours === undefined) return begins(day);
  const { from, to } = hours;
  if (from < to) return begins(day) && from <= minute && minute < to;
  return (begins(day) && from <= minute) || (begins(DAY_BEFORE[day]) && minute < to);
}
