import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DescribeManagedPrefixListsCommand,
  DescribePrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySecurityGroupRulesCommand,
  RestoreManagedPrefixListVersionCommand,
  RunInstancesCommand,
  type Filter,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import type { LocalEc2Options } from '../../local/ec2/server.ts';
import { codeOf, defaultVpc, otherVpc, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;
afterEach(() => ec2.close());

async function start(changes: Partial<LocalEc2Options> = {}) {
  ec2 = await startLocalEc2(changes);
}

const makeGroup = async (GroupName: string, VpcId = defaultVpc) =>
  (await ec2.client.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd', VpcId }))).GroupId!;
const authorize = async (GroupId: string, ...CidrIps: string[]) => {
  const IpRanges = CidrIps.map((CidrIp) => ({ CidrIp }));
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges }];
  return ec2.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
};

describe('quotas', () => {
  test('rules a direction: 60, or as raised', async () => {
    await start({ quotas: { rulesPerDirection: 3 } });
    const group = await makeGroup('web');
    await authorize(group, '10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24');
    expect(await codeOf(authorize(group, '10.0.3.0/24'))).toBe('RulesPerSecurityGroupLimitExceeded');
  });

  test('rules times groups stay within 1000', async () => {
    await start();
    await expect(startLocalEc2({ quotas: { rulesPerDirection: 201 } })).rejects.toThrow('is `1005`; write numbers');
    await expect(startLocalEc2({ quotas: { groupsPerInterface: 17, rulesPerDirection: 1 } })).rejects.toThrow(
      'write 1 to 16',
    );
  });

  test('groups an interface: five, under a code of its own for an instance', async () => {
    await start();
    const groups = [];
    for (const name of 'abcdef') groups.push(await makeGroup(name));
    const run = (SecurityGroupIds: string[]) =>
      ec2.client.send(new RunInstancesCommand({ ImageId: 'ami-01234567', MinCount: 1, MaxCount: 1, SecurityGroupIds }));
    expect(await codeOf(run(groups))).toBe('SecurityGroupsPerInstanceLimitExceeded');
    const { Instances } = await run(groups.slice(1));
    const { NetworkInterfaceId } = Instances![0]!.NetworkInterfaces![0]!;
    const modify = new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: groups });
    expect(await codeOf(ec2.client.send(modify))).toBe('SecurityGroupsPerInterfaceLimitExceeded');
  });

  test('groups a region, the default ones counted', async () => {
    await start({ quotas: { groupsPerRegion: 3 } });
    await makeGroup('one');
    expect(await codeOf(makeGroup('two'))).toBe('SecurityGroupLimitExceeded');
  });

  test('tags a resource', async () => {
    await start({ quotas: { tagsPerResource: 2 } });
    const Tags = ['a', 'b', 'c'].map((Key) => ({ Key, Value: '' }));
    const tag = (count: number) =>
      ec2.client.send(new CreateTagsCommand({ Resources: [defaultVpc], Tags: Tags.slice(0, count) }));
    await tag(2);
    expect(await codeOf(tag(3))).toBe('TagLimitExceeded');
  });
});

describe('prefix lists', () => {
  const list = async (PrefixListName: string, MaxEntries: number) => {
    const command = new CreateManagedPrefixListCommand({
      PrefixListName,
      MaxEntries,
      AddressFamily: 'IPv4',
      Entries: [{ Cidr: '10.0.0.0/8' }],
    });
    return (await ec2.client.send(command)).PrefixList!.PrefixListId!;
  };

  test('a rule that is changed to name another list weighs what that list does', async () => {
    await start();
    const [small, large, group] = [await list('small', 10), await list('large', 61), await makeGroup('web')];
    const PrefixListIds = [{ PrefixListId: small }];
    const made = await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [{ IpProtocol: '-1', PrefixListIds }],
      }),
    );
    const SecurityGroupRuleId = made.SecurityGroupRules![0]!.SecurityGroupRuleId!;
    const SecurityGroupRules = [{ SecurityGroupRuleId, SecurityGroupRule: { IpProtocol: '-1', PrefixListId: large } }];
    const modify = new ModifySecurityGroupRulesCommand({ GroupId: group, SecurityGroupRules });
    expect(await codeOf(ec2.client.send(modify))).toBe('RulesPerSecurityGroupLimitExceeded');
  });

  test('an older version is restored as a new one', async () => {
    await start();
    const PrefixListId = await list('one', 10);
    await ec2.client.send(
      new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries: [{ Cidr: '192.0.2.0/24' }] }),
    );
    const restore = (PreviousVersion: number, CurrentVersion: number) =>
      ec2.client.send(new RestoreManagedPrefixListVersionCommand({ PrefixListId, PreviousVersion, CurrentVersion }));
    expect(await codeOf(restore(1, 1))).toBe('PrefixListVersionMismatch');
    expect(await codeOf(restore(7, 2))).toBe('InvalidParameterValue');
    expect((await restore(1, 2)).PrefixList).toMatchObject({ State: 'restore-in-progress', Version: 2 });
    const { Entries } = await ec2.client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
    expect(Entries).toEqual([{ Cidr: '10.0.0.0/8' }]);
    const { PrefixLists } = await ec2.client.send(
      new DescribeManagedPrefixListsCommand({ PrefixListIds: [PrefixListId] }),
    );
    expect(PrefixLists).toMatchObject([{ State: 'restore-complete', Version: 3 }]);
    expect(ec2.records.at(-1)!.requestParameters).toEqual({
      RestoreManagedPrefixListVersionRequest: { PrefixListId, PreviousVersion: 1, CurrentVersion: 2 },
    });
  });

  test('those of AWS are listed with their networks', async () => {
    await start();
    await list('own', 1);
    const { PrefixLists } = await ec2.client.send(new DescribePrefixListsCommand({}));
    expect(PrefixLists!.map(({ PrefixListId }) => PrefixListId)).toEqual(['pl-6ea54007']);
    expect(PrefixLists![0]!.Cidrs).toContain('3.5.136.0/22');
  });
});

