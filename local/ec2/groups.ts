import { Ec2Error, groupNotFound, missingParameter, ruleIdNotFound } from './errors.ts';
import { textAt, type QueryNode } from './query.ts';
import type { Traffic } from './traffic.ts';

export type Direction = 'ingress' | 'egress';

/** The other side of a rule; its kind never changes in the life of the rule. */
export type Peer =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefixList'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string };

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What one rule lets through, as requested: one protocol, one port range, one peer. */
export interface Permission {
  readonly traffic: Traffic;
  readonly peer: Peer;
  readonly description: string | undefined;
}

export interface Rule extends Permission {
  readonly id: string;
  readonly direction: Direction;
  readonly tags: readonly Tag[];
  /** Rises with every rule made; paging continues behind it. */
  readonly sequence: number;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: readonly Tag[];
  readonly rules: readonly Rule[];
  readonly sequence: number;
}

/** A network that the local cloud has from its start. */
export interface LocalVpc {
  readonly id: string;
  readonly isDefault: boolean;
  /** IPv4 ranges, the primary one first. */
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  readonly tags?: readonly Tag[];
}

export interface PrefixEntry {
  readonly cidr: string;
  readonly description: string | undefined;
}

/** A named list of networks, of this account or of AWS. */
export interface PrefixList {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly family: 'IPv4' | 'IPv6';
  /** AWS's own lists state none. */
  readonly maxEntries: number | undefined;
  /** The entries of every version, the first one first. */
  readonly versions: readonly (readonly PrefixEntry[])[];
  readonly state: 'create-complete' | 'modify-complete' | 'modify-failed' | 'delete-failed';
  readonly stateMessage: string | undefined;
  readonly tags: readonly Tag[];
  readonly sequence: number;
}

/** A group that is used in a VPC beside the one that it was made in. */
interface Association {
  readonly groupId: string;
  readonly vpcId: string;
  readonly sequence: number;
}

/**
 * Everything that the service remembers.
 * INVARIANT: a world is never changed in place. A call computes the next one and the server keeps it only if the
 * whole call succeeded, which is what makes every call all or nothing.
 */
export interface World {
  readonly vpcs: readonly LocalVpc[];
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  readonly prefixLists: ReadonlyMap<string, PrefixList>;
  readonly associations: readonly Association[];
}

/** What stays the same for every call, and the two sources of new identities. */
export interface Setting {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** A fresh id with the prefix, such as `sgr-` and 17 hexadecimal digits. */
  readonly newId: (prefix: string) => string;
  readonly newSequence: () => number;
}

/** The world with one group added or replaced. */
export function withGroup(world: World, group: SecurityGroup): World {
  return { ...world, groups: new Map(world.groups).set(group.id, group) };
}

/** The world with one prefix list added or replaced. */
export function withPrefixList(world: World, list: PrefixList): World {
  return { ...world, prefixLists: new Map(world.prefixLists).set(list.id, list) };
}

/** Identical traffic and peer; the description is not part of a rule's identity. */
export function ruleKey(permission: Permission): string {
  const { traffic, peer } = permission;
  const name = 'cidr' in peer ? peer.cidr : peer.id;
  return [traffic.protocol, traffic.fromPort, traffic.toPort, peer.kind, name].join(' ');
}

/** The ARN of a group, a rule or a prefix list. */
export function arnOf(
  setting: Setting,
  type: 'security-group' | 'security-group-rule' | 'prefix-list',
  id: string,
): string {
  return `arn:${setting.partition}:ec2:${setting.region}:${setting.account}:${type}/${id}`;
}

/** The VPC in which names of groups are looked up. */
export function defaultVpcOf(world: World): LocalVpc | undefined {
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
  const group = [...world.groups.values()].find((candidate) => candidate.vpcId === vpc?.id && candidate.name === name);
  if (group !== undefined) return group;
  const where = vpc === undefined ? '' : ` in default VPC '${vpc.id}'`;
  throw new Ec2Error('InvalidGroup.NotFound', `The security group '${name}' does not exist${where}`);
}

/** The group that has the rule. */
export function ruleOwner(world: World, ruleId: string): SecurityGroup {
  for (const group of world.groups.values()) {
    if (group.rules.some((rule) => rule.id === ruleId)) return group;
  }
  throw ruleIdNotFound(ruleId);
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
