// Permissions of a group, as DescribeSecurityGroups answers them -> its rules in plain numbers. Most are never more.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction, Outlined } from '../../core/model/firewall.ts';
import { peerName } from '../../core/model/rule.ts';
import type { Box, Peer, PeerName, Rule } from '../../core/model/rule.ts';
import * as addresses from '../../core/space/addresses.ts';
import { writeV4Cidr, writeV6Cidr } from '../../core/space/cidr-words.ts';
import { NAMED, Sheet, V4, V6 } from '../../core/space/sheet.ts';
import { ALL_PORTS, portSlots, SELECTORS, TCP, UDP } from '../../core/space/slots.ts';
import type { Slots } from '../../core/space/slots.ts';
import type { ShownGroup } from './answers.ts';
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';
import type { RulePeer } from './names.ts';
import { groupRead, prefixListRead } from './peer.ts';
import type { ReadPeer, Referrer } from './peer.ts';
import { slotsRead } from './service.ts';
import { spelled } from './spelled.ts';
import { GROUP_ID } from './traits.ts';

/** Entries of one wire: few enough to stay near the processor until they are judged, and for many groups. */
const ROOM = 8192;

/** The rules of one answer in numbers, and what their sources say of themselves, entry by entry. */
export class Wire {
  readonly sheet: Sheet;
  readonly descriptions: string[] = [];

  constructor() {
    this.sheet = new Sheet(ROOM);
  }

  /** Whether the next group should have another one. A group that needs more room than is left makes it. */
  get isFull(): boolean {
    return this.sheet.size > ROOM - ROOM / 16;
  }

  cutTo(size: number): void {
    this.sheet.cutTo(size);
    this.descriptions.length = size;
  }
}

/** The rules of a group and the peers that they name. */
export interface Outline {
  readonly rules: Readonly<Record<Direction, Outlined>>;
  readonly peers: readonly RulePeer[];
}

function boxOf({ sheet }: Wire, entry: number, peers: readonly PeerName[]): Box {
  const slots = [sheet.fromOf(entry), sheet.endOf(entry)];
  return { slots, sourcePorts: ALL_PORTS, peer: peerOf(sheet, entry, peers), own: addresses.ANYWHERE };
}

function peerOf(sheet: Sheet, entry: number, peers: readonly PeerName[]): Peer {
  switch (sheet.kindOf(entry)) {
    case V4:
      return { kind: 'addresses', addresses: { v4: sheet.v4Of(entry), v6: [] } };
    case V6:
      return { kind: 'addresses', addresses: { v4: [], v6: sheet.v6Of(entry) } };
    default: {
      const name = peers[sheet.numberOf(entry)];
      if (name === undefined) throw new Error('an outline names a peer that it does not have');
      return { kind: 'named', name };
    }
  }
}

/** Rules that are made from their entries. Where the answer shows one twice it is one rule, described as it was shown last. */
class OutlinedRules implements Outlined {
  readonly #wire: Wire;
  readonly #direction: Direction;
  readonly first: number;
  readonly stop: number;
  readonly peers: readonly PeerName[];
  #all: readonly Rule[] | undefined;

  constructor(wire: Wire, direction: Direction, first: number, stop: number, peers: readonly PeerName[]) {
    this.#wire = wire;
    this.#direction = direction;
    this.first = first;
    this.stop = stop;
    this.peers = peers;
  }

  get sheet(): Sheet {
    return this.#wire.sheet;
  }

