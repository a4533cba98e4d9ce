import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2ServiceException,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type IpPermission,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, codeOf, defaultVpc, otherVpc, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;
let groupId: string;

const create = async (GroupName: string, VpcId = otherVpc) =>
  (await ec2.client.send(new CreateSecurityGroupCommand({ GroupName, Description: 'a test', VpcId }))).GroupId!;

beforeEach(async () => {
  ec2 = await startLocalEc2();
  groupId = await create('web');
});
afterEach(() => ec2.close());

const ssh = (...cidrs: string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
});
const authorize = (...IpPermissions: IpPermission[]) =>
  ec2.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
const revoke = (GroupId: string, ...IpPermissions: IpPermission[]) =>
  ec2.client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
const rulesOf = async (id = groupId, egress = false) => {
  const Filters = [{ Name: 'group-id', Values: [id] }];
  const { SecurityGroupRules } = await ec2.client.send(new DescribeSecurityGroupRulesCommand({ Filters }));
  return SecurityGroupRules!.filter((rule) => rule.IsEgress === egress);
};
const cidrsOf = async (id = groupId) => (await rulesOf(id)).map((rule) => rule.CidrIpv4 ?? rule.CidrIpv6);
const modify = (...updates: [string, SecurityGroupRuleRequest][]) =>
  ec2.client.send(
    new ModifySecurityGroupRulesCommand({
      GroupId: groupId,
      SecurityGroupRules: updates.map(([SecurityGroupRuleId, SecurityGroupRule]) => ({
        SecurityGroupRuleId,
        SecurityGroupRule,
      })),
    }),
  );

describe('Authorize', () => {
  test('answers the rules it made, with their ids', async () => {
    const { Return, SecurityGroupRules } = await authorize(ssh('203.0.113.0/24', '198.51.100.7/32'));
    expect(Return).toBe(true);
    expect(SecurityGroupRules).toMatchObject([
      { GroupId: groupId, GroupOwnerId: account, IsEgress: false, CidrIpv4: '203.0.113.0/24', FromPort: 22 },
      { GroupId: groupId, GroupOwnerId: account, IsEgress: false, CidrIpv4: '198.51.100.7/32', FromPort: 22 },
    ]);
    expect((await rulesOf()).map((rule) => rule.SecurityGroupRuleId)).toEqual(
      SecurityGroupRules!.map((rule) => rule.SecurityGroupRuleId),
    );
  });

  test('one rule that exists makes the whole call fail, also in another spelling', async () => {
    await authorize(ssh('203.0.113.0/24'));
    const call = authorize(ssh('10.0.0.0/8'), {
      IpProtocol: '6',
      FromPort: 22,
      ToPort: 22,
      IpRanges: [{ CidrIp: '203.0.113.9/24', Description: 'other' }],
    });
    await expect(call).rejects.toMatchObject({
      name: 'InvalidPermission.Duplicate',
      message: 'the specified rule "peer: 203.0.113.0/24, TCP, from port: 22, to port: 22, ALLOW" already exists',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(call).rejects.toBeInstanceOf(EC2ServiceException);
    expect(await cidrsOf()).toEqual(['203.0.113.0/24']);
  });

  test('one rule twice in a call is an error of its own', async () => {
    expect(await codeOf(authorize(ssh('10.0.0.0/8', '10.9.9.9/8')))).toBe('InvalidParameterValue');
    expect(await cidrsOf()).toEqual([]);
  });

  test.each<[string, IpPermission, string]>([
    ['no ports', { IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }, 'InvalidParameterValue'],
    ['ports out of range', { ...ssh('10.0.0.0/8'), ToPort: 65536 }, 'InvalidParameterValue'],
    ['ports reversed', { ...ssh('10.0.0.0/8'), FromPort: 23 }, 'InvalidParameterValue'],
    ['an unknown protocol', { IpProtocol: 'esp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }, 'InvalidParameterValue'],
    ['a malformed network', ssh('10.0.0.0'), 'InvalidParameterValue'],
    ['an IPv6 network as IPv4', ssh('::/0'), 'InvalidParameterValue'],
    [
      'a malformed IPv6 network',
      { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '1::2::3/64' }] },
      'InvalidParameterValue',
    ],
    ['no peer', { IpProtocol: '-1' }, 'MissingParameter'],
    [
      'an ICMP code without a type',
      { ...ssh('10.0.0.0/8'), IpProtocol: 'icmp', FromPort: -1, ToPort: 3 },
      'InvalidPermission.Malformed',
    ],
    [
      'an unknown group',
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-00000000000000000' }] },
      'InvalidGroup.NotFound',
    ],
    ['a malformed group', { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-web' }] }, 'InvalidGroupId.Malformed'],
    [
      'a malformed prefix list',
      { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'list' }] },
      'InvalidPrefixListId.Malformed',
    ],
    [
      'a forbidden description',
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a"b' }] },
      'InvalidParameterValue',
    ],
  ])('refuses %s and adds nothing', async (_what, permission, code) => {
    expect(await codeOf(authorize(ssh('192.0.2.0/24'), permission))).toBe(code);
    expect(await cidrsOf()).toEqual([]);
  });

  test('a group of another VPC cannot be a peer', async () => {
    const other = await create('far', defaultVpc);
    const call = authorize({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: other }] });
    expect(await codeOf(call)).toBe('InvalidGroup.NotFound');
  });

  test('takes 60 rules a direction and family, IPv4 and IPv6 apart, a group counts for both', async () => {
    const v4 = Array.from({ length: 60 }, (_, index) => ({ CidrIp: `203.0.113.${index}/32` }));
    const v6 = Array.from({ length: 59 }, (_, index) => ({ CidrIpv6: `2001:db8::${index}/128` }));
    await authorize({ IpProtocol: '-1', IpRanges: v4, Ipv6Ranges: v6 });
    expect(await codeOf(authorize(ssh('10.0.0.0/8')))).toBe('RulesPerSecurityGroupLimitExceeded');
    const own = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groupId }] };
    expect(await codeOf(authorize(own))).toBe('RulesPerSecurityGroupLimitExceeded');
    await authorize({ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] });
    const oneMore = authorize({ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '2001:db8:1::/48' }] });
    expect(await codeOf(oneMore)).toBe('RulesPerSecurityGroupLimitExceeded');
    expect(await rulesOf()).toHaveLength(120);
    const egress = new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: [ssh('10.0.0.0/8')] });
    expect(await codeOf(ec2.client.send(egress))).toMatchObject({ Return: true });
  });
});

