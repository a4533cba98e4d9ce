import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { AT, folderOf, portcullis } from './command.ts';

const ODD = `version: 1
policies:
  - name: web
    match: { id: sg-0123456789abcdef0 }
    ingress:
      allow: [{ service: tcp/22, from: 10.0.0.0/8 }]
      deny: [{ service: tcp/22, from: anywhere, name: "no \\u202essh" }]
`;
const WHAT =
  '`web/ingress/allow/1` allows nothing, since `no \\u{202e}ssh` (line 7) forbids all of it; write `from: internet` there, or remove this clause';

let folder = '';

beforeAll(async () => {
  folder = await folderOf({ 'odd.yaml': ODD });
});

describe('validate', () => {
  test('a warning is one line that compilers would write, and no failure', async () => {
    const said = await portcullis(folder, ['validate', '--policy', 'odd.yaml', '--at', AT]);
    const lines = [`odd.yaml:6:1: warning: ${WHAT}`, '1 policy, 0 exceptions, 1 file: valid, 1 warning'];
    expect(said).toEqual({ code: 0, stdout: `${lines.join('\n')}\n`, stderr: '' });
  });

  test('the same for programs', async () => {
    const { code, stdout } = await portcullis(folder, ['validate', '--policy', 'odd.yaml', '--at', AT, '--json']);
    const message = `policy \`odd.yaml\` line 6: ${WHAT.replace('\\u{202e}', '\u202e')}`;
    const warnings = [{ file: 'odd.yaml', line: 6, column: 1, message }];
    expect([code, JSON.parse(stdout)]).toEqual([0, { version: 1, valid: true, problems: [], warnings }]);
  });
});

test('schema prints what is committed for editors', async () => {
  const committed = await readFile(join(import.meta.dirname, '../../docs/policy.schema.json'), 'utf8');
  const hint = '`docs/policy.schema.json` differs; write it anew: node cli/main.ts schema > docs/policy.schema.json';
  const said = await portcullis(folder, ['schema']);
  expect([said.code, said.stderr]).toEqual([0, '']);
  expect(said.stdout, hint).toBe(committed);
});