  all(): readonly Rule[] {
    if (this.#all !== undefined) return this.#all;
    const byId = new Map<string, Rule>();
    for (let entry = this.first; entry < this.stop; entry += 1) {
      const rule = this.#made(entry, entry);
      byId.set(rule.id, rule);
    }
    this.#all = [...byId.values()];
    return this.#all;
  }

  at(entry: number): Rule | undefined {
    const { sheet, peers } = this;
    const isSame = (other: number): boolean =>
      sheet.kindOf(entry) === NAMED
        ? sheet.hasSameSlots(entry, other) && peers[sheet.numberOf(entry)] === peers[sheet.numberOf(other)]
        : sheet.isSame(entry, other);
    for (let other = this.first; other < entry; other += 1) if (isSame(other)) return undefined;
    let last = entry;
    for (let other = entry + 1; other < this.stop; other += 1) if (isSame(other)) last = other;
    return this.#made(entry, last);
  }

  #made(entry: number, describedBy: number): Rule {
    const box = boxOf(this.#wire, entry, this.peers);
    const description = this.#wire.descriptions[describedBy] ?? '';
    return { box, description, tags: {}, id: spelled(this.#direction, box) };
  }
}

function isTextOrAbsent(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || value === undefined || value === null;
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < SELECTORS;
}

/** A number that the clear reading takes for one, or nothing; false for anything else. */
function boundOf(value: unknown): number | undefined | false {
  if (value === undefined || value === null) return undefined;
  return Number.isSafeInteger(value) && typeof value === 'number' ? value : false;
}

function slotsOf({ IpProtocol, FromPort, ToPort }: Fields): Slots | undefined {
  const protocol = IpProtocol === 'tcp' ? TCP : IpProtocol === 'udp' ? UDP : undefined;
  if (protocol !== undefined && isPort(FromPort) && isPort(ToPort) && FromPort <= ToPort)
    return portSlots(protocol, FromPort, ToPort);
  const from = boundOf(FromPort);
  const to = boundOf(ToPort);
  if (typeof IpProtocol !== 'string' || from === false || to === false) return undefined;
  const read = slotsRead(IpProtocol, from, to);
  return read.ok ? read.value : undefined;
}

const ACCOUNT_ID = /^\d{12}$/;
const NONE: readonly unknown[] = [];

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** A list of an answer, which may leave out an empty one; undefined for anything else. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (isList(value)) return value;
  return value === undefined || value === null ? NONE : undefined;
}

/**
 * Reads the rules of one group. Every method is false where something is not as usual: then nothing of it counts. One
 * loop for each kind of source: they run for every rule, and fields of objects of one kind are found fastest.
 */
class Outliner {
  readonly #wire: Wire;
  readonly #referrer: Referrer;
  /** An owner that a pair may name without being looked at again. */
  readonly #owner: string | undefined;
  readonly peers: RulePeer[] = [];

  constructor(wire: Wire, referrer: Referrer) {
    this.#wire = wire;
    this.#referrer = referrer;
    this.#owner = referrer.owner !== undefined && ACCOUNT_ID.test(referrer.owner) ? referrer.owner : undefined;
  }

  permission(permission: unknown): boolean {
    if (!isFields(permission)) return false;
    const slots = slotsOf(permission);
    const ipv4 = listOf(permission['IpRanges']);
    const ipv6 = listOf(permission['Ipv6Ranges']);
    const lists = listOf(permission['PrefixListIds']);
    const pairs = listOf(permission['UserIdGroupPairs']);
    if (!slots || !ipv4 || !ipv6 || !lists || !pairs) return false;
    const from = slots[0] ?? 0;
    const end = slots[1] ?? 0;
    return (
      ipv4.length + ipv6.length + lists.length + pairs.length > 0 &&
      this.#ipv4(ipv4, from, end) &&
      this.#ipv6(ipv6, from, end) &&
      this.#lists(lists, from, end) &&
      this.#pairs(pairs, from, end)
    );
  }

  #ipv4(list: readonly unknown[], from: number, end: number): boolean {
    const { sheet, descriptions } = this.#wire;
    for (const source of list) {
      if (!isFields(source)) return false;
      const { CidrIp, Description } = source;
      if (typeof CidrIp !== 'string' || !isTextOrAbsent(Description)) return false;
      const at = sheet.add(from, end, V4);
      if (!writeV4Cidr(CidrIp, sheet.words, at)) return false;
      descriptions.push(Description ?? '');
    }
    return true;
  }

  #ipv6(list: readonly unknown[], from: number, end: number): boolean {
    const { sheet, descriptions } = this.#wire;
    for (const source of list) {
      if (!isFields(source)) return false;
      const { CidrIpv6, Description } = source;
      if (typeof CidrIpv6 !== 'string' || !isTextOrAbsent(Description)) return false;
      const at = sheet.addV6(from, end);
      if (!writeV6Cidr(CidrIpv6, sheet.pairs, at) || isMapped(sheet.pairs, at)) return false;
      descriptions.push(Description ?? '');
    }
    return true;
  }

