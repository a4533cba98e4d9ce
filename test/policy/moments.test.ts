import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLive } from '../../shared/core/during.ts';
import { WEEKDAYS } from '../../shared/core/model/policy.ts';
import type { During } from '../../shared/core/model/policy.ts';
import { Moments } from '../../shared/policy/moments.ts';
import { messagesOf, NOW, onlyPolicy } from './policies.ts';
import { DAY_SEED } from '../seed.ts';

const HALF_HOUR_MS = 30 * 60_000;
const YEAR_MS = 366 * 24 * 60 * 60_000;

/** A policy that requires one flow on line 6 and has these clauses in its other lists. */
function requiring(require: string, others: string): string {
  const clause = `{ service: tcp/443, from: 10.1.0.0/16${require} }`;
  return `version: 1\npolicies:\n  - name: web\n    ingress:\n      ${others}\n      require: [${clause}]\n`;
}

function allowing(allow: string): string {
  return `allow: [{ service: tcp/443, from: 10.0.0.0/8${allow} }]`;
}

function during(text: string): string {
  return `, during: { ${text} }`;
}

function overlapAt(moment: string): string {
  const asked = '`require` asks for tcp/443 from 10.1.0.0/16, which its own policy forbids';
  return `policy \`web.yaml\` line 6: ${asked} at \`${moment}\`; add it to \`allow\`, take it out of \`deny\`, or require less`;
}

describe('a require that its own policy forbids at some moment', () => {
  it.each<[title: string, others: string, require: string, moment: string]>([
    ['where the permission sleeps', allowing(during('days: mon-fri, zone: UTC')), '', '2026-11-28T00:00:00Z'],
    [
      'where it begins an hour too early',
      allowing(during('hours: 08:00-20:00, zone: UTC')),
      during('hours: 07:00-20:00, zone: UTC'),
      '2026-11-25T07:00:00Z',
    ],
    [
      'for one minute of a week, by another clock',
      allowing(during('days: mon, hours: 04:00-03:30, zone: UTC')),
      during('days: mon, hours: 09:00-09:01, zone: Asia/Kolkata'),
      '2026-11-30T03:30:00Z',
    ],
    [
      'on the last day of the week that begins now',
      allowing(during('hours: 11:30-11:00, zone: UTC')),
      during('days: tue, zone: UTC'),
      '2026-12-01T11:00:00Z',
    ],
    [
      'in the two weeks when only one of two places has summer time',
      allowing(during('days: mon-fri, hours: 15:00-23:00, zone: Europe/Berlin')),
      during('days: mon-fri, hours: 09:00-17:00, zone: America/New_York'),
      '2027-03-15T13:00:00Z',
    ],
    [
      'in summer',
      allowing(during('hours: 08:00-09:00, zone: UTC')),
      during('hours: 08:00-09:00, zone: Europe/London'),
      '2027-03-28T07:00:00Z',
    ],
    [
      'where a deny wakes',
      `deny: [{ service: any, from: 10.1.0.0/16${during('days: sun, zone: UTC')} }]`,
      during('days: sat-sun, hours: 22:00-02:00, zone: UTC'),
      '2026-11-29T00:00:00Z',
    ],
  ])('%s', (_title, others, require, moment) => {
    expect(messagesOf(requiring(require, others))).toEqual([overlapAt(moment)]);
  });

  it.each<[title: string, others: string, require: string]>([
    ['both are live at the same times', allowing(during('days: mon, zone: UTC')), during('days: mon, zone: UTC')],
    ['the permission is always live', allowing(''), during('days: mon, zone: UTC')],
    [
      'one permission takes over from another',
      `allow: [${['00:00-12:00', '12:00-24:00'].map((hours) => `{ service: tcp/443, from: private${during(`hours: ${hours}, zone: UTC`)} }`).join(', ')}]`,
      '',
    ],
    [
      'a deny is live only when it is not',
      `deny: [{ service: any, from: anywhere${during('days: sat-sun, zone: UTC')} }]`,
      during('days: mon-fri, zone: UTC'),
    ],
  ])('is none where %s', (_title, others, require) => {
    expect(messagesOf(requiring(require, others))).toEqual([]);
  });

  it('is told once for each clause, with its first moment', () => {
    const text = requiring(during('hours: 08:00-20:00, zone: UTC'), allowing(during('hours: 09:00-10:00, zone: UTC')));
    const [first, ...more] = messagesOf(text);
    expect([first, more]).toEqual([overlapAt('2026-11-24T12:00:00Z'), []]);
  });

  it('is not looked for among more times than can be judged', () => {
    const clauses = Array.from({ length: 400 }, (_, minute) => {
      const start = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      return `{ service: tcp/443, from: 10.0.0.0/8${during(`hours: ${start}-23:00, zone: UTC`)} }`;
    });
    expect(messagesOf(requiring('', `allow: [${clauses.join(', ')}]`))).toEqual([
      'policy `web.yaml` line 3: clauses state too many different `during` to be judged at every moment; write the same times for more of them, or move some to another policy',
    ]);
  });
});

describe('moments', () => {
  const zone = fc.constantFrom(
    ...['UTC', 'Asia/Kolkata', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'],
  );
  const half = fc.nat(47).map((count) => count * 30);
  const hours = fc.record({ from: half, to: fc.oneof(half, fc.constant(1440)) }).filter(({ from, to }) => from !== to);
  const window: fc.Arbitrary<During> = fc.record({
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    hours: fc.option(hours, { nil: undefined }),
    zone,
  });

  function clauseText({ days, hours: bounds, zone: place }: During): string {
    const clock = (minute: number): string =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const range = bounds === undefined ? '' : `hours: "${clock(bounds.from)}-${clock(bounds.to)}", `;
    return `{ service: any, from: private, during: { days: [${days.join(', ')}], ${range}zone: ${place} } }`;
  }

  it('are the first of each set of live clauses, as a walk over the year finds them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(window, { minLength: 1, maxLength: 3, selector: clauseText }), (windows) => {
        const policy = onlyPolicy(
          `version: 1\npolicies:\n  - name: a\n    ingress: { allow: [${windows.map(clauseText).join(', ')}] }\n`,
        );
        const walked = new Map<string, string>();
        for (let at = NOW.getTime(); at < NOW.getTime() + YEAR_MS; at += HALF_HOUR_MS) {
          const key = windows.map((one) => isLive(one, new Date(at))).join();
          if (!walked.has(key)) walked.set(key, new Date(at).toISOString());
        }
        const moments = new Moments(NOW).of(policy);
        expect(moments.kind === 'meaning' && moments.value.map((at) => at.toISOString())).toEqual([...walked.values()]);
      }),
      { numRuns: 12, seed: DAY_SEED },
    );
  }, 60_000);
});
