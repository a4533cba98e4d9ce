// Leads -> the groups that they touch.
import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { PeerName } from '../../core/model/rule.ts';
import type { Target } from '../../core/model/target.ts';
import type { Lead } from '../contract.ts';
import { asFault, checkRegion } from './connection.ts';
import type { Connection } from './connection.ts';
import * as members from './describe-members.ts';
import * as describe from './describe.ts';
import { quoted } from './fields.ts';
import { listsNamedBy, prefixListsIn } from './prefix-lists.ts';
import { unlessRefused } from './surroundings.ts';
import { ASSOCIATIONS_ENDED, CLOUD } from './traits.ts';

/** A group, and whose it is, where that is known. */
interface Found {
  readonly id: string;
  readonly owner: string | undefined;
}

/** What some leads of one kind touch, by the id of the lead. One that is not in here touches nobody. */
type FoundBy = ReadonlyMap<string, readonly Found[]>;

function gathered(pairs: readonly (readonly [string, Found])[]): FoundBy {
  const found = new Map<string, Found[]>();
  for (const [lead, group] of pairs) found.set(lead, [...(found.get(lead) ?? []), group]);
  return found;
}

/** The groups of an answer. Their rules are not looked at: there may be thousands of groups. */
function foundIn(groups: readonly SecurityGroup[]): readonly Found[] {
  return groups.flatMap(({ GroupId: id, OwnerId: owner }) => (id === undefined ? [] : [{ id, owner }]));
}

/** The groups of an answer by what each is in, has or is called. */
function foundBy(
  groups: readonly SecurityGroup[],
  leadsOf: (group: SecurityGroup) => readonly (string | undefined)[],
): readonly (readonly [string, Found])[] {
  return groups.flatMap((group) =>
    foundIn([group]).flatMap((found) =>
      leadsOf(group).flatMap((lead) => (lead === undefined ? [] : [[lead, found] as const])),
    ),
  );
}

/** A filter may find more than was asked for, whatever it makes of `*`; of what it found, only the exact names count. */
async function byName(names: readonly string[], { client }: Connection): Promise<FoundBy> {
  const { SecurityGroups } = await describe.describeGroupsBy(client, 'group-name', names);
  return gathered(foundBy(SecurityGroups, ({ GroupName }) => [GroupName]));
}

/**
 * The groups of instances and of interfaces. Neither says whose its groups are: one in a shared subnet may have groups of
 * another account. A group that is not shown yet, right after it was made, stays: the read will tell.
 */
async function byMember(
  instances: readonly string[],
  interfaces: readonly string[],
  { client }: Connection,
): Promise<{ readonly byInstance: FoundBy; readonly byInterface: FoundBy }> {
  const [ofInstances, ofInterfaces] = await Promise.all([
    members.groupsOfInstances(client, instances),
    members.groupsOfInterfaces(client, interfaces),
  ]);
  const ids = [...new Set([...ofInstances.values(), ...ofInterfaces.values()].flat())];
  const { SecurityGroups } = await describe.describeGroupsBy(client, 'group-id', ids);
  const owners = new Map(foundIn(SecurityGroups).map(({ id, owner }) => [id, owner]));
  const withOwners = (groups: ReadonlyMap<string, readonly string[]>): FoundBy =>
    new Map([...groups].map(([lead, some]) => [lead, some.map((id) => ({ id, owner: owners.get(id) }))]));
  return { byInstance: withOwners(ofInstances), byInterface: withOwners(ofInterfaces) };
}

/** The groups of VPCs, and those of other VPCs that are associated with them. */
async function byNetwork(ids: readonly string[], { client }: Connection): Promise<FoundBy> {
  if (ids.length === 0) return new Map();
  const [groups, associated] = await Promise.all([
    describe.describeGroupsBy(client, 'vpc-id', ids),
    unlessRefused(describe.describeAssociations(client, ids)),
  ]);
  const own = foundBy(groups.SecurityGroups, ({ VpcId }) => [VpcId]);
  const further = (associated?.SecurityGroupVpcAssociations ?? []).flatMap(
    ({ GroupId: id, VpcId, GroupOwnerId: owner, State }) =>
      id === undefined || VpcId === undefined || ASSOCIATIONS_ENDED.includes(State ?? '')
        ? []
        : [[VpcId, { id, owner }] as const],
  );
  return gathered([...own, ...further]);
}

async function everyGroup({ client }: Connection): Promise<readonly Found[]> {
  const all: Found[] = [];
  for await (const page of describe.groupPages(client)) {
    all.push(...foundIn(page));
  }
  return all;
}

