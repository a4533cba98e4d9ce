import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { SqliteLedger } from '../../shared/ledger/sqlite.ts';
import { describeLedger } from './contract.ts';

// Every commit waits for the disk; a folder in memory, where there is one, answers at once.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'portcullis-ledger-'));
let count = 0;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describeLedger('the ledger in a file', (clock) => {
  count += 1;
  return new SqliteLedger(join(folder, `${String(count)}.db`), clock);
});
