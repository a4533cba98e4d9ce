import { macAddress, partOf, prefixLength } from './addresses.ts';
import { madeRule } from './authorize.ts';
import { withDefaultGroup, outward } from './lifecycle.ts';
import { newInterface, plainWish, withInterface } from './interfaces.ts';
import { canonicalIpv4, canonicalIpv6 } from './network.ts';
import { awsPrefixList } from './prefix-lists.ts';
import { withRunning } from './start-instances.ts';
import type { LocalInstance } from './start-instances.ts';
import { Table } from './table.ts';
import { trafficOf } from './traffic.ts';
import type {
  Direction,
  Endpoint,
  Instance,
  NetworkInterface,
  Peer,
  Permission,
  Rule,
  SecurityGroup,
  Setting,
  Subnet,
  Tag,
  Vpc,
  World,
} from './world.ts';

/** A subnet that the local cloud has from its start. */
export interface LocalSubnet {
  readonly id?: string;
  readonly cidr: string;
  /** The letter of its availability zone; `a` unless given. */
  readonly zone?: string;
  readonly givesPublicAddresses?: boolean;
  readonly tags?: readonly Tag[];
}

/** A network that the local cloud has from its start. */
export interface LocalVpc {
  readonly id: string;
  readonly isDefault: boolean;
  /** IPv4 ranges, the primary one first. */
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  readonly tags?: readonly Tag[];
  /** Unless given, the default VPC has one in every zone, and the others have none. */
  readonly subnets?: readonly LocalSubnet[];
}

export interface LocalRule {
  readonly direction: Direction;
  /** As in a request: `tcp`, `-1`, a number. */
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: Peer;
  readonly description?: string;
}

/** A group that is there from the start, and was made by no call. */
export interface LocalGroup {
  /** A fresh one unless given; rules of others name it by this. */
  readonly id?: string;
  readonly name: string;
  readonly description?: string;
  readonly vpcId: string;
  readonly tags?: readonly Tag[];
  /** All its rules, outward ones too; unless given it lets everything out and nothing in, like a new group. */
  readonly rules?: readonly LocalRule[];
}

/** An interface that a service of AWS put there and manages: a load balancer's, a database's. */
export interface LocalInterface {
  readonly id?: string;
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  /** Such as `amazon-elb`. */
  readonly requesterId: string;
  readonly description?: string;
}

/** What a local cloud begins with. */
export interface Beginning {
  readonly vpcs: readonly LocalVpc[];
  readonly fleet?: readonly LocalGroup[];
  readonly interfaces?: readonly LocalInterface[];
  readonly instances?: readonly LocalInstance[];
}

/** Association ids are made from the VPC's id, so that a given VPC has the same ones in every run. */
function vpcOf(setting: Setting, local: LocalVpc): Vpc {
  const stem = `vpc-cidr-assoc-${local.id.replace(/^vpc-/, '').slice(0, -2)}`;
  const associationId = (index: number): string => stem + index.toString(16).padStart(2, '0');
  const { cidrs, ipv6Cidrs } = local;
  return {
    id: local.id,
    isDefault: local.isDefault,
    ranges: cidrs.map((cidr, index) => ({ cidr, associationId: associationId(index) })),
    ipv6Ranges: ipv6Cidrs.map((cidr, index) => ({ cidr, associationId: associationId(cidrs.length + index) })),
    tags: local.tags ?? [],
    sequence: setting.newSequence(),
  };
}

/** A /20 in each of three zones where the VPC is large enough, else one subnet for all of it. */
function defaultSubnets({ isDefault, cidrs: [cidr] }: LocalVpc): readonly LocalSubnet[] {
  if (!isDefault || cidr === undefined) return [];
  if (prefixLength(cidr) > 18) return [{ cidr, givesPublicAddresses: true }];
  return ['a', 'b', 'c'].map((zone, index) => ({ cidr: partOf(cidr, 20, index), zone, givesPublicAddresses: true }));
}

