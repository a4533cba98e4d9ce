import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyTimes } from '../../shared/core/replay-times.ts';
import { loadPolicy } from '../../shared/policy/load.ts';

const QUARTER_MS = 15 * 60_000;

/** A policy with one window. */
function timesOf(during: string): PolicyTimes {
  const text = `version: 1\npolicies: [{ name: p, ingress: { deny: [{ service: tcp/22, from: anywhere, during: ${during} }] } }]\n`;
  const loaded = loadPolicy([{ name: 'p.yaml', text }], new Date('2026-11-24T12:00:00Z'));
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('; '));
  return new PolicyTimes(loaded.set);
}

/** Zones whose clocks go forward and back on different days, by half an hour, and never. */
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
/** Days around which clocks are changed somewhere. */
const STARTS = ['2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31', '2026-11-02'];

test('law: until the next moment nothing begins or ends, quarter of an hour by quarter', () => {
  const hour = fc.integer({ min: 0, max: 95 }).map((quarters) => {
    const [hours, minutes] = [Math.floor(quarters / 4), (quarters % 4) * 15];
    return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
  });
  const hours = fc.tuple(hour, hour).filter(([from, to]) => from !== to);
  const cases = fc.tuple(
    fc.constantFrom(...ZONES),
    fc.constantFrom(...STARTS),
    hours,
    fc.constantFrom('mon-fri', 'sun', ''),
  );
  fc.assert(
    fc.property(cases, fc.integer({ min: 0, max: 899 }), ([zone, start, [from, to], days], offset) => {
      const named = days === '' ? '' : `days: ${days}, `;
      const times = timesOf(`{ ${named}hours: "${from}-${to}", zone: ${zone} }`);
      const first = Date.parse(`${start}T00:00:00Z`);
      let at = first + offset * 1000;
      while (at < first + 3 * 24 * 60 * 60_000) {
        const next = times.nextAfter(at);
        expect(next).toBeGreaterThan(at);
        const key = times.keyAt(new Date(at));
        for (let tick = Math.ceil(at / QUARTER_MS) * QUARTER_MS; tick < next; tick += QUARTER_MS) {
          expect([new Date(tick), times.keyAt(new Date(tick))]).toEqual([new Date(tick), key]);
        }
        at = next;
      }
    }),
    { numRuns: 60 },
  );
});

test('nothing is stepped through: three moments a day at most, and none where there are no times', () => {
  const times = timesOf('{ hours: "08:00-20:00", zone: UTC }');
  const at = Date.parse('2026-11-02T08:00:00Z');
  expect(new Date(times.nextAfter(at))).toEqual(new Date('2026-11-02T20:00:00Z'));
  expect(new Date(times.nextAfter(at + 12 * 3600_000))).toEqual(new Date('2026-11-03T00:00:00Z'));
  const none = loadPolicy(
    [{ name: 'p.yaml', text: 'version: 1\npolicies: [{ name: p, ingress: { deny: [] } }]\n' }],
    new Date(0),
  );
  expect(none.kind === 'problems' ? 0 : new PolicyTimes(none.set).nextAfter(at)).toBe(Infinity);
});
