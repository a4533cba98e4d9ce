import { describe } from 'vitest';
import { describeAppends } from './contract-append.ts';
import { describeDue } from './contract-due.ts';
import { describeLeases } from './contract-leases.ts';
import { describeNewest } from './contract-newest.ts';
import { describeSince } from './contract-since.ts';
import { describeTexts } from './contract-texts.ts';
import type { Open } from './samples.ts';

/** What every ledger has to do, whatever it is stored in. `open` gives an empty one. */
export function describeLedger(name: string, open: Open): void {
  describe(name, () => {
    describeLeases(open);
    describeAppends(open);
    describeNewest(open);
    describeDue(open);
    describeSince(open);
    describeTexts(open);
  });
}
