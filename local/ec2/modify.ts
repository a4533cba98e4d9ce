import { checkRoom, duplicate } from './authorize.ts';
import { Ec2Error, invalidCombination, invalidValue, missingParameter, ruleIdNotFound } from './errors.ts';
import { checkedRuleId, groupNamedBy, ruleKey, withGroup } from './groups.ts';
import type { Direction, Peer, Permission, Rule, SecurityGroup, World } from './world.ts';
import { canonicalIpv4, canonicalIpv6 } from './network.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { descriptionAt, permissionsOf, referencedGroup } from './permissions.ts';
import { prefixListById } from './prefix-lists.ts';
import { expectOnly, has, integerAt, itemsAt, textAt, type QueryNode } from './query.ts';
import { trafficOf } from './traffic.ts';

const peerNames = {
  CidrIpv4: 'ipv4',
  CidrIpv6: 'ipv6',
  PrefixListId: 'prefixList',
  ReferencedGroupId: 'group',
} as const satisfies Record<string, Peer['kind']>;

/** How the service's sentences call what a request tries to set, and what a rule is. */
const askedAs: Readonly<Record<Peer['kind'], string>> = {
  ipv4: 'an IPv4 CIDR',
  ipv6: 'an IPv6 CIDR',
  prefixList: 'a prefix list id',
  group: 'a referenced group id',
};
const existingAs: Readonly<Record<Peer['kind'], string>> = {
  ipv4: 'IPv4 CIDR',
  ipv6: 'IPv6 CIDR',
  prefixList: 'prefix list',
  group: 'referenced group id',
};

function peerOf(world: World, group: SecurityGroup, kind: Peer['kind'], value: string): Peer {
  switch (kind) {
    case 'ipv4':
      return { kind, cidr: canonicalIpv4(value) };
    case 'ipv6':
      return { kind, cidr: canonicalIpv6(value) };
    case 'prefixList':
      return { kind, id: prefixListById(world, value).id };
    case 'group':
      return referencedGroup(world, group, value);
  }
}

function requestedPeer(world: World, group: SecurityGroup, rule: Rule, request: QueryNode): Peer {
  const given = Object.entries(peerNames).flatMap(([name, kind]) => {
    const value = textAt(request, name);
    return value === undefined ? [] : [{ kind, value }];
  });
  const [only, ...others] = given;
  if (only === undefined) throw missingParameter(Object.keys(peerNames).join(', '));
  if (others.length > 0) throw invalidCombination(`Only one of ${Object.keys(peerNames).join(', ')} may be specified`);
  if (only.kind !== rule.peer.kind) {
    // The sentence for a group in place of an IPv4 range is reported from the real service; the others follow it.
    throw invalidValue(`You may not specify ${askedAs[only.kind]} for an existing ${existingAs[rule.peer.kind]} rule.`);
  }
  return peerOf(world, group, only.kind, only.value);
}

/** The rule as a request wants it. An omitted description clears the old one (not verified). */
function modifiedRule(world: World, group: SecurityGroup, update: QueryNode): Rule {
  expectOnly(update, ['SecurityGroupRuleId', 'SecurityGroupRule']);
  const id = textAt(update, 'SecurityGroupRuleId');
  const request = update.children.get('SecurityGroupRule');
  if (id === undefined) throw missingParameter(`${update.path}.SecurityGroupRuleId`);
  if (request === undefined) throw missingParameter(`${update.path}.SecurityGroupRule`);
  expectOnly(request, ['IpProtocol', 'FromPort', 'ToPort', 'Description', ...Object.keys(peerNames)]);
  const rule = group.rules.find((candidate) => candidate.id === checkedRuleId(id));
  if (rule === undefined) throw ruleIdNotFound(id);
  const protocol = textAt(request, 'IpProtocol');
  if (protocol === undefined) throw missingParameter(`${request.path}.IpProtocol`);
  const traffic = trafficOf(protocol, integerAt(request, 'FromPort'), integerAt(request, 'ToPort'));
  return { ...rule, traffic, peer: requestedPeer(world, group, rule, request), description: descriptionAt(request) };
}

