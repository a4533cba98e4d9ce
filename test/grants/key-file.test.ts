import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keyFileSeal, makeKeyFile } from '../../shared/grants/key-file.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-key-'));
  file = join(folder, 'key');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('a key is made once, for this user alone, and never twice the same', async () => {
  await makeKeyFile(file);
  const key = readFileSync(file, 'utf8');
  expect(key).toMatch(/^[0-9a-f]{64}\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(makeKeyFile(file)).rejects.toMatchObject({
    name: 'Fault',
    kind: 'unsupported',
    message: expect.stringContaining('is there already') as string,
  });
  expect(readFileSync(file, 'utf8')).toBe(key);
  await makeKeyFile(join(folder, 'other'));
  expect(readFileSync(join(folder, 'other'), 'utf8')).not.toBe(key);
});

it('a seal is as the standard has it', async () => {
  // As `openssl dgst -sha256 -mac HMAC -macopt hexkey:` has it; the keys of RFC 4231 are of other lengths.
  writeFileSync(file, `${'0b'.repeat(32)}\n`);
  const seal = await keyFileSeal(file);
  const mac = await seal.mac('Hi There');
  expect(mac).toBe('198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7');
  expect(await seal.isGenuine('Hi There', mac)).toBe(true);
  for (const other of ['', mac.toUpperCase(), `${mac}0`, mac.slice(1), `${mac.slice(0, -1)}g`, 'é'.repeat(32)]) {
    expect(await seal.isGenuine('Hi There', other), other).toBe(false);
  }
  expect(await seal.isGenuine('Hi there', mac)).toBe(false);
});

it.each([
  ['that is not there', undefined, /key file `[^`]+` is not there; make one with `portcullis grants key FILE`$/],
  ['that is empty', '', /holds no key; expected 64 hexadecimal digits/],
  ['that is too short', 'ab'.repeat(31), /holds no key/],
  ['that is too long', 'ab'.repeat(33), /holds no key/],
  ['that is something else', 'secret'.repeat(11), /holds no key/],
])('a file %s is no key, and what is in it is not shown', async (_what, text, message) => {
  if (text !== undefined) writeFileSync(file, text);
  const error: unknown = await keyFileSeal(file).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: 'Fault',
    kind: 'unsupported',
    message: expect.stringMatching(message) as string,
  });
  if (text !== undefined && text !== '') expect(String(error)).not.toContain(text.slice(0, 8));
});

it('a folder is no key, and none is made in a folder that is not there', async () => {
  mkdirSync(file);
  await expect(keyFileSeal(file)).rejects.toMatchObject({ kind: 'unsupported' });
  await expect(makeKeyFile(join(folder, 'no/such/key'))).rejects.toMatchObject({ kind: 'unsupported' });
});
