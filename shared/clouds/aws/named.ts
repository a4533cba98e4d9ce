// A call -> the groups that its event names, and the leads to others.
import type { Lead } from '../contract.ts';
import { malformed, partOf, statedIn } from './call.ts';
import type { Call } from './call.ts';
import { elementsOf, fieldOf, isFields, quoted } from './fields.ts';
import { GROUP_ID, INSTANCE_ID, INTERFACE_ID, NETWORK_ID, PREFIX_LIST_ID, SUBNET_ID } from './traits.ts';
import type { NamedBy } from './traits.ts';

/** What an event names, without the account and region that all of it is of; or why it names nothing to look at. */
export type Named = Found | { readonly nothing: string };

interface Found {
  readonly groups: readonly string[];
  readonly leads: readonly Pick<Lead, 'kind' | 'id'>[];
}

/** A kind of thing that an event names by its id. */
interface Kind {
  readonly lead: Lead['kind'];
  readonly id: RegExp;
  readonly called: string;
  readonly example: string;
  /** Where the calls about it name it, in the request or the answer. */
  readonly paths: readonly (readonly string[])[];
}

const PREFIX_LIST: Kind = {
  lead: 'prefix-list',
  id: PREFIX_LIST_ID,
  called: 'a prefix list',
  example: 'pl-0123456789abcdef0',
  paths: [['prefixListId'], ['prefixList', 'prefixListId'], ['ipamPrefixListResolverTarget', 'prefixListId']],
};
/** `DisassociateVpcCidrBlock` is asked with the id of the association, and only answered with the VPC. */
const NETWORK: Kind = {
  lead: 'network',
  id: NETWORK_ID,
  called: 'a VPC',
  example: 'vpc-0123456789abcdef0',
  paths: [['vpcId'], ['vpc', 'vpcId']],
};
const SUBNET: Kind = {
  lead: 'subnet',
  id: SUBNET_ID,
  called: 'a subnet',
  example: 'subnet-0123456789abcdef0',
  paths: [['subnetId']],
};
const GROUP = { id: GROUP_ID, called: 'a security group', example: 'sg-0123456789abcdef0' };
const INSTANCE = { id: INSTANCE_ID, called: 'an instance', example: 'i-0123456789abcdef0' };

function idIn(value: unknown, kind: Pick<Kind, 'id' | 'called' | 'example'>, call: Call, where: string): string {
  if (typeof value === 'string' && kind.id.test(value)) return value;
  const found = typeof value === 'string' ? quoted(value) : 'no text';
  throw malformed(
    `event ${quoted(call.name)} has ${found} in \`${where}\`; expected the id of ${kind.called} such as \`${kind.example}\``,
  );
}

/** The groups of the rules in a list of the answer, as far as it says whose they are. */
function groupsOfRules(call: Call, list: string): readonly string[] {
  const rules = elementsOf(fieldOf(partOf(call, 'responseElements'), list));
  const ids = rules.map((rule) => fieldOf(rule, 'groupId')).filter((id) => id !== undefined && id !== null);
  return ids.map((id) => idIn(id, GROUP, call, `responseElements.${list}[].groupId`));
}

/** The longest name that a group may have (EC2 API Reference, CreateSecurityGroup, 2026-11-24). */
const LONGEST_NAME = 255;

/**
 * Every id in the request, else in the answer: the request can name the group by its name only, or, where rules are revoked
 * by their ids, not at all.
 */
function byGroup(call: Call): Found {
  const request = partOf(call, 'requestParameters');
  const asked = fieldOf(request, 'groupId');
  if (asked !== undefined && asked !== null) {
    const groups = elementsOf(asked).map((id) => idIn(id, GROUP, call, 'requestParameters.groupId'));
    if (groups.length > 0) return { groups, leads: [] };
  }
  for (const list of ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet']) {
    const groups = groupsOfRules(call, list);
    if (groups.length > 0) return { groups, leads: [] };
  }
  // The exact text: a name with odd characters must still find its group.
  const name = fieldOf(request, 'groupName');
  if (typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME)
    return { groups: [], leads: [{ kind: 'name', id: name }] };
  throw malformed(
    `event ${quoted(call.name)} names no security group; expected its id in \`requestParameters.groupId\`, ` +
      '`responseElements.securityGroupRuleSet.items[].groupId` or ' +
      '`responseElements.revokedSecurityGroupRuleSet.items[].groupId`, or its name in `requestParameters.groupName`',
  );
}

