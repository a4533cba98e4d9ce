// Firewall x direction -> Exposure: the set of traffic let through, with the rules that do it.
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Flows } from './model/finding.ts';
import type { Box, Extent, PeerName, Rule } from './model/rule.ts';
import * as addresses from './space/addresses.ts';
import type { Address, Addresses } from './space/addresses.ts';
import * as line from './space/line.ts';
import { ANY_PROTOCOL } from './space/slots.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';

/** One rule and all that it lets through by itself, on all five axes. */
export interface Opening {
  readonly rule: Rule;
  readonly box: Box;
}

/** In a union layer, the union of its rules' boxes. */
export type Exposure = readonly Opening[];

/** One packet that starts a flow. `peer` and `own` must be of one family to exist. */
export interface Packet {
  readonly slot: number;
  readonly sourcePort: number;
  readonly peer: Address;
  readonly own: Address;
}

/** What is known of a named peer of which nothing is known. */
export const UNKNOWN: Extent = { least: addresses.NOBODY, most: addresses.ANYWHERE };

export function exposureOf(firewall: Firewall, direction: Direction): Exposure {
  return rulesOf(firewall, direction).map((rule) => ({ rule, box: rule.box }));
}

/** The peers of families that the box has own addresses in: a flow has one family. */
function reachable(box: Box, peers: Addresses): Addresses {
  return { v4: box.own.v4.length > 0 ? peers.v4 : [], v6: box.own.v6.length > 0 ? peers.v6 : [] };
}

/** The (slot, peer) pairs that some source port and some own address of the box let through. */
export function flowsOf(box: Box): Flows {
  const slots = box.sourcePorts.length > 0 ? box.slots : [];
  return box.peer.kind === 'addresses'
    ? { kind: 'addresses', traffic: traffic.trafficOf(slots, reachable(box, box.peer.addresses)) }
    : { kind: 'named', peer: box.peer.name, slots };
}

/** All that a box could let through if its named peer were the most that it can be. */
export function mostOf(box: Box, extent: Extent): traffic.Traffic {
  return traffic.trafficOf(box.sourcePorts.length > 0 ? box.slots : [], reachable(box, extent.most));
}

function canExist(packet: Packet): boolean {
  return packet.peer.family === packet.own.family && traffic.includes(traffic.WORLD, packet.slot, packet.peer);
}

/** The rules that let a packet through whatever their named peers are, and those that may, depending on who they are. */
export function rulesLettingThrough(
  exposure: Exposure,
  packet: Packet,
  names: Firewall['names'],
): { readonly surely: readonly Rule[]; readonly possibly: readonly Rule[] } {
  const surely: Rule[] = [];
  const possibly: Rule[] = [];
  for (const { rule, box } of canExist(packet) ? exposure : []) {
    if (!line.contains(box.slots, packet.slot) || !line.contains(box.sourcePorts, packet.sourcePort)) continue;
    if (!addresses.includes(box.own, packet.own)) continue;
    const extent =
      box.peer.kind === 'named'
        ? (names.get(box.peer.name) ?? UNKNOWN)
        : { least: box.peer.addresses, most: box.peer.addresses };
    if (addresses.includes(extent.least, packet.peer)) surely.push(rule);
    else if (addresses.includes(extent.most, packet.peer)) possibly.push(rule);
  }
  return { surely, possibly };
}

/** What a box surely lets through, whoever its named peer is. */
export function surelyThrough(box: Box, names: Firewall['names']): traffic.Traffic {
  const flows = flowsOf(box);
  if (flows.kind === 'addresses') return flows.traffic;
  return traffic.trafficOf(flows.slots, reachable(box, (names.get(flows.peer) ?? UNKNOWN).least));
}

/** What surely passes in one direction, for some source port and some own address. */
export function surelyOpen(firewall: Firewall, direction: Direction): traffic.Traffic {
  return traffic.unionOf(rulesOf(firewall, direction).map(({ box }) => surelyThrough(box, firewall.names)));
}

/**
 * What of a box's slots surely passes for every source port and every own address of the box. A rule for one own address
 * keeps nothing open for the others.
 */
export function surelyOpenFor(firewall: Firewall, direction: Direction, box: Box): traffic.Traffic {
  const counts = (other: Box): boolean =>
    line.intersection(box.slots, other.slots).length > 0 &&
    line.difference(box.sourcePorts, other.sourcePorts).length === 0 &&
    addresses.covers(other.own, box.own);
  const boxes = rulesOf(firewall, direction).map((rule) => rule.box);
  return traffic.unionOf(boxes.filter(counts).map((other) => surelyThrough(other, firewall.names)));
}

/** The slots on which a peer surely is let through whoever it is: by rules that name it, or open to all that it can be. */
export function surelyOpenTo(firewall: Firewall, direction: Direction, peer: PeerName): Slots {
  const rules = rulesOf(firewall, direction);
  const naming = rules.filter(({ box }) => box.peer.kind === 'named' && box.peer.name === peer);
  const named = naming.reduce<Slots>(
    (all, { box }) => line.union(all, flowsOf(box).kind === 'named' ? box.slots : []),
    [],
  );
  const extent = firewall.names.get(peer) ?? UNKNOWN;
  const could = traffic.trafficOf(ANY_PROTOCOL, extent.most);
  const lacking = traffic.slotsOf(traffic.difference(could, surelyOpen(firewall, direction)));
  return line.union(named, line.difference(traffic.slotsOf(could), lacking));
}
