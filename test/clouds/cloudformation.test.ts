import { describe, expect, test } from 'vitest';
import { peerName } from '../../shared/core/model/rule.ts';
import { toldByTemplate } from './documents.ts';
import { ACCOUNT, extentText, PEER_GROUP, REGION, VPC } from './sample.ts';

type Fields = Readonly<Record<string, unknown>>;

const NO_EGRESS = [{ IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: '255.255.255.255/32' }];
const OUT = 'Web SecurityGroupEgress[0]: icmp/252.86 to 255.255.255.255/32';

function group(properties: Fields = {}, more: Fields = {}): Fields {
  const Properties = { GroupName: 'web', VpcId: VPC, SecurityGroupEgress: NO_EGRESS, ...properties };
  return { Type: 'AWS::EC2::SecurityGroup', Properties, ...more };
}

function ingress(properties: Fields, more: Fields = {}): Fields {
  const Properties = { GroupId: { Ref: 'Web' }, IpProtocol: -1, ...properties };
  return { Type: 'AWS::EC2::SecurityGroupIngress', Properties, ...more };
}

/** The one rule that comes in, or why it is none. */
function cidrTold(CidrIp: unknown, more: Fields = {}): string | undefined {
  const template = { Resources: { Web: group({ SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp }] }) }, ...more };
  return toldByTemplate(template).rules['Web']?.find((rule) => rule.includes('ngress Web') || rule.includes('Ingress'));
}

const READ = 'Web SecurityGroupIngress[0]: any from 10.0.0.0/8';

describe('groups and rules', () => {
  test('in a group and beside it, with every kind of source', () => {
    const { rules, firewalls, notes } = toldByTemplate({
      Resources: {
        Web: group({
          SecurityGroupIngress: [
            { IpProtocol: 'TCP', FromPort: '443', ToPort: 443, CidrIp: '0.0.0.0/0' },
            { IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' },
            { IpProtocol: '17', FromPort: 53, ToPort: 53, SourcePrefixListId: 'pl-0123456789abcdef0' },
            { IpProtocol: 50, SourceSecurityGroupId: PEER_GROUP, SourceSecurityGroupOwnerId: '444455556666' },
          ],
          Tags: [{ Key: 'role', Value: 'web' }],
        }),
        Db: group({
          GroupName: 'db',
          SecurityGroupEgress: { IpProtocol: '-1', DestinationSecurityGroupId: { Ref: 'Web' } },
        }),
        Self: ingress({ SourceSecurityGroupId: { 'Fn::GetAtt': ['Web', 'GroupId'] } }),
        Named: ingress({ SourceSecurityGroupName: 'db' }),
        Default: ingress({ SourceSecurityGroupId: { 'Fn::GetAtt': 'Vpc.DefaultSecurityGroup' } }),
        Office: ingress({ SourcePrefixListId: { 'Fn::GetAtt': 'Lists.PrefixListId' } }),
        Elsewhere: ingress({ GroupId: PEER_GROUP, CidrIp: '10.0.0.0/8' }),
        Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
        Lists: { Type: 'AWS::EC2::PrefixList', Properties: {} },
      },
    });
    expect(rules).toEqual({
      Web: [
        'Web SecurityGroupIngress[0]: tcp/443 from 0.0.0.0/0',
        'Web SecurityGroupIngress[1]: icmpv6 from ::/0',
        'Web SecurityGroupIngress[2]: udp/53 from prefix-list:pl-0123456789abcdef0',
        `Web SecurityGroupIngress[3]: esp from sg:444455556666/${PEER_GROUP}`,
        'Self: any from sg:Web.GroupId',
        'Named: any from sg:Db.GroupId',
        'Default: any from sg:Vpc.DefaultSecurityGroup',
        'Office: any from prefix-list:Lists',
        OUT,
      ],
      Db: ['Db SecurityGroupEgress[0]: any to sg:Web.GroupId'],
      [PEER_GROUP]: ['Elsewhere: any from 10.0.0.0/8'],
    });
    expect(firewalls).toMatchObject([
      { name: 'web', tags: { role: 'web' }, networks: [VPC], target: { account: ACCOUNT, region: REGION } },
      { name: 'db' },
      { name: '' },
    ]);
    expect(notes).toEqual([]);
  });

  test('ranges of a VPC of the template, and groups in it by name', () => {
    const Vpc = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } };
    const More = { Type: 'AWS::EC2::VPCCidrBlock', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.1.0.0/16' } };
    const Web = group({ VpcId: { Ref: 'Vpc' } });
    const Rule = ingress({ SourceSecurityGroupId: { Ref: 'Web' } });
    const { firewalls } = toldByTemplate({ Resources: { Vpc, More, Web, Rule } }, [peerName('sg', 'web')]);
    expect(firewalls[0]?.aliases.get(peerName('sg', 'web'))).toBe('sg:Web.GroupId');
    expect(firewalls[0] && extentText(firewalls[0], peerName('sg', 'Web.GroupId'))).toBe('nobody to 10.0.0.0/15');
  });
});

