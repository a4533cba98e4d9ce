import { Ec2Error, invalidCombination, invalidValue, missingParameter, notModelled } from './errors.ts';
import { defaultVpcOf, groupByName } from './groups.ts';
import { interfaceById, subnetById } from './ids.ts';
import { launchedItem, withInstance } from './instances.ts';
import { addressesAt, checkNotManaged, newAttachment } from './interface-writes.ts';
import { newInterface, plainWish, started, withInterface, type InterfaceWish } from './interfaces.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { checkGroupCount } from './quotas.ts';
import { booleanAt, expectOnly, has, integerAt, itemsAt, textAt, textsAt, type QueryNode } from './query.ts';
import { tagsFor } from './tags.ts';
import type { Instance, NetworkInterface, Setting, Subnet, Tag, World } from './world.ts';

/** What may be asked of a new instance and changes nothing that is modelled here. */
const ignored = [
  'BlockDeviceMapping',
  'CapacityReservationSpecification',
  'CpuOptions',
  'CreditSpecification',
  'EnclaveOptions',
  'HibernationOptions',
  'MaintenanceOptions',
  'MetadataOptions',
  'Monitoring',
  'Placement',
  'PrivateDnsNameOptions',
  'UserData',
];
const networkNames = ['SecurityGroupId', 'SecurityGroup', 'SubnetId', 'PrivateIpAddress', 'NetworkInterface'];
const ownNames = [
  'ImageId',
  'MinCount',
  'MaxCount',
  'InstanceType',
  'KeyName',
  'ClientToken',
  'EbsOptimized',
  'IamInstanceProfile',
  'DisableApiTermination',
  'DisableApiStop',
  'InstanceInitiatedShutdownBehavior',
  'LaunchTemplate',
  'TagSpecification',
];
/** Everything that a launch can tag; what is not modelled takes its tags with it. */
const taggable = ['instance', 'volume', 'network-interface', 'spot-instances-request', 'elastic-gpu'];

/** One interface that every instance of the launch gets, or one that is there already. */
type Plug = { readonly deviceIndex: number; readonly deleteOnTermination: boolean } & (
  | { readonly kind: 'new'; readonly subnet: Subnet; readonly wish: InterfaceWish }
  | { readonly kind: 'existing'; readonly one: NetworkInterface }
);

function countsAt(query: QueryNode): number {
  const [least, most] = [integerAt(query, 'MinCount'), integerAt(query, 'MaxCount')];
  if (least === undefined) throw missingParameter('minCount');
  if (most === undefined) throw missingParameter('maxCount');
  if (least < 1)
    throw invalidValue(`Value (${String(least)}) for parameter minCount is invalid. It must be at least 1.`);
  if (most >= least) return most;
  throw new Ec2Error('InvalidParameterValue', 'The minimum instance count must not be above the maximum.');
}

