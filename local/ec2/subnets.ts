import { capacityOf, isWithin, overlap, prefixLength } from './addresses.ts';
import { Ec2Error, invalidValue, missingParameter } from './errors.ts';
import { filterOf, type Fields } from './filters.ts';
import { subnetById, vpcById } from './ids.ts';
import { canonicalIpv4, canonicalIpv6 } from './network.ts';
import { commonNames, listNames, type Outcome, type Read, type Write } from './outcome.ts';
import { pageOf } from './paging.ts';
import { expectOnly, textAt, textsAt, type QueryNode } from './query.ts';
import { tagSet } from './rule-items.ts';
import { tagsFor } from './tags.ts';
import { arnOf, type Range, type Setting, type Subnet, type Vpc, type World } from './world.ts';
import type { XmlFields } from './xml.ts';

/** The zone's full name: `eu-central-1a`. */
export function zoneName(setting: Setting, { zone }: Subnet): string {
  return `${setting.region}${zone}`;
}

/** How many addresses are taken, by subnet. */
function takenBySubnet(world: World): ReadonlyMap<string, number> {
  const taken = new Map<string, number>();
  for (const { subnetId, addresses } of world.interfaces) {
    taken.set(subnetId, (taken.get(subnetId) ?? 0) + addresses.length);
  }
  return taken;
}

function ipv6Item({ cidr, associationId }: Range, state: string): XmlFields {
  return { ipv6CidrBlock: cidr, associationId, ipv6CidrBlockState: { state } };
}

function subnetItem(setting: Setting, subnet: Subnet, taken: number): XmlFields {
  return {
    subnetId: subnet.id,
    subnetArn: arnOf(setting, 'subnet', subnet.id),
    state: 'available',
    ownerId: setting.account,
    vpcId: subnet.vpcId,
    cidrBlock: subnet.cidr,
    ipv6CidrBlockAssociationSet: subnet.ipv6Ranges.map((range) => ipv6Item(range, 'associated')),
    availableIpAddressCount: capacityOf(subnet.cidr) - taken,
    availabilityZone: zoneName(setting, subnet),
    defaultForAz: subnet.isDefault,
    mapPublicIpOnLaunch: subnet.givesPublicAddresses,
    assignIpv6AddressOnCreation: false,
    mapCustomerOwnedIpOnLaunch: false,
    enableDns64: false,
    ipv6Native: false,
    privateDnsNameOptionsOnLaunch: {
      hostnameType: 'ip-name',
      enableResourceNameDnsARecord: false,
      enableResourceNameDnsAAAARecord: false,
    },
    tagSet: subnet.tags.length === 0 ? undefined : tagSet(subnet.tags),
  };
}

/** DescribeSubnets. */
export const describeSubnets: Read = (world, query, setting) => {
  expectOnly(query, [...listNames, 'SubnetId']);
  const fields: Fields<Subnet> = {
    'subnet-id': (subnet) => subnet.id,
    'vpc-id': (subnet) => subnet.vpcId,
    'availability-zone': (subnet) => zoneName(setting, subnet),
    'cidr-block': (subnet) => subnet.cidr,
    'default-for-az': (subnet) => String(subnet.isDefault),
    'map-public-ip-on-launch': (subnet) => String(subnet.givesPublicAddresses),
    'owner-id': () => setting.account,
    state: () => 'available',
    'ipv6-cidr-block-association.ipv6-cidr-block': (subnet) => subnet.ipv6Ranges.map(({ cidr }) => cidr),
    'ipv6-cidr-block-association.association-id': (subnet) => subnet.ipv6Ranges.map((range) => range.associationId),
  };
  const passes = filterOf(query, fields, (subnet) => subnet.tags);
  const named = new Set(textsAt(query, 'SubnetId').map((id) => subnetById(world, id)));
  const found = [...world.subnets].filter((subnet) => (named.size === 0 || named.has(subnet)) && passes(subnet));
  const { items, nextToken } = pageOf(query, found);
  const taken = takenBySubnet(world);
  return { subnetSet: items.map((subnet) => subnetItem(setting, subnet, taken.get(subnet.id) ?? 0)), nextToken };
};

function required(query: QueryNode, name: string): string {
  const text = textAt(query, name);
  if (text === undefined) throw missingParameter(name);
  return text;
}

function zoneAt(setting: Setting, query: QueryNode): string {
  const zone = textAt(query, 'AvailabilityZone');
  if (zone === undefined) return 'a';
  if (zone.startsWith(setting.region) && /^[a-c]$/.test(zone.slice(setting.region.length))) return zone.slice(-1);
  throw invalidValue(
    `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${['a', 'b', 'c'].map((letter) => setting.region + letter).join(', ')}.`,
  );
}

