import {
  addressSet,
  attachmentFields,
  groupSet,
  hasNames,
  privateName,
  publicFields,
  publicName,
} from './interfaces.ts';
import { tagSet } from './rule-items.ts';
import { zoneName } from './subnets.ts';
import type { Instance, InstanceState, NetworkInterface, Setting, World } from './world.ts';
import type { XmlFields } from './xml.ts';

const stateCodes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** A state with its number. */
export function stateFields(name: InstanceState): XmlFields {
  return { code: stateCodes[name], name };
}

/** The world with one instance added or replaced. */
export function withInstance(world: World, instance: Instance): World {
  return { ...world, instances: world.instances.with(instance) };
}

const goneAfterMs = 3_600_000;

/** Whether an instance is still shown: a terminated one is for about an hour (EC2 User Guide, instance lifecycle). */
export function isShown({ state, stateSince }: Instance, now: Date): boolean {
  return state !== 'terminated' || now.getTime() - stateSince.getTime() < goneAfterMs;
}

/** What is shown of an interface inside its instance. */
function ownInterfaceItem(world: World, setting: Setting, one: NetworkInterface): XmlFields {
  return {
    networkInterfaceId: one.id,
    subnetId: one.subnetId,
    vpcId: one.vpcId,
    description: one.description,
    ownerId: setting.account,
    status: 'in-use',
    macAddress: one.macAddress,
    privateIpAddress: one.addresses[0],
    privateDnsName: hasNames(world, one) ? privateName(setting, one.addresses[0] ?? '') : undefined,
    sourceDestCheck: one.sourceDestCheck,
    groupSet: groupSet(world, one.groupIds),
    attachment: one.attachment === undefined ? undefined : attachmentFields(one.attachment),
    association: publicFields(setting, one),
    privateIpAddressesSet: addressSet(setting, one, hasNames(world, one)),
    ipv6AddressesSet: [],
    interfaceType: one.interfaceType,
  };
}

/** Groups in the answer to RunInstances: without their names where the interface was there before (recorded both ways). */
function launchedGroupSet(world: World, groupIds: readonly string[], wasThere: boolean): readonly XmlFields[] {
  return wasThere ? groupIds.map((groupId) => ({ groupId })) : groupSet(world, groupIds);
}

/**
 * The interface in the answer to RunInstances: as recorded in CloudTrail, which differs from a listing. The tags of one
 * that was there before are not shown.
 */
function launchedInterfaceItem(world: World, setting: Setting, one: NetworkInterface, wasThere: boolean): XmlFields {
  return {
    networkInterfaceId: one.id,
    subnetId: one.subnetId,
    vpcId: one.vpcId,
    ownerId: setting.account,
    status: 'in-use',
    macAddress: one.macAddress,
    privateIpAddress: one.addresses[0],
    sourceDestCheck: one.sourceDestCheck,
    interfaceType: one.interfaceType,
    groupSet: launchedGroupSet(world, one.groupIds, wasThere),
    attachment: one.attachment === undefined ? undefined : attachmentFields(one.attachment, 'attaching'),
    privateIpAddressesSet: addressSet(setting, one, false),
    ipv6AddressesSet: [],
    tagSet: wasThere ? [] : tagSet(one.tags),
  };
}

function placement(world: World, setting: Setting, { subnetId }: Instance): XmlFields {
  const subnet = world.subnets.get(subnetId);
  return { availabilityZone: subnet === undefined ? undefined : zoneName(setting, subnet), tenancy: 'default' };
}

function profileFields(setting: Setting, { profile }: Instance): XmlFields | undefined {
  if (profile === undefined) return undefined;
  const name = profile.startsWith('arn:') ? profile : `instance-profile/${profile}`;
  const arn = profile.startsWith('arn:') ? profile : `arn:${setting.partition}:iam::${setting.account}:${name}`;
  return { arn, id: 'AIPAEXAMPLEPROFILE001' };
}

const metadataOptions: XmlFields = {
  httpTokens: 'optional',
  httpPutResponseHopLimit: 1,
  httpEndpoint: 'enabled',
  httpProtocolIpv6: 'disabled',
  instanceMetadataTags: 'disabled',
};

