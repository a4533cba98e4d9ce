// Traffic, rules and services -> one spelling each, as people read them and as keys compare them.
import type { Direction } from './model/firewall.ts';
import type { Flows, Wanted } from './model/finding.ts';
import type { Peer, RuleContent } from './model/rule.ts';
import * as addresses from './space/addresses.ts';
import type { Address, Addresses } from './space/addresses.ts';
import { addressText, blocksOf, blockText } from './space/cidr.ts';
import * as line from './space/line.ts';
import {
  ANY_PROTOCOL,
  CODES,
  hasPorts,
  hasTypes,
  ICMP,
  ICMPV6,
  isWhole,
  PROTOCOL_NAMES,
  PROTOCOLS,
  runsOf,
  SELECTORS,
} from './space/slots.ts';
import type { Run, Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

export function protocolText(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? String(protocol);
}

function selectorText({ protocol, from, end }: Run): string {
  const last = end - 1;
  if (!hasTypes(protocol)) return from === last ? String(from) : `${String(from)}-${String(last)}`;
  const type = Math.floor(from / CODES);
  const code = from % CODES;
  if (code === 0 && end === (type + 1) * CODES) return String(type);
  if (end - from === 1) return `${String(type)}.${String(code)}`;
  return `${String(type)}.${String(code)}-${String(Math.floor(last / CODES))}.${String(last % CODES)}`;
}

function runText(run: Run): string {
  const name = protocolText(run.protocol);
  return isWhole(run) || !(hasPorts(run.protocol) || hasTypes(run.protocol)) ? name : `${name}/${selectorText(run)}`;
}

/** Slots as the policy language writes services: `tcp/80, tcp/443`, `icmp/3.4`, `any`, `any but tcp/22`. */
export function serviceText(slots: Slots): string {
  if (line.equal(slots, ANY_PROTOCOL)) return 'any';
  const runs = runsOf(slots);
  // More protocols than not: what is left out is the shorter list, and the one that people mean.
  if (new Set(runs.map(({ protocol }) => protocol)).size > PROTOCOLS / 2) {
    return `any but ${runsOf(line.difference(ANY_PROTOCOL, slots)).map(runText).join(', ')}`;
  }
  return runs.map(runText).join(', ');
}

interface Stretch {
  readonly who: Addresses;
  readonly first: Address;
  readonly last: Address;
}

function stretchesOf(who: Addresses): readonly Stretch[] {
  const v4 = line.rangesOf(who.v4).map(([from, end]): Stretch => ({
    who: { v4: [from, end], v6: [] },
    first: { family: 4, at: from },
    last: { family: 4, at: end - 1 },
  }));
  const v6 = line.rangesOf(who.v6).map(([from, end]): Stretch => ({
    who: { v4: [], v6: [from, end] },
    first: { family: 6, at: from },
    last: { family: 6, at: end - 1n },
  }));
  return [...v4, ...v6];
}

function rangeTexts(who: Addresses): readonly string[] {
  return stretchesOf(who).map((stretch) => {
    const [block, ...more] = blocksOf(stretch.who);
    if (block !== undefined && more.length === 0) return blockText(block);
    return `${addressText(stretch.first)}-${addressText(stretch.last)}`;
  });
}

/** One family: its ranges, or all of it but some, whichever is shorter to read. */
function familyText(who: Addresses, all: Addresses): string {
  const ranges = rangeTexts(who).join(', ');
  const left = addresses.difference(all, who);
  const exceptions = `${rangeTexts(all).join()} but ${rangeTexts(left).join(', ')}`;
  return addresses.isNobody(left) || ranges.length <= exceptions.length ? ranges : exceptions;
}

/** Addresses in words: `anywhere`, CIDRs, ranges that are no CIDR, `0.0.0.0/0 but 203.0.113.0/24`. */
export function addressesText(who: Addresses): string {
  if (addresses.equal(who, addresses.ANYWHERE)) return 'anywhere';
  const families = [
    familyText({ v4: who.v4, v6: [] }, { v4: addresses.ANYWHERE.v4, v6: [] }),
    familyText({ v4: [], v6: who.v6 }, { v4: [], v6: addresses.ANYWHERE.v6 }),
  ];
  return families.filter((text) => text !== '').join(', ');
}

export function peerText(peer: Peer): string {
  return peer.kind === 'named' ? peer.name : addressesText(peer.addresses);
}

/** What a rule lets through, in one line: `tcp/22 from 0.0.0.0/0`, `any to sg:sg-0123456789abcdef0`. */
export function ruleText(direction: Direction, content: RuleContent): string {
  return `${serviceText(content.box.slots)} ${direction === 'ingress' ? 'from' : 'to'} ${peerText(content.box.peer)}`;
}

const MOST_PARTS = 6;

function joined(parts: readonly string[]): string {
  const more = parts.length - MOST_PARTS;
  return more > 0 ? `${parts.slice(0, MOST_PARTS).join('; ')}; and ${String(more)} more` : parts.join('; ');
}

/**
 * ICMP over IPv6 and ICMPv6 over IPv4 cannot exist. Where all other protocols are meant, a reader expects `any`, not a
 * list of exceptions that nobody made, so what cannot exist is put back before it is spelled.
 */
function asSpoken(flows: Traffic): Traffic {
  const first = flows[0];
  if (first?.from !== 0) return flows;
  const impossible = [
    { from: ICMP * SELECTORS, end: (ICMP + 1) * SELECTORS, who: { v4: [], v6: first.who.v6 } },
    { from: ICMPV6 * SELECTORS, end: (ICMPV6 + 1) * SELECTORS, who: { v4: first.who.v4, v6: [] } },
  ].filter(({ who }) => !addresses.isNobody(who));
  return traffic.union(flows, impossible);
}

/**
 * Traffic in words, for messages: `tcp/22 from 0.0.0.0/0; icmp from 10.0.0.0/8`. Bands with equal peers are told
 * together. Long lists are cut and say by how much; whoever needs the exact set reads the JSON.
 */
export function trafficText(flows: Traffic, preposition: 'from' | 'to' = 'from'): string {
  const byPeers = new Map<string, number[][]>();
  for (const { from, end, who } of asSpoken(flows)) {
    const peers = addressesText(who);
    byPeers.set(peers, [...(byPeers.get(peers) ?? []), [from, end]]);
  }
  const parts = [...byPeers].map(([peers, ranges]) => {
    const slots = ranges.reduce<Slots>((all, range) => line.union(all, range), []);
    return `${serviceText(slots)} ${preposition} ${peers}`;
  });
  return joined(parts);
}

export function flowsText(direction: Direction, flows: Flows): string {
  const preposition = direction === 'ingress' ? 'from' : 'to';
  if (flows.kind === 'named') {
    const part = flows.part === undefined ? '' : ` (of it: ${trafficText(flows.part, preposition)})`;
    return `${serviceText(flows.slots)} ${preposition} ${flows.peer}${part}`;
  }
  return trafficText(flows.traffic, preposition);
}

/** What a clause asks for, in words. */
export function wantedText(direction: Direction, { traffic: inAddresses, named }: Wanted): string {
  const texts = named.map((flows) => flowsText(direction, flows));
  if (traffic.isNothing(inAddresses)) return texts.join('; ');
  return [flowsText(direction, { kind: 'addresses', traffic: inAddresses }), ...texts].join('; ');
}

/** One text for the same set of addresses, for comparing and not for reading. */
export function addressesKey({ v4, v6 }: Addresses): string {
  return `${v4.join()};${v6.join()}`;
}

/** One text per direction and box, for comparing and not for reading: rules with one key let through the same. */
export function contentKey(direction: Direction, { box }: RuleContent): string {
  const { slots, sourcePorts, peer, own } = box;
  const peerKey = peer.kind === 'named' ? peer.name : addressesKey(peer.addresses);
  return [direction, slots.join(), sourcePorts.join(), peerKey, addressesKey(own)].join(' ');
}

/** `1 rule`, `20 rules`. */
export function rulesText(count: number): string {
  return count === 1 ? '1 rule' : `${String(count)} rules`;
}
