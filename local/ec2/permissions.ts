import { Ec2Error, invalidCombination, invalidValue, missingParameter, notModelled } from './errors.ts';
import { groupById, groupByName, ruleKey } from './groups.ts';
import type { Peer, Permission, SecurityGroup, World } from './world.ts';
import { canonicalIpv4, canonicalIpv6 } from './network.ts';
import { prefixListById } from './prefix-lists.ts';
import { expectOnly, has, integerAt, itemsAt, textAt, type QueryNode } from './query.ts';
import { trafficOf, type Traffic } from './traffic.ts';

/** The parameters of the flat form, in which one rule is spelled at the top level of the request. */
export const flatNames = [
  'CidrIp',
  'IpProtocol',
  'FromPort',
  'ToPort',
  'SourceSecurityGroupName',
  'SourceSecurityGroupOwnerId',
] as const;

const descriptionSet = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** A rule's description; the empty one is none. */
export function descriptionAt(node: QueryNode): string | undefined {
  const text = textAt(node, 'Description');
  if (text === undefined || text === '') return undefined;
  if (descriptionSet.test(text)) return text;
  throw invalidValue(
    'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: ' +
      ' a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
}

/** The group that a rule of `owner` refers to: it exists and is in the same VPC, for peering is not modelled. */
export function referencedGroup(world: World, owner: SecurityGroup, id: string): Peer {
  const group = groupById(world, id);
  if (group.vpcId === owner.vpcId) return { kind: 'group', id: group.id };
  // The code and the sentence are as public error reports quote the real service (read 2026-11-24).
  throw new Ec2Error('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
}

function required(node: QueryNode, name: string): string {
  const text = textAt(node, name);
  if (text === undefined) throw missingParameter(name);
  return text;
}

interface Reader {
  readonly world: World;
  readonly owner: SecurityGroup;
  readonly account: string;
}

function groupPeer(reader: Reader, node: QueryNode): Peer {
  expectOnly(node, [
    'GroupId',
    'GroupName',
    'UserId',
    'VpcId',
    'VpcPeeringConnectionId',
    'PeeringStatus',
    'Description',
  ]);
  if (has(node, 'VpcPeeringConnectionId') || has(node, 'PeeringStatus')) throw notModelled('VPC peering');
  const userId = textAt(node, 'UserId') ?? reader.account;
  const vpcId = textAt(node, 'VpcId') ?? reader.owner.vpcId;
  if (userId !== reader.account || vpcId !== reader.owner.vpcId) throw notModelled('groups of another account or VPC');
  const id = textAt(node, 'GroupId') ?? groupByName(reader.world, required(node, 'GroupName')).id;
  return referencedGroup(reader.world, reader.owner, id);
}

function peersOf(reader: Reader, node: QueryNode): readonly Omit<Permission, 'traffic'>[] {
  const read = (list: string, names: readonly string[], peerOf: (item: QueryNode) => Peer) =>
    itemsAt(node, list).map((item) => {
      if (names.length > 0) expectOnly(item, [...names, 'Description']);
      return { peer: peerOf(item), description: descriptionAt(item) };
    });
  return [
    ...read('IpRanges', ['CidrIp'], (item) => ({ kind: 'ipv4', cidr: canonicalIpv4(required(item, 'CidrIp')) })),
    ...read('Ipv6Ranges', ['CidrIpv6'], (item) => ({ kind: 'ipv6', cidr: canonicalIpv6(required(item, 'CidrIpv6')) })),
    ...read('PrefixListIds', ['PrefixListId'], (item) => ({
      kind: 'prefixList',
      id: prefixListById(reader.world, required(item, 'PrefixListId')).id,
    })),
    ...read('Groups', [], (item) => groupPeer(reader, item)),
  ];
}

/** Protocol and ports written at this level of the request. */
function trafficAt(node: QueryNode): Traffic {
  return trafficOf(required(node, 'IpProtocol'), integerAt(node, 'FromPort'), integerAt(node, 'ToPort'));
}

function listedPermissions(reader: Reader, node: QueryNode): readonly Permission[] {
  expectOnly(node, ['IpProtocol', 'FromPort', 'ToPort', 'IpRanges', 'Ipv6Ranges', 'PrefixListIds', 'Groups']);
  const traffic = trafficAt(node);
  const peers = peersOf(reader, node);
  // The wording is remembered from the real service and not verified.
  if (peers.length === 0) throw new Ec2Error('MissingParameter', 'Source group ID missing.');
  return peers.map((peer) => ({ traffic, ...peer }));
}

/** `SourceSecurityGroupName` opens all of tcp, udp and icmp, and excludes a range, a protocol and ports. */
function sourceGroupPermissions(reader: Reader, query: QueryNode, name: string): readonly Permission[] {
  const rival = ['CidrIp', 'IpProtocol', 'FromPort', 'ToPort'].find((other) => has(query, other));
  if (rival !== undefined) {
    throw invalidCombination(`The parameter '${rival}' may not be used in combination with 'SourceSecurityGroupName'`);
  }
  if ((textAt(query, 'SourceSecurityGroupOwnerId') ?? reader.account) !== reader.account) {
    throw notModelled('groups of another account or VPC');
  }
  const peer = referencedGroup(reader.world, reader.owner, groupByName(reader.world, name).id);
  return [trafficOf('tcp', 0, 65535), trafficOf('udp', 0, 65535), trafficOf('icmp', -1, -1)].map((traffic) => ({
    traffic,
    peer,
    description: undefined,
  }));
}

function flatPermissions(reader: Reader, query: QueryNode): readonly Permission[] {
  const name = textAt(query, 'SourceSecurityGroupName');
  if (name !== undefined) return sourceGroupPermissions(reader, query, name);
  const peer: Peer = { kind: 'ipv4', cidr: canonicalIpv4(required(query, 'CidrIp')) };
  return [{ traffic: trafficAt(query), peer, description: undefined }];
}

/** Refuses a call in which two permissions are the same rule, however they are spelled. */
function checkDistinct(permissions: readonly Permission[]): void {
  if (new Set(permissions.map(ruleKey)).size === permissions.length) return;
  // Not InvalidPermission.Duplicate: that is for a rule the group already has (hashicorp/terraform#16876).
  throw invalidValue('The same permission must not appear multiple times');
}

/**
 * What an Authorize, Revoke or description call asks for, one permission for every peer: from the list form or the
 * flat one. None if the request has neither. The documentation calls the flat form unsupported on the egress
 * actions; that they take it all the same is not verified.
 */
export function permissionsOf(
  world: World,
  owner: SecurityGroup,
  account: string,
  query: QueryNode,
): readonly Permission[] {
  const reader = { world, owner, account };
  const flat = flatNames.find((name) => has(query, name));
  const listed = itemsAt(query, 'IpPermissions');
  if (flat !== undefined && listed.length > 0) {
    throw invalidCombination(`The parameter 'ipPermissions' may not be used in combination with '${flat}'`);
  }
  const permissions =
    flat === undefined ? listed.flatMap((node) => listedPermissions(reader, node)) : flatPermissions(reader, query);
  checkDistinct(permissions);
  return permissions;
}
