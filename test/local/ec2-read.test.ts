import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  paginateDescribeSecurityGroupRules,
  type DescribeSecurityGroupsCommandInput,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, codeOf, defaultVpc, otherVpc, region, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;
let groupId: string;

beforeEach(async () => {
  ec2 = await startLocalEc2();
  const made = await ec2.client.send(
    new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web servers', VpcId: otherVpc }),
  );
  groupId = made.GroupId!;
});
afterEach(() => ec2.close());

const authorize = (IpPermissions: IpPermission[]) =>
  ec2.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
const readGroup = async (id = groupId) =>
  (await ec2.client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups![0]!;
const readRules = async () =>
  (await ec2.client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] })))
    .SecurityGroupRules!;

describe('a new group', () => {
  test('lets everything out, over IPv6 only where the VPC has an IPv6 range', async () => {
    expect((await readGroup()).IpPermissionsEgress).toEqual([
      {
        IpProtocol: '-1',
        UserIdGroupPairs: [],
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        PrefixListIds: [],
      },
    ]);
    const plain = await ec2.client.send(
      new CreateSecurityGroupCommand({ GroupName: 'plain', Description: 'in the default VPC' }),
    );
    const group = await readGroup(plain.GroupId);
    expect(group.VpcId).toBe(defaultVpc);
    expect(group.IpPermissionsEgress).toMatchObject([{ IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [] }]);
    expect(group.IpPermissions).toEqual([]);
  });

  test('has an id, an ARN and the tags given to it', async () => {
    const made = await ec2.client.send(
      new CreateSecurityGroupCommand({
        GroupName: 'db',
        Description: 'data bases',
        VpcId: otherVpc,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'team', Value: 'a &amp; <b>' }] }],
      }),
    );
    expect(made.GroupId).toMatch(/^sg-[0-9a-f]{17}$/);
    expect(made.SecurityGroupArn).toBe(`arn:aws:ec2:${region}:${account}:security-group/${made.GroupId!}`);
    expect(made.Tags).toEqual([{ Key: 'team', Value: 'a &amp; <b>' }]);
    expect(await readGroup(made.GroupId)).toMatchObject({
      GroupName: 'db',
      Description: 'data bases',
      OwnerId: account,
      Tags: [{ Key: 'team', Value: 'a &amp; <b>' }],
    });
  });

  test('stands beside the default group of each VPC, which lets its own members in', async () => {
    const { SecurityGroups } = await ec2.client.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }),
    );
    expect(SecurityGroups!.map((group) => group.VpcId)).toEqual([defaultVpc, otherVpc]);
    for (const group of SecurityGroups!) {
      expect(group.IpPermissions).toMatchObject([
        { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group.GroupId, UserId: account }] },
      ]);
    }
  });
});

describe('reading rules', () => {
  test('the group view merges peers of one protocol and port range, the rule view has one row for each', async () => {
    await authorize([
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'office' }],
      },
      { IpProtocol: '6', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '198.51.100.7/32' }] },
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0:0:1::/64' }] },
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: groupId, Description: 'own' }] },
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: 'pl-6ea54007' }] },
    ]);
    expect((await readGroup()).IpPermissions).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'office' }, { CidrIp: '198.51.100.7/32' }],
        Ipv6Ranges: [{ CidrIpv6: '2001:db8::/64' }],
        UserIdGroupPairs: [{ UserId: account, GroupId: groupId, Description: 'own' }],
        PrefixListIds: [{ PrefixListId: 'pl-6ea54007' }],
      },
    ]);
    const ingress = (await readRules()).filter((rule) => rule.IsEgress === false);
    expect(
      ingress.map((rule) => rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo),
    ).toEqual([
      '203.0.113.0/24',
      '198.51.100.7/32',
      '2001:db8::/64',
      { GroupId: groupId, UserId: account },
      'pl-6ea54007',
    ]);
    for (const rule of ingress) {
      expect(rule).toMatchObject({
        GroupId: groupId,
        GroupOwnerId: account,
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
      });
      expect(rule.SecurityGroupRuleId).toMatch(/^sgr-[0-9a-f]{17}$/);
    }
  });

  test.each([
    ['-1', undefined, undefined, '-1', -1, -1],
    ['-1', 0, 0, '-1', -1, -1],
    ['50', 0, 65535, '50', -1, -1],
    ['58', undefined, undefined, 'icmpv6', -1, -1],
    ['1', 8, -1, 'icmp', 8, -1],
    ['UDP', 53, 53, 'udp', 53, 53],
  ])('protocol %s with ports %s-%s is %s %s-%s', async (IpProtocol, FromPort, ToPort, protocol, from, to) => {
    await authorize([{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]);
    const [rule] = (await readRules()).filter((candidate) => candidate.IsEgress === false);
    expect(rule).toMatchObject({ IpProtocol: protocol, FromPort: from, ToPort: to });
    const [permission] = (await readGroup()).IpPermissions!;
    const hasPorts = !['-1', '50'].includes(protocol);
    expect([permission!.FromPort, permission!.ToPort]).toEqual(hasPorts ? [from, to] : [undefined, undefined]);
  });

  test('networks are canonical: host bits cleared, IPv6 as in RFC 5952', async () => {
    await authorize([
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '203.0.113.77/25' }, { CidrIp: '198.51.100.9/0' }] },
      {
        IpProtocol: '-1',
        Ipv6Ranges: [{ CidrIpv6: '2001:0DB8:0:1:0:0:0:FFFF/127' }, { CidrIpv6: '::192.0.2.33/124' }],
      },
    ]);
    const [permission] = (await readGroup()).IpPermissions!;
    expect(permission!.IpRanges!.map((range) => range.CidrIp)).toEqual(['203.0.113.0/25', '0.0.0.0/0']);
    expect(permission!.Ipv6Ranges!.map((range) => range.CidrIpv6)).toEqual([
      '2001:db8:0:1::fffe/127',
      '::c000:220/124',
    ]);
  });
});

