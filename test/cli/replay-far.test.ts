import { describe, expect, test, vi } from 'vitest';
import { PolicyTimes } from '../../shared/core/replay-times.ts';
import { created, opened, record, WEB } from './replay-story.ts';
import { outcomesOf, replayOf, toldIn } from './replay-told.ts';

const ANYONE = '0.0.0.0/0';

const NO_SSH =
  'version: 1\npolicies:\n  - name: p\n    mode: enforce\n    ingress: { deny: [{ service: tcp/22, from: anywhere }] }\n';

describe('far times', () => {
  test.each([
    ['9999-12-31T23:59:59Z', 'more than a day after now'],
    ['2026-11-25T12:00:01Z', 'more than a day after now'],
    ['0001-01-01T00:00:00Z', 'before EC2 began'],
  ])('an event of %s is malformed', (time, why) => {
    const document = replayOf([created('08:00:00', WEB, 'web'), opened(time, WEB, 22, ANYONE)], NO_SSH);
    expect(outcomesOf(document)).toEqual({ fine: 1, malformed: 1 });
    expect(document.malformed[0]?.why).toContain(why);
    expect(document.malformed[0]?.why).toContain('mend `eventTime`');
  });

  test('a clock that is a little ahead is none', () => {
    const ahead = opened('2026-11-25T12:00:00Z', WEB, 22, ANYONE);
    expect(outcomesOf(replayOf([ahead], NO_SSH))).toEqual({ reverted: 1 });
  });

  test('sweeps go from one end to the next, however long that takes', () => {
    const exception = `exceptions:
  - name: vendor
    match: { id: ${WEB} }
    ingress: [{ service: tcp/22, from: anywhere }]
    until: 2026-11-02T12:05:00Z
    approved: { by: jo@example.com, ticket: CHG0030192 }
`;
    const keyAt = vi.spyOn(PolicyTimes.prototype, 'keyAt');
    const events = [
      created('2014-01-01T00:00:00Z', WEB, 'web'),
      opened('2014-01-01T00:00:01Z', WEB, 22, ANYONE),
      record('2026-11-24T12:00:00Z', 'CreateTags', {
        request: { resourcesSet: { items: [{ resourceId: WEB }] }, tagSet: { items: [{ key: 'a', value: 'b' }] } },
      }),
    ];
    const document = replayOf(events, NO_SSH.replace('mode: enforce', 'mode: enforce\n    grace: 20m') + exception);
    const looks = keyAt.mock.calls.length;
    keyAt.mockRestore();
    expect(toldIn(document)).toEqual([
      '12:15:00 held -tcp/22 from 0.0.0.0/0',
      '12:45:00 reverted -tcp/22 from 0.0.0.0/0',
    ]);
    expect(looks).toBeLessThan(10);
  });
});
