import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourceOf } from '../../cli/firewalls.ts';
import type { JudgingOptions } from '../../cli/options.ts';
import { readSaved } from '../../cli/replay-saved.ts';
import type { Source } from '../../cli/source.ts';
import { readTemplate } from '../../cli/template-text.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import { NETWORK, peerName } from '../../shared/core/model/rule.ts';
import { ruleText } from '../../shared/core/spell.ts';
import { ACCOUNT, extentText, groupsAnswer, GROUP, REGION } from '../clouds/sample.ts';
import { block, NEW_GROUP, planOf, refersTo, stateOf } from '../clouds/terraform-made.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let count = 0;
function saved(content: unknown): string {
  count += 1;
  const path = join(folder, `${String(count)}.txt`);
  const isRaw = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(path, isRaw ? content : JSON.stringify(content));
  return path;
}

const AT = new Date('2026-11-24T12:00:00Z');

function read(
  contents: readonly unknown[],
  more: JudgingOptions = {},
  written: readonly string[] = [],
): Promise<Source> {
  const names = written.map((name) => peerName('sg', name));
  return sourceOf({ input: contents.map(saved), account: ACCOUNT, region: REGION, ...more }, AT, names);
}

function texts({ firewalls }: Source): readonly string[] {
  return firewalls.flatMap((firewall) =>
    DIRECTIONS.flatMap((direction) => rulesOf(firewall, direction).map((rule) => ruleText(direction, rule))),
  );
}

const TEMPLATE = `
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupName: !Sub 'web-\${AWS::Region}'
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - &rule { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !GetAtt Vpc.CidrBlock }
        - { <<: *rule, CidrIp: !Join ['/', [!Select [0, [192.0.2.0]], '24']] }
        - { <<: *rule, CidrIp: !GetAtt [Vpc, CidrBlock], FromPort: 21, ToPort: 21 }
      SecurityGroupEgress: [{ IpProtocol: -1, CidrIp: !FindInMap [Nets, !Ref AWS::Region, any] }]
Mappings: { Nets: { ${REGION}: { any: 0.0.0.0/0 } } }
`;

const GROUP_MADE = {
  address: 'aws_security_group.web',
  values: { name: 'web', ingress: [block({ cidr_blocks: ['10.0.0.0/8'] })], egress: [] },
  unknown: { id: true },
  written: { ingress: { constant_value: [] }, vpc_id: refersTo('aws_vpc.main.id', 'aws_vpc.main') },
};

