/**
 * The clocks on the wall, by the rules that their zones have had by law since 2007 and no zone database: what hour a
 * zone turns its clocks at, on which Sunday, and by how much. And windows of time, counted out day by day.
 */

const MINUTE_MS = 60_000;
const DAY = 1440;

interface Turn {
  /** From 1. */
  readonly month: number;
  /** The first, the second, or the last Sunday of the month. */
  readonly sunday: 1 | 2 | 'last';
  /** Minutes of that day in UTC; negative on the day before. */
  readonly utcMinute: number;
}

interface Zone {
  /** Minutes ahead of UTC in winter, and by how many more in summer. */
  readonly offset: number;
  readonly summer?: { readonly more: number; readonly begins: Turn; readonly ends: Turn };
}

export const ZONES: Readonly<Record<string, Zone>> = {
  UTC: { offset: 0 },
  'Asia/Shanghai': { offset: 480 },
  'Asia/Kathmandu': { offset: 345 },
  'America/New_York': {
    offset: -300,
    summer: {
      more: 60,
      begins: { month: 3, sunday: 2, utcMinute: 7 * 60 },
      ends: { month: 11, sunday: 1, utcMinute: 6 * 60 },
    },
  },
  'Europe/Berlin': {
    offset: 60,
    summer: {
      more: 60,
      begins: { month: 3, sunday: 'last', utcMinute: 60 },
      ends: { month: 10, sunday: 'last', utcMinute: 60 },
    },
  },
  // Turns by half an hour, and has its summer over the new year.
  'Australia/Lord_Howe': {
    offset: 630,
    summer: {
      more: 30,
      begins: { month: 10, sunday: 1, utcMinute: 2 * 60 - 630 },
      ends: { month: 4, sunday: 1, utcMinute: 2 * 60 - 660 },
    },
  },
};

function turnOf(year: number, { month, sunday, utcMinute }: Turn): number {
  const sundays = Array.from({ length: 31 }, (_, index) => new Date(Date.UTC(year, month - 1, index + 1))).filter(
    (day) => day.getUTCMonth() === month - 1 && day.getUTCDay() === 0,
  );
  const day = sunday === 'last' ? sundays.at(-1) : sundays[sunday - 1];
  return (day?.getTime() ?? NaN) + utcMinute * MINUTE_MS;
}

/** When the zone turns its clocks in a year, in order. */
export function turnsIn(zone: string, year: number): readonly number[] {
  const { summer } = ZONES[zone] ?? { offset: 0 };
  return summer === undefined ? [] : [turnOf(year, summer.begins), turnOf(year, summer.ends)].toSorted((a, b) => a - b);
}

/** Minutes that the clocks on the wall have counted, as if 1970 had begun there with none ever turned. */
function wallMinutes(zone: string, at: number): number {
  const { offset, summer } = ZONES[zone] ?? { offset: NaN };
  const utc = at / MINUTE_MS;
  if (summer === undefined) return utc + offset;
  const year = new Date(at).getUTCFullYear();
  const [begins, ends] = [turnOf(year, summer.begins), turnOf(year, summer.ends)];
  const isSummer = begins < ends ? begins <= at && at < ends : at < ends || begins <= at;
  return utc + offset + (isSummer ? summer.more : 0);
}

const DAYS = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const;

/** Days on which a window begins, and its minutes; none for the whole day. */
export interface PlainWindow {
  readonly days: readonly (typeof DAYS)[number][];
  readonly hours?: readonly [from: number, to: number];
  readonly zone: string;
}

/** Whether some window that began today or yesterday, by the clocks on the wall, has not ended yet. */
export function holds({ days, hours = [0, DAY], zone }: PlainWindow, at: number): boolean {
  const now = Math.floor(wallMinutes(zone, at));
  const [from, to] = hours;
  const length = to > from ? to - from : to + DAY - from;
  const today = Math.floor(now / DAY);
  return [today, today - 1].some((day) => {
    const name = DAYS[day % DAYS.length];
    const begins = day * DAY + from;
    return name !== undefined && days.includes(name) && begins <= now && now < begins + length;
  });
}
