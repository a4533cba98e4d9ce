import { freeAddress, isAssignable, macAddress, publicAddress } from './addresses.ts';
import { Ec2Error, invalidValue } from './errors.ts';
import { groupById } from './groups.ts';
import { checkGroupCount } from './quotas.ts';
import { tagSet } from './rule-items.ts';
import { zoneName } from './subnets.ts';
import type { Attachment, NetworkInterface, Setting, Subnet, Tag, World } from './world.ts';
import type { XmlFields } from './xml.ts';

/** What a new interface is asked to be. */
export interface InterfaceWish {
  readonly groupIds: readonly string[];
  readonly description: string;
  readonly address: string | undefined;
  readonly moreAddresses: readonly string[];
  readonly wantsPublicAddress: boolean;
  readonly interfaceType: string;
  readonly requester: { readonly id: string; readonly isManaged: boolean } | undefined;
  readonly tags: readonly Tag[];
}

export const plainWish: InterfaceWish = {
  groupIds: [],
  description: '',
  address: undefined,
  moreAddresses: [],
  wantsPublicAddress: false,
  interfaceType: 'interface',
  requester: undefined,
  tags: [],
};

/** The world with one interface added or replaced. */
export function withInterface(world: World, one: NetworkInterface): World {
  return { ...world, interfaces: world.interfaces.with(one) };
}

/** The `default` group of a VPC, which nobody can delete. */
function defaultGroupId(world: World, vpcId: string): string {
  const group = world.groups.find((one) => one.vpcId === vpcId && one.name === 'default');
  if (group === undefined) throw new Error(`ec2: the VPC \`${vpcId}\` has no default group`);
  return group.id;
}

/**
 * The groups of an interface, each once: they exist and are of its VPC or associated with it; none is the default one.
 * That a group elsewhere is refused as one that does not exist is EC2's list of error codes; the sentence is quoted from
 * public error reports.
 */
export function groupsFor(
  world: World,
  setting: Setting,
  vpcId: string,
  ids: readonly string[],
  of: 'Interface' | 'Instance' = 'Interface',
): readonly string[] {
  if (ids.length === 0) return [defaultGroupId(world, vpcId)];
  const groups = [...new Set(ids)].map((id) => groupById(world, id));
  const elsewhere = groups.find(
    (group) =>
      group.vpcId !== vpcId && !world.associations.some((one) => one.groupId === group.id && one.vpcId === vpcId),
  );
  if (elsewhere !== undefined) {
    const words = 'You have specified two resources that belong to different networks.';
    throw new Ec2Error('InvalidGroup.NotFound', words);
  }
  checkGroupCount(groups.length, setting.quotas, of);
  return groups.map(({ id }) => id);
}

function takenIn(world: World, subnet: Subnet): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const one of world.interfaces) {
    if (one.subnetId === subnet.id) for (const address of one.addresses) taken.add(address);
  }
  return taken;
}

function checkedAddress(address: string, subnet: Subnet, taken: ReadonlySet<string>): string {
  if (!isAssignable(address, subnet.cidr))
    throw invalidValue("Address does not fall within the subnet's address range");
  if (taken.has(address)) throw new Ec2Error('InvalidIPAddress.InUse', 'Address is in use.');
  return address;
}

function addressesFor(world: World, subnet: Subnet, wish: InterfaceWish): readonly string[] {
  const taken = takenIn(world, subnet);
  const primary =
    wish.address === undefined ? freeAddress(subnet.cidr, taken) : checkedAddress(wish.address, subnet, taken);
  if (primary === undefined) {
    const words = `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`;
    throw new Ec2Error('InsufficientFreeAddressesInSubnet', words);
  }
  return [primary, ...wish.moreAddresses.map((address) => checkedAddress(address, subnet, taken))];
}

/** A new interface in a subnet, attached to nothing. */
export function newInterface(world: World, setting: Setting, subnet: Subnet, wish: InterfaceWish): NetworkInterface {
  const id = setting.newId('eni-');
  return {
    id,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    description: wish.description,
    groupIds: groupsFor(world, setting, subnet.vpcId, wish.groupIds),
    macAddress: macAddress(id),
    addresses: addressesFor(world, subnet, wish),
    publicAddress: undefined,
    wantsPublicAddress: wish.wantsPublicAddress,
    sourceDestCheck: true,
    interfaceType: wish.interfaceType,
    requesterId: wish.requester?.id,
    isRequesterManaged: wish.requester?.isManaged ?? false,
    attachment: undefined,
    tags: wish.tags,
    sequence: setting.newSequence(),
  };
}

