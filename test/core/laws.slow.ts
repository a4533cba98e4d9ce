import { describe, expect, it } from 'vitest';
import { CORE } from './core-modules.ts';
import { holds, lawNames } from './laws.ts';

/** The same laws over many more cases, a new seed for each day: it stands in the message of a counterexample. */
const RUNS = 12_000;
const SEED = Math.floor(Date.now() / 86_400_000);

describe('the laws of the core, at length', () => {
  it.each(lawNames)('%s', (law) => {
    const { counterexample, mix } = holds(CORE, law, { runs: RUNS, seed: SEED, shrink: true, timeLimitMs: 1_500_000 });
    expect(counterexample).toBeUndefined();
    expect(mix.cases).toBe(RUNS);
  });
});
