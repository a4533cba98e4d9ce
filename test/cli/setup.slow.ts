import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalServiceNow } from '../../local/servicenow/server.ts';
import type { LocalServiceNow } from '../../local/servicenow/server.ts';
import { serveOnLoopback } from '../../local/loopback.ts';
import type { LoopbackServer } from '../../local/loopback.ts';
import { defaultVpc, keys, region, startLocalEc2 } from '../local/ec2-fixture.ts';
import type { Started } from '../local/ec2-fixture.ts';
import { folderOf, portcullis } from './command.ts';
import type { Said } from './command.ts';
import { expectSession } from './golden.ts';
import { ALL_INPUTS, POLICY, storyFolder } from './story.ts';

const INPUTS = ALL_INPUTS.slice(1);

let local: Started;
let tickets: LocalServiceNow;
let instance: LoopbackServer;

beforeAll(async () => {
  local = await startLocalEc2();
  tickets = createLocalServiceNow({ user: 'portcullis', password: 'opens-nothing', now: () => new Date() });
  instance = await serveOnLoopback(tickets.app);
});

afterAll(async () => {
  await Promise.all([local.close(), instance.close()]);
});

/** The same on every machine and every day. */
function settled(said: Said): Said {
  const plain = (text: string): string =>
    text
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replaceAll(/on \d{4}-\d{2}-\d{2}, as a policy/g, 'on DAY, as a policy')
      .replaceAll(process.versions.node, '24.x')
      .replaceAll(/sg-0[0-9a-f]{16}/g, (id) => (id.startsWith('sg-0a1b2c3d') ? id : 'sg-ID'));
  return { ...said, stdout: plain(said.stdout), stderr: plain(said.stderr) };
}

function cloudEnv(accessKeyId: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_EC2: local.server.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'not-checked',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

describe('init', () => {
  test('from files, and check then finds what was left out', async () => {
    const folder = await storyFolder({ 'portcullis.yaml': POLICY });
    const args = ['init', '--from', ...INPUTS, '--out', 'now.yaml'];
    await expectSession('init-from', args, settled(await portcullis(folder, args)));
    const written = await readFile(join(folder, 'now.yaml'), 'utf8');
    await expectSession('init-from-file', ['...'], settled({ code: 0, stdout: written, stderr: '' }));
    const found = await portcullis(folder, ['check', '--policy', 'now.yaml', ...ALL_INPUTS]);
    expect([found.code, found.stdout.match(/proven|possible/g)?.length]).toEqual([1, 3]);
    expect((await portcullis(folder, ['validate', '--policy', 'now.yaml'])).stdout).toContain('valid\n');
  });

  test('from what is live', async () => {
    const group = { GroupName: 'app', Description: 'app', VpcId: defaultVpc };
    const { GroupId } = await local.client.send(new CreateSecurityGroupCommand(group));
    const open = { IpProtocol: 'tcp', FromPort: 22, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await local.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [open] }));
    const folder = await folderOf({});
    const env = cloudEnv(keys.reader);
    const { code, stdout } = await portcullis(folder, ['init', '--from', 'live', '--json'], { env });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { version: 1, file: 'portcullis.yaml', mode: 'report', leftOut: [{ firewall: GroupId }] },
    ]);
    const check = ['check', '--cloud', 'aws', '--json'];
    const checked = await portcullis(folder, check, { env });
    expect(JSON.parse(checked.stdout)).toMatchObject({ summary: { findings: 1, proven: 1, ungoverned: 0 } });
  });

  test('by options, and never over a file that is there', async () => {
    const folder = await folderOf({});
    const args = ['init', '--account', '111122223333', '--office', '203.0.113.0/24', '--yes'];
    await expectSession('init-options', args, settled(await portcullis(folder, args)));
    const before = await readFile(join(folder, 'portcullis.yaml'), 'utf8');
    await expectSession('init-again', args, settled(await portcullis(folder, args)));
    expect(await readFile(join(folder, 'portcullis.yaml'), 'utf8')).toBe(before);
    expect((await portcullis(folder, ['init', '--yes', '--force'])).code).toBe(0);
    expect(await readFile(join(folder, 'portcullis.yaml'), 'utf8')).not.toBe(before);
  });

  test.each([
    ['init-no-terminal', ['init']],
    ['init-broken-answer', ['init', '--yes', '--public', 'tcp/443-80']],
    ['init-enforced-unread', ['init', '--from', 'live', '--mode', 'enforce']],
    ['validate-file', ['validate', 'web.yaml']],
    ['completion-unknown', ['completion', 'tcsh']],
    ['verb-misspelt', ['doktor']],
  ])('%s is an error in one line', async (name, args) => {
    const said = await portcullis(await folderOf({}), args);
    expect([said.code, said.stdout, said.stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    await expectSession(name, args, settled(said));
  });

  test('beside a folder of policies nobody would know which is meant', async () => {
    const folder = await folderOf({ 'policies/a.yaml': POLICY });
    const said = await portcullis(folder, ['init', '--yes']);
    expect([said.code, said.stderr]).toEqual([2, expect.stringContaining('--out policies/first.yaml')]);
  });
});

