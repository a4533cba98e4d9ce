import { expect, test } from 'vitest';
import { adapterHolds } from './adapter-law.ts';
import { adapterMixText, rareIn } from './adapter-mix.ts';

const RUNS = 300;
const SEED = 20261124;

test('what EC2 holds after the encoded changes is what simulate says', { timeout: 120_000 }, async () => {
  const { counterexample, mix } = await adapterHolds({ runs: RUNS, seed: SEED, timeLimitMs: 60_000 });
  expect(counterexample).toBeUndefined();
  console.info(adapterMixText(mix));
  expect(mix.cases).toBe(RUNS);
  expect(rareIn(mix)).toEqual([]);
});
