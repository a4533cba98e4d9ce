import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AT, folderOf, portcullis } from './command.ts';
import { groupOf, permissionOf, storyFolder, WEB } from './story.ts';

const ALLOW_NOTHING = 'version: 1\npolicies: [{ name: closed, ingress: { allow: [] } }]\n';
const SSH = { IpPermissions: [permissionOf(22, 22, [{ CidrIp: '0.0.0.0/0' }])] };

let folder = '';

beforeAll(async () => {
  const text = await readFile(join(await storyFolder(), 'groups.json'), 'utf8');
  const answer = { SecurityGroups: [groupOf(SSH)] };
  folder = await storyFolder({
    'portcullis.yaml': ALLOW_NOTHING,
    'one.json': answer,
    'same.json': answer,
    'utf16.json': new Uint8Array(Buffer.from(`\ufeff${JSON.stringify(answer)}`, 'utf16le')),
    'list.json': [answer, JSON.parse(text)],
    'page.json': { ...answer, NextToken: 'more' },
    'placeless.json': { SecurityGroups: [groupOf({ ...SSH, SecurityGroupArn: undefined })] },
    'ownerless.json': { SecurityGroups: [groupOf({ ...SSH, OwnerId: undefined })] },
    'unreadable.json': {
      SecurityGroups: [
        groupOf({
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 21, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        }),
      ],
    },
    'bare.json': groupOf(SSH),
    'groupless.json': { SecurityGroups: [{ GroupName: 'no id' }] },
    'empty.json': '',
    'latin1.json': new Uint8Array([0x7b, 0x22, 0xe9, 0x22]),
    'two.json': '{"SecurityGroups": []}\n{"SecurityGroups": []}\n',
    'nsg.json': [{ id: '/subscriptions/x', type: 'Microsoft.Network/networkSecurityGroups', securityRules: [] }],
    'arm.json': { value: [{ type: 'Microsoft.Network/networkSecurityGroups', properties: { securityRules: [] } }] },
    'tf.json': { format_version: '1.2', terraform_version: '1.9.0', planned_values: {} },
    'cfn.json': { Resources: { Web: { Type: 'AWS::EC2::SecurityGroup' } } },
    'bucket.json': { Resources: { Logs: { Type: 'AWS::S3::Bucket' } } },
    'broken.yaml': 'Resources:\n  Web: [\n',
    'state.json': { version: 4, terraform_version: '1.9.0', serial: 1, lineage: 'x', resources: [] },
    'tf9.json': { format_version: '9.0', planned_values: {} },
    'cfn.yaml': 'AWSTemplateFormatVersion: "2010-09-09"\nResources: {}\n',
    'event.json': { 'detail-type': 'AWS API Call via CloudTrail', detail: {} },
    'other.json': { hello: 'world' },
    'nothing.json': [],
  });
});

const summary = z.object({
  summary: z.object({ firewalls: z.int(), findings: z.int() }),
  findings: z.array(
    z.object({ rule: z.string(), target: z.object({ id: z.string(), name: z.string(), region: z.string() }) }),
  ),
});

async function found(args: readonly string[], stdin?: string): Promise<z.infer<typeof summary>> {
  const said = await portcullis(folder, ['check', '--json', '--at', AT, ...args], stdin === undefined ? {} : { stdin });
  expect(said.code, said.stderr).toBe(1);
  return summary.parse(JSON.parse(said.stdout));
}