describe('the flat form', () => {
  test('adds and revokes one IPv4 rule', async () => {
    const rule = { GroupId: groupId, IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '0.0.0.0/0' };
    const made = await ec2.raw({ Action: 'AuthorizeSecurityGroupIngress', ...rule });
    expect(made).toMatchObject({
      status: 200,
      xml: expect.stringContaining('<cidrIpv4>0.0.0.0/0</cidrIpv4>') as string,
    });
    expect(await cidrsOf()).toEqual(['0.0.0.0/0']);
    expect(await ec2.raw({ Action: 'RevokeSecurityGroupIngress', ...rule })).toMatchObject({ status: 200 });
    expect(await cidrsOf()).toEqual([]);
  });

  test('names a group of the default VPC by its name, and opens it whole to a source group', async () => {
    const id = await create('bastion', defaultVpc);
    await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupName: 'bastion', SourceSecurityGroupName: 'default' }),
    );
    const rules = await rulesOf(id);
    expect(rules.map((rule) => [rule.IpProtocol, rule.FromPort, rule.ToPort])).toEqual([
      ['tcp', 0, 65535],
      ['udp', 0, 65535],
      ['icmp', -1, -1],
    ]);
    const byName = new AuthorizeSecurityGroupIngressCommand({ GroupName: 'web', IpPermissions: [ssh('10.0.0.0/8')] });
    expect(await codeOf(ec2.client.send(byName))).toBe('InvalidGroup.NotFound');
  });

  test('excludes the list form', async () => {
    const both = await ec2.raw({
      Action: 'AuthorizeSecurityGroupIngress',
      GroupId: groupId,
      CidrIp: '10.0.0.0/8',
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.IpRanges.1.CidrIp': '10.0.0.0/8',
    });
    expect(both.xml).toContain('<Code>InvalidParameterCombination</Code>');
  });
});

