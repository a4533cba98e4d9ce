import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DesiredBook } from '../../shared/core/effective.ts';
import { readPolicyFiles } from '../../shared/policy/files.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { NOW } from './policies.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-policy-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('reading policy files', () => {
  it('takes a folder’s policy files in name order, and nothing else of it', async () => {
    for (const name of ['20.yml', '10.yaml', '30.json', 'README.md', '.hidden.yaml']) {
      await writeFile(join(folder, name), name);
    }
    const files = await readPolicyFiles([folder]);
    expect(files).toEqual(['10.yaml', '20.yml', '30.json'].map((name) => ({ name: join(folder, name), text: name })));
  });

  it('takes a file of any name, and a file that two paths lead to once', async () => {
    const path = join(folder, 'policy.yaml');
    await writeFile(path, 'version: 1');
    await writeFile(join(folder, 'other'), 'version: 1');
    const files = await readPolicyFiles([path, folder, join(folder, '.', 'policy.yaml'), join(folder, 'other')]);
    expect(files.map(({ name }) => name)).toEqual([path, join(folder, 'other')]);
  });

  it('says what is wrong with a path', async () => {
    const fault = async (path: string): Promise<unknown> => readPolicyFiles([path]).catch((error: unknown) => error);
    expect(await fault(join(folder, 'none.yaml'))).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('does not exist; write the path of a policy file or of a folder') as unknown,
    });
    expect(await fault(folder)).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining(
        'holds no policy file; put a `*.yaml`, `*.yml` or `*.json` file there',
      ) as unknown,
    });
    await mkdir(join(folder, 'odd.yaml'));
    expect(await fault(folder)).toMatchObject({ kind: 'malformed' });
    await writeFile(join(folder, 'latin.yaml'), Uint8Array.from([0x6e, 0xe9]));
    expect(await fault(join(folder, 'latin.yaml'))).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('is not UTF-8 text; save it as UTF-8') as unknown,
    });
  });
});

describe('the example policies', () => {
  it('load, each alone and all together', async () => {
    const files = await readPolicyFiles(['examples/policies']);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const one of [...files.map((file) => [file]), files]) {
      expect(loadPolicy(one, NOW)).toMatchObject({ kind: 'policy' });
    }
  });

  it('contradict nothing that they require of a firewall', async () => {
    const loaded = loadPolicy(await readPolicyFiles(['examples/policies']), NOW);
    if (loaded.kind === 'problems') throw new Error('expected a policy');
    const firewall = (role: string) => ({
      target: { cloud: 'aws', account: '111122223333', region: 'eu-central-1', id: 'sg-0123456789abcdef0' },
      name: 'exchange',
      tags: { role },
      networks: ['vpc-0123456789abcdef0'],
      version: '1',
      readAt: NOW,
      ingress: [],
      egress: [],
      names: new Map(),
      aliases: new Map(),
      unresolved: new Set<never>(),
      managedBy: undefined,
      unread: [],
    });
    const book = new DesiredBook(loaded.set);
    for (const role of ['web', 'database']) {
      const desired = book.for(firewall(role), NOW);
      expect(desired.policies).toHaveLength(2);
      expect(desired.contradictions).toEqual([]);
      expect(desired.ingress.requirements).toHaveLength(1);
    }
  });
});
