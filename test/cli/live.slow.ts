import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { account, defaultVpc, keys, region, startLocalEc2 } from '../local/ec2-fixture.ts';
import type { Started } from '../local/ec2-fixture.ts';
import { folderOf, portcullis } from './command.ts';
import type { Said } from './command.ts';

const POLICY =
  'version: 1\npolicies: [{ name: closed, match: { name: app }, mode: enforce, ingress: { allow: [] } }]\n';

let local: Started;
let folder = '';
let app = '';

const document = z.object({
  summary: z.object({ firewalls: z.int(), ungoverned: z.int() }),
  findings: z.array(z.object({ rule: z.string(), target: z.object({ id: z.string(), account: z.string() }) })),
});

beforeAll(async () => {
  local = await startLocalEc2();
  folder = await folderOf({ 'portcullis.yaml': POLICY });
  const group = { GroupName: 'app', Description: 'app', VpcId: defaultVpc };
  app = (await local.client.send(new CreateSecurityGroupCommand(group))).GroupId!;
  const open = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await local.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: app, IpPermissions: [open] }));
});

afterAll(async () => {
  await local.close();
});

async function check(...args: readonly string[]): Promise<Said> {
  const env = {
    AWS_ENDPOINT_URL_EC2: local.server.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: keys.reader,
    AWS_SECRET_ACCESS_KEY: 'not-checked',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return portcullis(folder, ['check', '--cloud', 'aws', '--json', ...args], { env });
}

describe('a live cloud', () => {
  test('all groups of the region, and nothing is written', async () => {
    const before = local.records.length;
    const said = await check();
    const { summary, findings } = document.parse(JSON.parse(said.stdout));
    expect([said.code, said.stderr]).toEqual([1, '']);
    expect(summary).toMatchObject({ firewalls: 3, ungoverned: 2 });
    expect(findings).toMatchObject([{ target: { id: app, account } }]);
    expect(findings[0]?.rule).toMatch(/^sgr-/);
    expect(local.records.length).toBe(before);
  });

  test('one group, with and without its account', async () => {
    for (const more of [[], ['--account', account]]) {
      const said = await check('--firewall', app, ...more);
      expect(document.parse(JSON.parse(said.stdout)).summary.firewalls, said.stderr).toBe(1);
    }
  });

  test('a group or an account that is not there is an error', async () => {
    const id = 'sg-0123456789abcdef0';
    const [unknown, gone, other] = [
      await check('--firewall', id),
      await check('--firewall', id, '--account', account),
      await check('--account', '444455556666'),
    ];
    expect([unknown.code, gone.code, other.code]).toEqual([2, 2, 2]);
    expect(unknown.stderr).toContain(`firewall \`${id}\` does not exist`);
    expect(gone.stderr).toContain(`firewall \`${id}\` does not exist in account \`${account}\`, region \`${region}\``);
    expect(other.stderr).toContain(`is of account \`444455556666\`; these credentials see \`${account}\``);
  });

  test('a cloud that does not know the credentials is an error in one line', async () => {
    const env = {
      AWS_ENDPOINT_URL_EC2: local.server.url,
      AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN',
      AWS_SECRET_ACCESS_KEY: 'secret-word',
    };
    const said = await portcullis(folder, ['check', '--cloud', 'aws', '--region', region], { env });
    expect([said.code, said.stdout, said.stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(said.stderr).toMatch(/^portcullis: /);
    expect(said.stderr).not.toContain('secret-word');
  });
});