/** The lists that a policy surely names, or may name: of one that is gone nobody knows any more what it was called. */
async function listsInPolicies(
  ids: readonly string[],
  written: readonly PeerName[],
  { client }: Connection,
): Promise<ReadonlySet<string>> {
  const asked = listsNamedBy([], written);
  const known = asked.names.length === 0 ? undefined : await unlessRefused(describe.describePrefixLists(client, ids));
  const lists = new Map((known === undefined ? [] : prefixListsIn(known)).map((list) => [list.id, list]));
  const mayBeNamed = (id: string): boolean => {
    const list = lists.get(id);
    return asked.names.some(({ owner, name }) => list === undefined || (list.owner === owner && list.name === name));
  };
  return new Set(ids.filter((id) => asked.ids.includes(id) || mayBeNamed(id)));
}

/** The lists that the rules of a group name. */
function listsIn({ IpPermissions = [], IpPermissionsEgress = [] }: SecurityGroup): readonly string[] {
  return [...IpPermissions, ...IpPermissionsEgress].flatMap(({ PrefixListIds = [] }) =>
    PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []),
  );
}

/** The groups with a rule that names a list; every group, where a policy names it. */
async function byList(ids: readonly string[], written: readonly PeerName[], connection: Connection): Promise<FoundBy> {
  if (ids.length === 0) return new Map();
  const { client } = connection;
  const everywhere = await listsInPolicies(ids, written, connection);
  const inRules = ids.filter((id) => !everywhere.has(id));
  const [ingress, egress, every] = await Promise.all([
    describe.describeGroupsBy(client, 'ip-permission.prefix-list-id', inRules),
    describe.describeGroupsBy(client, 'egress.ip-permission.prefix-list-id', inRules),
    everywhere.size === 0 ? [] : everyGroup(connection),
  ]);
  const pairs = foundBy([...ingress.SecurityGroups, ...egress.SecurityGroups], listsIn);
  return new Map([...gathered(pairs), ...[...everywhere].map((id) => [id, every] as const)]);
}

/** The targets among what was found: each once, and only those of the lead's own account. */
function targetsOf({ account, region }: Lead, found: readonly Found[]): readonly Target[] {
  const own = found.filter(({ owner }) => owner === undefined || owner === account);
  return [...new Set(own.map(({ id }) => id))].map((id) => ({ cloud: CLOUD, account, region, id }));
}

/**
 * What leads touch, in their order; all leads of a kind are asked for together. VPCs that an event names have changed, so
 * what is known of them is dropped first. That a lead touches nobody is true only of the account of these credentials.
 */
export async function groupsFoundBy(
  leads: readonly Lead[],
  written: readonly PeerName[],
  connection: Connection,
): Promise<readonly (readonly Target[])[]> {
  for (const { region } of leads) checkRegion(connection, region);
  const idsOf = (kind: Lead['kind']): readonly string[] => [
    ...new Set(leads.filter((lead) => lead.kind === kind).map(({ id }) => id)),
  ];
  const [networks, subnets] = [idsOf('network'), idsOf('subnet')];
  if (networks.length + subnets.length > 0) connection.surroundings.forgetNetworks();
  try {
    const networkOf = await members.networksOfSubnets(connection.client, subnets);
    const [names, { byInstance, byInterface }, inNetworks, lists] = await Promise.all([
      byName(idsOf('name'), connection),
      byMember(idsOf('instance'), idsOf('interface'), connection),
      byNetwork([...new Set([...networks, ...networkOf.values()])], connection),
      byList(idsOf('prefix-list'), written, connection),
    ]);
    const touchedBy = ({ kind, id }: Lead): readonly Found[] => {
      switch (kind) {
        case 'name':
          return names.get(id) ?? [];
        case 'instance':
          return byInstance.get(id) ?? [];
        case 'interface':
          return byInterface.get(id) ?? [];
        case 'network':
          return inNetworks.get(id) ?? [];
        case 'subnet':
          return inNetworks.get(networkOf.get(id) ?? '') ?? [];
        case 'prefix-list':
          return lists.get(id) ?? [];
      }
    };
    const found = leads.map((lead) => targetsOf(lead, touchedBy(lead)));
    const without = leads.filter((_, index) => found[index]?.length === 0);
    for (const account of new Set(without.map((lead) => lead.account))) await connection.ownAccount.check(account);
    return found;
  } catch (error) {
    const what = [...new Set(leads.map(({ kind, id }) => `${kind} ${quoted(id)}`))];
    const more = what.length > 3 ? ` and ${String(what.length - 3)} more` : '';
    throw asFault(error, `find the security groups of ${what.slice(0, 3).join(', ')}${more}`);
  }
}