test('a policy that names a group does not mean the one with that logical id', () => {
  const Rule = ingress({ SourceSecurityGroupId: { Ref: 'Web' } });
  const [named, shown] = [peerName('sg', 'Web'), peerName('sg', 'Web.GroupId')];
  const { firewalls } = toldByTemplate({ Resources: { Web: group({ GroupName: 'front' }), Rule } }, [named, shown]);
  expect([...(firewalls[0]?.unresolved ?? [])]).toEqual([named]);
  expect(firewalls[0]?.aliases.get(shown)).toBe(shown);
});

describe('what EC2 lets out of a group that states nothing', () => {
  const egress = (resources: Fields, vpc: unknown = VPC): readonly string[] | undefined =>
    toldByTemplate({ Resources: { Web: group({ SecurityGroupEgress: undefined, VpcId: vpc }), ...resources } }).rules[
      'Web'
    ];
  const v4 = 'Web default egress IPv4: any to 0.0.0.0/0';

  test('everything, over IPv6 where its VPC may have it', () => {
    const vpc = { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } } };
    const v6 = {
      ...vpc,
      V6: { Type: 'AWS::EC2::VPCCidrBlock', Properties: { VpcId: { Ref: 'Vpc' }, AmazonProvidedIpv6CidrBlock: true } },
    };
    expect(egress({})).toEqual([v4, 'Web default egress IPv6: any to ::/0']);
    expect(egress(vpc, { Ref: 'Vpc' })).toEqual([v4]);
    expect(egress(v6, { Ref: 'Vpc' })).toEqual([v4, 'Web default egress IPv6: any to ::/0']);
  });

  test('nobody knows beside rules that are resources of their own', () => {
    const Out = {
      Type: 'AWS::EC2::SecurityGroupEgress',
      Properties: { GroupId: { Ref: 'Web' }, IpProtocol: 6, FromPort: 1, ToPort: 1, CidrIp: '10.0.0.0/8' },
    };
    const told = egress({ Out });
    expect(told?.[0]).toBe('Out: tcp/1 to 10.0.0.0/8');
    expect(told?.[1]).toMatch(/^\? egress Web default egress: /);
  });
});

