import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { folderOf, portcullis } from './command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

let folder = '';

beforeAll(async () => {
  folder = await folderOf({ 'groups.json': {}, 'a file.json': {}, 'policies/web.yaml': 'x' });
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await portcullis(folder, ['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    await writeFile(join(folder, `.${shell}`), stdout);
  }
});

/** What bash offers behind these words: its own machinery around the script, without a terminal. */
function offered(...words: readonly string[]): readonly string[] {
  const lines = [
    'source .bash',
    'COMP_WORDS=(portcullis "$@"); COMP_CWORD=$#; COMPREPLY=()',
    '_portcullis',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ];
  const said = spawnSync('bash', ['-c', lines.join('\n'), 'bash', ...words], { cwd: folder, encoding: 'utf8' });
  expect([said.status, said.stderr]).toEqual([0, '']);
  return said.stdout.split('\n').filter((line) => line !== '');
}

describe('bash', () => {
  test('is told of the function, by `complete`', () => {
    const said = spawnSync('bash', ['-c', 'source .bash; complete -p portcullis'], { cwd: folder, encoding: 'utf8' });
    expect(said.stdout).toBe('complete -F _portcullis portcullis\n');
  });

  test('verbs, whole and begun; hidden ones are not told of', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['check', 'plan', 'init', 'doctor', 'completion']));
    expect(offered('ch')).toEqual(['check']);
    expect(offered('report')).toEqual([]);
  });

  test('options of a verb', () => {
    expect(offered('check', '--')).toEqual(expect.arrayContaining(['--policy', '--input', '--json', '--help']));
    expect(offered('check', '--re')).toEqual(['--region']);
    expect(offered('--v')).toEqual(['--version']);
    expect(offered('check', '--role')).toEqual([]);
  });

  test('words where they are a closed list', () => {
    expect(offered('check', '--cloud', '')).toEqual(['aws']);
    expect(offered('init', '--mode', 'e')).toEqual(['enforce']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered('check', '--region', '')).toEqual([]);
  });

  test('files where files are meant, also the second one, and names with blanks', () => {
    const shown = offered('check', '--input', '').filter((name) => !name.startsWith('.'));
    expect(shown.toSorted()).toEqual(['a file.json', 'groups.json', 'policies']);
    expect(offered('check', '--input', 'groups.json', 'a')).toEqual(['a file.json']);
    expect(offered('validate', '--policy', 'policies/')).toEqual(['policies/web.yaml']);
    expect(offered('init', '--from', 'l')).toEqual(['live']);
    expect(offered('check', '--json', '')).toEqual([]);
  });

  test('after a value that ends, options again', () => {
    expect(offered('check', '--cloud', 'aws', '--reg')).toEqual(['--region']);
    expect(offered('check', '--input', 'groups.json', '--fire')).toEqual(['--firewall']);
  });
});

describe('each shell that is here reads its script', () => {
  test.each(SHELLS)('%s', (shell) => {
    const said = spawnSync(shell, ['-n', `.${shell}`], { cwd: folder, encoding: 'utf8' });
    if (said.error === undefined) expect([said.status, said.stderr]).toEqual([0, '']);
    else expect(shell).not.toBe('bash');
  });
});
