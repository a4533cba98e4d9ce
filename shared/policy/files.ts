import { readdir, readFile, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { Fault } from '../base/fault.ts';
import type { PolicyFile } from './document.ts';
import { quoted } from './problem.ts';

const ENDINGS = ['.yaml', '.yml', '.json'];
const TEST_ENDINGS = ENDINGS.map((ending) => `.test${ending}`);
/** Far over what a policy may have. Past it the file is something else, and is not even read. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What is read, by the word that messages have for it. */
type Noun = 'policy' | 'test';

const EXPECTED: Readonly<Record<Noun, string>> = {
  policy: 'write the path of a policy file or of a folder with `*.yaml` files',
  test: 'write the path of a test file or of a folder with `*.test.yaml` files',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

function faultOf(noun: Noun, path: string, error: unknown): Fault {
  const code = codeOf(error);
  const cause = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new Fault('malformed', `${noun} ${quoted(path)} does not exist; ${EXPECTED[noun]}`, cause);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Fault(
      'forbidden',
      `${noun} ${quoted(path)} may not be read; give this user the right to read it`,
      cause,
    );
  }
  return new Fault(
    'malformed',
    `${noun} ${quoted(path)} cannot be read (${code}); write the path of a file or a folder`,
    cause,
  );
}

async function statusOf(noun: Noun, path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw faultOf(noun, path, error);
  }
}

/** The names in a folder, in order. Hidden files are left out, as a shell's `*.yaml` leaves them out. */
async function namesIn(
  noun: Noun,
  folder: string,
  endings: readonly string[],
  recursive: boolean,
): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder, { recursive });
  } catch (error) {
    throw faultOf(noun, folder, error);
  }
  const isHidden = (name: string): boolean =>
    name.split(sep).some((part) => part.startsWith('.') || part === 'node_modules');
  return names.filter((name) => !isHidden(name) && endings.some((ending) => name.endsWith(ending))).sort();
}

async function textOf(noun: Noun, path: string): Promise<string> {
  const status = await statusOf(noun, path);
  if (status.isDirectory())
    throw new Fault('malformed', `${noun} ${quoted(path)} is a folder; only files are read from a folder`);
  if (status.size > MOST_BYTES) {
    const limit = `at most ${String(MOST_BYTES)} are read`;
    throw new Fault(
      'malformed',
      `${noun} ${quoted(path)} has ${String(status.size)} bytes; ${limit}, so write the path of a ${noun} file`,
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw faultOf(noun, path, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Fault('malformed', `${noun} ${quoted(path)} is not UTF-8 text; save it as UTF-8`, { cause: error });
  }
}

/** Each file of these paths once, under the first name that leads to it. */
async function readAll(noun: Noun, paths: readonly string[]): Promise<readonly PolicyFile[]> {
  const names = new Map<string, string>();
  for (const path of paths) if (!names.has(resolve(path))) names.set(resolve(path), path);
  const files: PolicyFile[] = [];
  for (const name of names.values()) files.push({ name, text: await textOf(noun, name) });
  return files;
}

function hasTestsInJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && Object.hasOwn(value, 'tests');
  } catch {
    // Whoever reads it as a policy says what is wrong with it.
    return false;
  }
}

/**
 * Whether a file beside policies holds tests of them. Its name alone does not say so: `web.test.yaml` may be the policy
 * of a test stage, and a policy must not be passed over in silence.
 */
function holdsTests({ name, text }: PolicyFile): boolean {
  if (!TEST_ENDINGS.some((ending) => name.endsWith(ending))) return false;
  return name.endsWith('.json') ? hasTestsInJson(text) : /^(?:tests|"tests"|'tests')\s*:/m.test(text);
}

/** The policy files of a folder in name order, tests left out. */
async function policiesIn(folder: string): Promise<readonly PolicyFile[]> {
  const names = await namesIn('policy', folder, ENDINGS, false);
  const files = await readAll(
    'policy',
    names.map((name) => join(folder, name)),
  );
  const policies = files.filter((file) => !holdsTests(file));
  if (policies.length > 0) return policies;
  const expected = 'put a `*.yaml`, `*.yml` or `*.json` file there';
  throw new Fault('malformed', `policy folder ${quoted(folder)} holds no policy file; ${expected}`);
}

/**
 * Reads policy files. A path is a file, or a folder whose `*.yaml`, `*.yml` and `*.json` files are read in name order.
 * A file that two paths lead to is read once. Throws a `Fault` where a path leads nowhere: a policy that cannot be
 * read is never an empty policy.
 */
export async function readPolicyFiles(paths: readonly string[]): Promise<readonly PolicyFile[]> {
  const found = new Map<string, PolicyFile>();
  for (const path of paths) {
    const status = await statusOf('policy', path);
    const files = status.isDirectory() ? await policiesIn(path) : await readAll('policy', [path]);
    for (const file of files) if (!found.has(resolve(file.name))) found.set(resolve(file.name), file);
  }
  return [...found.values()];
}

/** Reads test files. A path is a file, or a folder whose `*.test.yaml` and the like are read, in the folders below it too. */
export async function readTestFiles(paths: readonly string[]): Promise<readonly PolicyFile[]> {
  const names: string[] = [];
  for (const path of paths) {
    const status = await statusOf('test', path);
    const inFolder = status.isDirectory() ? await namesIn('test', path, TEST_ENDINGS, true) : undefined;
    if (inFolder?.length === 0) {
      const expected = 'put a `*.test.yaml` file there, or write the path of one';
      throw new Fault('malformed', `test folder ${quoted(path)} holds no test file; ${expected}`);
    }
    names.push(...(inFolder?.map((name) => join(path, name)) ?? [path]));
  }
  return readAll('test', names);
}
