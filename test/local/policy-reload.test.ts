import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { followPolicy } from '../../local/follow-policy.ts';
import type { PolicyRead } from '../../local/policy-watch.ts';
import { guarded, NO_SSH, makeGroup, open, openStage, permission, spelled, SSH } from '../path/stage.ts';

const TELNET = permission('tcp', [23, 23], '0.0.0.0/0');

it('a mistake in the policy changes nothing; once it is mended, the new policy holds, for what is open already too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-reload-'));
  const path = join(folder, 'policy.yaml');
  const stage = await openStage(guarded(...NO_SSH));
  const told: PolicyRead[] = [];
  let wake = (): void => undefined;
  await writeFile(path, guarded(...NO_SSH));
  const watch = await followPolicy(stage.world, path, (read) => {
    told.push(read);
    wake();
  });
  onTestFinished(async () => {
    watch.close();
    await stage.close();
    await rm(folder, { recursive: true });
  });
  const heard = async (count: number): Promise<void> => {
    while (told.length < count) await new Promise<void>((resolve) => (wake = resolve));
    await stage.world.bus.idle();
  };
  const group = await makeGroup(stage, 'web');
  await open(stage, group, TELNET, SSH);
  expect(await spelled(stage, group)).toEqual(['tcp 23-23 0.0.0.0/0']);

  await writeFile(path, guarded('ingress:', '  denny: [{ service: tcp/23, from: anywhere }]'));
  await heard(1);
  expect(told[0]).toMatchObject({
    kind: 'problems',
    problems: [expect.stringContaining('line 7: unknown key `denny`')],
  });
  await open(stage, group, SSH);
  expect(await spelled(stage, group)).toEqual(['tcp 23-23 0.0.0.0/0']);

  await writeFile(path, guarded('ingress:', '  deny: [{ service: tcp/23, from: anywhere }]'));
  await heard(2);
  expect(await spelled(stage, group)).toEqual([]);
  await open(stage, group, SSH);
  expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
});
