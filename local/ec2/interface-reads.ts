import { exactValues, filterOf, type Fields } from './filters.ts';
import { interfaceById } from './ids.ts';
import { interfaceItem } from './interfaces.ts';
import { listNames, type Read } from './outcome.ts';
import { pageOf, refusePaging } from './paging.ts';
import { expectOnly, textsAt } from './query.ts';
import { zoneName } from './subnets.ts';
import type { NetworkInterface } from './world.ts';

/** DescribeNetworkInterfaces. */
export const describeNetworkInterfaces: Read = (world, query, setting) => {
  expectOnly(query, [...listNames, 'NetworkInterfaceId']);
  const fields: Fields<NetworkInterface> = {
    'network-interface-id': (one) => one.id,
    'group-id': (one) => one.groupIds,
    'group-name': (one) => one.groupIds.flatMap((id) => world.groups.get(id)?.name ?? []),
    'vpc-id': (one) => one.vpcId,
    'subnet-id': (one) => one.subnetId,
    'availability-zone': (one) => {
      const subnet = world.subnets.get(one.subnetId);
      return subnet === undefined ? undefined : zoneName(setting, subnet);
    },
    'attachment.instance-id': (one) => one.attachment?.instanceId,
    'attachment.attachment-id': (one) => one.attachment?.id,
    'attachment.device-index': (one) => (one.attachment === undefined ? undefined : String(one.attachment.deviceIndex)),
    'attachment.status': (one) => (one.attachment === undefined ? undefined : 'attached'),
    'addresses.private-ip-address': (one) => one.addresses,
    'private-ip-address': (one) => one.addresses[0],
    'association.public-ip': (one) => one.publicAddress,
    description: (one) => one.description,
    'interface-type': (one) => one.interfaceType,
    'mac-address': (one) => one.macAddress,
    'owner-id': () => setting.account,
    'requester-id': (one) => one.requesterId,
    'requester-managed': (one) => String(one.isRequesterManaged),
    status: (one) => (one.attachment === undefined ? 'available' : 'in-use'),
  };
  const passes = filterOf(query, fields, (one) => one.tags);
  const named = new Set(textsAt(query, 'NetworkInterfaceId').map((id) => interfaceById(world, id)));
  // "You cannot specify this parameter and the network interface IDs parameter in the same request" (API Reference).
  if (named.size > 0) refusePaging(query, 'networkInterfaceIds');
  const exact = exactValues(query, 'network-interface-id');
  const looked = exact?.flatMap((id) => world.interfaces.get(id) ?? []).sort((a, b) => a.sequence - b.sequence);
  const found = [...new Set(looked ?? world.interfaces)].filter(
    (one) => (named.size === 0 || named.has(one)) && passes(one),
  );
  const { items, nextToken } = pageOf(query, found);
  return { networkInterfaceSet: items.map((one) => interfaceItem(world, setting, one)), nextToken };
};
