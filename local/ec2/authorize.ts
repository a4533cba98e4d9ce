import { Ec2Error, missingParameter } from './errors.ts';
import {
  groupNamedBy,
  ruleKey,
  withGroup,
  type Direction,
  type Permission,
  type Rule,
  type SecurityGroup,
  type Setting,
  type Tag,
  type World,
} from './groups.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { flatNames, permissionsOf } from './permissions.ts';
import { weightOf } from './prefix-lists.ts';
import { expectOnly } from './query.ts';
import { ruleItem } from './rule-items.ts';
import { specifiedTags } from './tags.ts';

/**
 * Rules a direction and address family may have. A reference to a group or prefix list counts for both families, one to
 * a list as often as the list may have entries (the VPC quotas page as quoted in terraform-linters/tflint#268, read
 * 2026-11-24).
 */
const rulesPerFamily = 60;

/** Whether a group can have these rules in one direction. */
export function hasRoomFor(rules: readonly Rule[], direction: Direction, lists: World['prefixLists']): boolean {
  let forIpv4 = 0;
  let forIpv6 = 0;
  for (const { direction: way, peer } of rules) {
    if (way !== direction) continue;
    const list = peer.kind === 'prefixList' ? lists.get(peer.id) : undefined;
    const weight = list === undefined ? 1 : weightOf(list);
    if (peer.kind !== 'ipv6') forIpv4 += weight;
    if (peer.kind !== 'ipv4') forIpv6 += weight;
  }
  return forIpv4 <= rulesPerFamily && forIpv6 <= rulesPerFamily;
}

function checkCount(rules: readonly Rule[], direction: Direction, lists: World['prefixLists']): void {
  if (hasRoomFor(rules, direction, lists)) return;
  throw new Ec2Error(
    'RulesPerSecurityGroupLimitExceeded',
    'The maximum number of rules per security group has been reached.',
  );
}

function writtenPorts({ traffic }: Permission): string {
  const from = String(traffic.fromPort);
  const to = String(traffic.toPort);
  switch (traffic.protocol) {
    case '-1':
      return 'ALL';
    case 'tcp':
    case 'udp':
      return `${traffic.protocol.toUpperCase()}, from port: ${from}, to port: ${to}`;
    case 'icmp':
    case 'icmpv6':
      return `${traffic.protocol.toUpperCase()}, type: ${from}, code: ${to}`;
    default:
      return `protocol: ${traffic.protocol}`;
  }
}

/** The refusal of a rule that the group already has, worded as threads about the real service quote it. */
export function duplicate(permission: Permission): Ec2Error {
  const peer = 'cidr' in permission.peer ? permission.peer.cidr : permission.peer.id;
  const rule = `peer: ${peer}, ${writtenPorts(permission)}, ALLOW`;
  return new Ec2Error('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`);
}

function madeRule(setting: Setting, direction: Direction, permission: Permission, tags: readonly Tag[]): Rule {
  return { ...permission, id: setting.newId('sgr-'), direction, tags, sequence: setting.newSequence() };
}

/** The group with new rules of one direction, and those rules; refused whole if one exists or they are too many. */
export function withRules(
  setting: Setting,
  group: SecurityGroup,
  direction: Direction,
  permissions: readonly Permission[],
  tags: readonly Tag[],
  lists: World['prefixLists'] = new Map(),
): { readonly group: SecurityGroup; readonly added: readonly Rule[] } {
  const existing = new Set(group.rules.filter((rule) => rule.direction === direction).map(ruleKey));
  const known = permissions.find((permission) => existing.has(ruleKey(permission)));
  if (known !== undefined) throw duplicate(known);
  const added = permissions.map((permission) => madeRule(setting, direction, permission, tags));
  const rules = [...group.rules, ...added];
  checkCount(rules, direction, lists);
  return { group: { ...group, rules }, added };
}

/** AuthorizeSecurityGroupIngress or -Egress: adds all rules of the call or none. */
export function authorize(direction: Direction): Write {
  // Only the ingress actions know groups by name (the SDK's model of the requests).
  const own = direction === 'ingress' ? ['GroupId', 'GroupName'] : ['GroupId'];
  return (world, query, setting): Outcome => {
    expectOnly(query, [...commonNames, ...own, ...flatNames, 'IpPermissions', 'TagSpecification']);
    const before = groupNamedBy(world, query);
    const permissions = permissionsOf(world, before, setting.account, query);
    if (permissions.length === 0) throw missingParameter('ipPermissions');
    const tags = specifiedTags(query, 'security-group-rule');
    const { group, added } = withRules(setting, before, direction, permissions, tags, world.prefixLists);
    const securityGroupRuleSet = added.map((rule) => ruleItem(setting, group, rule));
    return { world: withGroup(world, group), body: { return: true, securityGroupRuleSet } };
  };
}
