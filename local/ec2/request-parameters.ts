import type { JsonFields, JsonValue } from './json.ts';
import { commonNames } from './outcome.ts';
import type { QueryNode } from './query.ts';

/*
 * CloudTrail records what was asked, also where it was refused. Nothing here checks or throws: what cannot be read
 * as a number stays a text, and what is missing stays away.
 */

const numbers = new Set(['FromPort', 'ToPort', 'CurrentVersion', 'PreviousVersion', 'MaxEntries']);
const truths = new Set(['PrivateDnsEnabled']);
const protocolNames = new Set<string>(commonNames);

function scalar(name: string, value: string): JsonValue {
  if (truths.has(name) && (value === 'true' || value === 'false')) return value === 'true';
  return numbers.has(name) && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}

function entries(node: QueryNode | undefined): readonly QueryNode[] {
  return [...(node?.children ?? [])].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}

function listAt(node: QueryNode, name: string): readonly QueryNode[] {
  return entries(node.children.get(name));
}

export function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The single values among these names, spelled as CloudTrail does it. */
function scalarsAt(node: QueryNode, names: readonly string[]): JsonFields {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = node.children.get(name)?.value;
      return value === undefined ? [] : [[camel(name), scalar(name, value)] as const];
    }),
  );
}

/** A list as CloudTrail writes it: an empty one is `{}` (recorded). */
export function items(values: readonly JsonValue[]): JsonFields {
  return values.length === 0 ? {} : { items: values };
}

function scalarItems(nodes: readonly QueryNode[]): JsonFields {
  return items(nodes.map((node) => scalarsAt(node, [...node.children.keys()])));
}

function permission(node: QueryNode): JsonFields {
  return {
    ...scalarsAt(node, ['IpProtocol', 'FromPort', 'ToPort']),
    groups: scalarItems(listAt(node, 'Groups')),
    ipRanges: scalarItems(listAt(node, 'IpRanges')),
    ipv6Ranges: scalarItems(listAt(node, 'Ipv6Ranges')),
    prefixListIds: scalarItems(listAt(node, 'PrefixListIds')),
  };
}

export function tagSpecifications(query: QueryNode): JsonFields {
  const specifications = listAt(query, 'TagSpecification');
  if (specifications.length === 0) return {};
  const values = specifications.map((node) => ({
    ...scalarsAt(node, ['ResourceType']),
    // Here, unlike everywhere else, the list is a plain array (recorded at CreateSecurityGroup).
    tags: listAt(node, 'Tag').map((tag) => scalarsAt(tag, ['Key', 'Value'])),
  }));
  return { tagSpecificationSet: items(values) };
}

/**
 * Authorize and Revoke: list form, flat form (with an empty `ipPermissions`, as recorded) and rule ids. How the list
 * of ids is wrapped is not recorded anywhere we know; not verified.
 */
export function ruleParameters(query: QueryNode): JsonFields {
  const flat = ['IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'SourceSecurityGroupName', 'SourceSecurityGroupOwnerId'];
  const ids = listAt(query, 'SecurityGroupRuleId').map((node) => ({ securityGroupRuleId: node.value }));
  return {
    ...scalarsAt(query, ['GroupId', 'GroupName']),
    ipPermissions: items(listAt(query, 'IpPermissions').map(permission)),
    ...scalarsAt(query, flat),
    ...(ids.length === 0 ? {} : { securityGroupRuleIds: items(ids) }),
    ...tagSpecifications(query),
  };
}

/** CreateSecurityGroup and DeleteSecurityGroup. */
export function groupParameters(query: QueryNode): JsonFields {
  return {
    ...scalarsAt(query, ['GroupId', 'GroupName', 'GroupDescription', 'VpcId']),
    ...tagSpecifications(query),
  };
}

/** CreateTags and DeleteTags. */
export function tagParameters(query: QueryNode): JsonFields {
  return {
    resourcesSet: items(listAt(query, 'ResourceId').map((node) => ({ resourceId: node.value }))),
    tagSet: scalarItems(listAt(query, 'Tag')),
  };
}

export function isList(node: QueryNode): boolean {
  return node.children.size > 0 && [...node.children.keys()].every((name) => /^\d+$/.test(name));
}

function wrappedFields(node: QueryNode): JsonFields {
  return Object.fromEntries([...node.children].map(([name, child]) => [name, wrappedValue(name, child)]));
}

function wrappedValue(name: string, node: QueryNode): JsonValue {
  if (isList(node)) {
    // A plain value that has a number beside it is its `content` (remembered from records of CreateVpcEndpoint).
    const values = [...node.children].map(([position, item]) => ({
      ...(item.value === undefined ? wrappedFields(item) : { content: item.value }),
      tag: Number(position),
    }));
    const [only] = values;
    return values.length === 1 && only !== undefined ? only : values;
  }
  return node.children.size > 0 ? wrappedFields(node) : scalar(name, node.value ?? '');
}

/**
 * The newer calls (ModifySecurityGroupRules, UpdateSecurityGroupRuleDescriptions*): one member named after the
 * request, Pascal case, a list of one as an object, every element with its number as `tag`. Two independent readers
 * of real records agree on this for ModifySecurityGroupRules, one for ModifyManagedPrefixList; for the others it is
 * taken over.
 */
export function wrappedParameters(action: string): (query: QueryNode) => JsonFields {
  return (query) => {
    const asked = Object.entries(wrappedFields(query)).filter(([name]) => !protocolNames.has(name));
    return { [`${action}Request`]: Object.fromEntries(asked) };
  };
}
