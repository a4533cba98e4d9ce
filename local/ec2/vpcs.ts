import { isWithin, overlap, prefixLength } from './addresses.ts';
import { Ec2Error, inUse, invalidCombination, missingParameter } from './errors.ts';
import { filterOf, type Fields } from './filters.ts';
import { vpcById } from './ids.ts';
import { withDefaultGroup } from './lifecycle.ts';
import { canonicalIpv4, canonicalIpv6 } from './network.ts';
import { commonNames, listNames, type Outcome, type Read, type Write } from './outcome.ts';
import { pageOf } from './paging.ts';
import { booleanAt, expectOnly, textAt, textsAt, type QueryNode } from './query.ts';
import { tagSet } from './rule-items.ts';
import { tagsFor } from './tags.ts';
import type { Range, Setting, Vpc, World } from './world.ts';
import type { XmlFields } from './xml.ts';

/** The states that the service shows before its work is done; here the next read shows it done. */
interface Shown {
  readonly state: 'pending' | 'available';
  readonly ipv6State: 'associating' | 'associated';
}

const done: Shown = { state: 'available', ipv6State: 'associated' };

function ipv4Item({ cidr, associationId }: Range, state: string): XmlFields {
  return { cidrBlock: cidr, associationId, cidrBlockState: { state } };
}

function ipv6Item(setting: Setting, { cidr, associationId }: Range, state: string): XmlFields {
  return {
    ipv6CidrBlock: cidr,
    associationId,
    ipv6CidrBlockState: { state },
    ipv6Pool: 'Amazon',
    networkBorderGroup: setting.region,
  };
}

function vpcItem(setting: Setting, vpc: Vpc, shown = done): XmlFields {
  const { ipv6Ranges } = vpc;
  return {
    vpcId: vpc.id,
    ownerId: setting.account,
    state: shown.state,
    cidrBlock: vpc.ranges[0]?.cidr,
    cidrBlockAssociationSet: vpc.ranges.map((range) => ipv4Item(range, 'associated')),
    ipv6CidrBlockAssociationSet:
      ipv6Ranges.length === 0 ? undefined : ipv6Ranges.map((range) => ipv6Item(setting, range, shown.ipv6State)),
    dhcpOptionsId: 'default',
    instanceTenancy: 'default',
    tagSet: vpc.tags.length === 0 ? undefined : tagSet(vpc.tags),
    isDefault: vpc.isDefault,
  };
}

/** DescribeVpcs: with all their ranges. */
export const describeVpcs: Read = (world, query, setting) => {
  expectOnly(query, [...listNames, 'VpcId']);
  const fields: Fields<Vpc> = {
    'vpc-id': (vpc) => vpc.id,
    'is-default': (vpc) => String(vpc.isDefault),
    isDefault: (vpc) => String(vpc.isDefault),
    state: () => 'available',
    'owner-id': () => setting.account,
    cidr: (vpc) => vpc.ranges[0]?.cidr,
    'cidr-block-association.cidr-block': (vpc) => vpc.ranges.map(({ cidr }) => cidr),
    'cidr-block-association.association-id': (vpc) => vpc.ranges.map(({ associationId }) => associationId),
    'ipv6-cidr-block-association.ipv6-cidr-block': (vpc) => vpc.ipv6Ranges.map(({ cidr }) => cidr),
    'ipv6-cidr-block-association.association-id': (vpc) => vpc.ipv6Ranges.map(({ associationId }) => associationId),
  };
  const passes = filterOf(query, fields, (vpc) => vpc.tags);
  const named = new Set(textsAt(query, 'VpcId').map((id) => vpcById(world, id)));
  const found = [...world.vpcs].filter((vpc) => (named.size === 0 || named.has(vpc)) && passes(vpc));
  const { items, nextToken } = pageOf(query, found);
  return { vpcSet: items.map((vpc) => vpcItem(setting, vpc)), nextToken };
};

function newRange(setting: Setting, cidr: string): Range {
  return { associationId: setting.newId('vpc-cidr-assoc-'), cidr };
}

/** An IPv4 range of the size that a VPC may have. */
function ipv4At(query: QueryNode): string | undefined {
  const text = textAt(query, 'CidrBlock');
  if (text === undefined) return undefined;
  const cidr = canonicalIpv4(text);
  if (prefixLength(cidr) >= 16 && prefixLength(cidr) <= 28) return cidr;
  throw new Ec2Error('InvalidVpcRange', `The CIDR '${text}' is invalid.`);
}

/** A range that the service gives: a /56, here out of the addresses of documentation. */
function amazonIpv6(setting: Setting): string {
  const digits = setting.newId('').slice(-6);
  return canonicalIpv6(`2001:db8:${digits.slice(0, 4)}:${digits.slice(4)}00::/56`);
}

function ipv6At(setting: Setting, query: QueryNode): string | undefined {
  const text = textAt(query, 'Ipv6CidrBlock');
  if (text !== undefined) return canonicalIpv6(text);
  return booleanAt(query, 'AmazonProvidedIpv6CidrBlock') ? amazonIpv6(setting) : undefined;
}

const ipv6Names = ['AmazonProvidedIpv6CidrBlock', 'Ipv6CidrBlock', 'Ipv6Pool', 'Ipv6CidrBlockNetworkBorderGroup'];

