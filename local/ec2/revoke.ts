import { Ec2Error, invalidCombination, missingParameter, ruleIdNotFound } from './errors.ts';
import { checkedRuleId, defaultVpcOf, groupNamedBy, ruleKey, withGroup } from './groups.ts';
import type { Direction, Permission, Rule, SecurityGroup, Setting, World } from './world.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { flatNames, permissionsOf } from './permissions.ts';
import { expectOnly, textsAt, type QueryNode } from './query.ts';
import { permissionItems, revokedItem } from './rule-items.ts';

interface Selection {
  readonly revoked: readonly Rule[];
  readonly unknown: readonly Permission[];
}

/** By id: every id must be one of the group's rules of this direction, whatever the VPC. */
function selectedById(rules: readonly Rule[], ids: readonly string[]): Selection {
  const revoked = [...new Set(ids)].map((id) => {
    const rule = rules.find((candidate) => candidate.id === checkedRuleId(id));
    if (rule === undefined) throw ruleIdNotFound(id);
    return rule;
  });
  return { revoked, unknown: [] };
}

/** By properties: traffic and peer must match exactly, the description does not count. */
function selectedByPermission(rules: readonly Rule[], permissions: readonly Permission[]): Selection {
  const byKey = new Map(rules.map((rule) => [ruleKey(rule), rule]));
  return {
    revoked: permissions.flatMap((permission) => byKey.get(ruleKey(permission)) ?? []),
    unknown: permissions.filter((permission) => !byKey.has(ruleKey(permission))),
  };
}

function selectionOf(
  world: World,
  group: SecurityGroup,
  direction: Direction,
  setting: Setting,
  query: QueryNode,
): Selection {
  const rules = group.rules.filter((rule) => rule.direction === direction);
  const ids = textsAt(query, 'SecurityGroupRuleId');
  const permissions = permissionsOf(world, group, setting.account, query);
  if (ids.length > 0 && permissions.length > 0) {
    throw invalidCombination(
      "The parameter 'securityGroupRuleIds' may not be used in combination with 'ipPermissions'",
    );
  }
  if (ids.length > 0) return selectedById(rules, ids);
  if (permissions.length === 0) throw missingParameter('ipPermissions');
  const selection = selectedByPermission(rules, permissions);
  // In a default VPC the call succeeds and lists what it did not find; elsewhere it fails and revokes nothing
  // (documentation of RevokeSecurityGroupIngress, read 2026-11-24).
  if (selection.unknown.length > 0 && group.vpcId !== defaultVpcOf(world)?.id) {
    throw new Ec2Error('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  return selection;
}

/** RevokeSecurityGroupIngress or -Egress: by rule ids, by the list form or by the flat one. */
export function revoke(direction: Direction): Write {
  const own = direction === 'ingress' ? ['GroupId', 'GroupName'] : ['GroupId'];
  return (world, query, setting): Outcome => {
    expectOnly(query, [...commonNames, ...own, ...flatNames, 'IpPermissions', 'SecurityGroupRuleId']);
    const group = groupNamedBy(world, query);
    const { revoked, unknown } = selectionOf(world, group, direction, setting, query);
    const gone = new Set(revoked.map((rule) => rule.id));
    const rules = group.rules.filter((rule) => !gone.has(rule.id));
    return {
      world: withGroup(world, { ...group, rules }),
      body: {
        return: true,
        unknownIpPermissionSet: unknown.length === 0 ? undefined : permissionItems(unknown, setting.account),
        revokedSecurityGroupRuleSet: revoked.map((rule) => revokedItem(group, rule)),
      },
    };
  };
}
