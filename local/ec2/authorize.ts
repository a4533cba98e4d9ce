import { Ec2Error, missingParameter } from './errors.ts';
import { groupNamedBy, ruleKey, withGroup } from './groups.ts';
import type { Direction, Permission, Rule, SecurityGroup, Setting, Tag, World } from './world.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { flatNames, permissionsOf } from './permissions.ts';
import { weightOf } from './prefix-lists.ts';
import { expectOnly } from './query.ts';
import { ruleItem } from './rule-items.ts';
import { tagsFor } from './tags.ts';

/** What the count of rules depends on beside the rules. */
interface Room {
  readonly lists: World['prefixLists'];
  readonly quotas: Setting['quotas'];
}

/**
 * Whether a group can have these rules in one direction. IPv4 and IPv6 are counted apart. A reference to a group or
 * prefix list counts for both, one to a list as often as the list may have entries (the VPC quotas page as quoted in
 * terraform-linters/tflint#268, read 2026-11-24).
 */
export function hasRoomFor(rules: readonly Rule[], direction: Direction, { lists, quotas }: Room): boolean {
  let forIpv4 = 0;
  let forIpv6 = 0;
  for (const { direction: way, peer } of rules) {
    if (way !== direction) continue;
    const list = peer.kind === 'prefixList' ? lists.get(peer.id) : undefined;
    const weight = list === undefined ? 1 : weightOf(list);
    if (peer.kind !== 'ipv6') forIpv4 += weight;
    if (peer.kind !== 'ipv4') forIpv6 += weight;
  }
  return Math.max(forIpv4, forIpv6) <= quotas.rulesPerDirection;
}

/** Refuses more rules in one direction than a group can have. */
export function checkRoom(rules: readonly Rule[], direction: Direction, room: Room): void {
  if (hasRoomFor(rules, direction, room)) return;
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

/** A permission that has become a rule. */
export function madeRule(setting: Setting, direction: Direction, permission: Permission, tags: readonly Tag[]): Rule {
  return { ...permission, id: setting.newId('sgr-'), direction, tags, sequence: setting.newSequence() };
}

/** The group with new rules of one direction, and those rules; refused whole if one exists or they are too many. */
function withRules(
  setting: Setting,
  group: SecurityGroup,
  direction: Direction,
  permissions: readonly Permission[],
  tags: readonly Tag[],
  lists: World['prefixLists'],
): { readonly group: SecurityGroup; readonly added: readonly Rule[] } {
  const existing = new Set(group.rules.filter((rule) => rule.direction === direction).map(ruleKey));
  const known = permissions.find((permission) => existing.has(ruleKey(permission)));
  if (known !== undefined) throw duplicate(known);
  const added = permissions.map((permission) => madeRule(setting, direction, permission, tags));
  const rules = [...group.rules, ...added];
  checkRoom(rules, direction, { lists, quotas: setting.quotas });
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
    const tags = tagsFor(query, 'security-group-rule', setting);
    const { group, added } = withRules(setting, before, direction, permissions, tags, world.prefixLists);
    const securityGroupRuleSet = added.map((rule) => ruleItem(setting, group, rule));
    return { world: withGroup(world, group), body: { return: true, securityGroupRuleSet } };
  };
}
