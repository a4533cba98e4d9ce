import { expect, test } from 'vitest';
import { DAY_SEED } from '../seed.ts';
import { countsText, expectLaw6 } from './histories.ts';

/** As many histories as two minutes allow, a thousand at most, and others each day. */
const TIME_MS = 120_000;
const MOST = 1000;
const LEAST = 100;

function* untilTimeIsOver(): Generator<number> {
  const end = performance.now() + TIME_MS;
  const first = DAY_SEED * 100_000;
  for (let seed = first; performance.now() < end && seed < first + MOST; seed += 1) yield seed;
}

test('histories end as law 6 says, at length', async () => {
  const counts = await expectLaw6(untilTimeIsOver());
  console.info(countsText(counts));
  expect(counts['histories']).toBeGreaterThan(LEAST);
});