describe('tags', () => {
  test('of rules come from Authorize and are shown with the rules', async () => {
    const { SecurityGroupRules } = await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'ticket', Value: 'CHG0030192' }] }],
      }),
    );
    expect(SecurityGroupRules).toMatchObject([{ Tags: [{ Key: 'ticket', Value: 'CHG0030192' }] }]);
    const found = await ec2.client.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'tag:ticket', Values: ['CHG*'] }] }),
    );
    expect(found.SecurityGroupRules!.map((rule) => rule.SecurityGroupRuleId)).toEqual([
      SecurityGroupRules![0]!.SecurityGroupRuleId,
    ]);
  });

  test('of a rule can be made later', async () => {
    const ids = (await readRules()).map((rule) => rule.SecurityGroupRuleId!);
    await ec2.client.send(new CreateTagsCommand({ Resources: [ids[1]!], Tags: [{ Key: 'ticket', Value: 'later' }] }));
    expect((await readRules()).map((rule) => rule.Tags)).toEqual([[], [{ Key: 'ticket', Value: 'later' }]]);
  });

  test('of groups are made, replaced and taken away, by value where one is given', async () => {
    const tags = async () => (await readGroup()).Tags;
    const pairs = (...Tags: { Key: string; Value: string }[]) => ({ Resources: [groupId], Tags });
    await ec2.client.send(new CreateTagsCommand(pairs({ Key: 'env', Value: 'test' }, { Key: 'owner', Value: 'x' })));
    await ec2.client.send(new CreateTagsCommand(pairs({ Key: 'env', Value: 'prod' })));
    expect(await tags()).toEqual([
      { Key: 'env', Value: 'prod' },
      { Key: 'owner', Value: 'x' },
    ]);
    await ec2.client.send(new DeleteTagsCommand(pairs({ Key: 'env', Value: 'test' })));
    expect(await tags()).toHaveLength(2);
    await ec2.client.send(new DeleteTagsCommand({ Resources: [groupId], Tags: [{ Key: 'owner' }] }));
    expect(await tags()).toEqual([{ Key: 'env', Value: 'prod' }]);
  });

  test('a call that names one unknown resource tags nothing', async () => {
    const call = new CreateTagsCommand({
      Resources: [groupId, 'sg-00000000000000000'],
      Tags: [{ Key: 'env', Value: 'prod' }],
    });
    expect(await codeOf(ec2.client.send(call))).toBe('InvalidGroup.NotFound');
    expect((await readGroup()).Tags).toBeUndefined();
  });
});

describe('filters', () => {
  const found = async (Name: string, ...Values: string[]) => {
    const { SecurityGroups } = await ec2.client.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values }] }),
    );
    return SecurityGroups!.map((group) => group.GroupName);
  };

  test('choose by id, name, VPC and tag', async () => {
    await ec2.client.send(new CreateTagsCommand({ Resources: [groupId], Tags: [{ Key: 'env', Value: 'a*b' }] }));
    expect(await found('group-id', groupId)).toEqual(['web']);
    expect(await found('group-name', 'web', 'absent')).toEqual(['web']);
    expect(await found('vpc-id', otherVpc)).toEqual(['default', 'web']);
    expect(await found('tag:env', 'a\\*b')).toEqual(['web']);
    expect(await found('tag:env', 'a.b')).toEqual([]);
    expect(await found('tag-key', 'en?')).toEqual(['web']);
  });

  test('a name that is not known is refused', async () => {
    expect(await codeOf(found('group-nam', 'web'))).toBe('InvalidParameterValue');
  });
});

