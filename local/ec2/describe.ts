import { ruleIdNotFound } from './errors.ts';
import { exactValues, filterOf, type Fields } from './filters.ts';
import { checkedRuleId, groupById, groupByName } from './groups.ts';
import { listNames } from './outcome.ts';
import { pageOf, pageStart, refusePaging } from './paging.ts';
import { expectOnly, textsAt, type QueryNode } from './query.ts';
import { permissionItems, ruleItem, tagSet } from './rule-items.ts';
import { arnOf, type Direction, type Rule, type SecurityGroup, type Setting, type World } from './world.ts';
import type { XmlFields } from './xml.ts';

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
    // Recorded: a group without tags has no such element at all.
    tagSet: group.tags.length === 0 ? undefined : tagSet(group.tags),
  };
}

type RuleReader = (rule: Rule) => string | undefined;

/** What the filters on rules of one direction compare; every filter may be met by another rule. */
function ruleFields(prefix: string, direction: Direction): Fields<SecurityGroup> {
  const readers: Readonly<Record<string, RuleReader>> = {
    cidr: ({ peer }) => (peer.kind === 'ipv4' ? peer.cidr : undefined),
    'ipv6-cidr': ({ peer }) => (peer.kind === 'ipv6' ? peer.cidr : undefined),
    'prefix-list-id': ({ peer }) => (peer.kind === 'prefixList' ? peer.id : undefined),
    'group-id': ({ peer }) => (peer.kind === 'group' ? peer.id : undefined),
    protocol: ({ traffic }) => traffic.protocol,
    // What a listing does not show, a filter does not find.
    'from-port': ({ traffic }) => (traffic.protocol === '-1' ? undefined : String(traffic.fromPort)),
    'to-port': ({ traffic }) => (traffic.protocol === '-1' ? undefined : String(traffic.toPort)),
  };
  return Object.fromEntries(
    Object.entries(readers).map(([name, read]) => [
      `${prefix}.${name}`,
      (group: SecurityGroup) => group.rules.flatMap((rule) => (rule.direction === direction ? (read(rule) ?? []) : [])),
    ]),
  );
}

function groupFields(setting: Setting): Fields<SecurityGroup> {
  return {
    'group-id': (group) => group.id,
    'group-name': (group) => group.name,
    'vpc-id': (group) => group.vpcId,
    'owner-id': () => setting.account,
    description: (group) => group.description,
    ...ruleFields('ip-permission', 'ingress'),
    ...ruleFields('egress.ip-permission', 'egress'),
  };
}

/** The groups that a filter on ids leaves, looked up and not searched for; all from `start` on without one. */
function groupsAsked(world: World, query: QueryNode, start: number): Iterable<SecurityGroup> {
  const exact = exactValues(query, 'group-id');
  if (exact === undefined) return world.groups.values(start);
  const found = new Set(exact.flatMap((id) => world.groups.get(id) ?? []));
  return [...found].sort((a, b) => a.sequence - b.sequence);
}

function* passing<T>(things: Iterable<T>, passes: (thing: T) => boolean): Generator<T> {
  for (const thing of things) if (passes(thing)) yield thing;
}

/** DescribeSecurityGroups: whole groups, with merged permissions and without rule ids. */
export function describeSecurityGroups(world: World, query: QueryNode, setting: Setting): XmlFields {
  expectOnly(query, [...listNames, 'GroupId', 'GroupName']);
  const passes = filterOf(query, groupFields(setting), (group) => group.tags);
  const byId = textsAt(query, 'GroupId').map((id) => groupById(world, id));
  const byName = textsAt(query, 'GroupName').map((name) => groupByName(world, name));
  // Remembered, not verified: only ids are refused together with paging.
  if (byId.length > 0) refusePaging(query, 'GroupIds');
  const named = [...new Set([...byId, ...byName])].sort((a, b) => a.sequence - b.sequence);
  const asked = named.length > 0 ? named : groupsAsked(world, query, pageStart(query));
  const { items, nextToken } = pageOf(query, passing(asked, passes));
  return { securityGroupInfo: items.map((group) => groupItem(setting, group)), nextToken };
}

/** One rule where the listing of rules has it: behind those of the groups that were made before its own. */
interface Row {
  readonly group: SecurityGroup;
  readonly rule: Rule;
  readonly sequence: number;
}

/** More things than a local cloud ever makes, so that rows come group by group and still in rising order. */
const room = 10_000_000;

function* rowsOf(groups: Iterable<SecurityGroup>): Generator<Row> {
  for (const group of groups) {
    for (const rule of group.rules) yield { group, rule, sequence: group.sequence * room + rule.sequence };
  }
}

function checkKnown(world: World, ids: ReadonlySet<string>): void {
  if (ids.size === 0) return;
  const missing = new Set(ids);
  for (const { rules } of world.groups) for (const { id } of rules) missing.delete(id);
  for (const id of missing) throw ruleIdNotFound(id);
}

/** DescribeSecurityGroupRules: one row for each peer, with ids and without the tags of the group. */
export function describeSecurityGroupRules(world: World, query: QueryNode, setting: Setting): XmlFields {
  expectOnly(query, [...listNames, 'SecurityGroupRuleId']);
  const fields: Fields<Row> = {
    'group-id': ({ group }) => group.id,
    'security-group-rule-id': ({ rule }) => rule.id,
  };
  const passes = filterOf(query, fields, ({ rule }) => rule.tags);
  const ids = new Set(textsAt(query, 'SecurityGroupRuleId').map(checkedRuleId));
  checkKnown(world, ids);
  // The group of the last row may have more of them, so the page begins with that group.
  const start = Math.max(0, Math.trunc(pageStart(query) / room) - 1);
  const rows = rowsOf(groupsAsked(world, query, start));
  const { items, nextToken } = pageOf(
    query,
    passing(rows, (row) => (ids.size === 0 || ids.has(row.rule.id)) && passes(row)),
  );
  return {
    securityGroupRuleSet: items.map(({ group, rule }) => ({
      ...ruleItem(setting, group, rule),
      tagSet: tagSet(rule.tags),
    })),
    nextToken,
  };
}