  #lists(list: readonly unknown[], from: number, end: number): boolean {
    for (const source of list) {
      if (!isFields(source)) return false;
      const { PrefixListId, Description } = source;
      if (typeof PrefixListId !== 'string' || !isTextOrAbsent(Description)) return false;
      const read = prefixListRead(PrefixListId);
      if (!read.ok || !this.#named(read.value, undefined, from, end)) return false;
      this.#wire.descriptions.push(Description ?? '');
    }
    return true;
  }

  #pairs(list: readonly unknown[], from: number, end: number): boolean {
    for (const source of list) {
      if (!isFields(source)) return false;
      const { GroupId, UserId, VpcId, VpcPeeringConnectionId, PeeringStatus, Description } = source;
      if (typeof GroupId !== 'string' || !isTextOrAbsent(UserId) || !isTextOrAbsent(VpcId)) return false;
      if (!isTextOrAbsent(VpcPeeringConnectionId) || !isTextOrAbsent(PeeringStatus)) return false;
      if (!isTextOrAbsent(Description)) return false;
      const isPlain = UserId === this.#owner && !VpcId && !VpcPeeringConnectionId && !PeeringStatus;
      if (isPlain && GROUP_ID.test(GroupId)) {
        this.#write({ name: peerName('sg', GroupId), reach: 'own network', group: GroupId }, from, end);
        this.#wire.descriptions.push(Description ?? '');
        continue;
      }
      const read = groupRead({ GroupId, UserId, VpcId, VpcPeeringConnectionId, PeeringStatus }, this.#referrer);
      if (!read.ok || !this.#named(read.value, GroupId, from, end)) return false;
      this.#wire.descriptions.push(Description ?? '');
    }
    return true;
  }

  #named({ peer, reach }: ReadPeer, group: string | undefined, from: number, end: number): boolean {
    if (peer.kind !== 'named') return false;
    this.#write({ name: peer.name, reach, group }, from, end);
    return true;
  }

  #write(peer: RulePeer, from: number, end: number): void {
    const { sheet } = this.#wire;
    const at = sheet.add(from, end, NAMED);
    sheet.words[at] = this.peers.push(peer) - 1;
  }
}

/** The same blocks as those that the clear reading refuses, see `cidrRead`: host bits are cleared, so no larger block looks so. */
function isMapped(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0xffff;
}

/**
 * The rules of a group in numbers, written on the wire's sheet; undefined, with nothing written, where anything about
 * them is not as usual. Then the clear reading has its say: it knows what is wrong.
 * INVARIANT: what is taken here means the same as what the clear reading makes of it, rule for rule.
 */
export function outlineOf({ permissions }: ShownGroup, referrer: Referrer, wire: Wire): Outline | undefined {
  const outliner = new Outliner(wire, referrer);
  const before = wire.sheet.size;
  const ranges: number[] = [before];
  for (const direction of DIRECTIONS) {
    for (const permission of permissions[direction]) {
      if (outliner.permission(permission)) continue;
      wire.cutTo(before);
      return undefined;
    }
    ranges.push(wire.sheet.size);
  }
  const [first = 0, between = 0, stop = 0] = ranges;
  const names = outliner.peers.map(({ name }) => name);
  const rules = {
    ingress: new OutlinedRules(wire, 'ingress', first, between, names),
    egress: new OutlinedRules(wire, 'egress', between, stop, names),
  };
  return { rules, peers: outliner.peers };
}