describe('functions', () => {
  const resources = { Web: group(), Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/8' } } };
  const more = {
    Parameters: {
      Cidr: { Type: 'String', Default: '10.0.0.0/8' },
      Cidrs: { Type: 'CommaDelimitedList', Default: '192.0.2.0/24, 10.0.0.0/8' },
      Ten: { Type: 'Number', Default: 10 },
      Free: { Type: 'String' },
      Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/net/cidr' },
    },
    Mappings: { Net: { [REGION]: { cidr: '10.0.0.0/8', list: ['10.0.0.0/8'] } } },
  };
  const told = (expression: unknown): string | undefined => {
    const Web = group({ SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: expression }] });
    return toldByTemplate({ ...more, Resources: { ...resources, Web } }).rules['Web']?.[0] === OUT
      ? toldByTemplate({ ...more, Resources: { ...resources, Web } }).rules['Web']?.[1]
      : toldByTemplate({ ...more, Resources: { ...resources, Web } }).rules['Web']?.[0];
  };

  test.each<[string, unknown]>([
    ['a default', { Ref: 'Cidr' }],
    ['an attribute that a property says', { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }],
    ['a text with a name', { 'Fn::Sub': '${Cidr}' }],
    ['a text with names in it', { 'Fn::Sub': '${Ten}.0.0.0/8' }],
    ['a text with attributes', { 'Fn::Sub': '${Vpc.CidrBlock}' }],
    ['a text with names of its own', { 'Fn::Sub': ['${Net}.0.0.0/${Bits}', { Net: { Ref: 'Ten' }, Bits: 8 }] }],
    ['parts joined', { 'Fn::Join': ['.', [{ Ref: 'Ten' }, 0, 0, '0/8']] }],
    ['one of a list', { 'Fn::Select': [1, { Ref: 'Cidrs' }] }],
    ['one of a text in parts', { 'Fn::Select': ['1', { 'Fn::Split': ['|', 'a|10.0.0.0/8'] }] }],
    ['a mapping', { 'Fn::FindInMap': ['Net', { Ref: 'AWS::Region' }, 'cidr'] }],
    ['a list in a mapping', { 'Fn::Select': [0, { 'Fn::FindInMap': ['Net', { Ref: 'AWS::Region' }, 'list'] }] }],
    ['both branches alike', { 'Fn::If': ['Any', '10.0.0.0/8', { Ref: 'Cidr' }] }],
  ])('%s', (_, expression) => {
    expect(told(expression)).toBe(READ);
  });

  test.each<[string, unknown, string]>([
    ['no default', { Ref: 'Free' }, 'parameter `Free` has no default'],
    ['a stored parameter', { Ref: 'Stored' }, 'parameter `Stored` is read from Parameter Store'],
    ['a stranger', { Ref: 'constructor' }, '`constructor` is neither a parameter nor a resource of the template'],
    ['an attribute of a stranger', { 'Fn::GetAtt': '__proto__.x' }, '`__proto__` is no resource of the template'],
    ['branches that differ', { 'Fn::If': ['Prod', '10.0.0.0/8', '0.0.0.0/0'] }, 'it depends on the condition `Prod`'],
    [
      'what another stack says',
      { 'Fn::ImportValue': 'x' },
      '`Fn::ImportValue` is carried out when the template is deployed',
    ],
    [
      'what deploying includes',
      { 'Fn::Transform': { Name: 'x' } },
      '`Fn::Transform` is carried out when the template is deployed',
    ],
    ['a part that is not known', { 'Fn::Sub': '${Free}/8' }, 'parameter `Free` has no default'],
    [
      'a key that is not there',
      { 'Fn::FindInMap': ['Net', 'mars-1', 'cidr'] },
      '`Fn::FindInMap` finds nothing in `Mappings`',
    ],
    ['a list', [], 'expected a text'],
  ])('not known: %s', (_, expression, why) => {
    expect(told(expression)).toBe(`? ingress Web SecurityGroupIngress[0]: \`CidrIp\` is not known: ${why}`);
  });

  test('a text of its own kind of brackets', () => {
    const { rules } = toldByTemplate({ Resources: { Web: group({ GroupName: { 'Fn::Sub': 'a${!b}c$d' } }) } });
    expect(rules).toHaveProperty('Web');
    const [firewall] = toldByTemplate({
      Resources: { Web: group({ GroupName: { 'Fn::Sub': 'a${!b}c$d' } }) },
    }).firewalls;
    expect(firewall?.name).toBe('a${b}c$d');
  });

  test('rules that depend on a condition', () => {
    const rule = { IpProtocol: '-1', CidrIp: '10.0.0.0/8' };
    const ingressOf = (SecurityGroupIngress: unknown) =>
      toldByTemplate({ Resources: { Web: group({ SecurityGroupIngress }) } }).rules['Web']?.filter(
        (one) => one !== OUT,
      );
    expect(ingressOf([{ 'Fn::If': ['Prod', rule, { Ref: 'AWS::NoValue' }] }, rule])).toEqual([
      'Web SecurityGroupIngress[1]: any from 10.0.0.0/8',
      '? ingress Web SecurityGroupIngress[0]: it depends on the condition `Prod`',
    ]);
    expect(ingressOf({ 'Fn::If': ['Prod', [rule], []] })).toEqual([
      '? ingress Web SecurityGroupIngress: it depends on the condition `Prod`',
    ]);
    expect(ingressOf('text')).toEqual(['? ingress Web SecurityGroupIngress: expected a list of rules']);
  });

  test('a reference that comes back to itself, and functions without an end', () => {
    const circle = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: { 'Fn::GetAtt': 'A.CidrBlock' } } };
    const Web = group({ SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: { 'Fn::GetAtt': 'A.CidrBlock' } }] });
    expect(toldByTemplate({ Resources: { A: circle, Web } }).rules['Web']?.join()).toContain(
      '`A.CidrBlock` refers to itself',
    );
    let deep: unknown = '10.0.0.0/8';
    for (let depth = 0; depth < 20_000; depth += 1) deep = { 'Fn::Join': ['', [deep]] };
    expect(cidrTold(deep)).toContain('too deeply, or in a circle');
  });

  test('texts that double without an end stop', () => {
    const vpc = (next: string) => ({
      Type: 'AWS::EC2::VPC',
      Properties: {
        CidrBlock: { 'Fn::Join': ['', Array.from({ length: 9 }, () => ({ 'Fn::GetAtt': `${next}.CidrBlock` }))] },
      },
    });
    const chain = Object.fromEntries(
      Array.from({ length: 9 }, (_, at) => [`V${String(at)}`, vpc(`V${String(at + 1)}`)]),
    );
    const V9 = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: 'x' } };
    const Web = group({ SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: { 'Fn::GetAtt': 'V0.CidrBlock' } }] });
    expect(toldByTemplate({ Resources: { ...chain, V9, Web } }).rules['Web']?.join()).toContain('it is too long');
  });
});

