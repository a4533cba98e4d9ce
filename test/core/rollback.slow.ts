import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainCase } from './arbitraries.ts';
import { CORE } from './core-modules.ts';
import { emptyRollbackMix, rollbackLaw } from './law-rollback.ts';

const RUNS = 6_000;

it('a rollback restores what passed before the revert, at length', () => {
  const mix = emptyRollbackMix();
  fc.assert(
    fc.property(plainCase, fc.nat(0x7fffffff), (plain, seed) => {
      rollbackLaw(CORE, plain, seed, mix);
    }),
    { numRuns: RUNS },
  );
  console.info(JSON.stringify(mix));
  for (const [name, count] of Object.entries(mix)) expect(count, name).toBeGreaterThan(RUNS / 50);
});
