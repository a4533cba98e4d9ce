import { describe, expect, it } from 'vitest';
import { CORE } from './core-modules.ts';
import { holds, lawNames } from './laws.ts';
import { lackOf, mixText } from './mix.ts';

const RUNS = 1000;
const SEED = 20261124;

describe('the laws of the core', { timeout: 300_000 }, () => {
  it.each(lawNames)('%s', (law) => {
    const { counterexample, mix } = holds(CORE, law, { runs: RUNS, seed: SEED, shrink: true, timeLimitMs: 240_000 });
    expect(counterexample).toBeUndefined();
    console.info(`${law}: ${mixText(mix)}`);
    expect(mix.cases).toBe(RUNS);
    expect(lackOf(mix)).toEqual([]);
  });
});
