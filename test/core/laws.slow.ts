import { describe, expect, it } from 'vitest';
import { CORE } from './core-modules.ts';
import { holds, lawNames } from './laws.ts';
import { DAY_SEED } from '../seed.ts';
import { lackOf, mixText } from './mix.ts';

/**
 * The same laws over as many cases as five minutes allow, all of them together, a new seed for each day: it stands in the
 * message of a counterexample.
 */
const TIME_MS = 300_000;
const RUNS = 100_000;
const LEAST = 500;

describe('the laws of the core, at length', () => {
  it.each(lawNames)('%s', (law) => {
    const timeLimitMs = TIME_MS / lawNames.length;
    const { counterexample, mix } = holds(CORE, law, { runs: RUNS, seed: DAY_SEED, shrink: true, timeLimitMs });
    expect(counterexample).toBeUndefined();
    console.info(`${law}: ${mixText(mix)}`);
    expect(mix.cases).toBeGreaterThan(LEAST);
    expect(lackOf(mix)).toEqual([]);
  });
});
