// The describe calls, all pages of each.
import {
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2';
import type {
  EC2Client,
  ManagedPrefixList,
  PrefixListEntry,
  SecurityGroup,
  SecurityGroupRule,
  SecurityGroupVpcAssociation,
  Vpc,
} from '@aws-sdk/client-ec2';
import { filterBy, pagesIn, pagesOf, portionsOf } from './paging.ts';
import type { Filter, Page } from './paging.ts';
import type { PrefixList } from './prefix-lists.ts';
import { LIST_PAGE_SIZE, PAGE_SIZE, TARGETS_PER_PAGE } from './traits.ts';

export interface GroupsAnswer {
  readonly SecurityGroups: readonly SecurityGroup[];
}

export interface RulesAnswer {
  readonly SecurityGroupRules: readonly SecurityGroupRule[];
}

export interface VpcsAnswer {
  readonly Vpcs: readonly Vpc[];
}

export interface AssociationsAnswer {
  readonly SecurityGroupVpcAssociations: readonly SecurityGroupVpcAssociation[];
}

export interface PrefixListsAnswer {
  readonly PrefixLists: readonly ManagedPrefixList[];
}

export interface EntriesAnswer {
  readonly Entries: readonly PrefixListEntry[];
}

/** One group. EC2 refuses a page size beside ids, and needs none for a single group. */
export async function describeGroup(client: EC2Client, id: string): Promise<GroupsAnswer> {
  const answer = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
  return { SecurityGroups: answer.SecurityGroups ?? [] };
}

async function groupsBy(
  client: EC2Client,
  Filters: Filter[],
  seen?: (page: readonly SecurityGroup[]) => void,
): Promise<readonly SecurityGroup[]> {
  const ask = async (NextToken: string | undefined): Promise<Page<SecurityGroup>> => {
    const input = { ...(Filters.length === 0 ? {} : { Filters }), MaxResults: PAGE_SIZE, NextToken };
    const answer = await client.send(new DescribeSecurityGroupsCommand(input));
    return { items: answer.SecurityGroups, next: answer.NextToken };
  };
  return pagesOf('describe-security-groups', ask, seen);
}

/** All groups. `seen` is told of each page. */
export async function describeGroups(
  client: EC2Client,
  seen?: (page: readonly SecurityGroup[]) => void,
): Promise<GroupsAnswer> {
  return { SecurityGroups: await groupsBy(client, [], seen) };
}

/** All groups, page by page. */
export function groupPages(client: EC2Client): AsyncIterable<readonly SecurityGroup[]> {
  return pagesIn('describe-security-groups', async (NextToken) => {
    const answer = await client.send(new DescribeSecurityGroupsCommand({ MaxResults: TARGETS_PER_PAGE, NextToken }));
    return { items: answer.SecurityGroups, next: answer.NextToken };
  });
}

/** What groups can be asked for by. The last two: those whose rules name a prefix list. */
export type GroupFilter =
  'group-name' | 'group-id' | 'vpc-id' | 'ip-permission.prefix-list-id' | 'egress.ip-permission.prefix-list-id';

/** All groups that have one of these values. One that no group has is no error here. */
export async function describeGroupsBy(
  client: EC2Client,
  what: GroupFilter,
  values: readonly string[],
): Promise<GroupsAnswer> {
  const answers = await Promise.all(portionsOf(values).map((some) => groupsBy(client, [filterBy(what, some)])));
  return { SecurityGroups: answers.flat() };
}

/** The rules of some groups, no more than one filter takes, or of all. `seen` is told of each page. */
export async function describeRules(
  client: EC2Client,
  ids?: readonly string[],
  seen?: (page: readonly SecurityGroupRule[]) => void,
): Promise<RulesAnswer> {
  const filter = ids === undefined ? {} : { Filters: [filterBy('group-id', ids)] };
  const ask = async (NextToken: string | undefined): Promise<Page<SecurityGroupRule>> => {
    const input = { ...filter, MaxResults: PAGE_SIZE, NextToken };
    const answer = await client.send(new DescribeSecurityGroupRulesCommand(input));
    return { items: answer.SecurityGroupRules, next: answer.NextToken };
  };
  return { SecurityGroupRules: await pagesOf('describe-security-group-rules', ask, seen) };
}

export async function describeVpcs(client: EC2Client): Promise<VpcsAnswer> {
  const vpcs = await pagesOf('describe-vpcs', async (NextToken) => {
    const answer = await client.send(new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, NextToken }));
    return { items: answer.Vpcs, next: answer.NextToken };
  });
  return { Vpcs: vpcs };
}