describe('paging', () => {
  const rules = (count: number): IpPermission[] => [
    {
      IpProtocol: 'tcp',
      FromPort: 80,
      ToPort: 80,
      IpRanges: Array.from({ length: count }, (_, index) => ({ CidrIp: `203.0.113.${index}/32` })),
    },
  ];

  test('shows every rule once, also when one that was shown is removed between two pages', async () => {
    await authorize(rules(12));
    const seen: string[] = [];
    const pages = paginateDescribeSecurityGroupRules(
      { client: ec2.client, pageSize: 5 },
      { Filters: [{ Name: 'group-id', Values: [groupId] }] },
    );
    for await (const page of pages) {
      expect(page.SecurityGroupRules!.length).toBeLessThanOrEqual(5);
      seen.push(...page.SecurityGroupRules!.map((rule) => rule.SecurityGroupRuleId!));
      const shown = page.SecurityGroupRules!.find((rule) => rule.IsEgress === false)?.SecurityGroupRuleId;
      await ec2.client.send(
        new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: [shown!] }),
      );
    }
    expect(seen).toHaveLength(14);
    expect(new Set(seen).size).toBe(14);
  });

  test('needs 5 to 1000 a page, a token of ours, and no list of ids', async () => {
    const read = (input: DescribeSecurityGroupsCommandInput) =>
      codeOf(ec2.client.send(new DescribeSecurityGroupsCommand(input)));
    expect(await read({ MaxResults: 4 })).toBe('InvalidParameterValue');
    expect(await read({ MaxResults: 1001 })).toBe('InvalidParameterValue');
    expect(await read({ NextToken: 'abc' })).toBe('InvalidParameterValue');
    expect(await read({ MaxResults: 5, GroupIds: [groupId] })).toBe('InvalidParameterCombination');
    expect(await read({ MaxResults: 5 })).toMatchObject({ SecurityGroups: [{}, {}, {}] });
  });
});

test('VPCs are shown with their IPv4 and IPv6 ranges', async () => {
  const { Vpcs } = await ec2.client.send(new DescribeVpcsCommand({}));
  expect(Vpcs).toMatchObject([
    { VpcId: defaultVpc, IsDefault: true, CidrBlock: '172.31.0.0/16' },
    {
      VpcId: otherVpc,
      IsDefault: false,
      State: 'available',
      OwnerId: account,
      CidrBlockAssociationSet: [
        { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
        { CidrBlock: '10.1.0.0/16', CidrBlockState: { State: 'associated' } },
      ],
      Ipv6CidrBlockAssociationSet: [
        { Ipv6CidrBlock: '2001:db8:1234::/56', Ipv6CidrBlockState: { State: 'associated' } },
      ],
      Tags: [{ Key: 'Name', Value: 'other' }],
    },
  ]);
  expect(await codeOf(ec2.client.send(new DescribeVpcsCommand({ VpcIds: ['vpc-00000000'] })))).toBe(
    'InvalidVpcID.NotFound',
  );
});

test('a modified rule keeps its id and place', async () => {
  await authorize([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '203.0.113.0/24' }] }]);
  const [before] = (await readRules()).filter((rule) => rule.IsEgress === false);
  await ec2.client.send(
    new ModifySecurityGroupRulesCommand({
      GroupId: groupId,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: before!.SecurityGroupRuleId,
          SecurityGroupRule: {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            CidrIpv4: '0.0.0.0/0',
            Description: 'open',
          },
        },
      ],
    }),
  );
  const [after] = (await readRules()).filter((rule) => rule.IsEgress === false);
  expect(after).toEqual({ ...before, CidrIpv4: '0.0.0.0/0', Description: 'open' });
});

test('egress rules are kept apart from ingress rules', async () => {
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 25, ToPort: 25, IpRanges: [{ CidrIp: '192.0.2.0/24' }] }];
  await authorize(IpPermissions);
  await ec2.client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));
  const group = await readGroup();
  expect(group.IpPermissions).toMatchObject(IpPermissions);
  expect(group.IpPermissionsEgress).toMatchObject([{ IpProtocol: '-1' }, ...IpPermissions]);
});