/** CreateVpc: with its default group. */
export const createVpc: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, ...ipv6Names, 'CidrBlock', 'InstanceTenancy', 'TagSpecification']);
  const cidr = ipv4At(query);
  if (cidr === undefined) throw missingParameter('cidrBlock');
  const ipv6 = ipv6At(setting, query);
  const vpc: Vpc = {
    id: setting.newId('vpc-'),
    isDefault: false,
    ranges: [newRange(setting, cidr)],
    ipv6Ranges: ipv6 === undefined ? [] : [newRange(setting, ipv6)],
    tags: tagsFor(query, 'vpc', setting),
    sequence: setting.newSequence(),
  };
  const next = withDefaultGroup(setting, { ...world, vpcs: world.vpcs.with(vpc) }, vpc);
  const item = vpcItem(setting, vpc, { state: 'pending', ipv6State: 'associating' });
  // Unlike in a listing, both sets are there when empty (recorded in CloudTrail).
  const vpcFields = { ...item, ipv6CidrBlockAssociationSet: item.ipv6CidrBlockAssociationSet ?? [] };
  return { world: next, body: { vpc: { ...vpcFields, tagSet: tagSet(vpc.tags) } } };
};

/** What keeps a VPC: anything in it but its default group. */
function isInhabited(world: World, { id }: Vpc): boolean {
  for (const { vpcId } of world.subnets) if (vpcId === id) return true;
  for (const { vpcId } of world.endpoints) if (vpcId === id) return true;
  for (const { vpcId, name } of world.groups) if (vpcId === id && name !== 'default') return true;
  return world.associations.some(({ vpcId }) => vpcId === id);
}

/** DeleteVpc: an empty one; its default group goes with it. */
export const deleteVpc: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'VpcId']);
  const vpc = vpcNamedBy(world, query);
  if (isInhabited(world, vpc)) {
    throw new Ec2Error('DependencyViolation', `The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
  }
  let { groups } = world;
  for (const group of world.groups) if (group.vpcId === vpc.id) groups = groups.without(group.id);
  return { world: { ...world, groups, vpcs: world.vpcs.without(vpc.id) }, body: { return: true } };
};

function vpcNamedBy(world: World, query: QueryNode): Vpc {
  const id = textAt(query, 'VpcId');
  if (id === undefined) throw missingParameter('vpcId');
  return vpcById(world, id);
}

/** AssociateVpcCidrBlock: one more range, of either family. */
export const associateVpcCidrBlock: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, ...ipv6Names, 'VpcId', 'CidrBlock']);
  const vpc = vpcNamedBy(world, query);
  const [ipv4, ipv6] = [ipv4At(query), ipv6At(setting, query)];
  const cidr = ipv4 ?? ipv6;
  if (cidr === undefined) throw missingParameter('cidrBlock');
  if (ipv4 !== undefined && ipv6 !== undefined) throw invalidCombination('Only one range may be associated at a time');
  if ([...vpc.ranges, ...vpc.ipv6Ranges].some((range) => overlap(range.cidr, cidr))) {
    throw new Ec2Error('InvalidVpcRange', `The CIDR '${cidr}' conflicts with a range of the VPC`);
  }
  const range = newRange(setting, cidr);
  const next: Vpc =
    ipv4 === undefined
      ? { ...vpc, ipv6Ranges: [...vpc.ipv6Ranges, range] }
      : { ...vpc, ranges: [...vpc.ranges, range] };
  const association =
    ipv4 === undefined
      ? { ipv6CidrBlockAssociation: ipv6Item(setting, range, 'associating') }
      : { cidrBlockAssociation: ipv4Item(range, 'associating') };
  return { world: { ...world, vpcs: world.vpcs.with(next) }, body: { vpcId: vpc.id, ...association } };
};

function ownerOfRange(world: World, associationId: string): { readonly vpc: Vpc; readonly range: Range } {
  for (const vpc of world.vpcs) {
    const range = [...vpc.ranges, ...vpc.ipv6Ranges].find((one) => one.associationId === associationId);
    if (range !== undefined) return { vpc, range };
  }
  throw new Ec2Error(
    'InvalidVpcCidrBlockAssociationID.NotFound',
    `The vpc CIDR block association ID '${associationId}' does not exist`,
  );
}

/** DisassociateVpcCidrBlock: never the primary range, and none that a subnet is in. */
export const disassociateVpcCidrBlock: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'AssociationId']);
  const id = textAt(query, 'AssociationId');
  if (id === undefined) throw missingParameter('associationId');
  const { vpc, range } = ownerOfRange(world, id);
  if (vpc.ranges[0] === range) {
    // The code is in public code that stands in for EC2 and not in its own list.
    const words = `The vpc CIDR block with association ID ${id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`;
    throw new Ec2Error('OperationNotPermitted', words);
  }
  for (const subnet of world.subnets) {
    const isIn = [subnet.cidr, ...subnet.ipv6Ranges.map(({ cidr }) => cidr)].some((cidr) => isWithin(cidr, range.cidr));
    if (subnet.vpcId === vpc.id && isIn) throw inUse(id);
  }
  const without = (ranges: readonly Range[]): readonly Range[] => ranges.filter((one) => one !== range);
  const next = { ...vpc, ranges: without(vpc.ranges), ipv6Ranges: without(vpc.ipv6Ranges) };
  const association = range.cidr.includes(':')
    ? { ipv6CidrBlockAssociation: ipv6Item(setting, range, 'disassociating') }
    : { cidrBlockAssociation: ipv4Item(range, 'disassociating') };
  return { world: { ...world, vpcs: world.vpcs.with(next) }, body: { vpcId: vpc.id, ...association } };
};
