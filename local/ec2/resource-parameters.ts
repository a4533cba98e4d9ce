import type { JsonFields, JsonValue } from './json.ts';
import { commonNames } from './outcome.ts';
import type { QueryNode } from './query.ts';
import { camel, isList, items, tagSpecifications } from './request-parameters.ts';

/*
 * What CloudTrail records of calls on instances, interfaces, VPCs and subnets. The shapes are recorded for RunInstances,
 * Start- and StopInstances, CreateNetworkInterface, AttachNetworkInterface, ModifyInstanceAttribute (of a single value)
 * and CreateVpc; those of the other calls follow them and are not verified.
 */

/** How a list is called in a record, and how its members are, where they are plain values. */
interface ListShape {
  readonly name: string;
  readonly member?: string;
}

const lists: Readonly<Record<string, ListShape>> = {
  InstanceId: { name: 'instancesSet', member: 'instanceId' },
  SecurityGroupId: { name: 'groupSet', member: 'groupId' },
  SecurityGroup: { name: 'groupSet', member: 'groupName' },
  GroupId: { name: 'groupSet', member: 'groupId' },
  NetworkInterface: { name: 'networkInterfaceSet' },
  PrivateIpAddresses: { name: 'privateIpAddressesSet' },
  BlockDeviceMapping: { name: 'blockDeviceMapping' },
};

/** Texts that stay texts, whatever they look like. */
const texts = new Set(['Description', 'ClientToken', 'KeyName', 'AttachmentId', 'PrivateIpAddress', 'CidrBlock']);
const unspoken = new Set<string>([...commonNames, 'TagSpecification']);

function scalar(name: string, text: string): JsonValue {
  // Both recorded so, whatever was written.
  if (name === 'UserData') return '<sensitiveDataRemoved>';
  if (name === 'NoDevice') return {};
  if (texts.has(name)) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,9}$/.test(text) ? Number(text) : text;
}

function listed(name: string, node: QueryNode): readonly [string, JsonValue] {
  const shape = lists[name] ?? { name: `${camel(name)}Set` };
  const { member } = shape;
  const values = [...node.children].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
  return [
    shape.name,
    items(values.map((item) => (member === undefined ? plainFields(item) : { [member]: item.value }))),
  ];
}

function field([name, node]: readonly [string, QueryNode]): readonly [string, JsonValue] {
  if (isList(node)) return listed(name, node);
  if (node.children.size > 0) return [camel(name), plainFields(node)];
  return [camel(name), scalar(name, node.value ?? '')];
}

function plainFields(node: QueryNode): JsonFields {
  return Object.fromEntries([...node.children].filter(([name]) => !unspoken.has(name)).map(field));
}

/** Everything that was asked, in the plain family's spelling. */
export function plainParameters(query: QueryNode): JsonFields {
  return { ...plainFields(query), ...tagSpecifications(query) };
}

/** As asked, with what is recorded even where nobody asked for it. */
export function withDefaults(defaults: JsonFields): (query: QueryNode) => JsonFields {
  return (query) => ({ ...defaults, ...plainParameters(query) });
}

/** RunInstances: image and counts are one item of a set; these defaults are recorded in every launch. */
export function launchParameters(query: QueryNode): JsonFields {
  const { imageId, minCount, maxCount, keyName, placement, ...rest } = plainFields(query);
  const zone = query.children.get('Placement')?.children.get('AvailabilityZone')?.value;
  return {
    instancesSet: { items: [{ imageId, minCount, maxCount, keyName }] },
    blockDeviceMapping: {},
    monitoring: { enabled: false },
    disableApiTermination: false,
    disableApiStop: false,
    // A zone stands by itself (recorded); what else may be said of the place is as it was said, not verified.
    ...(zone === undefined ? { placement } : { availabilityZone: zone }),
    ...rest,
    ...tagSpecifications(query),
  };
}

/** CreateNetworkInterface: both sets are there when empty (recorded). */
export function interfaceParameters(query: QueryNode): JsonFields {
  return { groupSet: {}, privateIpAddressesSet: {}, ...plainParameters(query) };
}