function imageAt(query: QueryNode): string {
  if (has(query, 'LaunchTemplate')) throw notModelled('launch templates');
  const id = textAt(query, 'ImageId');
  if (id === undefined) throw missingParameter('ImageId');
  if (/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) return id;
  throw new Ec2Error('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
}

/** The subnet named, or the default one of the default VPC. */
function subnetFor(world: World, id: string | undefined): Subnet {
  if (id !== undefined) return subnetById(world, id);
  const vpc = defaultVpcOf(world);
  if (vpc === undefined) throw new Ec2Error('VPCIdNotSpecified', 'No default VPC for this user');
  for (const subnet of world.subnets) if (subnet.vpcId === vpc.id && subnet.isDefault) return subnet;
  throw new Ec2Error('MissingInput', 'No subnets found for the default VPC. Please specify a subnet.');
}

function groupIdsAt(world: World, query: QueryNode): readonly string[] {
  const names = textsAt(query, 'SecurityGroup').map((name) => groupByName(world, name).id);
  return [...textsAt(query, 'SecurityGroupId'), ...names];
}

function plainPlug(world: World, query: QueryNode, tags: readonly Tag[]): Plug {
  const subnet = subnetFor(world, textAt(query, 'SubnetId'));
  const wish: InterfaceWish = {
    ...plainWish,
    groupIds: groupIdsAt(world, query),
    address: textAt(query, 'PrivateIpAddress'),
    wantsPublicAddress: subnet.givesPublicAddresses,
    tags,
  };
  return { kind: 'new', deviceIndex: 0, deleteOnTermination: true, subnet, wish };
}

const plugNames = [
  'DeviceIndex',
  'NetworkInterfaceId',
  'SubnetId',
  'SecurityGroupId',
  'Description',
  'PrivateIpAddress',
  'PrivateIpAddresses',
  'AssociatePublicIpAddress',
  'DeleteOnTermination',
  'InterfaceType',
  'NetworkCardIndex',
];

function existingPlug(world: World, node: QueryNode, id: string, deviceIndex: number): Plug {
  const rival = plugNames.slice(2, 8).find((name) => has(node, name));
  if (rival !== undefined) {
    throw invalidCombination(`A network interface may not specify both a network interface ID and ${rival}`);
  }
  const one = interfaceById(world, id);
  checkNotManaged(one);
  if (one.attachment !== undefined) {
    throw new Ec2Error('InvalidNetworkInterface.InUse', `Interface: [${one.id}] in use.`);
  }
  return { kind: 'existing', deviceIndex, deleteOnTermination: booleanAt(node, 'DeleteOnTermination'), one };
}

function plugAt(world: World, node: QueryNode, isAlone: boolean, tags: readonly Tag[]): Plug {
  expectOnly(node, plugNames);
  const id = textAt(node, 'NetworkInterfaceId');
  const deviceIndex = integerAt(node, 'DeviceIndex') ?? 0;
  if (id !== undefined) return existingPlug(world, node, id, deviceIndex);
  const asked = has(node, 'AssociatePublicIpAddress') ? booleanAt(node, 'AssociatePublicIpAddress') : undefined;
  if (asked === true && !isAlone) {
    throw invalidCombination(
      'The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.',
    );
  }
  const subnet = subnetFor(world, textAt(node, 'SubnetId'));
  const wish: InterfaceWish = {
    ...plainWish,
    ...addressesAt(node),
    description: textAt(node, 'Description') ?? '',
    groupIds: textsAt(node, 'SecurityGroupId'),
    wantsPublicAddress: asked ?? (isAlone && subnet.givesPublicAddresses),
    tags,
  };
  const deleteOnTermination = !has(node, 'DeleteOnTermination') || booleanAt(node, 'DeleteOnTermination');
  return { kind: 'new', deviceIndex, deleteOnTermination, subnet, wish };
}

function checkPlugs(plugs: readonly Plug[], count: number): void {
  if (count > 1 && plugs.some((plug) => plug.kind === 'existing' || plug.wish.address !== undefined)) {
    throw invalidCombination(
      'Network interfaces and private addresses cannot be specified when launching more than one instance.',
    );
  }
  const indexes = new Set(plugs.map(({ deviceIndex }) => deviceIndex));
  if (indexes.size < plugs.length) throw invalidValue('Each network interface requires a unique device index.');
  if (!indexes.has(0)) throw invalidValue('When specifying network interfaces, you must include a device at index 0.');
  const vpcs = new Set(plugs.map((plug) => (plug.kind === 'new' ? plug.subnet.vpcId : plug.one.vpcId)));
  if (vpcs.size > 1) throw invalidCombination('The network interfaces must be of one VPC.');
}

function plugsAt(world: World, query: QueryNode, tags: readonly Tag[]): readonly Plug[] {
  const nodes = itemsAt(query, 'NetworkInterface');
  if (nodes.length === 0) return [plainPlug(world, query, tags)];
  const rival = ['SecurityGroupId', 'SecurityGroup', 'SubnetId', 'PrivateIpAddress'].find((name) => has(query, name));
  if (rival !== undefined) {
    const what = rival.startsWith('SecurityGroup')
      ? 'security groups'
      : rival === 'SubnetId'
        ? 'subnet ID'
        : 'private address';
    throw invalidCombination(
      `Network interfaces and an instance-level ${what} may not be specified on the same request`,
    );
  }
  return nodes
    .map((node) => plugAt(world, node, nodes.length === 1, tags))
    .sort((a, b) => a.deviceIndex - b.deviceIndex);
}

/** Who is who of one launch. */
type Launch = Pick<Instance, 'reservationId' | 'launchIndex'>;

function newInstance(
  query: QueryNode,
  setting: Setting,
  launch: Launch,
  subnet: Pick<Subnet, 'id' | 'vpcId'>,
): Instance {
  const profile = query.children.get('IamInstanceProfile');
  const attributes = ['EbsOptimized', 'DisableApiTermination', 'DisableApiStop', 'InstanceInitiatedShutdownBehavior'];
  const at = setting.now();
  return {
    ...launch,
    id: setting.newId('i-'),
    imageId: imageAt(query),
    instanceType: textAt(query, 'InstanceType') ?? 'm1.small',
    keyName: textAt(query, 'KeyName'),
    clientToken: textAt(query, 'ClientToken'),
    profile: profile === undefined ? undefined : (textAt(profile, 'Arn') ?? textAt(profile, 'Name')),
    launchedAt: at,
    state: 'running',
    stateSince: at,
    stateReason: undefined,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    attributes: Object.fromEntries(
      attributes.flatMap((name) => {
        const value = textAt(query, name);
        return value === undefined ? [] : [[name.charAt(0).toLowerCase() + name.slice(1), value] as const];
      }),
    ),
    tags: tagsFor(query, 'instance', setting, taggable),
    sequence: setting.newSequence(),
  };
}

interface Launched {
  readonly world: World;
  readonly instance: Instance;
  readonly interfaces: readonly NetworkInterface[];
}

function launched(world: World, setting: Setting, query: QueryNode, plugs: readonly Plug[], launch: Launch): Launched {
  let next = world;
  const free = plugs.map((plug) => {
    const one = plug.kind === 'new' ? newInterface(next, setting, plug.subnet, plug.wish) : plug.one;
    next = withInterface(next, one);
    return { ...plug, one };
  });
  const [first] = free;
  if (first === undefined) throw new Error('ec2: a launch without an interface');
  const instance = newInstance(query, setting, launch, { id: first.one.subnetId, vpcId: first.one.vpcId });
  const interfaces = free.map(({ one, deviceIndex, deleteOnTermination }) => ({
    ...one,
    attachment: newAttachment(setting, { instanceId: instance.id, deviceIndex, deleteOnTermination }),
  }));
  // The world has it running at once; the answer and the notices tell of the way there.
  for (const one of interfaces) next = withInterface(next, started(setting, one));
  return { world: withInstance(next, instance), instance, interfaces };
}

/** RunInstances: as many as asked for at most, for capacity never lacks here. */
export const runInstances: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, ...ownNames, ...networkNames, ...ignored]);
  const count = countsAt(query);
  imageAt(query);
  const plugs = plugsAt(world, query, tagsFor(query, 'network-interface', setting, taggable));
  checkPlugs(plugs, count);
  // Groups of an instance and of an interface exceed under different codes (EC2 Developer Guide, error codes).
  checkGroupCount(new Set(groupIdsAt(world, query)).size, setting.quotas, 'Instance');
  const reservationId = setting.newId('r-');
  let next = world;
  const made: Launched[] = [];
  for (let launchIndex = 0; launchIndex < count; launchIndex++) {
    const one = launched(next, setting, query, plugs, { reservationId, launchIndex });
    next = one.world;
    made.push(one);
  }
  const token = textAt(query, 'ClientToken');
  const wasThere = plugs.some(({ kind }) => kind === 'existing');
  return {
    world: next,
    body: {
      reservationId,
      ownerId: setting.account,
      groupSet: [],
      instancesSet: made.map(({ instance, interfaces }) => ({
        ...launchedItem(next, setting, instance, interfaces, wasThere),
        clientToken: token,
      })),
    },
    passed: [
      ...made.map(({ instance }) => ({ instanceId: instance.id, state: 'pending' as const })),
      ...made.map(({ instance }) => ({ instanceId: instance.id, state: 'running' as const })),
    ],
  };
};
