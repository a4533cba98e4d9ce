import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inferLaw, plainGroups } from './infer-law.ts';

it('policies made from thousands of accounts find what was left out, and nothing else', () => {
  const seen = { leftOut: 0, packets: 0 };
  fc.assert(
    fc.property(plainGroups, (groups) => {
      inferLaw(groups, seen);
    }),
    { numRuns: 600 },
  );
  expect(seen.leftOut).toBeGreaterThan(1000);
  expect(seen.packets).toBeGreaterThan(100_000);
});
