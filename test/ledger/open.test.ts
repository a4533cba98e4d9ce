import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../shared/base/clock.ts';
import type { LedgerSetting } from '../../shared/base/settings.ts';
import type { Ledger } from '../../shared/ledger/contract.ts';
import { DynamoDbLedger } from '../../shared/ledger/dynamodb.ts';
import { openLedger } from '../../shared/ledger/index.ts';
import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { SqliteLedger } from '../../shared/ledger/sqlite.ts';
import { FINE, TARGET } from './samples.ts';

function open(setting: LedgerSetting, endpoint?: string): Promise<Ledger> {
  return openLedger(setting, { clock: systemClock, region: 'us-east-1', endpoint });
}

it('a ledger is opened as the setting says, a table without a call', async () => {
  expect(await open({ kind: 'memory' })).toBeInstanceOf(MemoryLedger);
  expect(await open({ kind: 'dynamodb', table: 'ledger' })).toBeInstanceOf(DynamoDbLedger);
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-ledger-'));
  const file = join(folder, 'ledger.db');
  const ledger = await open({ kind: 'sqlite', file });
  expect((await ledger.append(TARGET, undefined, FINE)).sequence).toBe(1);
  expect(existsSync(file)).toBe(true);
  if (ledger instanceof SqliteLedger) ledger.close();
  rmSync(folder, { recursive: true });
});

it('a table is asked for at its own hosts or this machine only', async () => {
  await expect(open({ kind: 'dynamodb', table: 'ledger' }, 'https://example.com')).rejects.toMatchObject({
    kind: 'malformed',
  });
});
