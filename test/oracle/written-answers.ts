import { WORLD_ACCOUNT, WORLD_REGION } from './declared-world.ts';
import type { DeclaredLine, DeclaredWorld } from './declared-world.ts';

/** A world as the describe calls answer it once it is live. */

type Fields = Readonly<Record<string, unknown>>;

export function liveGroupId(number: number): string {
  return `sg-0000000000000000${String(number)}`;
}

export function liveVpcId(number: number): string {
  return `vpc-0000000000000000${String(number)}`;
}

const NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

function permissionOf({ protocol, from, to, peer }: DeclaredLine): Fields {
  const ports = protocol in NAMES ? { FromPort: from, ToPort: to } : {};
  const service = { IpProtocol: NAMES[protocol] ?? String(protocol), ...ports };
  switch (peer.kind) {
    case 'ipv4':
      return { ...service, IpRanges: [{ CidrIp: peer.cidr }] };
    case 'ipv6':
      return { ...service, Ipv6Ranges: [{ CidrIpv6: peer.cidr }] };
    case 'list':
      return { ...service, PrefixListIds: [{ PrefixListId: peer.id }] };
    case 'group':
      return { ...service, UserIdGroupPairs: [{ GroupId: liveGroupId(peer.group), UserId: WORLD_ACCOUNT }] };
    case 'foreign':
      return { ...service, UserIdGroupPairs: [{ GroupId: peer.id, UserId: peer.account }] };
  }
}

export function answersWritten({ groups, vpcs }: DeclaredWorld): { readonly groups: Fields; readonly vpcs: Fields } {
  const SecurityGroups = groups.map(({ name, tags, vpc, lines }, number) => ({
    GroupId: liveGroupId(number),
    GroupName: name,
    OwnerId: WORLD_ACCOUNT,
    VpcId: liveVpcId(vpc),
    SecurityGroupArn: `arn:x:ec2:${WORLD_REGION}:${WORLD_ACCOUNT}:security-group/${liveGroupId(number)}`,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    IpPermissions: lines.filter(({ direction }) => direction === 'ingress').map(permissionOf),
    IpPermissionsEgress: lines.filter(({ direction }) => direction === 'egress').map(permissionOf),
  }));
  const Vpcs = vpcs.map((ranges, number) => ({
    VpcId: liveVpcId(number),
    CidrBlock: ranges[0],
    CidrBlockAssociationSet: ranges.map((CidrBlock) => ({ CidrBlock, CidrBlockState: { State: 'associated' } })),
  }));
  return { groups: { SecurityGroups }, vpcs: { Vpcs } };
}