/** The VPCs that groups are in beside their own: of all groups, or those in some VPCs. */
export async function describeAssociations(
  client: EC2Client,
  networks?: readonly string[],
): Promise<AssociationsAnswer> {
  const askedBy = async (filter: { readonly Filters?: Filter[] }): Promise<readonly SecurityGroupVpcAssociation[]> =>
    pagesOf('describe-security-group-vpc-associations', async (NextToken) => {
      const input = { ...filter, MaxResults: PAGE_SIZE, NextToken };
      const answer = await client.send(new DescribeSecurityGroupVpcAssociationsCommand(input));
      return { items: answer.SecurityGroupVpcAssociations, next: answer.NextToken };
    });
  const filters =
    networks === undefined ? [{}] : portionsOf(networks).map((some) => ({ Filters: [filterBy('vpc-id', some)] }));
  const associations = await Promise.all(filters.map(askedBy));
  return { SecurityGroupVpcAssociations: associations.flat() };
}

async function prefixListsBy(client: EC2Client, Filters: Filter[]): Promise<readonly ManagedPrefixList[]> {
  return pagesOf('describe-managed-prefix-lists', async (NextToken) => {
    const input = { Filters, MaxResults: LIST_PAGE_SIZE, NextToken };
    const answer = await client.send(new DescribeManagedPrefixListsCommand(input));
    return { items: answer.PrefixLists, next: answer.NextToken };
  });
}

/** The lists with these ids. One that does not exist, or that these credentials do not see, is left out. */
export async function describePrefixLists(client: EC2Client, ids: readonly string[]): Promise<PrefixListsAnswer> {
  const answers = await Promise.all(
    portionsOf(ids).map((some) => prefixListsBy(client, [filterBy('prefix-list-id', some)])),
  );
  return { PrefixLists: answers.flat() };
}

/**
 * The lists with these owners and names, and perhaps others: the filters `owner-id` and `prefix-list-name` are joined
 * with AND, the values of each with OR (EC2 API Reference, DescribeManagedPrefixLists and Filter, 2026-11-24).
 */
export async function describePrefixListsNamed(
  client: EC2Client,
  wanted: readonly Pick<PrefixList, 'owner' | 'name'>[],
): Promise<PrefixListsAnswer> {
  const answers = await Promise.all(
    portionsOf(wanted).map((some) => {
      const owners = some.map(({ owner }) => owner);
      const names = some.map(({ name }) => name);
      return prefixListsBy(client, [filterBy('owner-id', owners), filterBy('prefix-list-name', names)]);
    }),
  );
  return { PrefixLists: answers.flat() };
}

/** The entries of one version of a list, so that all pages are of one moment. A list without versions: those of now. */
export async function getEntries(
  client: EC2Client,
  { id, version }: Pick<PrefixList, 'id' | 'version'>,
): Promise<EntriesAnswer> {
  const entries = await pagesOf('get-managed-prefix-list-entries', async (NextToken) => {
    const input = { PrefixListId: id, TargetVersion: version, MaxResults: LIST_PAGE_SIZE, NextToken };
    const answer = await client.send(new GetManagedPrefixListEntriesCommand(input));
    return { items: answer.Entries, next: answer.NextToken };
  });
  return { Entries: entries };
}
