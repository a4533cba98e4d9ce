import { readdir, readFile, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault } from '../base/fault.ts';
import type { PolicyFile } from './document.ts';
import { quoted } from './problem.ts';

const ENDINGS = ['.yaml', '.yml', '.json'];
/** Far over what a policy may have. Past it the file is something else, and is not even read. */
const MOST_BYTES = 16 * 1024 * 1024;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

function faultOf(path: string, error: unknown): Fault {
  const code = codeOf(error);
  const cause = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const expected = 'write the path of a policy file or of a folder with `*.yaml` files';
    return new Fault('malformed', `policy ${quoted(path)} does not exist; ${expected}`, cause);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Fault('forbidden', `policy ${quoted(path)} may not be read; give this user the right to read it`, cause);
  }
  return new Fault(
    'malformed',
    `policy ${quoted(path)} cannot be read (${code}); write the path of a file or a folder`,
    cause,
  );
}

async function statusOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw faultOf(path, error);
  }
}

/** The policy files of a folder in name order. Hidden files are left out, as a shell's `*.yaml` leaves them out. */
async function filesIn(folder: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw faultOf(folder, error);
  }
  const policies = names.filter((name) => !name.startsWith('.') && ENDINGS.some((ending) => name.endsWith(ending)));
  if (policies.length > 0) return policies.sort().map((name) => join(folder, name));
  const expected = 'put a `*.yaml`, `*.yml` or `*.json` file there';
  throw new Fault('malformed', `policy folder ${quoted(folder)} holds no policy file; ${expected}`);
}

async function textOf(path: string): Promise<string> {
  const status = await statusOf(path);
  if (status.isDirectory())
    throw new Fault('malformed', `policy ${quoted(path)} is a folder; only files are read from a folder`);
  if (status.size > MOST_BYTES) {
    const limit = `at most ${String(MOST_BYTES)} are read`;
    throw new Fault(
      'malformed',
      `policy ${quoted(path)} has ${String(status.size)} bytes; ${limit}, so write the path of a policy file`,
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw faultOf(path, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Fault('malformed', `policy ${quoted(path)} is not UTF-8 text; save it as UTF-8`, { cause: error });
  }
}

/**
 * Reads policy files. A path is a file, or a folder whose `*.yaml`, `*.yml` and `*.json` files are read in name order.
 * A file that two paths lead to is read once. Throws a `Fault` where a path leads nowhere: a policy that cannot be
 * read is never an empty policy.
 */
export async function readPolicyFiles(paths: readonly string[]): Promise<readonly PolicyFile[]> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const status = await statusOf(path);
    const files = status.isDirectory() ? await filesIn(path) : [path];
    for (const file of files) if (!found.has(resolve(file))) found.set(resolve(file), file);
  }
  const files: PolicyFile[] = [];
  for (const name of found.values()) files.push({ name, text: await textOf(name) });
  return files;
}
