import { expect, test } from 'vitest';
import { DAY_SEED } from '../seed.ts';
import { adapterHolds } from './adapter-law.ts';
import { adapterMixText, rareIn } from './adapter-mix.ts';

/** The adapter law over as many cases as two minutes allow. */
const TIME_MS = 120_000;
const RUNS = 100_000;
const LEAST = 500;

test('what EC2 holds after the encoded changes is what simulate says, at length', async () => {
  const { counterexample, mix } = await adapterHolds({ runs: RUNS, seed: DAY_SEED, timeLimitMs: TIME_MS });
  expect(counterexample).toBeUndefined();
  console.info(adapterMixText(mix));
  expect(mix.cases).toBeGreaterThan(LEAST);
  expect(rareIn(mix)).toEqual([]);
});
