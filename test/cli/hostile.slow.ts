import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AT, folderOf, portcullis, portcullisInto } from './command.ts';
import { groupOf, permissionOf } from './story.ts';

const ESCAPE = '\u001b[2K\u001b[1A\u001b]0;owned\u0007';
const REVERSED = '\u202egnp.exe';
const C1 = '\u009b31m';
const HOSTILE = `${ESCAPE}${REVERSED}${C1}\nsecond line \u{e0041}`;
const POLICY = 'version: 1\npolicies: [{ name: closed, mode: enforce, ingress: { allow: [] } }]\n';

/** What a terminal obeys or hides; line feeds are between lines only. */
const OBEYED = /[^\P{C}\n]/u;

async function hostileFolder(): Promise<string> {
  const group = groupOf({
    GroupName: HOSTILE,
    Tags: [{ Key: HOSTILE, Value: HOSTILE }],
    IpPermissions: [
      permissionOf(22, 22, [{ CidrIp: '0.0.0.0/0', Description: HOSTILE }]),
      { IpProtocol: HOSTILE, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      permissionOf(23, 23, [{ CidrIp: HOSTILE }]),
    ],
  });
  return folderOf({ 'portcullis.yaml': POLICY, 'g.json': { SecurityGroups: [group] } });
}

describe('text from outside', () => {
  test.each(['check', 'plan'])('%s shows no escape sequence, and loses no letter', async (verb) => {
    const said = await portcullis(await hostileFolder(), [verb, '--input', 'g.json', '--at', AT]);
    expect(said.stdout).not.toMatch(OBEYED);
    const words = said.stdout.replace(/\s+/g, ' ');
    expect(words).toContain('\\u{1b}[2K\\u{1b}[1A');
    expect(words).toContain('\\u{202e}gnp.exe\\u{9b}31m\\nsecond line \\u{e0041}');
    expect(said.code).toBe(1);
  });

  test('explain, too, and an error about a question', async () => {
    const folder = await hostileFolder();
    const args = ['explain', '--input', 'g.json', '--firewall', 'sg-0123456789abcdef0', '--traffic'];
    const answer = await portcullis(folder, [...args, 'tcp/22 from 192.0.2.7']);
    const error = await portcullis(folder, [...args, `tcp/22${ESCAPE} from 192.0.2.7`]);
    const other = await portcullis(folder, ['check', `--${ESCAPE}`]);
    expect(`${answer.stdout}${error.stderr}${other.stderr}`).not.toMatch(OBEYED);
    expect([answer.code, error.code, other.code]).toEqual([1, 2, 2]);
  });

  test('JSON is the same value, and harmless on a terminal', async () => {
    const said = await portcullis(await hostileFolder(), ['check', '--input', 'g.json', '--json', '--at', AT]);
    const named = z.object({ findings: z.array(z.object({ target: z.object({ name: z.string() }) })) });
    expect(said.stdout).not.toMatch(OBEYED);
    expect(named.parse(JSON.parse(said.stdout)).findings[0]?.target.name).toBe(HOSTILE);
  });

  test('colour is for terminals: a pipe gets none, whatever the environment says', async () => {
    const env = { FORCE_COLOR: '3', CLICOLOR_FORCE: '1' };
    const said = await portcullis(await hostileFolder(), ['check', '--input', 'g.json', '--at', AT], { env });
    expect(said.stdout).not.toContain('\u001b');
  });

  test('no stack for what can be expected, and one on demand', async () => {
    const folder = await folderOf({ 'portcullis.yaml': POLICY });
    const args = ['check', '--input', 'absent.json'];
    const plain = await portcullis(folder, args);
    const debug = await portcullis(folder, args, { env: { PORTCULLIS_DEBUG: '1' } });
    expect(plain.stderr.trim().split('\n')).toHaveLength(1);
    expect(debug.stderr).toMatch(/\n\s+at /);
  });
});

describe('a reader that goes away', () => {
  const IDLE = 'sleep 0';
  const BROKEN = 'version: 2\npolicies: 3\n';

  test.each([
    ['help', ['--help'], 0],
    ['a valid policy', ['validate'], 0],
    ['problems', ['validate', '--policy', 'broken.yaml'], 2],
    ['problems beside the output', ['check', '--policy', 'broken.yaml', '2>&1'], 2],
    ['a wrong option', ['check', '--jsn', '2>&1'], 2],
    ['no verb', ['2>&1'], 2],
  ])('changes no exit code and nothing else: %s', async (_what, args, code) => {
    const folder = await folderOf({ 'portcullis.yaml': POLICY, 'broken.yaml': BROKEN });
    expect(await portcullisInto(folder, args, IDLE)).toEqual({ code, stdout: '', stderr: '' });
  });

  test('ends the command quietly', async () => {
    const groups = Array.from({ length: 2000 }, (_, index) =>
      groupOf({
        GroupId: `sg-${(0x10000000 + index).toString(16)}`,
        IpPermissions: [permissionOf(22, 22, [{ CidrIp: '0.0.0.0/0', Description: 'x'.repeat(60) }])],
      }),
    );
    const folder = await folderOf({ 'portcullis.yaml': POLICY, 'g.json': { SecurityGroups: groups } });
    const said = await portcullisInto(folder, ['check', '--input', 'g.json'], 'head -n 1');
    expect(said.stdout).toBe('sg-10000000 (app), eu-west-1, account 111122223333, mode enforce\n');
    expect([said.code, said.stderr]).toEqual([1, '']);
  });
});