function subnetsOf(setting: Setting, vpc: LocalVpc): readonly Subnet[] {
  return (vpc.subnets ?? defaultSubnets(vpc)).map((subnet) => ({
    id: subnet.id ?? setting.newId('subnet-'),
    vpcId: vpc.id,
    cidr: subnet.cidr,
    ipv6Ranges: [],
    zone: subnet.zone ?? 'a',
    isDefault: vpc.isDefault,
    givesPublicAddresses: subnet.givesPublicAddresses ?? false,
    tags: subnet.tags ?? [],
    sequence: setting.newSequence(),
  }));
}

function canonicalPeer(peer: Peer): Peer {
  switch (peer.kind) {
    case 'ipv4':
      return { kind: 'ipv4', cidr: canonicalIpv4(peer.cidr) };
    case 'ipv6':
      return { kind: 'ipv6', cidr: canonicalIpv6(peer.cidr) };
    case 'group':
    case 'prefixList':
      return peer;
  }
}

function ruleOf(setting: Setting, rule: LocalRule): Rule {
  const permission: Permission = {
    traffic: trafficOf(rule.protocol, rule.fromPort, rule.toPort),
    peer: canonicalPeer(rule.peer),
    description: rule.description,
  };
  return madeRule(setting, rule.direction, permission, []);
}

function groupOf(setting: Setting, vpc: Vpc, local: LocalGroup): SecurityGroup {
  const { rules } = local;
  return {
    id: local.id ?? setting.newId('sg-'),
    name: local.name,
    description: local.description ?? local.name,
    vpcId: vpc.id,
    tags: local.tags ?? [],
    sequence: setting.newSequence(),
    rules:
      rules === undefined
        ? outward(vpc).map((permission) => madeRule(setting, 'egress', permission, []))
        : rules.map((rule) => ruleOf(setting, rule)),
  };
}

function withFleet(world: World, setting: Setting, fleet: readonly LocalGroup[]): World {
  if (fleet.length === 0) return world;
  const made = fleet.map((local) => {
    const vpc = world.vpcs.get(local.vpcId);
    if (vpc === undefined)
      throw new Error(`ec2: the group \`${local.name}\` is in \`${local.vpcId}\`, which is not among \`vpcs\``);
    return groupOf(setting, vpc, local);
  });
  return { ...world, groups: Table.of([...world.groups, ...made]) };
}

function withManaged(world: World, setting: Setting, local: LocalInterface): World {
  const subnet = world.subnets.get(local.subnetId);
  if (subnet === undefined)
    throw new Error(`ec2: the subnet \`${local.subnetId}\` of an interface is not among \`vpcs\``);
  const made = newInterface(world, setting, subnet, {
    ...plainWish,
    groupIds: local.groupIds,
    description: local.description ?? '',
    requester: { id: local.requesterId, isManaged: true },
  });
  const id = local.id ?? made.id;
  const attachment = {
    id: setting.newId('ela-attach-'),
    instanceId: undefined,
    deviceIndex: 1,
    deleteOnTermination: false,
    at: setting.now(),
  };
  return withInterface(world, { ...made, id, macAddress: macAddress(id), attachment });
}

/** The world at the start: every VPC has its `default` group, AWS has its lists. */
export function firstWorld(setting: Setting, { vpcs, fleet = [], interfaces = [], instances = [] }: Beginning): World {
  const empty: World = {
    vpcs: Table.of(vpcs.map((local) => vpcOf(setting, local))),
    subnets: Table.of(vpcs.flatMap((local) => subnetsOf(setting, local))),
    groups: Table.of<SecurityGroup>([]),
    prefixLists: Table.of([awsPrefixList(setting)]),
    associations: [],
    interfaces: Table.of<NetworkInterface>([]),
    instances: Table.of<Instance>([]),
    endpoints: Table.of<Endpoint>([]),
  };
  let world = empty;
  for (const vpc of empty.vpcs) world = withDefaultGroup(setting, world, vpc);
  world = withFleet(world, setting, fleet);
  for (const local of interfaces) world = withManaged(world, setting, local);
  for (const local of instances) world = withRunning(world, setting, local);
  return world;
}