describe('Revoke', () => {
  test('by rule ids takes those rules and says which', async () => {
    const { SecurityGroupRules } = await authorize(ssh('203.0.113.0/24', '198.51.100.7/32'));
    const id = SecurityGroupRules![0]!.SecurityGroupRuleId!;
    const answer = await ec2.client.send(
      new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: [id] }),
    );
    expect(answer.RevokedSecurityGroupRules).toMatchObject([{ SecurityGroupRuleId: id, CidrIpv4: '203.0.113.0/24' }]);
    expect(await cidrsOf()).toEqual(['198.51.100.7/32']);
  });

  test('by ids revokes nothing if one of them is not a rule of this group and direction', async () => {
    const { SecurityGroupRules } = await authorize(ssh('203.0.113.0/24'));
    const id = SecurityGroupRules![0]!.SecurityGroupRuleId!;
    const [egress] = await rulesOf(groupId, true);
    for (const other of ['sgr-00000000000000000', egress!.SecurityGroupRuleId!]) {
      const call = new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: [id, other] });
      expect(await codeOf(ec2.client.send(call))).toBe('InvalidSecurityGroupRuleId.NotFound');
    }
    expect(await cidrsOf()).toEqual(['203.0.113.0/24']);
  });

  test('by permission ignores the description and the spelling', async () => {
    await authorize({ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32', Description: 'all' }] });
    await revoke(groupId, {
      IpProtocol: '-1',
      FromPort: 0,
      ToPort: 0,
      Ipv6Ranges: [{ CidrIpv6: '2001:0DB8:ffff::1/32', Description: 'else' }],
    });
    expect(await cidrsOf()).toEqual([]);
  });

  test('outside the default VPC an unmatched permission makes the whole call fail', async () => {
    await authorize(ssh('203.0.113.0/24'));
    await expect(revoke(groupId, ssh('203.0.113.0/24', '10.0.0.0/8'))).rejects.toMatchObject({
      name: 'InvalidPermission.NotFound',
      message: 'The specified rule does not exist in this security group.',
    });
    expect(await cidrsOf()).toEqual(['203.0.113.0/24']);
  });

  test('in the default VPC an unmatched permission is listed, and the matched one is revoked', async () => {
    const id = await create('bastion', defaultVpc);
    await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: [ssh('203.0.113.0/24')] }),
    );
    const answer = await revoke(id, ssh('203.0.113.0/24', '10.0.0.0/8'));
    expect(answer.UnknownIpPermissions).toMatchObject([{ FromPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]);
    expect(answer.RevokedSecurityGroupRules).toHaveLength(1);
    expect(await cidrsOf(id)).toEqual([]);
  });

  test('closes the way out too', async () => {
    await ec2.client.send(
      new RevokeSecurityGroupEgressCommand({
        GroupId: groupId,
        IpPermissions: [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
      }),
    );
    expect((await rulesOf(groupId, true)).map((rule) => rule.CidrIpv4)).toEqual(['0.0.0.0/0']);
  });

  test('takes ids or permissions, not both, and not neither', async () => {
    const ids = { GroupId: groupId, SecurityGroupRuleIds: ['sgr-00000000000000000'] };
    const both = new RevokeSecurityGroupIngressCommand({ ...ids, IpPermissions: [ssh('10.0.0.0/8')] });
    expect(await codeOf(ec2.client.send(both))).toBe('InvalidParameterCombination');
    expect(await codeOf(revoke(groupId))).toBe('MissingParameter');
  });
});

