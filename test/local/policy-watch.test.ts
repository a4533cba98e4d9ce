import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PolicyWatch } from '../../local/policy-watch.ts';
import type { PolicyRead } from '../../local/policy-watch.ts';

let folder: string;
let file: string;
let watch: PolicyWatch | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-watch-'));
  file = join(folder, 'policy.yaml');
});
afterEach(async () => {
  watch?.close();
  await rm(folder, { recursive: true });
});

function policyText(...names: readonly string[]): string {
  const policies = names.map((name) => `  - { name: ${name}, ingress: { allow: [] } }\n`);
  return `version: 1\npolicies:\n${policies.join('')}`;
}

/** Watches, and gives what is read next, one after the other. */
async function watched(
  path: string,
): Promise<{ readonly first: PolicyRead; readonly next: () => Promise<PolicyRead> }> {
  const reads: PolicyRead[] = [];
  let wake = (): void => undefined;
  watch = new PolicyWatch(path, (read) => {
    reads.push(read);
    wake();
  });
  const first = await watch.start();
  const next = async (): Promise<PolicyRead> => {
    while (reads.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return reads.shift()!;
  };
  return { first, next };
}

const three = { kind: 'policy', policies: 3 };

it('tells of a mistake with its line, and of its mending', async () => {
  await writeFile(file, policyText('a'));
  const { first, next } = await watched(file);
  expect(first).toMatchObject({ kind: 'policy', policies: 1 });
  await writeFile(file, policyText('a').replace('allow', 'alow'));
  expect(await next()).toEqual({
    kind: 'problems',
    problems: [expect.stringMatching(/^policy `[^`]*policy\.yaml` line 3: unknown key `alow`/)],
  });
  await writeFile(file, policyText('a', 'b', 'c'));
  expect(await next()).toMatchObject(three);
});

it('sees a file that is replaced by another one of its name, again and again', async () => {
  await writeFile(file, policyText('a'));
  const { next } = await watched(file);
  for (const names of [['b', 'c'], ['d'], ['e', 'f', 'g']]) {
    await writeFile(`${file}.new`, policyText(...names));
    await rename(`${file}.new`, file);
    expect(await next()).toMatchObject({ kind: 'policy', policies: names.length });
  }
});

it('says that a file is gone, and takes it when it is back', async () => {
  await writeFile(file, policyText('a'));
  const { next } = await watched(file);
  await rename(file, `${file}.away`);
  expect(await next()).toMatchObject({ problems: [expect.stringMatching(/policy\.yaml` does not exist; /)] });
  await writeFile(`${file}.new`, policyText('a', 'b', 'c'));
  await rename(`${file}.new`, file);
  expect(await next()).toMatchObject(three);
});

it('sees a file that is put into the folder', async () => {
  const path = join(folder, 'policies');
  await mkdir(path);
  await writeFile(join(path, 'a.yaml'), policyText('a'));
  const { next } = await watched(path);
  await writeFile(join(path, 'b.yaml'), policyText('b', 'c'));
  expect(await next()).toMatchObject(three);
});

it('begins with what is wrong at the first look', async () => {
  await writeFile(file, 'version: 1\n');
  const { first } = await watched(file);
  expect(first).toMatchObject({ kind: 'problems' });
});
