import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, portcullis } from './command.ts';

test('a pause under another key does not take the place of one that holds', async () => {
  const folder = await folderOf({});
  const settings = (key: string): Readonly<Record<string, string>> => ({
    PORTCULLIS_GRANTS: `sqlite:${join(folder, 'grants.db')}`,
    PORTCULLIS_GRANTS_KEY: `file:${join(folder, key)}`,
  });
  for (const key of ['right.key', 'wrong.key']) await portcullis(folder, ['grants', 'key', join(folder, key)]);
  const pause = ['pause', '--by', 'jo', '--json', '--why'];
  await portcullis(folder, [...pause, 'first'], { env: settings('right.key') });

  const second = await portcullis(folder, [...pause, 'second'], { env: settings('wrong.key') });

  expect(second.code).toBe(2);
  expect(second.stderr).toMatch(/a pause stands that PORTCULLIS_GRANTS_KEY did not sign/);
  const again = await portcullis(folder, [...pause, 'third'], { env: settings('right.key') });
  expect(again.code).toBe(0);
});