/** What every instance shows alike, for nobody can ask for anything else here. */
const constants: XmlFields = {
  architecture: 'x86_64',
  rootDeviceType: 'ebs',
  rootDeviceName: '/dev/xvda',
  virtualizationType: 'hvm',
  hypervisor: 'xen',
  enaSupport: true,
  cpuOptions: { coreCount: 1, threadsPerCore: 2 },
  capacityReservationSpecification: { capacityReservationPreference: 'open' },
  hibernationOptions: { configured: false },
  enclaveOptions: { enabled: false },
  maintenanceOptions: { autoRecovery: 'default' },
  privateDnsNameOptions: {
    hostnameType: 'ip-name',
    enableResourceNameDnsARecord: false,
    enableResourceNameDnsAAAARecord: false,
  },
  currentInstanceBootMode: 'legacy-bios',
};

/** The one volume of an instance: it has the instance's own digits, for nothing else is kept of it. */
function rootVolume({ id, launchedAt }: Instance): XmlFields {
  const volumeId = id.replace('i-', 'vol-');
  const ebs = { volumeId, status: 'attached', attachTime: launchedAt, deleteOnTermination: true };
  return { deviceName: '/dev/xvda', ebs };
}

function commonFields(instance: Instance, interfaces: readonly NetworkInterface[]): XmlFields {
  const isLive = instance.state !== 'terminated';
  return {
    instanceId: instance.id,
    imageId: instance.imageId,
    instanceState: stateFields(instance.state),
    keyName: instance.keyName,
    amiLaunchIndex: instance.launchIndex,
    productCodes: [],
    instanceType: instance.instanceType,
    launchTime: instance.launchedAt,
    monitoring: { state: 'disabled' },
    // A terminated instance is shown without its network (EC2's answers do so; remembered).
    subnetId: isLive ? instance.subnetId : undefined,
    vpcId: isLive ? instance.vpcId : undefined,
    privateIpAddress: interfaces[0]?.addresses[0],
    clientToken: instance.clientToken ?? '',
    sourceDestCheck: interfaces[0]?.sourceDestCheck,
    ebsOptimized: instance.attributes.ebsOptimized === 'true',
    ...constants,
  };
}

/** An instance in a listing. */
export function instanceItem(
  world: World,
  setting: Setting,
  instance: Instance,
  interfaces: readonly NetworkInterface[],
): XmlFields {
  const [primary] = interfaces;
  const address = primary?.publicAddress;
  const reason = instance.stateReason;
  return {
    ...commonFields(instance, interfaces),
    privateDnsName: primary === undefined ? '' : privateName(setting, primary.addresses[0] ?? ''),
    dnsName: address === undefined ? '' : publicName(setting, address),
    ipAddress: address,
    reason: reason ?? '',
    stateReason:
      reason === undefined
        ? undefined
        : { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
    placement: { ...placement(world, setting, instance), groupName: '' },
    tagSet: instance.tags.length === 0 ? undefined : tagSet(instance.tags),
    groupSet: groupSet(world, primary?.groupIds ?? []),
    networkInterfaceSet: interfaces.map((one) => ownInterfaceItem(world, setting, one)),
    iamInstanceProfile: profileFields(setting, instance),
    blockDeviceMapping: instance.state === 'terminated' ? [] : [rootVolume(instance)],
    metadataOptions: { state: 'applied', ...metadataOptions },
    platformDetails: 'Linux/UNIX',
    usageOperation: 'RunInstances',
    usageOperationUpdateTime: instance.launchedAt,
  };
}

/** An instance in the answer to RunInstances, which has begun and is not done: it has no public address yet. */
export function launchedItem(
  world: World,
  setting: Setting,
  instance: Instance,
  interfaces: readonly NetworkInterface[],
  wasThere: boolean,
): XmlFields {
  const [primary] = interfaces;
  return {
    ...commonFields({ ...instance, state: 'pending' }, interfaces),
    privateDnsName: privateName(setting, primary?.addresses[0] ?? ''),
    placement: placement(world, setting, instance),
    stateReason: { code: 'pending', message: 'pending' },
    tagSet: instance.tags.length === 0 ? undefined : tagSet(instance.tags),
    groupSet: launchedGroupSet(world, primary?.groupIds ?? [], wasThere),
    networkInterfaceSet: interfaces.map((one) => launchedInterfaceItem(world, setting, one, wasThere)),
    iamInstanceProfile: profileFields(setting, instance),
    blockDeviceMapping: [],
    metadataOptions: { state: 'pending', httpProtocolIpv4: 'enabled', ...metadataOptions },
  };
}
