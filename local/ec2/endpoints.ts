import { Ec2Error, invalidValue, missingParameter, notModelled } from './errors.ts';
import { filterOf, type Fields } from './filters.ts';
import { endpointById, subnetById, vpcById } from './ids.ts';
import { required } from './interface-writes.ts';
import { groupSet, groupsFor, newInterface, plainWish, withInterface } from './interfaces.ts';
import { commonNames, listNames, type Outcome, type Read, type Write } from './outcome.ts';
import { pageOf } from './paging.ts';
import { booleanAt, expectOnly, has, textAt, textsAt, type QueryNode } from './query.ts';
import { tagSet } from './rule-items.ts';
import { tagsFor } from './tags.ts';
import type { Endpoint, NetworkInterface, Setting, World } from './world.ts';
import type { XmlFields } from './xml.ts';

/* Interface endpoints, as far as their security groups go: no policies, no names, no routes. */

function interfacesOf(world: World, { interfaceIds }: Endpoint): readonly NetworkInterface[] {
  return interfaceIds.flatMap((id) => world.interfaces.get(id) ?? []);
}

function endpointItem(world: World, setting: Setting, endpoint: Endpoint, state = 'available'): XmlFields {
  return {
    vpcEndpointId: endpoint.id,
    vpcEndpointType: 'Interface',
    vpcId: endpoint.vpcId,
    serviceName: endpoint.serviceName,
    state,
    routeTableIdSet: [],
    subnetIdSet: interfacesOf(world, endpoint).map(({ subnetId }) => subnetId),
    groupSet: groupSet(world, endpoint.groupIds),
    ipAddressType: 'ipv4',
    dnsOptions: { dnsRecordIpType: 'ipv4' },
    privateDnsEnabled: endpoint.privateDns,
    requesterManaged: false,
    networkInterfaceIdSet: endpoint.interfaceIds,
    dnsEntrySet: [],
    creationTimestamp: endpoint.madeAt,
    tagSet: tagSet(endpoint.tags),
    ownerId: setting.account,
  };
}

/** The interface that an endpoint has in a subnet: the service's own, attached to nothing that one could see. */
function withOwnInterface(world: World, setting: Setting, endpoint: Endpoint, subnetId: string): World {
  const subnet = subnetById(world, subnetId);
  if (subnet.vpcId !== endpoint.vpcId)
    throw new Ec2Error('InvalidSubnetId.NotFound', `The Subnet Id '${subnetId}' is not in the VPC`);
  const made = newInterface(world, setting, subnet, {
    ...plainWish,
    groupIds: endpoint.groupIds,
    description: `VPC Endpoint Interface ${endpoint.id}`,
    interfaceType: 'vpc_endpoint',
    requester: { id: setting.account, isManaged: true },
  });
  const attachment = {
    id: setting.newId('ela-attach-'),
    instanceId: undefined,
    deviceIndex: 1,
    deleteOnTermination: false,
    at: setting.now(),
  };
  const next = { ...endpoint, interfaceIds: [...endpoint.interfaceIds, made.id] };
  return { ...withInterface(world, { ...made, attachment }), endpoints: world.endpoints.with(next) };
}

