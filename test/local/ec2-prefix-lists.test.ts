import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteManagedPrefixListCommand,
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
  ModifySecurityGroupRulesCommand,
  paginateDescribeManagedPrefixLists,
  paginateGetManagedPrefixListEntries,
  type CreateManagedPrefixListCommandInput,
  type ModifyManagedPrefixListCommandInput,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, codeOf, keys, otherVpc, region, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;

beforeEach(async () => {
  ec2 = await startLocalEc2();
});
afterEach(() => ec2.close());

const s3 = 'pl-6ea54007';
const missing = 'pl-0123456789abcdef0';
const cidrs = (count: number) => Array.from({ length: count }, (_, index) => ({ Cidr: `10.0.${String(index)}.0/24` }));

const create = async (input: Partial<CreateManagedPrefixListCommandInput> = {}) => {
  const defaults = { PrefixListName: 'offices', MaxEntries: 10, AddressFamily: 'IPv4' };
  return (await ec2.client.send(new CreateManagedPrefixListCommand({ ...defaults, ...input }))).PrefixList!;
};
const modify = (PrefixListId: string | undefined, input: Partial<ModifyManagedPrefixListCommandInput>) =>
  ec2.client.send(new ModifyManagedPrefixListCommand({ PrefixListId, ...input }));
const describeLists = async (input: object = {}) =>
  (await ec2.client.send(new DescribeManagedPrefixListsCommand(input))).PrefixLists!;
const one = async (id: string | undefined) => (await describeLists({ PrefixListIds: [id] }))[0]!;
const entriesOf = async (PrefixListId: string | undefined, TargetVersion?: number) =>
  (await ec2.client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId, TargetVersion }))).Entries!;