describe('doctor', () => {
  const secret = JSON.stringify({ username: 'portcullis', password: 'opens-nothing' });

  test('where all is well', async () => {
    const folder = await folderOf({ 'portcullis.yaml': POLICY });
    expect((await portcullis(folder, ['init', '--yes', '--out', 'good.yaml'])).code).toBe(0);
    const env = {
      ...cloudEnv(keys.deploy),
      PORTCULLIS_POLICY: 'good.yaml',
      PORTCULLIS_LEDGER: 'sqlite:ledger.db',
      PORTCULLIS_TICKETS: `servicenow:${instance.url}`,
      PORTCULLIS_SERVICENOW_SECRET: 'env:LOGIN',
      LOGIN: secret,
    };
    const before = local.records.length;
    const world = JSON.stringify(await local.client.send(new CreateSecurityGroupCommand({ ...DRY })).catch(() => ''));
    const said = await portcullis(folder, ['doctor'], { env });
    expect(said.code, said.stdout + said.stderr).toBe(0);
    expect(said.stdout).not.toContain('opens-nothing');
    expect(local.records.slice(before).every(({ errorCode }) => errorCode === 'Client.DryRunOperation')).toBe(true);
    expect(world).toBe('""');
    await expectSession('doctor-well', ['doctor'], settled(said));
  });

  test('where much is wrong', async () => {
    const enforcing =
      'version: 1\npolicies: [{ name: all, match: { account: "111122223333" }, mode: enforce, ingress: { allow: [] } }]\n';
    const folder = await folderOf({ 'portcullis.yaml': enforcing });
    tickets.hibernating = true;
    const env = {
      ...cloudEnv(keys.reader),
      PORTCULLIS_POLICY: 'portcullis.yaml',
      PORTCULLIS_LEDGER: 'postgres:secret-word',
      PORTCULLIS_TICKETS: `servicenow:${instance.url}`,
      PORTCULLIS_SERVICENOW_SECRET: 'env:LOGIN',
      PORTCULLIS_EVENTBUS: 'x',
      LOGIN: secret,
    };
    const said = await portcullis(folder, ['doctor'], { env });
    tickets.hibernating = false;
    expect(said.code).toBe(1);
    expect(said.stdout).not.toMatch(/secret-word|opens-nothing/);
    await expectSession('doctor-wrong', ['doctor'], settled(said));
  });

  test('without anything', async () => {
    const said = await portcullis(await folderOf({}), ['doctor']);
    expect(said.code).toBe(1);
    await expectSession('doctor-nothing', ['doctor'], settled(said));
  });

  test('with credentials that nobody knows, for programs', async () => {
    const folder = await folderOf({ 'portcullis.yaml': POLICY });
    const { code, stdout } = await portcullis(folder, ['doctor', '--json'], { env: cloudEnv('AKIAUNKNOWN') });
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { version: 1, summary: { failed: 1 } }]);
    expect(stdout).toContain('AWS_ACCESS_KEY_ID');
  });
});

const DRY = { GroupName: 'x', Description: 'x', VpcId: defaultVpc, DryRun: true };

describe('help', () => {
  const VERBS = ['check', 'plan', 'explain', 'replay', 'init', 'validate', 'test', 'doctor', 'schema', 'completion'];

  test.each([[], ...VERBS.map((verb) => [verb])])('%s', async (...verb) => {
    const args = [...verb, '--help'];
    const said = await portcullis(await folderOf({}), args);
    expect([said.code, said.stderr]).toEqual([0, '']);
    await expectSession(`help${verb.length === 0 ? '' : `-${verb.join('-')}`}`, args, said);
  });
});
