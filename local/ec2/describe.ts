import { ruleIdNotFound, vpcNotFound } from './errors.ts';
import { filterOf } from './filters.ts';
import {
  arnOf,
  checkedRuleId,
  groupById,
  groupByName,
  type Direction,
  type LocalVpc,
  type SecurityGroup,
  type Setting,
  type World,
} from './groups.ts';
import { commonNames } from './outcome.ts';
import { pageOf, refusePaging } from './paging.ts';
import { expectOnly, textsAt, type QueryNode } from './query.ts';
import { permissionItems, ruleItem, tagSet } from './rule-items.ts';
import type { XmlFields } from './xml.ts';

const listNames = [...commonNames, 'Filter', 'MaxResults', 'NextToken'] as const;

function groupItem(setting: Setting, group: SecurityGroup): XmlFields {
  const permissions = (direction: Direction): readonly XmlFields[] =>
    permissionItems(
      group.rules.filter((rule) => rule.direction === direction),
      setting.account,
    );
  return {
    ownerId: setting.account,
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    vpcId: group.vpcId,
    securityGroupArn: arnOf(setting, 'security-group', group.id),
    ipPermissions: permissions('ingress'),
    ipPermissionsEgress: permissions('egress'),
    tagSet: tagSet(group.tags),
  };
}

/** DescribeSecurityGroups: whole groups, with merged permissions and without rule ids. */
export function describeSecurityGroups(world: World, query: QueryNode, setting: Setting): XmlFields {
  expectOnly(query, [...listNames, 'GroupId', 'GroupName']);
  const filter = filterOf(query, ['group-id', 'group-name', 'vpc-id', 'owner-id', 'description']);
  const byId = textsAt(query, 'GroupId').map((id) => groupById(world, id));
  const byName = textsAt(query, 'GroupName').map((name) => groupByName(world, name));
  // Remembered, not verified: only ids are refused together with paging.
  if (byId.length > 0) refusePaging(query, 'GroupIds');
  const named = new Set([...byId, ...byName]);
  const found = [...world.groups.values()].filter(
    (group) =>
      (named.size === 0 || named.has(group)) &&
      filter(
        {
          'group-id': group.id,
          'group-name': group.name,
          'vpc-id': group.vpcId,
          'owner-id': setting.account,
          description: group.description,
        },
        group.tags,
      ),
  );
  const { items, nextToken } = pageOf(query, found);
  return { securityGroupInfo: items.map((group) => groupItem(setting, group)), nextToken };
}

/** DescribeSecurityGroupRules: one row for each peer, with ids and without the tags of the group. */
export function describeSecurityGroupRules(world: World, query: QueryNode, setting: Setting): XmlFields {
  expectOnly(query, [...listNames, 'SecurityGroupRuleId']);
  const filter = filterOf(query, ['group-id', 'security-group-rule-id']);
  const ids = textsAt(query, 'SecurityGroupRuleId').map(checkedRuleId);
  const rows = [...world.groups.values()]
    .flatMap((group) => group.rules.map((rule) => ({ group, rule, sequence: rule.sequence })))
    .sort((a, b) => a.sequence - b.sequence);
  const missing = ids.find((id) => !rows.some(({ rule }) => rule.id === id));
  if (missing !== undefined) throw ruleIdNotFound(missing);
  const found = rows.filter(
    ({ group, rule }) =>
      (ids.length === 0 || ids.includes(rule.id)) &&
      filter({ 'group-id': group.id, 'security-group-rule-id': rule.id }, rule.tags),
  );
  const { items, nextToken } = pageOf(query, found);
  const rowItem = (group: SecurityGroup, rule: SecurityGroup['rules'][number]): XmlFields => ({
    ...ruleItem(setting, group, rule),
    tagSet: tagSet(rule.tags),
  });
  return { securityGroupRuleSet: items.map(({ group, rule }) => rowItem(group, rule)), nextToken };
}

function vpcItem(setting: Setting, vpc: LocalVpc): XmlFields {
  const state = { state: 'associated' };
  // Association ids are made from the VPC's id, so that they are the same at every call.
  const associationId = (index: number): string =>
    `vpc-cidr-assoc-${vpc.id.replace(/^vpc-/, '').slice(0, -2)}${index.toString(16).padStart(2, '0')}`;
  return {
    vpcId: vpc.id,
    ownerId: setting.account,
    state: 'available',
    cidrBlock: vpc.cidrs[0],
    cidrBlockAssociationSet: vpc.cidrs.map((cidrBlock, index) => ({
      cidrBlock,
      associationId: associationId(index),
      cidrBlockState: state,
    })),
    ipv6CidrBlockAssociationSet: vpc.ipv6Cidrs.map((ipv6CidrBlock, index) => ({
      ipv6CidrBlock,
      associationId: associationId(vpc.cidrs.length + index),
      ipv6CidrBlockState: state,
    })),
    instanceTenancy: 'default',
    tagSet: tagSet(vpc.tags ?? []),
    isDefault: vpc.isDefault,
  };
}

/** DescribeVpcs: the networks given at the start, with their IPv4 and IPv6 ranges. */
export function describeVpcs(world: World, query: QueryNode, setting: Setting): XmlFields {
  expectOnly(query, [...listNames, 'VpcId']);
  const filter = filterOf(query, ['vpc-id', 'is-default', 'isDefault', 'state', 'owner-id', 'cidr']);
  const ids = textsAt(query, 'VpcId');
  const missing = ids.find((id) => !world.vpcs.some((vpc) => vpc.id === id));
  if (missing !== undefined) throw vpcNotFound(missing);
  const valuesOf = (vpc: LocalVpc): Readonly<Record<string, string>> => ({
    'vpc-id': vpc.id,
    'is-default': String(vpc.isDefault),
    isDefault: String(vpc.isDefault),
    state: 'available',
    'owner-id': setting.account,
    cidr: vpc.cidrs[0] ?? '',
  });
  const found = world.vpcs
    .map((vpc, index) => ({ vpc, sequence: index + 1 }))
    .filter(({ vpc }) => (ids.length === 0 || ids.includes(vpc.id)) && filter(valuesOf(vpc), vpc.tags ?? []));
  const { items, nextToken } = pageOf(query, found);
  return { vpcSet: items.map(({ vpc }) => vpcItem(setting, vpc)), nextToken };
}