describe('a prefix list', () => {
  test('is created with its entries at version 1', async () => {
    const made = await create({
      Entries: [{ Cidr: '203.0.113.9/24', Description: 'head office' }, { Cidr: '198.51.100.7/32' }],
      TagSpecifications: [{ ResourceType: 'prefix-list', Tags: [{ Key: 'team', Value: 'net' }] }],
    });
    expect(made).toEqual({
      PrefixListId: expect.stringMatching(/^pl-[0-9a-f]{17}$/) as unknown,
      AddressFamily: 'IPv4',
      State: 'create-in-progress',
      PrefixListArn: `arn:aws:ec2:${region}:${account}:prefix-list/${made.PrefixListId!}`,
      PrefixListName: 'offices',
      MaxEntries: 10,
      Version: 1,
      Tags: [{ Key: 'team', Value: 'net' }],
      OwnerId: account,
    });
    expect(await one(made.PrefixListId)).toEqual({ ...made, State: 'create-complete' });
    expect(await entriesOf(made.PrefixListId)).toEqual([
      { Cidr: '203.0.113.0/24', Description: 'head office' },
      { Cidr: '198.51.100.7/32' },
    ]);
  });

  test('of IPv6 is kept in canonical form', async () => {
    const { PrefixListId } = await create({ AddressFamily: 'IPv6', Entries: [{ Cidr: '2001:DB8:BEEF::/48' }] });
    expect(await entriesOf(PrefixListId)).toEqual([{ Cidr: '2001:db8:beef::/48' }]);
  });

  test('has a version for every change of its entries, and keeps the old ones', async () => {
    const { PrefixListId } = await create({ Entries: cidrs(2) });
    const AddEntries = [{ Cidr: '192.0.2.0/24', Description: 'lab' }];
    const answer = await modify(PrefixListId, { CurrentVersion: 1, AddEntries, RemoveEntries: cidrs(1) });
    expect(answer.PrefixList).toMatchObject({ State: 'modify-in-progress', Version: 1 });
    expect(await one(PrefixListId)).toMatchObject({ State: 'modify-complete', Version: 2 });
    await modify(PrefixListId, { PrefixListName: 'sites' });
    await modify(PrefixListId, { MaxEntries: 20, CurrentVersion: 2 });
    expect(await one(PrefixListId)).toMatchObject({ PrefixListName: 'sites', MaxEntries: 20, Version: 2 });
    expect(await entriesOf(PrefixListId)).toEqual([{ Cidr: '10.0.1.0/24' }, ...AddEntries]);
    expect(await entriesOf(PrefixListId, 1)).toEqual(cidrs(2));
    expect(await codeOf(entriesOf(PrefixListId, 3))).toBe('InvalidParameterValue');
  });

  test.each<[string, Partial<ModifyManagedPrefixListCommandInput>, string]>([
    ['another version', { CurrentVersion: 2, AddEntries: [{ Cidr: '10.9.0.0/16' }] }, 'PrefixListVersionMismatch'],
    ['no version', { AddEntries: [{ Cidr: '10.9.0.0/16' }] }, 'MissingParameter'],
    ['a known entry', { CurrentVersion: 1, AddEntries: [{ Cidr: '10.0.0.7/24' }] }, 'InvalidPrefixListModification'],
    [
      'an unknown entry',
      { CurrentVersion: 1, RemoveEntries: [{ Cidr: '10.9.0.0/16' }] },
      'InvalidPrefixListModification',
    ],
    [
      'one entry both ways',
      { CurrentVersion: 1, AddEntries: cidrs(1), RemoveEntries: cidrs(1) },
      'InvalidParameterValue',
    ],
    [
      'one entry twice',
      { CurrentVersion: 1, AddEntries: [{ Cidr: '10.9.0.0/16' }, { Cidr: '10.9.0.1/16' }] },
      'InvalidParameterValue',
    ],
    ['more than the maximum', { CurrentVersion: 1, AddEntries: cidrs(11).slice(2) }, 'PrefixListMaxEntriesExceeded'],
    ['more than 100 changes', { CurrentVersion: 1, AddEntries: cidrs(103).slice(2) }, 'InvalidParameterValue'],
    [
      'entries and maximum',
      { CurrentVersion: 1, AddEntries: cidrs(3).slice(2), MaxEntries: 5 },
      'InvalidParameterCombination',
    ],
    ['a maximum below the entries', { MaxEntries: 1 }, 'PrefixListMaxEntriesExceeded'],
    ['the other family', { CurrentVersion: 1, AddEntries: [{ Cidr: '2001:db8::/32' }] }, 'InvalidParameterValue'],
    ['a name of AWS', { PrefixListName: 'com.amazonaws.mine' }, 'InvalidParameterValue'],
    ['nothing', {}, 'InvalidRequest'],
  ])('refuses %s and stays as it was', async (_, input, code) => {
    const { PrefixListId } = await create({ Entries: cidrs(2) });
    const before = await one(PrefixListId);
    expect(await codeOf(modify(PrefixListId, input))).toBe(code);
    expect(await one(PrefixListId)).toEqual(before);
    expect(await entriesOf(PrefixListId)).toEqual(cidrs(2));
  });

  test.each<[object, string]>([
    [{ PrefixListName: undefined }, 'MissingParameter'],
    [{ MaxEntries: undefined }, 'MissingParameter'],
    [{ AddressFamily: 'ipv4' }, 'InvalidParameterValue'],
    [{ MaxEntries: 0 }, 'InvalidParameterValue'],
    [{ MaxEntries: 1, Entries: cidrs(2) }, 'PrefixListMaxEntriesExceeded'],
    [{ Entries: [{ Cidr: '10.0.0.0' }] }, 'InvalidParameterValue'],
    [{ TagSpecifications: [{ ResourceType: 'security-group', Tags: [] }] }, 'InvalidParameterValue'],
  ])('is not created with %j', async (input, code) => {
    expect(await codeOf(create(input))).toBe(code);
    expect(await describeLists()).toHaveLength(1);
  });

  test('can be tagged and deleted', async () => {
    const { PrefixListId } = await create();
    await ec2.client.send(new CreateTagsCommand({ Resources: [PrefixListId!], Tags: [{ Key: 'a', Value: 'b' }] }));
    expect((await one(PrefixListId)).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
    const { PrefixList } = await ec2.client.send(new DeleteManagedPrefixListCommand({ PrefixListId }));
    expect(PrefixList).toMatchObject({ PrefixListId, State: 'delete-in-progress' });
    expect(await codeOf(one(PrefixListId))).toBe('InvalidPrefixListID.NotFound');
  });
});

describe('reading', () => {
  test('by id, owner, name and tag', async () => {
    const { PrefixListId: id } = await create({
      TagSpecifications: [{ ResourceType: 'prefix-list', Tags: [{ Key: 'a' }] }],
    });
    const ids = async (Name: string, ...Values: string[]) =>
      (await describeLists({ Filters: [{ Name, Values }] })).map(({ PrefixListId }) => PrefixListId);
    expect(await ids('prefix-list-id', id!, missing)).toEqual([id]);
    expect(await ids('owner-id', account)).toEqual([id]);
    expect(await ids('owner-id', 'AWS')).toEqual([s3]);
    expect(await ids('owner-id', 'aws')).toEqual([]);
    expect(await ids('prefix-list-name', `com.amazonaws.${region}.s3`, 'offices')).toEqual([s3, id]);
    expect(await ids('prefix-list-name', 'off*')).toEqual([id]);
    expect(await ids('tag-key', 'a')).toEqual([id]);
    expect(await codeOf(ids('state', 'create-complete'))).toBe('InvalidParameterValue');
    expect(await codeOf(one(missing))).toBe('InvalidPrefixListID.NotFound');
    expect(await codeOf(one('sg-0123456789abcdef0'))).toBe('InvalidPrefixListId.Malformed');
    expect(await codeOf(entriesOf(missing))).toBe('InvalidPrefixListID.NotFound');
  });

  test('in pages of 1 to 100', async () => {
    const { PrefixListId } = await create({ MaxEntries: 300, Entries: cidrs(100) });
    await modify(PrefixListId, { CurrentVersion: 1, AddEntries: cidrs(200).slice(100) });
    await modify(PrefixListId, { CurrentVersion: 2, AddEntries: cidrs(250).slice(200) });
    const pages: number[] = [];
    const entries: unknown[] = [];
    for await (const page of paginateGetManagedPrefixListEntries(
      { client: ec2.client, pageSize: 100 },
      { PrefixListId },
    )) {
      pages.push(page.Entries!.length);
      entries.push(...page.Entries!);
    }
    expect(pages).toEqual([100, 100, 50]);
    expect(entries).toEqual(cidrs(250));
    expect(await entriesOf(PrefixListId)).toHaveLength(250);
    const lists: unknown[] = [];
    for await (const page of paginateDescribeManagedPrefixLists({ client: ec2.client, pageSize: 1 }, {})) {
      lists.push(...page.PrefixLists!);
    }
    expect(lists).toHaveLength(2);
    for (const MaxResults of [0, 101]) {
      expect(await codeOf(describeLists({ MaxResults }))).toBe('InvalidParameterValue');
    }
  });

  test('the list of AWS has entries, no version and no maximum, and cannot be changed', async () => {
    const list = await one(s3);
    expect(list).toMatchObject({ OwnerId: 'AWS', PrefixListArn: `arn:aws:ec2:${region}:aws:prefix-list/${s3}` });
    expect(list).not.toHaveProperty('Version');
    expect(list).not.toHaveProperty('MaxEntries');
    expect(await entriesOf(s3)).not.toEqual([]);
    expect(await codeOf(modify(s3, { PrefixListName: 'mine' }))).toBe('UnsupportedOperation');
    expect(await codeOf(ec2.client.send(new DeleteManagedPrefixListCommand({ PrefixListId: s3 })))).toBe(
      'UnsupportedOperation',
    );
  });

  test('no group is in a VPC beside its own', async () => {
    const Filters = [{ Name: 'group-id', Values: ['sg-0123456789abcdef0'] }];
    const answer = await ec2.client.send(new DescribeSecurityGroupVpcAssociationsCommand({ Filters }));
    expect(answer.SecurityGroupVpcAssociations).toEqual([]);
  });
});

describe('a rule', () => {
  let GroupId: string | undefined;
  beforeEach(async () => {
    const input = { GroupName: 'web', Description: 'web servers', VpcId: otherVpc };
    ({ GroupId } = await ec2.client.send(new CreateSecurityGroupCommand(input)));
  });
  const tcp = (port: number, id: string | undefined) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    PrefixListIds: [{ PrefixListId: id }],
  });
  const authorize = (port: number, id: string | undefined) =>
    ec2.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [tcp(port, id)] }));

  test('names a list that is there', async () => {
    expect(await codeOf(authorize(22, missing))).toBe('InvalidPrefixListID.NotFound');
    expect(await codeOf(authorize(22, 'pl-1'))).toBe('InvalidPrefixListId.Malformed');
    const { SecurityGroupRules } = await authorize(22, s3);
    const SecurityGroupRuleId = SecurityGroupRules![0]!.SecurityGroupRuleId;
    const rule = (PrefixListId: string | undefined) => ({ IpProtocol: '-1', PrefixListId });
    const change = (id: string | undefined) =>
      ec2.client.send(
        new ModifySecurityGroupRulesCommand({
          GroupId,
          SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule: rule(id) }],
        }),
      );
    expect(await codeOf(change(missing))).toBe('InvalidPrefixListID.NotFound');
    expect((await change((await create()).PrefixListId)).Return).toBe(true);
  });

  test('weighs as much as its list may have entries', async () => {
    const { PrefixListId } = await create({ MaxEntries: 30 });
    await authorize(22, PrefixListId);
    await authorize(23, PrefixListId);
    expect(await codeOf(authorize(24, s3))).toBe('RulesPerSecurityGroupLimitExceeded');
    await ec2.client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [tcp(24, s3)] }));
    await modify(PrefixListId, { MaxEntries: 31 });
    const failed = await one(PrefixListId);
    expect(failed).toMatchObject({ State: 'modify-failed', MaxEntries: 30 });
    expect(failed.StateMessage).toContain(GroupId);
    await modify(PrefixListId, { MaxEntries: 29 });
    await authorize(24, s3);
  });

  test('keeps its list from being deleted', async () => {
    const { PrefixListId } = await create();
    await authorize(22, PrefixListId);
    await ec2.client.send(new DeleteManagedPrefixListCommand({ PrefixListId }));
    const failed = await one(PrefixListId);
    expect(failed.State).toBe('delete-failed');
    expect(failed.StateMessage).toContain(GroupId);
  });
});

