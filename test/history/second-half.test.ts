import { expect, test } from 'vitest';
import { countsText, expectLaw6, from } from './histories.ts';

/** In two files so that both cores have one; a thousand more are in the slow suite. */
test('histories end as law 6 says, the second half', { timeout: 240_000 }, async () => {
  const counts = await expectLaw6(from(501, 250));
  console.info(countsText(counts));
  // Histories in which we never had to do anything would prove nothing.
  for (const name of ['ours', 'closed', 'opened', 'incidents', 'deaths', 'refused', 'rolledBack']) {
    expect(counts[name], name).toBeGreaterThan(20);
  }
});
