import { describe, expect, it } from 'vitest';
import { distancesOf, OPENINGS } from '../../bench/event-close.ts';
import { callsOfPart } from '../../bench/sweep.ts';
import { simulatedTime } from '../../bench/toll-time.ts';
import { CALL_MS, roundTripsOf } from '../../bench/tolls.ts';
import type { CloudCall } from '../../bench/tolls.ts';

/** Each call takes as long as any other on a clock that nothing else moves, so these are counts and no timings. */

describe('one event: round trips to EC2 until closed, until proven', () => {
  it.each<[keyof typeof OPENINGS, first: readonly [number, number], next: readonly [number, number]]>([
    ['plain', [2, 3], [2, 3]],
    // The entries of a list are asked for once it is known which version of it there is.
    ['named', [3, 4], [2, 3]],
    // Which lists the rules name is known once they are read.
    ['listed', [4, 5], [3, 4]],
    // Between two writes of one plan the group is read.
    ['narrow', [4, 5], [4, 5]],
  ])('under `%s`, the first of a process %j, the next %j', async (name, first, next) => {
    const distances = await distancesOf(OPENINGS[name], simulatedTime(), 1);
    expect(distances.map(({ close, proven }) => [close, proven])).toEqual([first, next]);
    if (name !== 'plain') return;
    // Lease, read, grants, intent, write: whichever cloud is asked.
    for (const distance of distances) expect(distance).toMatchObject({ closeAnyCloud: 5, closeMs: 5 * CALL_MS });
  });
});

it('a part of a sweep of 50 right firewalls waits for one read of EC2, one of the grants, and for the ledger ten firewalls at a time', async () => {
  expect(await callsOfPart()).toBe(1 + 1 + 5);
});

describe('round trips', () => {
  const callsAt = (...spans: readonly [beganMs: number, endedMs: number][]): readonly CloudCall[] =>
    spans.map(([beganMs, endedMs]) => ({ cloud: 'ec2', action: 'Describe', beganMs, endedMs }));

  it.each<[string, [number, number][], number]>([
    ['none', [], 0],
    [
      'one behind the other',
      [
        [0, 50],
        [50, 100],
      ],
      2,
    ],
    [
      'side by side',
      [
        [0, 50],
        [0, 50],
      ],
      1,
    ],
    [
      'a long one over two short ones',
      [
        [0, 100],
        [0, 50],
        [50, 100],
      ],
      2,
    ],
    [
      'overlapping in a chain',
      [
        [0, 50],
        [40, 90],
        [80, 130],
      ],
      2,
    ],
    [
      'noted in another order',
      [
        [100, 150],
        [0, 50],
        [50, 100],
      ],
      3,
    ],
  ])('%s', (_what, spans, count) => {
    expect(roundTripsOf(callsAt(...spans))).toBe(count);
  });
});
