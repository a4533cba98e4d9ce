import { describe, expect, it } from 'vitest';
import { CORE } from './core-modules.ts';
import { holds, lawNames } from './laws.ts';
import { lackOf, mixText } from './mix.ts';

/** The same laws over many more cases, a new seed for each day: it stands in the message of a counterexample. */
const RUNS = 12_000;
const SEED = Math.floor(Date.now() / 86_400_000);

describe('the laws of the core, at length', () => {
  it.each(lawNames)('%s', (law) => {
    const { counterexample, mix } = holds(CORE, law, { runs: RUNS, seed: SEED, shrink: true, timeLimitMs: 1_500_000 });
    expect(counterexample).toBeUndefined();
    console.info(`${law}: ${mixText(mix)}`);
    expect(mix.cases).toBe(RUNS);
    expect(lackOf(mix)).toEqual([]);
  });
});
