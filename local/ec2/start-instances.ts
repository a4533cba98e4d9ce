import { withInstance } from './instances.ts';
import { newAttachment } from './interface-writes.ts';
import { newInterface, plainWish, started, withInterface } from './interfaces.ts';
import type { Instance, Setting, Tag, World } from './world.ts';

/** An instance that runs from the start, with one interface. */
export interface LocalInstance {
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  readonly instanceType?: string;
  readonly tags?: readonly Tag[];
}

/** The world with one more running instance, which no call has made. */
export function withRunning(world: World, setting: Setting, local: LocalInstance): World {
  const subnet = world.subnets.get(local.subnetId);
  if (subnet === undefined)
    throw new Error(`ec2: the subnet \`${local.subnetId}\` of an instance is not among \`vpcs\``);
  const at = setting.now();
  const instance: Instance = {
    id: setting.newId('i-'),
    reservationId: setting.newId('r-'),
    launchIndex: 0,
    imageId: 'ami-0c0ffee0c0ffee000',
    instanceType: local.instanceType ?? 'm6i.large',
    keyName: undefined,
    clientToken: undefined,
    profile: undefined,
    launchedAt: at,
    state: 'running',
    stateSince: at,
    stateReason: undefined,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    attributes: {},
    tags: local.tags ?? [],
    sequence: setting.newSequence(),
  };
  const made = newInterface(world, setting, subnet, {
    ...plainWish,
    groupIds: local.groupIds,
    wantsPublicAddress: subnet.givesPublicAddresses,
  });
  const attachment = newAttachment(setting, { instanceId: instance.id, deviceIndex: 0, deleteOnTermination: true });
  return withInstance(withInterface(world, started(setting, { ...made, attachment })), instance);
}
