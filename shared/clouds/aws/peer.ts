// The other side of a rule, as EC2 spells it <-> Peer.
import { addressesOfBlock, blocksOf, blockOf, blockText } from '../../core/space/cidr.ts';
import type { Block } from '../../core/space/cidr.ts';
import { peerName } from '../../core/model/rule.ts';
import type { Peer } from '../../core/model/rule.ts';
import { quoted } from './fields.ts';
import { unread } from './service.ts';
import type { Reading } from './service.ts';
import { GROUP_ID, PREFIX_LIST_ID } from './traits.ts';

/** A reference to a group as the describe calls answer it. */
export interface GroupPair {
  readonly GroupId?: string | null | undefined;
  readonly UserId?: string | null | undefined;
  readonly VpcId?: string | null | undefined;
  readonly VpcPeeringConnectionId?: string | null | undefined;
  readonly PeeringStatus?: string | null | undefined;
}

/** Who refers: the group that the rule is of, as far as the answers know it. */
export interface Referrer {
  readonly owner: string | undefined;
  readonly network: string | undefined;
}

/** A peer, and for one with a name the most that it can be. */
export interface ReadPeer {
  readonly peer: Peer;
  /** `own network`: nobody outside the ranges of the firewall's VPC. */
  readonly reach: 'own network' | 'anywhere';
}

/** `::ffff:0:0/96`, IPv4 addresses written as IPv6 (RFC 4291, 2.5.5.2): 2^32 addresses behind 80 zeros and 16 ones. */
function isMapped(block: Block): boolean {
  return block.family === 6 && block.prefix >= 96 && block.from >> 32n === 0xffffn;
}

/**
 * Host bits are cleared: EC2 does so itself, yet recorded events and old snapshots have them set. An IPv4 address that is
 * written as IPv6 is not taken for either: no packet carries one, and EC2 is not known to answer one, so nobody can say
 * whom such a rule lets in.
 */
export function cidrRead(family: 4 | 6, cidr: string): Reading<ReadPeer> {
  const read = blockOf(cidr);
  if (read?.block.family !== family) {
    const example = family === 4 ? '203.0.113.0/24' : '2001:db8::/32';
    return unread(`address range ${quoted(cidr)}; expected an IPv${String(family)} CIDR such as \`${example}\``);
  }
  if (isMapped(read.block)) {
    return unread(`address range ${quoted(cidr)} is IPv4 written as IPv6; expected the IPv4 range itself`);
  }
  return {
    ok: true,
    value: { peer: { kind: 'addresses', addresses: addressesOfBlock(read.block) }, reach: 'anywhere' },
  };
}

export function prefixListRead(id: string): Reading<ReadPeer> {
  if (!PREFIX_LIST_ID.test(id))
    return unread(`prefix list ${quoted(id)}; expected an id such as \`pl-0123456789abcdef0\``);
  return { ok: true, value: { peer: { kind: 'named', name: peerName('prefix-list', id) }, reach: 'anywhere' } };
}

/**
 * A group is in the referrer's own VPC where nothing in the pair speaks of another one: EC2 adds the VPC and the
 * peering connection for groups elsewhere (EC2 API Reference, UserIdGroupPair, 2026-11-24; that it always does so for
 * a group behind a transit gateway is not verified).
 *
 * A stale pair, whose peering connection was deleted, counts as anybody, not as nobody: the documentation calls such
 * a rule stale and does not say that it lets nobody through, and a later connection may give it members again.
 */
export function groupRead(pair: GroupPair, { owner, network }: Referrer): Reading<ReadPeer> {
  const id = pair.GroupId ?? '';
  if (!GROUP_ID.test(id)) {
    return unread(`group ${quoted(id)}; expected an id in \`GroupId\` such as \`sg-0123456789abcdef0\``);
  }
  const account = pair.UserId ?? undefined;
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    return unread(`group \`${id}\` of account ${quoted(account)}; expected 12 digits in \`UserId\``);
  }
  const elsewhere = account !== undefined && owner !== undefined && account !== owner;
  const near =
    (account === undefined || account === owner) &&
    (pair.VpcPeeringConnectionId ?? '') === '' &&
    (pair.PeeringStatus ?? '') === '' &&
    ((pair.VpcId ?? '') === '' || pair.VpcId === network);
  const name = peerName('sg', elsewhere ? `${account}/${id}` : id);
  return { ok: true, value: { peer: { kind: 'named', name }, reach: near ? 'own network' : 'anywhere' } };
}

/** A peer as one rule of EC2 spells it. */
export type WirePeer =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix list'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly account: string | undefined };

const NAMED = /^(?:prefix-list:(?<list>pl-[0-9a-f]+)|sg:(?:(?<account>\d{12})\/)?(?<group>sg-[0-9a-f]+))$/;

/** Undefined where one rule cannot say the peer. */
export function peerWritten(peer: Peer): WirePeer | undefined {
  if (peer.kind === 'addresses') {
    const [block, ...more] = blocksOf(peer.addresses);
    if (block === undefined || more.length > 0) return undefined;
    return { kind: block.family === 4 ? 'ipv4' : 'ipv6', cidr: blockText(block) };
  }
  const parts = NAMED.exec(peer.name)?.groups;
  if (parts?.['list'] !== undefined) return { kind: 'prefix list', id: parts['list'] };
  return parts?.['group'] === undefined ? undefined : { kind: 'group', id: parts['group'], account: parts['account'] };
}
