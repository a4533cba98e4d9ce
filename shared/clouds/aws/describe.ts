// The describe calls, all pages of each.
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import type {
  DescribeSecurityGroupsRequest,
  EC2Client,
  SecurityGroup,
  SecurityGroupRule,
  SecurityGroupVpcAssociation,
  Vpc,
} from '@aws-sdk/client-ec2';
import { Fault } from '../../base/fault.ts';
import { failureOf } from './failure.ts';
import { PAGE_SIZE } from './traits.ts';

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

interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/** A million rules; a listing that goes on longer does not end. */
const MOST_PAGES = 1000;

/** Every page of a listing. A page may be empty and yet not be the last. */
async function pagesOf<T>(what: string, ask: (token: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await ask(token);
    items.push(...(page.items ?? []));
    const next = page.next ?? '';
    if (next === '') return items;
    if (next === token) break;
    token = next;
  }
  throw new Fault('unavailable', `the pages of \`${what}\` do not end; read again later`);
}

/** `*`, `?` and `\` have a meaning in the value of a filter (EC2 User Guide, filtering, 2026-11-24). */
function filterValue(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}

/** One group. EC2 refuses a page size beside ids, and needs none for a single group. */
export async function describeGroup(client: EC2Client, id: string): Promise<GroupsAnswer> {
  const answer = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
  return { SecurityGroups: answer.SecurityGroups ?? [] };
}

/** All groups, or those that carry a name. */
export async function describeGroups(client: EC2Client, name?: string): Promise<GroupsAnswer> {
  const filter: DescribeSecurityGroupsRequest =
    name === undefined ? {} : { Filters: [{ Name: 'group-name', Values: [filterValue(name)] }] };
  const groups = await pagesOf('describe-security-groups', async (NextToken) => {
    const answer = await client.send(
      new DescribeSecurityGroupsCommand({ ...filter, MaxResults: PAGE_SIZE, NextToken }),
    );
    return { items: answer.SecurityGroups, next: answer.NextToken };
  });
  return { SecurityGroups: groups };
}

/** The rules of one group, or of all. */
export async function describeRules(client: EC2Client, id?: string): Promise<RulesAnswer> {
  const filter = id === undefined ? {} : { Filters: [{ Name: 'group-id', Values: [id] }] };
  const rules = await pagesOf('describe-security-group-rules', async (NextToken) => {
    const input = { ...filter, MaxResults: PAGE_SIZE, NextToken };
    const answer = await client.send(new DescribeSecurityGroupRulesCommand(input));
    return { items: answer.SecurityGroupRules, next: answer.NextToken };
  });
  return { SecurityGroupRules: rules };
}

export async function describeVpcs(client: EC2Client): Promise<VpcsAnswer> {
  const vpcs = await pagesOf('describe-vpcs', async (NextToken) => {
    const answer = await client.send(new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, NextToken }));
    return { items: answer.Vpcs, next: answer.NextToken };
  });
  return { Vpcs: vpcs };
}

/**
 * Which groups are used in VPCs beside the one that they were made in. Undefined where EC2 does not say so: the
 * permission came later than those of the other calls, and there may be endpoints without the call. Not knowing widens
 * what a named group may be; failing the read would blind us to everything.
 */
export async function describeAssociations(client: EC2Client): Promise<AssociationsAnswer | undefined> {
  try {
    const associations = await pagesOf('describe-security-group-vpc-associations', async (NextToken) => {
      const answer = await client.send(
        new DescribeSecurityGroupVpcAssociationsCommand({ MaxResults: PAGE_SIZE, NextToken }),
      );
      return { items: answer.SecurityGroupVpcAssociations, next: answer.NextToken };
    });
    return { SecurityGroupVpcAssociations: associations };
  } catch (error) {
    const kind = failureOf(error)?.kind;
    if (kind === 'denied' || kind === 'refused') return undefined;
    throw error;
  }
}