function checkFits(world: World, vpc: Vpc, cidr: string): void {
  if (prefixLength(cidr) < 16 || prefixLength(cidr) > 28 || !vpc.ranges.some((range) => isWithin(cidr, range.cidr))) {
    throw new Ec2Error('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  }
  for (const subnet of world.subnets) {
    if (subnet.vpcId === vpc.id && overlap(subnet.cidr, cidr)) {
      throw new Ec2Error('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
    }
  }
}

/** A /64 out of a range of the VPC; which code refuses another one is not verified. */
function ipv6Range(setting: Setting, world: World, vpc: Vpc, text: string): Range {
  const cidr = canonicalIpv6(text);
  const isOfVpc = vpc.ipv6Ranges.some((range) => isWithin(cidr, range.cidr));
  if (prefixLength(cidr) !== 64 || !isOfVpc)
    throw new Ec2Error('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  for (const subnet of world.subnets) {
    if (subnet.vpcId === vpc.id && subnet.ipv6Ranges.some((range) => range.cidr === cidr)) {
      throw new Ec2Error('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
    }
  }
  return { associationId: setting.newId('subnet-cidr-assoc-'), cidr };
}

/** CreateSubnet: in the first zone unless another is named. */
export const createSubnet: Write = (world, query, setting): Outcome => {
  const own = ['VpcId', 'CidrBlock', 'Ipv6CidrBlock', 'AvailabilityZone', 'TagSpecification'];
  expectOnly(query, [...commonNames, ...own]);
  const vpc = vpcById(world, required(query, 'VpcId'));
  const cidr = canonicalIpv4(required(query, 'CidrBlock'));
  checkFits(world, vpc, cidr);
  const ipv6 = textAt(query, 'Ipv6CidrBlock');
  const subnet: Subnet = {
    id: setting.newId('subnet-'),
    vpcId: vpc.id,
    cidr,
    ipv6Ranges: ipv6 === undefined ? [] : [ipv6Range(setting, world, vpc, ipv6)],
    zone: zoneAt(setting, query),
    isDefault: false,
    givesPublicAddresses: false,
    tags: tagsFor(query, 'subnet', setting),
    sequence: setting.newSequence(),
  };
  const item = { ...subnetItem(setting, subnet, 0), state: 'pending', tagSet: tagSet(subnet.tags) };
  return { world: { ...world, subnets: world.subnets.with(subnet) }, body: { subnet: item } };
};

/** DeleteSubnet: one without interfaces. */
export const deleteSubnet: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'SubnetId']);
  const subnet = subnetById(world, required(query, 'SubnetId'));
  for (const { subnetId } of world.interfaces) {
    if (subnetId !== subnet.id) continue;
    throw new Ec2Error('DependencyViolation', `The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
  }
  return { world: { ...world, subnets: world.subnets.without(subnet.id) }, body: { return: true } };
};

/** AssociateSubnetCidrBlock: one IPv6 range, and no other. */
export const associateSubnetCidrBlock: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'SubnetId', 'Ipv6CidrBlock']);
  const subnet = subnetById(world, required(query, 'SubnetId'));
  const range = ipv6Range(setting, world, vpcById(world, subnet.vpcId), required(query, 'Ipv6CidrBlock'));
  // That a subnet has one IPv6 range is documented; the code is not verified.
  if (subnet.ipv6Ranges.length > 0) throw invalidValue(`The subnet '${subnet.id}' has an IPv6 CIDR block already`);
  const next = { ...subnet, ipv6Ranges: [range] };
  return {
    world: { ...world, subnets: world.subnets.with(next) },
    body: { subnetId: subnet.id, ipv6CidrBlockAssociation: ipv6Item(range, 'associating') },
  };
};

/** DisassociateSubnetCidrBlock: by the id of the association. */
export const disassociateSubnetCidrBlock: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'AssociationId']);
  const id = required(query, 'AssociationId');
  for (const subnet of world.subnets) {
    const range = subnet.ipv6Ranges.find(({ associationId }) => associationId === id);
    if (range === undefined) continue;
    const next = { ...subnet, ipv6Ranges: subnet.ipv6Ranges.filter((one) => one !== range) };
    return {
      world: { ...world, subnets: world.subnets.with(next) },
      body: { subnetId: subnet.id, ipv6CidrBlockAssociation: ipv6Item(range, 'disassociating') },
    };
  }
  throw new Ec2Error(
    'InvalidSubnetCidrBlockAssociationID.NotFound',
    `The subnet CIDR block association ID '${id}' does not exist`,
  );
};
