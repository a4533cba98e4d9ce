import { describe, expect, it } from 'vitest';
import { isLive } from '../../shared/core/during.ts';
import { WEEKDAYS } from '../../shared/core/model/policy.ts';
import type { During } from '../../shared/core/model/policy.ts';
import { holds, turnsIn, ZONES } from '../oracle/plain-clock.ts';
import type { PlainWindow } from '../oracle/plain-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const YEARS = [2026, 2027];

const WINDOWS: readonly Pick<PlainWindow, 'days' | 'hours'>[] = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri'], hours: [8 * 60, 20 * 60] },
  { days: ['sat', 'sun'], hours: [60, 150] },
  { days: ['sun'], hours: [2 * 60, 2 * 60 + 30] },
  { days: ['sun'], hours: [2 * 60 + 30, 3 * 60] },
  { days: ['sat'], hours: [22 * 60, 2 * 60 + 15] },
  { days: ['sun'], hours: [0, 1440] },
  { days: ['sat'], hours: [5 * 60, 3 * 60] },
  { days: ['sun'], hours: [90, 90] },
  { days: ['sun'] },
  { days: ['mon', 'sat'] },
];

function duringOf({ days, hours }: Pick<PlainWindow, 'days' | 'hours'>, zone: string): During {
  return { days, hours: hours === undefined ? undefined : { from: hours[0], to: hours[1] }, zone };
}

/** Every quarter of an hour from two days before a moment to two days behind it, and the last minute of each. */
function quartersAround(moment: number): readonly number[] {
  const first = moment - 2 * DAY_MS;
  const quarters = Array.from({ length: 4 * 96 }, (_, index) => first + index * 15 * MINUTE_MS);
  return quarters.flatMap((at) => [at, at + 14 * MINUTE_MS + 59_999]);
}

/** Where clocks turn: those of others for a zone that never turns them. */
function momentsIn(zone: string): readonly number[] {
  const turns = YEARS.flatMap((year) => turnsIn(zone, year));
  return turns.length > 0 ? turns : momentsIn('Europe/Berlin');
}

describe('a clause with times', () => {
  it.each(Object.keys(ZONES))('is live by the clocks on the wall of %s, also where they are turned', (zone) => {
    const moments = momentsIn(zone).flatMap(quartersAround);
    for (const window of WINDOWS) {
      const wrong = moments.filter(
        (at) => isLive(duringOf(window, zone), new Date(at)) !== holds({ ...window, zone }, at),
      );
      expect(
        wrong.slice(0, 3).map((at) => new Date(at).toISOString()),
        JSON.stringify(window),
      ).toEqual([]);
    }
  });

  it('is asked about while it is live and while it is not', () => {
    for (const zone of Object.keys(ZONES)) {
      for (const window of WINDOWS) {
        const asked = momentsIn(zone).flatMap(quartersAround);
        const isHeld = (at: number): boolean => holds({ ...window, zone }, at);
        expect(asked.some(isHeld) && !asked.every(isHeld), `${zone} ${JSON.stringify(window)}`).toBe(true);
      }
    }
  });

  it('is never live in an hour that is skipped, and twice in one that comes twice', () => {
    const during: During = { days: WEEKDAYS, hours: { from: 150, to: 165 }, zone: 'Europe/Berlin' };
    const liveIn = (day: string): number => {
      const start = Date.parse(`${day}T00:00:00+01:00`);
      const quarters = Array.from({ length: 96 }, (_, index) => start + index * 15 * MINUTE_MS);
      return quarters.filter((at) => isLive(during, new Date(at))).length;
    };
    expect(liveIn('2026-03-29')).toBe(0);
    expect(liveIn('2026-03-30')).toBe(1);
    expect(liveIn('2026-10-25')).toBe(2);
  });

  it('is live always without times', () => {
    expect(isLive(undefined, new Date(0))).toBe(true);
  });
});
