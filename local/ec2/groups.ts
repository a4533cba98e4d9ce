import { Ec2Error, groupNotFound, missingParameter, ruleIdNotFound } from './errors.ts';
import { textAt, type QueryNode } from './query.ts';
import type { Permission, PrefixList, SecurityGroup, Vpc, World } from './world.ts';

/** The world with one group added or replaced. */
export function withGroup(world: World, group: SecurityGroup): World {
  return { ...world, groups: world.groups.with(group) };
}

/** The world with one prefix list added or replaced. */
export function withPrefixList(world: World, list: PrefixList): World {
  return { ...world, prefixLists: world.prefixLists.with(list) };
}

/** Identical traffic and peer; the description is not part of a rule's identity. */
export function ruleKey(permission: Permission): string {
  const { traffic, peer } = permission;
  const name = 'cidr' in peer ? peer.cidr : peer.id;
  return [traffic.protocol, traffic.fromPort, traffic.toPort, peer.kind, name].join(' ');
}

/** The VPC in which names of groups are looked up. */
export function defaultVpcOf(world: World): Vpc | undefined {
  return world.vpcs.find((vpc) => vpc.isDefault);
}

/** Refuses a text that cannot be the id of a security group. */
function checkedGroupId(id: string): string {
  if (/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) return id;
  throw new Ec2Error('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
}

/** Refuses a text that cannot be the id of a security group rule. */
export function checkedRuleId(id: string): string {
  if (/^sgr-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) return id;
  throw new Ec2Error('InvalidSecurityGroupRuleId.Malformed', `Invalid id: "${id}" (expecting "sgr-...")`);
}

/** The group with the id. */
export function groupById(world: World, id: string): SecurityGroup {
  const group = world.groups.get(checkedGroupId(id));
  if (group === undefined) throw groupNotFound(id);
  return group;
}

/** The group with the name in the default VPC, the only one where names identify. */
export function groupByName(world: World, name: string): SecurityGroup {
  const vpc = defaultVpcOf(world);
  const group = world.groups.find((one) => one.vpcId === vpc?.id && one.name === name);
  if (group !== undefined) return group;
  const where = vpc === undefined ? '' : ` in default VPC '${vpc.id}'`;
  throw new Ec2Error('InvalidGroup.NotFound', `The security group '${name}' does not exist${where}`);
}

/** The group that has the rule. */
export function ruleOwner(world: World, ruleId: string): SecurityGroup {
  const group = world.groups.find(({ rules }) => rules.some((rule) => rule.id === ruleId));
  if (group === undefined) throw ruleIdNotFound(ruleId);
  return group;
}

/** The group that a call is about: `GroupId`, or `GroupName` in the default VPC. */
export function groupNamedBy(world: World, query: QueryNode): SecurityGroup {
  const id = textAt(query, 'GroupId');
  const name = textAt(query, 'GroupName');
  if (id !== undefined && name !== undefined && groupById(world, id).name !== name) {
    throw new Ec2Error('InvalidParameterCombination', 'The parameters groupId and groupName name different groups');
  }
  if (id !== undefined) return groupById(world, id);
  if (name !== undefined) return groupByName(world, name);
  throw missingParameter('groupName or groupId');
}