describe('the record', () => {
  const last = () => ec2.records.at(-1)!;

  test('of a modification is wrapped, with one element as an object and several as a list', async () => {
    const { PrefixListId } = await create({ Entries: cidrs(3) });
    expect(last()).toMatchObject({
      eventName: 'CreateManagedPrefixList',
      requestParameters: {
        CreateManagedPrefixListRequest: { PrefixListName: 'offices', MaxEntries: 10, AddressFamily: 'IPv4' },
      },
      responseElements: { CreateManagedPrefixListResponse: { prefixList: { prefixListId: PrefixListId } } },
    });
    const AddEntries = [{ Cidr: '0.0.0.0/0', Description: 'all' }];
    const { $metadata } = await modify(PrefixListId, { CurrentVersion: 1, AddEntries, RemoveEntries: cidrs(2) });
    expect(last()).toMatchObject({
      eventName: 'ModifyManagedPrefixList',
      requestID: $metadata.requestId,
      requestParameters: {
        ModifyManagedPrefixListRequest: {
          PrefixListId,
          CurrentVersion: 1,
          AddEntry: { Cidr: '0.0.0.0/0', Description: 'all', tag: 1 },
          RemoveEntry: [
            { Cidr: '10.0.0.0/24', tag: 1 },
            { Cidr: '10.0.1.0/24', tag: 2 },
          ],
        },
      },
    });
    await ec2.client.send(new DeleteManagedPrefixListCommand({ PrefixListId }));
    expect(last()).toMatchObject({
      eventName: 'DeleteManagedPrefixList',
      requestParameters: { DeleteManagedPrefixListRequest: { PrefixListId } },
    });
  });

  test('of a refusal says why, and reads are not recorded', async () => {
    await codeOf(modify(missing, { CurrentVersion: 1 }));
    expect(last()).toMatchObject({ errorCode: 'Client.InvalidPrefixListID.NotFound', responseElements: null });
    const count = ec2.records.length;
    await entriesOf(s3);
    expect(ec2.records).toHaveLength(count);
    const reader = ec2.clientFor(keys.reader);
    const denied = new ModifyManagedPrefixListCommand({ PrefixListId: s3 });
    expect(await codeOf(reader.send(denied))).toBe('UnauthorizedOperation');
    expect((await reader.send(new DescribeManagedPrefixListsCommand({}))).PrefixLists).toHaveLength(1);
  });
});
