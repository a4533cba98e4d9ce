import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../shared/base/clock.ts';
import type { OrdersSetting } from '../../shared/base/settings.ts';
import type { OrderBook } from '../../shared/grants/contract.ts';
import { openOrders } from '../../shared/grants/index.ts';
import { makeKeyFile } from '../../shared/grants/key-file.ts';
import { GRANT, PAUSE } from './samples.ts';

let folder: string;
let keyFile: string;
let file: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-grants-'));
  keyFile = join(folder, 'key');
  file = join(folder, 'grants.db');
  await makeKeyFile(keyFile);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const credentials = { accessKeyId: 'id', secretAccessKey: 'key' };

function open(setting: OrdersSetting, endpoint?: string): Promise<OrderBook> {
  return openOrders(setting, { clock: systemClock, region: 'eu-central-1', credentials, endpoint });
}

it('a file keeps orders for whoever opens it next', async () => {
  const orders = await open({ kind: 'sqlite', file, keyFile });
  await orders.grant(GRANT);
  await orders.pause(PAUSE);
  const again = await open({ kind: 'sqlite', file, keyFile });
  expect(await again.standing()).toEqual({ grants: [GRANT], pause: PAUSE, rejected: [] });
});

it('a table is opened without a call, and asked when something is', async () => {
  const orders = await open({ kind: 'dynamodb', table: 'orders', keyFile }, 'http://127.0.0.1:1');
  await expect(orders.standing()).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('grants table `orders`') as string,
  });
});

it('memory is gone with whoever opened it', async () => {
  const orders = await open({ kind: 'memory', keyFile });
  await orders.grant(GRANT);
  expect((await orders.standing()).grants).toEqual([GRANT]);
  expect((await (await open({ kind: 'memory', keyFile })).standing()).grants).toEqual([]);
});

it('without a key nothing is opened, and no file is made', async () => {
  await expect(open({ kind: 'sqlite', file, keyFile: join(folder, 'none') })).rejects.toMatchObject({
    kind: 'unsupported',
  });
  expect(existsSync(file)).toBe(false);
});

it('without a store nothing stands, and nothing can be ordered', async () => {
  const orders = await open({ kind: 'none' });
  expect(await orders.standing()).toEqual({ grants: [], pause: undefined, rejected: [] });
  const asked = [orders.grant(GRANT), orders.revoke('g-1'), orders.pause(PAUSE), orders.resume()];
  for (const answer of await Promise.allSettled(asked)) {
    expect(answer).toMatchObject({
      status: 'rejected',
      reason: { kind: 'unsupported', message: expect.stringContaining('PORTCULLIS_GRANTS') as string },
    });
  }
});

it('a table is asked for at its own hosts or this machine only', async () => {
  const setting = { kind: 'dynamodb', table: 'grants', keyFile } as const;
  await expect(open(setting, 'https://example.com')).rejects.toMatchObject({ kind: 'malformed' });
});
