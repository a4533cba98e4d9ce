import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inferLaw, plainGroups } from './infer-law.ts';

it('a policy made from what is open finds what was left out, and nothing else', () => {
  const seen = { leftOut: 0, packets: 0 };
  fc.assert(
    fc.property(plainGroups, (groups) => {
      inferLaw(groups, seen);
    }),
    { numRuns: 15, seed: 1 },
  );
  expect(seen.leftOut).toBeGreaterThan(10);
  expect(seen.packets).toBeGreaterThan(3_000);
});
