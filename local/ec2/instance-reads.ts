import { exactValues, filterOf, type Fields } from './filters.ts';
import { instanceById } from './ids.ts';
import { instanceItem, isShown } from './instances.ts';
import { interfacesByInstance } from './interfaces.ts';
import { listNames, type Read } from './outcome.ts';
import { pageOf, refusePaging } from './paging.ts';
import { booleanAt, expectOnly, textsAt, type QueryNode } from './query.ts';
import { zoneName } from './subnets.ts';
import type { Instance, NetworkInterface, Setting, World } from './world.ts';

type Interfaces = (instance: Instance) => readonly NetworkInterface[];

function fieldsOf(world: World, setting: Setting, own: Interfaces): Fields<Instance> {
  return {
    'instance-id': (instance) => instance.id,
    'instance-state-name': (instance) => instance.state,
    'instance-type': (instance) => instance.instanceType,
    'image-id': (instance) => instance.imageId,
    'key-name': (instance) => instance.keyName,
    'reservation-id': (instance) => instance.reservationId,
    'client-token': (instance) => instance.clientToken,
    'owner-id': () => setting.account,
    'vpc-id': (instance) => (instance.state === 'terminated' ? undefined : instance.vpcId),
    'subnet-id': (instance) => (instance.state === 'terminated' ? undefined : instance.subnetId),
    'availability-zone': (instance) => {
      const subnet = world.subnets.get(instance.subnetId);
      return subnet === undefined ? undefined : zoneName(setting, subnet);
    },
    'private-ip-address': (instance) => own(instance)[0]?.addresses[0],
    'ip-address': (instance) => own(instance)[0]?.publicAddress,
    'instance.group-id': (instance) => own(instance)[0]?.groupIds,
    'instance.group-name': (instance) => own(instance)[0]?.groupIds.flatMap((id) => world.groups.get(id)?.name ?? []),
    'network-interface.group-id': (instance) => own(instance).flatMap(({ groupIds }) => groupIds),
    'network-interface.network-interface-id': (instance) => own(instance).map(({ id }) => id),
    'network-interface.subnet-id': (instance) => own(instance).map(({ subnetId }) => subnetId),
    'network-interface.vpc-id': (instance) => own(instance).map(({ vpcId }) => vpcId),
  };
}

/** Those that a request may mean, before its filters. */
function candidates(world: World, query: QueryNode, named: readonly Instance[]): Iterable<Instance> {
  const exact = exactValues(query, 'instance-id')?.flatMap((id) => world.instances.get(id) ?? []);
  const looked = named.length > 0 ? named : exact;
  return looked === undefined ? world.instances : [...new Set(looked)].sort((a, b) => a.sequence - b.sequence);
}

/** DescribeInstances: by reservation, the instances of one launch together. */
export const describeInstances: Read = (world, query, setting) => {
  expectOnly(query, [...listNames, 'InstanceId', 'IncludeManagedResources']);
  booleanAt(query, 'IncludeManagedResources');
  const interfaces = interfacesByInstance(world);
  const own: Interfaces = (instance) => interfaces.get(instance.id) ?? [];
  const passes = filterOf(query, fieldsOf(world, setting, own), (instance) => instance.tags);
  const named = textsAt(query, 'InstanceId').map((id) => instanceById(world, id));
  // "You cannot specify this parameter and the instance IDs parameter in the same request" (API Reference).
  if (named.length > 0) refusePaging(query, 'instancesSet');
  const now = setting.now();
  const found = [...candidates(world, query, named)].filter((instance) => isShown(instance, now) && passes(instance));
  const { items, nextToken } = pageOf(query, found);
  const reservations = Map.groupBy(items, ({ reservationId }) => reservationId);
  return {
    reservationSet: [...reservations].map(([reservationId, instances]) => ({
      reservationId,
      ownerId: setting.account,
      groupSet: [],
      instancesSet: instances.map((instance) => instanceItem(world, setting, instance, own(instance))),
    })),
    nextToken,
  };
};
