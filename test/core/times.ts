import type { During, Weekday } from '../../shared/core/model/policy.ts';
import { WEEKDAYS } from '../../shared/core/model/policy.ts';

/** Windows that hold 2026-11-24T12:00:00Z, a Tuesday, and windows that leave it out: by their edges and by their zones. */

const NOON = 12 * 60;
const EVENING = 20 * 60;

function utc(days: readonly Weekday[], from: number, to: number): During {
  return { days, hours: { from, to }, zone: 'UTC' };
}

const HOLDING: readonly During[] = [
  { days: ['tue'], hours: undefined, zone: 'UTC' },
  utc(['tue'], NOON, NOON + 1),
  utc(['tue'], 0, 1440),
  // Over midnight, begun the day before.
  utc(['mon'], NOON + 2, NOON + 1),
  utc(['tue'], NOON, NOON),
  { days: ['tue'], hours: { from: EVENING, to: EVENING + 15 }, zone: 'Asia/Shanghai' },
  { days: ['wed'], hours: { from: 60, to: 90 }, zone: 'Pacific/Auckland' },
  { days: WEEKDAYS, hours: { from: 7 * 60, to: 8 * 60 }, zone: 'America/New_York' },
];

const LEAVING: readonly During[] = [
  { days: ['mon', 'wed'], hours: undefined, zone: 'UTC' },
  utc(['tue'], NOON + 1, 1440),
  utc(['tue'], 0, NOON),
  // Over midnight, and the one begun the day before has ended just now.
  utc(['mon', 'tue'], NOON + 1, NOON),
  utc(['wed'], NOON - 2, NOON - 3),
  { days: ['tue'], hours: { from: NOON, to: NOON + 15 }, zone: 'Asia/Shanghai' },
  { days: ['tue'], hours: undefined, zone: 'Pacific/Auckland' },
  { days: WEEKDAYS, hours: { from: 8 * 60, to: 9 * 60 }, zone: 'America/New_York' },
];

/** A window that holds now or leaves it out, another one for another number; none where the clause has no times. */
export function timesFor(live: boolean | undefined, number: number): During | undefined {
  if (live === undefined) return undefined;
  const windows = live ? HOLDING : LEAVING;
  return windows[number % windows.length];
}