function serviceAt(setting: Setting, query: QueryNode): string {
  const name = required(query, 'ServiceName');
  if (/^(com\.amazonaws|aws\.sagemaker)\.[\w.-]+$/.test(name) && name.includes(setting.region)) return name;
  throw new Ec2Error('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
}

/** CreateVpcEndpoint: of the type Interface, with an interface in each of its subnets. */
export const createVpcEndpoint: Write = (world, query, setting): Outcome => {
  const own = ['VpcEndpointType', 'VpcId', 'ServiceName', 'SubnetId', 'SecurityGroupId', 'PrivateDnsEnabled'];
  expectOnly(query, [...commonNames, ...own, 'IpAddressType', 'ClientToken', 'TagSpecification']);
  const type = textAt(query, 'VpcEndpointType') ?? 'Gateway';
  if (type !== 'Interface') throw notModelled(`endpoints of the type ${type}, which have no security groups`);
  const vpc = vpcById(world, required(query, 'VpcId'));
  const endpoint: Endpoint = {
    id: setting.newId('vpce-'),
    vpcId: vpc.id,
    serviceName: serviceAt(setting, query),
    groupIds: groupsFor(world, setting, vpc.id, textsAt(query, 'SecurityGroupId')),
    interfaceIds: [],
    privateDns: !has(query, 'PrivateDnsEnabled') || booleanAt(query, 'PrivateDnsEnabled'),
    madeAt: setting.now(),
    tags: tagsFor(query, 'vpc-endpoint', setting),
    sequence: setting.newSequence(),
  };
  const empty: World = { ...world, endpoints: world.endpoints.with(endpoint) };
  const next = withSubnets(empty, setting, endpoint.id, textsAt(query, 'SubnetId'));
  const vpcEndpoint = endpointItem(next, setting, endpointById(next, endpoint.id), 'pending');
  return { world: next, body: { vpcEndpoint, clientToken: textAt(query, 'ClientToken') } };
};

function withSubnets(world: World, setting: Setting, id: string, subnetIds: readonly string[]): World {
  return subnetIds.reduce((next, subnetId) => withOwnInterface(next, setting, endpointById(next, id), subnetId), world);
}

function withoutSubnets(world: World, id: string, subnetIds: readonly string[]): World {
  const endpoint = endpointById(world, id);
  const gone = interfacesOf(world, endpoint).filter(({ subnetId }) => subnetIds.includes(subnetId));
  if (gone.length < new Set(subnetIds).size) throw invalidValue(`The endpoint '${id}' is not in every subnet named`);
  const interfaces = gone.reduce((table, one) => table.without(one.id), world.interfaces);
  const interfaceIds = endpoint.interfaceIds.filter((one) => !gone.some((other) => other.id === one));
  return { ...world, interfaces, endpoints: world.endpoints.with({ ...endpoint, interfaceIds }) };
}

/** The groups after a change; an endpoint keeps at least one. */
function groupsAfter(world: World, setting: Setting, endpoint: Endpoint, query: QueryNode): readonly string[] {
  const removed = textsAt(query, 'RemoveSecurityGroupId');
  const stranger = removed.find((id) => !endpoint.groupIds.includes(id));
  if (stranger !== undefined) {
    throw new Ec2Error('InvalidGroup.NotFound', `The security group '${stranger}' is not associated with the endpoint`);
  }
  const kept = endpoint.groupIds.filter((id) => !removed.includes(id));
  const ids = [...kept, ...textsAt(query, 'AddSecurityGroupId')];
  if (ids.length === 0) throw invalidValue('An interface endpoint must have at least one security group');
  return groupsFor(world, setting, endpoint.vpcId, ids);
}

/** ModifyVpcEndpoint: groups and subnets come and go; every interface of the endpoint has its groups. */
export const modifyVpcEndpoint: Write = (world, query, setting): Outcome => {
  const own = ['AddSecurityGroupId', 'RemoveSecurityGroupId', 'AddSubnetId', 'RemoveSubnetId', 'PrivateDnsEnabled'];
  expectOnly(query, [...commonNames, 'VpcEndpointId', ...own]);
  const before = endpointById(world, required(query, 'VpcEndpointId'));
  const privateDns = has(query, 'PrivateDnsEnabled') ? booleanAt(query, 'PrivateDnsEnabled') : before.privateDns;
  const endpoint = { ...before, privateDns, groupIds: groupsAfter(world, setting, before, query) };
  let next: World = { ...world, endpoints: world.endpoints.with(endpoint) };
  const removed = textsAt(query, 'RemoveSubnetId');
  if (removed.length > 0) next = withoutSubnets(next, endpoint.id, removed);
  next = withSubnets(next, setting, endpoint.id, textsAt(query, 'AddSubnetId'));
  for (const one of interfacesOf(next, endpointById(next, endpoint.id))) {
    next = withInterface(next, { ...one, groupIds: endpoint.groupIds });
  }
  return { world: next, body: { return: true } };
};

/** DeleteVpcEndpoints: those that exist, with their interfaces; the others are listed as unsuccessful. */
export const deleteVpcEndpoints: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'VpcEndpointId']);
  const ids = textsAt(query, 'VpcEndpointId');
  if (ids.length === 0) throw missingParameter('VpcEndpointId');
  let next = world;
  const unsuccessful: XmlFields[] = [];
  for (const id of ids) {
    const endpoint = next.endpoints.get(id);
    if (endpoint === undefined) {
      const message = `The Vpc Endpoint Id '${id}' does not exist`;
      unsuccessful.push({ resourceId: id, error: { code: 'InvalidVpcEndpointId.NotFound', message } });
      continue;
    }
    const interfaces = endpoint.interfaceIds.reduce((table, one) => table.without(one), next.interfaces);
    next = { ...next, interfaces, endpoints: next.endpoints.without(id) };
  }
  return { world: next, body: { unsuccessful } };
};

/** DescribeVpcEndpoints. */
export const describeVpcEndpoints: Read = (world, query, setting) => {
  expectOnly(query, [...listNames, 'VpcEndpointId']);
  const fields: Fields<Endpoint> = {
    'vpc-endpoint-id': ({ id }) => id,
    'vpc-endpoint-type': () => 'Interface',
    'vpc-endpoint-state': () => 'available',
    'vpc-id': ({ vpcId }) => vpcId,
    'service-name': ({ serviceName }) => serviceName,
  };
  const passes = filterOf(query, fields, ({ tags }) => tags);
  const named = new Set(textsAt(query, 'VpcEndpointId').map((id) => endpointById(world, id)));
  const found = [...world.endpoints].filter((one) => (named.size === 0 || named.has(one)) && passes(one));
  // "Constraint: If the value is greater than 1,000, we return only 1,000 items": bounds below it are not known.
  const { items, nextToken } = pageOf(query, found, { smallest: 1, largest: 1000 });
  return { vpcEndpointSet: items.map((one) => endpointItem(world, setting, one)), nextToken };
};