describe('what is wrong with a rule is said', () => {
  test.each<[string, Fields, string]>([
    ['no source', {}, 'no source; expected one of `CidrIp`, `CidrIpv6`'],
    ['two sources', { CidrIp: '10.0.0.0/8', CidrIpv6: '::/0' }, 'more than one source'],
    [
      'a group by a name that is none here',
      { SourceSecurityGroupName: 'other' },
      '`SourceSecurityGroupName` is no group of the template',
    ],
    ['a broken range', { CidrIp: '10.0.0.0/33' }, 'address range `10.0.0.0/33`'],
    [
      'ports that are none',
      { IpProtocol: 'tcp', FromPort: 'ssh', ToPort: 22, CidrIp: '10.0.0.0/8' },
      'ports `none` to `22`',
    ],
    ['no protocol', { IpProtocol: null, CidrIp: '10.0.0.0/8' }, 'protocol ``'],
  ])('%s', (_, properties, why) => {
    const { rules } = toldByTemplate({ Resources: { Web: group(), Rule: ingress(properties) } });
    expect(rules['Web']?.find((rule) => rule.startsWith('?'))).toContain(`? ingress Rule: ${why}`);
  });
});

describe('what is not judged is said', () => {
  const web = { Web: group() };
  test.each<[string, Fields, string]>([
    [
      'transforms',
      { Transform: ['AWS::Serverless-2016-10-31'], Resources: web },
      '`AWS::Serverless-2016-10-31` is carried out',
    ],
    ['loops', { Resources: { ...web, 'Fn::ForEach::Groups': [] } }, '`Fn::ForEach::Groups` is carried out'],
    [
      'nested stacks',
      { Resources: { ...web, Other: { Type: 'AWS::CloudFormation::Stack' } } },
      '`Other` makes resources',
    ],
    ['conditions', { Resources: { Web: group({}, { Condition: 'Prod' }) } }, '`Web` is made under a condition'],
    [
      'a rule of an unknown group',
      { Resources: { ...web, R: ingress({ GroupId: { Ref: 'X' } }) } },
      'of which group `R` is',
    ],
    ['a name to come', { Resources: { Web: group({ GroupName: undefined }) } }, 'the names of `Web` are known when'],
    [
      'tags to come',
      { Resources: { Web: group({ Tags: [{ Key: 'a', Value: { Ref: 'X' } }] }) } },
      'some tags of `Web` are known when',
    ],
    [
      'a VPC to come',
      { Parameters: { Net: { Type: 'AWS::EC2::VPC::Id' } }, Resources: { Web: group({ VpcId: { Ref: 'Net' } }) } },
      '`--network Net=10.0.0.0/16`',
    ],
    ['no VPC', { Resources: { Web: group({ VpcId: undefined }) } }, 'the VPC of `Web` is not known'],
    [
      'defaults',
      {
        Parameters: { Name: { Type: 'String', Default: 'x' } },
        Resources: { Web: group({ GroupName: { Ref: 'Name' } }) },
      },
      'parameters are taken at their defaults: `Name`',
    ],
  ])('%s', (_, template, note) => {
    expect(toldByTemplate(template).notes.join('\n')).toContain(note);
  });

  test('properties that deploying adds may be rules', () => {
    const { rules } = toldByTemplate({ Resources: { Web: group({ 'Fn::Transform': { Name: 'AWS::Include' } }) } });
    expect(rules['Web']?.filter((rule) => rule.startsWith('?'))).toHaveLength(2);
  });
});
