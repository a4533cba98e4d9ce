import { expect, test } from 'vitest';
import { rollbackHolds } from './rollback-law.ts';

const RUNS = 25;

test('a rollback leaves EC2 with what it held before the revert', { timeout: 120_000 }, async () => {
  const { withoutRoom, ...mix } = await rollbackHolds(RUNS);
  console.info(JSON.stringify({ ...mix, withoutRoom }));
  for (const [kind, count] of Object.entries(mix)) expect(count, kind).toBeGreaterThan(RUNS / 50);
});
