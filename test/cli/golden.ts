import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Said } from './command.ts';

const FOLDER = join(import.meta.dirname, '../golden/cli');

/** What a reader of the golden file wants to see: what was typed, what came out, and the exit code. */
function sessionText(args: readonly string[], { code, stdout, stderr }: Said): string {
  const typed = args.map((arg) => (/^[\w./=:,-]+$/.test(arg) ? arg : `"${arg}"`)).join(' ');
  const errors = stderr === '' ? '' : `\n[stderr]\n${stderr}`;
  return `$ portcullis ${typed}\n${stdout}${errors}\n[exit code ${String(code)}]\n`;
}

/** Compares with the golden file of this name, or writes it where `UPDATE_GOLDEN` is set. */
export async function expectGolden(name: string, args: readonly string[], said: Said): Promise<void> {
  const file = join(FOLDER, `${name}.txt`);
  const session = sessionText(args, said);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, session);
    return;
  }
  const golden = await readFile(file, 'utf8').catch(() => '');
  const hint = `\`test/golden/cli/${name}.txt\` differs; read the difference, and if it is meant: UPDATE_GOLDEN=1 npm test`;
  expect(session, hint).toBe(golden);
}