describe('a template in YAML', () => {
  test('short forms of functions, flow and anchors', async () => {
    const source = await read([TEMPLATE]);
    expect(texts(source)).toEqual([
      'tcp/22 from 10.0.0.0/16',
      'tcp/22 from 192.0.2.0/24',
      'tcp/21 from 10.0.0.0/16',
      'any to 0.0.0.0/0',
    ]);
    expect(source.firewalls).toMatchObject([{ name: `web-${REGION}`, target: { id: 'Web' }, unread: [] }]);
    expect(source.firewalls[0] && extentText(source.firewalls[0], NETWORK)).toBe('10.0.0.0/16');
  });

  test('is the same in JSON', async () => {
    const yaml = readTemplate(TEMPLATE);
    if (yaml.kind === 'problem') throw new Error(yaml.problem);
    expect(texts(await read([yaml.value]))).toEqual(texts(await read([TEMPLATE])));
  });

  test('that stands for more than fits a memory is refused', async () => {
    const bomb = Array.from({ length: 9 }, (_, at) => {
      const item = at === 0 ? 'x' : `*a${String(at - 1)}`;
      return `  a${String(at)}: &a${String(at)} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
    });
    await expect(read([`Resources: {}\nMetadata:\n${bomb.join('\n')}\n`])).rejects.toThrow(
      'repeats anchors more than 1000 times',
    );
  });

  test.each([
    [
      'an anchor that is not there',
      'Resources: { Web: *absent }\n',
      'is no YAML: it repeats an anchor that is not there',
    ],
    ['a key twice', 'Resources: {}\nResources: {}\n', 'is no YAML: map keys must be unique'],
    ['depth without an end', `Resources: ${'['.repeat(5_000)}\n`, 'is nested too deeply'],
  ])('%s is an error', async (_, text, message) => {
    await expect(read([text])).rejects.toThrow(message);
  });
});

describe('firewalls that do not exist yet, through the command line', () => {
  test('are asked for by their addresses, and so are those that exist', async () => {
    const old = { address: 'module.a.aws_security_group.old', actions: ['no-op'], values: { id: GROUP, name: 'old' } };
    const idsFor = async (firewall: string): Promise<readonly string[]> =>
      (await read([planOf([GROUP_MADE, old])], { firewall: [firewall] })).firewalls.map(({ target }) => target.id);
    expect(await idsFor('aws_security_group.web')).toEqual(['aws_security_group.web']);
    expect(await idsFor('module.a.aws_security_group.old')).toEqual([GROUP]);
    expect(await idsFor(GROUP)).toEqual([GROUP]);
    await expect(idsFor('aws_security_group.old')).rejects.toThrow('firewall `aws_security_group.old` does not exist');
  });

  test('take the ranges of their VPC from another input, or from the command line', async () => {
    const state = stateOf({ address: 'aws_security_group.web', values: { id: GROUP, name: 'web', vpc_id: 'vpc-01' } });
    const vpcs = { Vpcs: [{ VpcId: 'vpc-01', CidrBlock: '10.0.0.0/16' }] };
    const rangesOf = ({ firewalls: [web] }: Source): string | undefined => web && extentText(web, NETWORK);
    expect(rangesOf(await read([state, vpcs]))).toBe('10.0.0.0/16');
    expect(rangesOf(await read([state], { network: ['vpc-01=10.1.0.0/16'] }))).toBe('10.1.0.0/16');
    expect(
      rangesOf(
        await read([planOf([GROUP_MADE, { address: 'aws_vpc.main', unknown: { id: true, cidr_block: true } }])], {
          network: ['aws_vpc.main=10.2.0.0/16'],
        }),
      ),
    ).toBe('10.2.0.0/16');
  });

  test('rules for a group elsewhere are added to it where another input shows it', async () => {
    const rule = {
      address: 'aws_vpc_security_group_ingress_rule.more',
      values: { security_group_id: GROUP, ip_protocol: 'tcp', from_port: 22, to_port: 22, cidr_ipv4: '192.0.2.0/24' },
      unknown: { id: true },
    };
    const live = groupsAnswer({ IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }] });
    const both = await read([planOf([rule]), live]);
    expect(texts(both)).toEqual(['any from 10.0.0.0/8', 'tcp/22 from 192.0.2.0/24']);
    expect(both.firewalls).toMatchObject([{ name: 'web', unread: [] }]);
    const open = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '192.0.2.0/24' }] };
    expect(texts(await read([planOf([rule]), groupsAnswer({ IpPermissions: [open] })]))).toHaveLength(1);
    const other = { ...rule, values: { ...rule.values, to_port: 23 } };
    const { firewalls } = await read([planOf([rule]), planOf([other])]);
    expect(firewalls.flatMap((one) => rulesOf(one, 'ingress').map(({ id }) => id.replace(/`.*`/, 'FILE')))).toEqual([
      'aws_vpc_security_group_ingress_rule.more',
      'aws_vpc_security_group_ingress_rule.more (input FILE)',
    ]);
    const alone = await read([planOf([rule])]);
    expect(texts(alone)).toEqual(['tcp/22 from 192.0.2.0/24']);
    expect(alone.warnings.join()).toContain(`name, tags and VPC of \`${GROUP}\` are not in the input`);
  });

  test('one group twice is an error, by the name that people know', async () => {
    const state = stateOf({ address: 'aws_security_group.web', values: { id: GROUP, name: 'web' } });
    await expect(read([state, groupsAnswer({})])).rejects.toThrow(`security group \`${GROUP}\` is in input`);
    await expect(read([planOf([GROUP_MADE]), planOf([GROUP_MADE])])).rejects.toThrow(
      'security group `aws_security_group.web` is in input',
    );
  });

  test('what is not said is asked for, and what is said otherwise is an error', async () => {
    const elsewhere = planOf([{ ...GROUP_MADE, values: { ...GROUP_MADE.values, owner_id: '444455556666' } }]);
    await expect(read([elsewhere])).rejects.toThrow('says that `aws_security_group.web` is in account `444455556666`');
    const silent = sourceOf({ input: [saved(planOf([GROUP_MADE]))] }, AT, []);
    await expect(silent).rejects.toThrow('(a Terraform plan need not say it); write `--account 111122223333`');
  });

  test.each<[string, string | Uint8Array, string]>([
    [
      'a saved plan',
      new Uint8Array([0x50, 0x4b, 3, 4, 0, 0xff]),
      'is a ZIP archive; if it is a saved plan of Terraform, write',
    ],
    [
      'the log of a run',
      '{"@level":"info","@message":"x"}\n{"@level":"info"}\n',
      'is what a run of Terraform says with `-json`; write',
    ],
  ])('%s is told from a plan', async (_, content, message) => {
    await expect(read([content])).rejects.toThrow(message);
  });

  test('a replay does not begin with them', async () => {
    const options = { events: [], input: [saved(planOf([GROUP_MADE]))], account: ACCOUNT, region: REGION };
    await expect(readSaved(options, AT)).rejects.toThrow('is a Terraform plan; a replay begins with what is live');
  });

  test('notes of a document are warnings that name its file', async () => {
    const { warnings } = await read([planOf([GROUP_MADE], { complete: false })]);
    expect(warnings[0]).toMatch(/^input `.*`: the plan is not complete/);
  });
});

describe('hostile documents', () => {
  test('keys that every object has are keys like any other', async () => {
    const text = `{"Resources":{"__proto__":{"Type":"AWS::EC2::SecurityGroup","Properties":{"GroupName":"p","SecurityGroupEgress":[
      {"IpProtocol":"-1","CidrIp":{"Ref":"toString"}},{"IpProtocol":"-1","DestinationSecurityGroupId":{"Ref":"__proto__"}}]}}}}`;
    const source = await read([text]);
    expect(source.firewalls).toMatchObject([{ target: { id: '__proto__' }, unread: [{ direction: 'egress' }] }]);
    expect(texts(source)).toEqual(['any to sg:__proto__.GroupId']);
  });

  test.each([
    ['lists in lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['modules in modules', modulesIn(20_000)],
    [
      'a plan of nothing but wrong types',
      '{"planned_values":7,"resource_changes":{"a":1},"configuration":[],"variables":"x"}',
    ],
    ['a resource without an address', '{"planned_values":{"root_module":{"resources":[{}]}}}'],
    [
      'a template of wrong types',
      '{"AWSTemplateFormatVersion":1,"Resources":[1],"Parameters":7,"Mappings":null,"Transform":[7]}',
    ],
  ])('%s: an error that says what is wrong', async (_, text) => {
    await expect(read([text])).rejects.toThrow(/no known input|no security groups|no readable `address`/);
  });

  test('names that would end their quotes, and controls, stay within them', async () => {
    const { warnings } = await read([
      planOf([{ ...GROUP_MADE, values: {}, unknown: NEW_GROUP, address: 'aws_security_group.a["`\u001b"]' }]),
    ]);
    expect(warnings.join()).not.toContain('\u001b');
  });
});

function modulesIn(depth: number): string {
  const open = '{"child_modules":['.repeat(depth);
  return `{"format_version":"1.0","values":{"root_module":${open}{}${']}'.repeat(depth)}}}`;
}