describe('inputs are told apart by content', () => {
  test('groups alone: a rule is known by what it says', async () => {
    expect((await found(['--input', 'one.json'])).findings).toMatchObject([
      { rule: 'tcp/22 from 0.0.0.0/0', target: { id: 'sg-0123456789abcdef0', name: 'app', region: 'eu-west-1' } },
    ]);
  });

  test('rows alone: ids, but neither name nor tags, and that is said', async () => {
    const said = await portcullis(folder, ['check', '--json', '--input', 'rules.json', '--at', AT]);
    const rules = summary.parse(JSON.parse(said.stdout)).findings.map(({ rule }) => rule);
    expect(rules).toContain('sgr-0a1b2c3d4e5f61003');
    expect(said.stderr).toContain('warning: name, tags and VPC of');
  });

  test('groups and rows of the same groups are joined, in any order; other groups stay as they are', async () => {
    for (const files of [
      ['rules.json', 'groups.json', 'one.json'],
      ['one.json', 'groups.json', 'rules.json'],
    ]) {
      const { findings } = await found(['--input', ...files]);
      expect(findings.map(({ rule, target: { name } }) => `${name} ${rule}`)).toEqual(
        [
          'web sgr-0a1b2c3d4e5f61001',
          'web sgr-0a1b2c3d4e5f61002',
          'web sgr-0a1b2c3d4e5f61003',
          'web sgr-0a1b2c3d4e5f61005',
          'database sgr-0a1b2c3d4e5f62001',
          'database sgr-0a1b2c3d4e5f62002',
          'sandbox sgr-0a1b2c3d4e5f63001',
          'app tcp/22 from 0.0.0.0/0',
        ].toSorted((a, b) => Number(a.startsWith('app')) * -1 + Number(b.startsWith('app'))),
      );
    }
  });

  test('a list of answers, standard input, UTF-16 of PowerShell', async () => {
    expect((await found(['--input', 'list.json'])).summary.firewalls).toBe(4);
    const text = JSON.stringify({ SecurityGroups: [groupOf(SSH)] });
    expect((await found(['--input', '-'], text)).summary.findings).toBe(1);
    expect((await found(['--input', 'utf16.json'])).summary.findings).toBe(1);
  });

  test('what an input does not say, an option says', async () => {
    expect((await found(['--input', 'placeless.json', '--region', 'us-west-2'])).findings[0]?.target.region).toBe(
      'us-west-2',
    );
    expect((await found(['--input', 'ownerless.json', '--account', '444455556666'])).summary.findings).toBe(1);
  });

  test('a rule that cannot be read is a finding', async () => {
    const { findings } = await found(['--input', 'unreadable.json']);
    expect(findings.map(({ rule }) => rule)).toEqual(['SecurityGroups[0].IpPermissions[0].IpRanges[0]']);
  });

  test('a network of which the ranges are stated', async () => {
    const policy =
      'version: 1\npolicies: [{ name: inside, ingress: { allow: [{ service: any, from: 10.0.0.0/16 }] } }]\n';
    const own = await folderOf({ 'p.yaml': policy });
    const args = [
      'check',
      '--policy',
      join(own, 'p.yaml'),
      '--input',
      'groups.json',
      '--firewall',
      'sg-0a1b2c3d4e5f60002',
      '--json',
    ];
    const rulesOf = async (...more: readonly string[]): Promise<readonly string[]> =>
      summary.parse(JSON.parse((await portcullis(folder, [...args, ...more])).stdout)).findings.map(({ rule }) => rule);
    const fromGroup = 'tcp/5432 from sg:sg-0a1b2c3d4e5f60001';
    expect(await rulesOf()).toContain(fromGroup);
    expect(await rulesOf('--network', 'vpc-0a1b2c3d4e5f60000=10.0.0.0/16')).not.toContain(fromGroup);
    expect(await rulesOf('--network', 'vpc-0a1b2c3d4e5f60000=10.0.0.0/16,10.1.0.0/16')).toContain(fromGroup);
  });

  test('one page of more is said to be one', async () => {
    const said = await portcullis(folder, ['check', '--input', 'page.json', '--at', AT]);
    expect(said.stderr).toBe(
      'portcullis: warning: input `page.json` is not the last page (it has `NextToken`); what is on later pages is not judged\n',
    );
  });
});

const later = 'is not supported in this version';
const EXPECTED =
  'expected the output of `aws ec2 describe-security-groups`, `describe-security-group-rules` or `describe-vpcs`, ' +
  'of `terraform show -json`, or a CloudFormation template';