function byTags(call: Call): Named {
  const request = partOf(call, 'requestParameters');
  const resources = elementsOf(fieldOf(request, 'resourcesSet') ?? fieldOf(request, 'resourceId'));
  const ids = resources.map((resource) => (isFields(resource) ? fieldOf(resource, 'resourceId') : resource));
  if (ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    throw malformed(
      `event ${quoted(call.name)} names no resource; expected ids in \`requestParameters.resourcesSet.items[].resourceId\``,
    );
  }
  const where = 'requestParameters.resourcesSet';
  const groups = ids.filter((id) => id.startsWith('sg-')).map((id) => idIn(id, GROUP, call, where));
  const instances = ids.filter((id) => id.startsWith('i-')).map((id) => idIn(id, INSTANCE, call, where));
  if (groups.length + instances.length === 0) {
    return { nothing: `call ${quoted(call.name)} tags no security group and no instance` };
  }
  return { groups, leads: instances.map((id) => ({ kind: 'instance', id })) };
}

function byKind(call: Call, kind: Kind): Found {
  const where = kind.paths.map((path) => `\`${path.join('.')}\``).join(' or ');
  const value = statedIn(call, kind.paths);
  if (value === undefined) {
    throw malformed(
      `event ${quoted(call.name)} names no ${kind.lead}; expected the id of ${kind.called} such as ` +
        `\`${kind.example}\` in ${where} of \`requestParameters\` or \`responseElements\``,
    );
  }
  return { groups: [], leads: [{ kind: kind.lead, id: idIn(value, kind, call, kind.paths.flat().at(-1) ?? '') }] };
}

/** How deep a record is searched, how much of it, and for how many ids of a kind. A record has at most 256 KB. */
const DEEPEST = 24;
const MOST_VALUES = 100_000;
const MOST_IDS = 1_000;

interface Ids {
  readonly groups: Set<string>;
  readonly instances: Set<string>;
  readonly interfaces: Set<string>;
}

/**
 * The ids of groups, instances and interfaces anywhere in some values. The shapes of calls about members are not all
 * recorded, and an event only says where to look: what else has such an id in it is looked at in vain, no more.
 */
function idsIn(...values: readonly unknown[]): Ids {
  const ids: Ids = { groups: new Set(), instances: new Set(), interfaces: new Set() };
  const take = (text: string): void => {
    const kind = GROUP_ID.test(text)
      ? ids.groups
      : INSTANCE_ID.test(text)
        ? ids.instances
        : INTERFACE_ID.test(text)
          ? ids.interfaces
          : undefined;
    if (kind !== undefined && kind.size < MOST_IDS) kind.add(text);
  };
  let left = MOST_VALUES;
  const search = (value: unknown, depth: number): void => {
    left -= 1;
    if (left < 0 || depth > DEEPEST) return;
    if (typeof value === 'string') take(value);
    else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) search(inner, depth + 1);
    }
  };
  for (const value of values) search(value, 0);
  return ids;
}

function namedIn({ groups, instances, interfaces }: Ids, call: Call): Named {
  const leads = [
    ...[...instances].map((id) => ({ kind: 'instance' as const, id })),
    ...[...interfaces].map((id) => ({ kind: 'interface' as const, id })),
  ];
  if (groups.size + leads.length > 0) return { groups: [...groups], leads };
  return { nothing: `call ${quoted(call.name)} names no security group, instance or interface` };
}

function byMembers(call: Call): Named {
  return namedIn(idsIn(partOf(call, 'requestParameters'), partOf(call, 'responseElements')), call);
}

/** A call for any attribute of an instance or interface: its groups are one of many. An absent list may be written `{}`. */
function byChangedGroups(call: Call): Named {
  const request = partOf(call, 'requestParameters');
  const isAboutGroups = elementsOf(fieldOf(request, 'groupSet')).length > 0 || idsIn(request).groups.size > 0;
  if (isAboutGroups) return byMembers(call);
  return { nothing: `call ${quoted(call.name)} changes another attribute than the security groups` };
}

function byStarted(call: Call): Named {
  const ids = idsIn(partOf(call, 'requestParameters'), partOf(call, 'responseElements'));
  return namedIn({ ...ids, interfaces: new Set() }, call);
}

/** What an event of a call names. A call about groups, lists or networks that does not say which is malformed. */
export function namedBy(call: Call, how: NamedBy): Named {
  switch (how) {
    case 'group':
      return byGroup(call);
    case 'created group': {
      const id = fieldOf(partOf(call, 'responseElements'), 'groupId');
      return { groups: [idIn(id, GROUP, call, 'responseElements.groupId')], leads: [] };
    }
    case 'associated group': {
      const named = byGroup(call);
      const network = statedIn(call, NETWORK.paths) === undefined ? [] : byKind(call, NETWORK).leads;
      return { groups: named.groups, leads: [...named.leads, ...network] };
    }
    case 'tagged resources':
      return byTags(call);
    case 'prefix list':
      return byKind(call, PREFIX_LIST);
    case 'network':
      return byKind(call, NETWORK);
    case 'subnet':
      return byKind(call, SUBNET);
    case 'members':
      return byMembers(call);
    case 'changed groups':
      return byChangedGroups(call);
    case 'started instances':
      return byStarted(call);
  }
}
