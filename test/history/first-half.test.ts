import { expect, test } from 'vitest';
import { countsText, expectLaw6, from } from './histories.ts';

/** A thousand histories, in two files so that both cores have one; others each day in the slow suite. */
test('five hundred histories end as law 6 says, the first half', { timeout: 240_000 }, async () => {
  const counts = await expectLaw6(from(1, 500));
  console.info(countsText(counts));
  // Histories in which we never had to do anything would prove nothing.
  for (const name of ['ours', 'closed', 'opened', 'incidents', 'deaths', 'refused', 'rolledBack']) {
    expect(counts[name], name).toBeGreaterThan(50);
  }
});