const REFUSED: readonly (readonly [args: string, message: string])[] = [
  ['--input nsg.json', `input \`nsg.json\` is Azure network security groups, which ${later}`],
  ['--input arm.json', `input \`arm.json\` is Azure network security groups, which ${later}`],
  ['--input tf.json', 'no security groups in input `tf.json`; it is a Terraform plan with no resources'],
  [
    '--input bucket.json vpcs.json',
    'no security groups in input `bucket.json` and the others; it is a CloudFormation template with 1 `AWS::S3::Bucket`',
  ],
  ['--input cfn.yaml', 'no security groups in input `cfn.yaml`; it is a CloudFormation template with no resources'],
  [
    '--input cfn.json',
    'input `cfn.json` does not say the account of `Web` (a CloudFormation template need not say it); write `--account 111122223333`',
  ],
  [
    '--input cfn.json --account 111122223333',
    'input `cfn.json` does not say the region of `Web` (a CloudFormation template need not say it); write `--region us-east-1`',
  ],
  [
    '--input state.json',
    'input `state.json`: it is the file in which Terraform keeps a state; write `terraform show -json > state.json`, and give that',
  ],
  ['--input tf9.json', 'input `tf9.json`: format_version `9.0` is not known; expected 0.x or 1.x'],
  [
    '--input broken.yaml',
    'input `broken.yaml` is no YAML: flow sequence in block collection must be sufficiently indented and end with a ] at line 3, column 1',
  ],
  ['--input event.json', `input \`event.json\` is an event, which ${later}`],
  [
    '--input one.json tf.json --firewall aws_security_group.web',
    'firewall `aws_security_group.web` does not exist; there are 1 others; write an id such as `sg-0123456789abcdef0`',
  ],
  ['--input other.json', `input \`other.json\` is no known input; ${EXPECTED}`],
  ['--input nothing.json', `input \`nothing.json\` is no known input; ${EXPECTED}`],
  [
    '--input bare.json',
    `input \`bare.json\` lacks the outer \`SecurityGroups\`, \`SecurityGroupRules\` or \`Vpcs\`; ${EXPECTED}, without \`--query\``,
  ],
  ['--input absent.json', 'input `absent.json` does not exist'],
  ['--input .', 'input `.` is a folder; write the files in it'],
  ['--input empty.json', 'input `empty.json` is empty; expected the JSON output of `aws ec2 describe-security-groups`'],
  ['--input latin1.json', 'input `latin1.json` is no UTF-8 text; expected JSON'],
  [
    '--input two.json',
    'input `two.json` line 2 column 1: `{` stands where the end of the file (several answers go into a list, or into files of their own) should be',
  ],
  [
    '--input groupless.json',
    'input `groupless.json`: answer of a describe call, `SecurityGroups[0]`: `GroupId`: invalid input: expected string, received undefined',
  ],
  [
    '--input vpcs.json',
    'no security groups in input `vpcs.json`; describe-vpcs output only says the ranges of networks, expected the JSON output of `aws ec2 describe-security-groups` too',
  ],
  [
    '--input one.json same.json',
    'security group `sg-0123456789abcdef0` is in input `one.json` and in input `same.json`; leave one of them out, since they may be of different moments',
  ],
  [
    '--input placeless.json',
    'input `placeless.json` does not say the region of `sg-0123456789abcdef0` (it has no `SecurityGroupArn`); write `--region us-east-1`',
  ],
  [
    '--input ownerless.json',
    'input `ownerless.json` does not say the account of `sg-0123456789abcdef0` (it has no `OwnerId`); write `--account 111122223333`',
  ],
  [
    '--input one.json --region us-east-1',
    'input `one.json` says that `sg-0123456789abcdef0` is in region `eu-west-1`, and --region says `us-east-1`; leave --region out',
  ],
  ['--input one.json --network vpc-1', '--network `vpc-1` is not readable; write it like `vpc-0abc=10.0.0.0/16`'],
  [
    '--input one.json --network vpc-1=10.0.0.1/8',
    '--network `vpc-1=10.0.0.1/8`: CIDR `10.0.0.1/8` has host bits set; write `10.0.0.0/8` for the network, or `10.0.0.1` for the one address',
  ],
  [
    `--input one.json --firewall ${WEB}`,
    `firewall \`${WEB}\` does not exist; there are 1 others; write an id such as \`sg-0123456789abcdef0\``,
  ],
];

describe('what cannot be judged is an error', () => {
  test.concurrent.each(REFUSED)('%s', async (args, message) => {
    const said = await portcullis(folder, ['check', '--at', AT, ...args.split(' ')]);
    expect(said).toEqual({ code: 2, stdout: '', stderr: `portcullis: ${message}\n` });
  });
});