/** Compares the state after the whole call, so that two rules may exchange their values. */
function checkNoTwins(rules: readonly Rule[], modified: ReadonlyMap<string, Rule>): void {
  const seen = new Map<string, Rule>();
  for (const rule of rules) {
    const key = `${rule.direction} ${ruleKey(rule)}`;
    const twin = seen.get(key);
    if (twin !== undefined && (modified.has(rule.id) || modified.has(twin.id))) throw duplicate(rule);
    seen.set(key, rule);
  }
}

/**
 * ModifySecurityGroupRules: new traffic, peer and description for rules that keep their id, direction and kind of
 * peer. That a call with several rules is all or nothing is assumed here, not verified.
 */
export const modifySecurityGroupRules: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'GroupId', 'SecurityGroupRule']);
  const group = groupNamedBy(world, query);
  const updates = itemsAt(query, 'SecurityGroupRule').map((update) => modifiedRule(world, group, update));
  if (updates.length === 0) throw missingParameter('SecurityGroupRule');
  const modified = new Map(updates.map((rule) => [rule.id, rule]));
  if (modified.size < updates.length) throw invalidValue('The same security group rule must not appear multiple times');
  const rules = group.rules.map((rule) => modified.get(rule.id) ?? rule);
  checkNoTwins(rules, modified);
  // A rule that names another list weighs what that list does.
  const room = { lists: world.prefixLists, quotas: setting.quotas };
  for (const direction of new Set(updates.map((rule) => rule.direction))) checkRoom(rules, direction, room);
  return { world: withGroup(world, { ...group, rules }), body: { return: true } };
};

function describedById(rules: readonly Rule[], query: QueryNode): ReadonlyMap<string, string | undefined> {
  const entries = itemsAt(query, 'SecurityGroupRuleDescription').map((item) => {
    expectOnly(item, ['SecurityGroupRuleId', 'Description']);
    const id = textAt(item, 'SecurityGroupRuleId');
    if (id === undefined) throw missingParameter(`${item.path}.SecurityGroupRuleId`);
    if (!rules.some((rule) => rule.id === checkedRuleId(id))) throw ruleIdNotFound(id);
    return [id, descriptionAt(item)] as const;
  });
  return new Map(entries);
}

function describedByPermission(
  rules: readonly Rule[],
  permissions: readonly Permission[],
): ReadonlyMap<string, string | undefined> {
  const entries = permissions.map((permission) => {
    const rule = rules.find((candidate) => ruleKey(candidate) === ruleKey(permission));
    if (rule === undefined) {
      throw new Ec2Error('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    }
    return [rule.id, permission.description] as const;
  });
  return new Map(entries);
}

/** UpdateSecurityGroupRuleDescriptionsIngress or -Egress: new descriptions, by rule id or by permission. */
export function updateDescriptions(direction: Direction): Write {
  return (world, query, setting): Outcome => {
    expectOnly(query, [...commonNames, 'GroupId', 'GroupName', 'IpPermissions', 'SecurityGroupRuleDescription']);
    const group = groupNamedBy(world, query);
    if (has(query, 'IpPermissions') === has(query, 'SecurityGroupRuleDescription')) {
      throw invalidCombination('Either ipPermissions or securityGroupRuleDescriptions must be specified, not both');
    }
    const rules = group.rules.filter((rule) => rule.direction === direction);
    const described = has(query, 'IpPermissions')
      ? describedByPermission(rules, permissionsOf(world, group, setting.account, query))
      : describedById(rules, query);
    const next = group.rules.map((rule) =>
      described.has(rule.id) ? { ...rule, description: described.get(rule.id) } : rule,
    );
    return { world: withGroup(world, { ...group, rules: next }), body: { return: true } };
  };
}