/** The interface attached to an instance that runs: now it has its public address, if it is to have one. */
export function started(setting: Setting, one: NetworkInterface): NetworkInterface {
  const address = one.wantsPublicAddress ? (one.publicAddress ?? publicAddress(setting.newSequence())) : undefined;
  return { ...one, publicAddress: address };
}

/** The interfaces of every instance, in the order of their devices. */
export function interfacesByInstance(world: World): ReadonlyMap<string, readonly NetworkInterface[]> {
  const found = new Map<string, NetworkInterface[]>();
  for (const one of world.interfaces) {
    const id = one.attachment?.instanceId;
    if (id !== undefined) found.set(id, [...(found.get(id) ?? []), one]);
  }
  const place = ({ attachment }: NetworkInterface): number => attachment?.deviceIndex ?? 0;
  for (const interfaces of found.values()) interfaces.sort((a, b) => place(a) - place(b));
  return found;
}

/** Groups as an interface or instance shows them. */
export function groupSet(world: World, ids: readonly string[]): readonly XmlFields[] {
  return ids.map((groupId) => ({ groupId, groupName: world.groups.get(groupId)?.name }));
}

/** The name inside the VPC that an address has. */
export function privateName(setting: Setting, address: string): string {
  const domain = setting.region === 'us-east-1' ? 'ec2.internal' : `${setting.region}.compute.internal`;
  return `ip-${address.replaceAll('.', '-')}.${domain}`;
}

/** The name in public that an address has. */
export function publicName(setting: Setting, address: string): string {
  const domain = setting.region === 'us-east-1' ? 'compute-1' : `${setting.region}.compute`;
  return `ec2-${address.replaceAll('.', '-')}.${domain}.amazonaws.com`;
}

/** The public address as it is shown beside a private one. */
export function publicFields(setting: Setting, one: NetworkInterface): XmlFields | undefined {
  if (one.publicAddress === undefined) return undefined;
  return { publicIp: one.publicAddress, publicDnsName: publicName(setting, one.publicAddress), ipOwnerId: 'amazon' };
}

/** Whether interfaces have names: `enableDnsHostnames` is on in a default VPC and off in others (recorded both ways). */
export function hasNames(world: World, { vpcId }: NetworkInterface): boolean {
  return world.vpcs.get(vpcId)?.isDefault ?? false;
}

/** Addresses, the primary one first; it alone has the public address. */
export function addressSet(setting: Setting, one: NetworkInterface, isNamed: boolean): readonly XmlFields[] {
  return one.addresses.map((privateIpAddress, index) => ({
    privateIpAddress,
    privateDnsName: isNamed ? privateName(setting, privateIpAddress) : undefined,
    primary: index === 0,
    association: index === 0 ? publicFields(setting, one) : undefined,
  }));
}

/** How an interface hangs on its instance, as an instance shows it. */
export function attachmentFields(
  { id, deviceIndex, deleteOnTermination, at }: Attachment,
  status = 'attached',
): XmlFields {
  return {
    attachmentId: id,
    deviceIndex,
    status,
    attachTime: at,
    deleteOnTermination,
    networkCardIndex: 0,
  };
}

/** An interface in a listing of interfaces. */
export function interfaceItem(world: World, setting: Setting, one: NetworkInterface): XmlFields {
  const subnet = world.subnets.get(one.subnetId);
  const { attachment } = one;
  return {
    networkInterfaceId: one.id,
    subnetId: one.subnetId,
    vpcId: one.vpcId,
    availabilityZone: subnet === undefined ? undefined : zoneName(setting, subnet),
    description: one.description,
    ownerId: setting.account,
    requesterId: one.requesterId,
    requesterManaged: one.isRequesterManaged,
    status: attachment === undefined ? 'available' : 'in-use',
    macAddress: one.macAddress,
    privateIpAddress: one.addresses[0],
    privateDnsName: hasNames(world, one) ? privateName(setting, one.addresses[0] ?? '') : undefined,
    sourceDestCheck: one.sourceDestCheck,
    groupSet: groupSet(world, one.groupIds),
    attachment:
      attachment === undefined
        ? undefined
        : {
            ...attachmentFields(attachment),
            instanceId: attachment.instanceId,
            instanceOwnerId: attachment.instanceId === undefined ? 'amazon-aws' : setting.account,
          },
    association: publicFields(setting, one),
    tagSet: tagSet(one.tags),
    privateIpAddressesSet: addressSet(setting, one, hasNames(world, one)),
    ipv6AddressesSet: [],
    interfaceType: one.interfaceType,
  };
}