describe('Modify', () => {
  const open: SecurityGroupRuleRequest = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' };
  const idsOf = async () => (await rulesOf()).map((rule) => rule.SecurityGroupRuleId!);

  test('changes traffic, network and description; an omitted description is cleared', async () => {
    await authorize({ ...ssh(), IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'inside' }] });
    const [id] = await idsOf();
    await modify([id!, { ...open, FromPort: 80, ToPort: 90 }]);
    const [rule] = await rulesOf();
    expect(rule).toMatchObject({ SecurityGroupRuleId: id, FromPort: 80, ToPort: 90, CidrIpv4: '0.0.0.0/0' });
    expect(rule!.Description).toBeUndefined();
  });

  test('never changes the kind of peer', async () => {
    await authorize(ssh('10.0.0.0/8'));
    const [id] = await idsOf();
    const traffic = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
    await expect(modify([id!, { ...traffic, ReferencedGroupId: groupId }])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'You may not specify a referenced group id for an existing IPv4 CIDR rule.',
    });
    expect(await codeOf(modify([id!, { ...traffic, CidrIpv6: '::/0' }]))).toBe('InvalidParameterValue');
    expect(await codeOf(modify([id!, { ...open, CidrIpv6: '::/0' }]))).toBe('InvalidParameterCombination');
    expect(await codeOf(modify([id!, traffic]))).toBe('MissingParameter');
    expect(await cidrsOf()).toEqual(['10.0.0.0/8']);
  });

  test('a result that equals another rule is a duplicate and nothing changes', async () => {
    await authorize(ssh('10.0.0.0/8', '0.0.0.0/0', '192.0.2.0/24'));
    const [first, , third] = await idsOf();
    const call = modify([third!, { ...open, CidrIpv4: '198.51.100.0/24' }], [first!, open]);
    expect(await codeOf(call)).toBe('InvalidPermission.Duplicate');
    expect(await cidrsOf()).toEqual(['10.0.0.0/8', '0.0.0.0/0', '192.0.2.0/24']);
  });

  test('an unknown rule id, or one of another group, changes nothing', async () => {
    await authorize(ssh('10.0.0.0/8'));
    const [id] = await idsOf();
    expect(await codeOf(modify([id!, open], ['sgr-00000000000000000', open]))).toBe(
      'InvalidSecurityGroupRuleId.NotFound',
    );
    expect(await codeOf(modify([id!, open], [id!, open]))).toBe('InvalidParameterValue');
    expect(await cidrsOf()).toEqual(['10.0.0.0/8']);
  });

  test('descriptions alone change by permission or by rule id', async () => {
    await authorize(ssh('10.0.0.0/8', '192.0.2.0/24'));
    const ids = await idsOf();
    const update = (input: Omit<UpdateSecurityGroupRuleDescriptionsIngressCommand['input'], 'GroupId'>) =>
      ec2.client.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: groupId, ...input }));
    await update({ IpPermissions: [{ ...ssh(), IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'inside' }] }] });
    await update({ SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: ids[1], Description: 'guest' }] });
    expect((await rulesOf()).map((rule) => rule.Description)).toEqual(['inside', 'guest']);
    const unknown = update({ IpPermissions: [ssh('172.16.0.0/12')] });
    expect(await codeOf(unknown)).toBe('InvalidPermission.NotFound');
  });
});

describe('groups', () => {
  test('a name is taken once in a VPC', async () => {
    expect(await codeOf(create('web'))).toBe('InvalidGroup.Duplicate');
    expect(await codeOf(create('web', defaultVpc))).toMatch(/^sg-/);
    expect(await codeOf(create('default'))).toBe('InvalidParameterValue');
    expect(await codeOf(create('x', 'vpc-00000000'))).toBe('InvalidVpcID.NotFound');
  });

  test('a group goes when no other refers to it; the default group stays', async () => {
    const other = await create('db');
    await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: other,
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groupId }] }],
      }),
    );
    const remove = (GroupId: string) => codeOf(ec2.client.send(new DeleteSecurityGroupCommand({ GroupId })));
    expect(await remove(groupId)).toBe('DependencyViolation');
    expect(await remove(other)).toMatchObject({ Return: true });
    expect(await remove(groupId)).toMatchObject({ Return: true });
    expect(await remove(groupId)).toBe('InvalidGroup.NotFound');
    const { SecurityGroups } = await ec2.client.send(new DescribeSecurityGroupsCommand({}));
    expect(SecurityGroups!.map((group) => group.GroupName)).toEqual(['default', 'default']);
    expect(await remove(SecurityGroups![0]!.GroupId!)).toBe('CannotDelete');
  });
});
