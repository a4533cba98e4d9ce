import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** Compares with the golden file of this name below `test/golden`, or writes it where `UPDATE_GOLDEN` is set. */
export async function expectGolden(name: string, text: string): Promise<void> {
  const file = join(import.meta.dirname, 'golden', `${name}.txt`);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return;
  }
  const golden = await readFile(file, 'utf8').catch(() => '');
  const hint = `\`test/golden/${name}.txt\` differs; read the difference, and if it is meant: UPDATE_GOLDEN=1 npm test`;
  expect(text, hint).toBe(golden);
}