test('groups are found by what their rules name', async () => {
  await start();
  const [one, two] = [await makeGroup('one'), await makeGroup('two')];
  await authorize(one, '192.0.2.0/24');
  await ec2.client.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: two,
      IpPermissions: [
        { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: one }], PrefixListIds: [{ PrefixListId: 'pl-6ea54007' }] },
      ],
    }),
  );
  const by = async (...names: [string, string][]) => {
    const Filters: Filter[] = names.map(([Name, Value]) => ({ Name, Values: [Value] }));
    return (await ec2.client.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups!.map(
      ({ GroupId }) => GroupId,
    );
  };
  expect(await by(['ip-permission.cidr', '192.0.2.0/24'])).toEqual([one]);
  expect(await by(['ip-permission.group-id', one])).toEqual([two]);
  expect(await by(['ip-permission.prefix-list-id', 'pl-6ea54007'])).toEqual([two]);
  expect(await by(['egress.ip-permission.prefix-list-id', 'pl-6ea54007'])).toEqual([]);
  expect(await by(['egress.ip-permission.cidr', '0.0.0.0/0'], ['group-id', two])).toEqual([two]);
  expect(await by(['ip-permission.from-port', '1'])).toEqual([one]);
});

describe('a world of 20,000 groups', () => {
  const count = 20_000;
  const id = (index: number) => `sg-${index.toString(16).padStart(17, '0')}`;
  const fleet = () =>
    Array.from({ length: count }, (_, index) => ({
      id: id(index),
      name: `group-${String(index)}`,
      vpcId: otherVpc,
      tags: [{ key: 'team', value: String(index % 1000) }],
      rules: [
        {
          direction: 'ingress',
          protocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          peer: { kind: 'ipv4', cidr: '10.0.0.9/8' },
        },
        { direction: 'egress', protocol: '-1', peer: { kind: 'group', id: id(index) } },
      ] as const,
    }));

  test('is there at once, page by page, and can be changed', async () => {
    await start({ fleet: fleet(), quotas: { groupsPerRegion: 25_000 } });
    // As text: the SDK would take most of the time to make objects of them.
    const seen = new Set<string>();
    let token: string | undefined;
    do {
      const next: Record<string, string> = token === undefined ? {} : { NextToken: token };
      const { xml } = await ec2.raw({ Action: 'DescribeSecurityGroups', MaxResults: '1000', ...next });
      for (const [, group] of xml.matchAll(/<item><ownerId>\d+<\/ownerId><groupId>([^<]+)/g)) seen.add(group!);
      token = /<nextToken>([^<]+)/.exec(xml)?.[1];
    } while (token !== undefined);
    expect(seen.size).toBe(count + 2);
    await authorize(id(12_345), '192.0.2.0/24');
    const Filters = [{ Name: 'group-id', Values: [id(12_345)] }];
    const read = await ec2.client.send(new DescribeSecurityGroupRulesCommand({ Filters, MaxResults: 5 }));
    expect(read.SecurityGroupRules!.map(({ CidrIpv4 }) => CidrIpv4)).toEqual(['10.0.0.0/8', undefined, '192.0.2.0/24']);
    const tagged = await ec2.client.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag:team', Values: ['7'] }] }),
    );
    expect(tagged.SecurityGroups).toHaveLength(20);
    expect(ec2.records).toHaveLength(1);
  });
});

test('rules are listed group by group, and a page may end inside a group', async () => {
  await start();
  const groups = [await makeGroup('one'), await makeGroup('two')];
  for (const group of groups) await authorize(group, '10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24');
  const all = await ec2.client.send(new DescribeSecurityGroupRulesCommand({}));
  const ids: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.client.send(
      new DescribeSecurityGroupRulesCommand({ MaxResults: 5, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    ids.push(...page.SecurityGroupRules!.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId!));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(ids).toEqual(all.SecurityGroupRules!.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId));
  expect(ids).toHaveLength(13);
});
