// Firewall x direction -> what it lets through, by peer as a policy writes it, and what of that is too dangerous to allow.
import { flowsOf, UNKNOWN } from '../../core/exposure.ts';
import { rulesOf } from '../../core/model/firewall.ts';
import type { Direction, Firewall } from '../../core/model/firewall.ts';
import { NETWORK } from '../../core/model/rule.ts';
import type { PeerName, Rule } from '../../core/model/rule.ts';
import { isExact, isPrefixList } from '../../core/peers.ts';
import * as addresses from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import { addressesOfBlock, blocksOf, blockText } from '../../core/space/cidr.ts';
import type { Block } from '../../core/space/cidr.ts';
import * as line from '../../core/space/line.ts';
import { ANY_PROTOCOL, ICMP, ICMPV6, wholeProtocol } from '../../core/space/slots.ts';
import type { Slots } from '../../core/space/slots.ts';
import * as traffic from '../../core/space/traffic.ts';
import type { Traffic } from '../../core/space/traffic.ts';
import type { Callings } from './peers.ts';
import { isWide, partsOf } from './risk.ts';

/** Somebody as a policy writes it: the addresses of a CIDR, or a peer by the name that the firewall knows it by. */
export type Token =
  | { readonly kind: 'block'; readonly text: string; readonly block: Block }
  | { readonly kind: 'name'; readonly text: string; readonly name: PeerName };

export interface Opening {
  readonly token: Token;
  readonly slots: Slots;
}

/** What is open to whom, by the text of the peer. */
export type Openings = ReadonlyMap<string, Opening>;

/** A part of a rule that is not to be allowed. */
export interface Risky {
  readonly rule: Rule;
  readonly slots: Slots;
  readonly why: string;
}

export interface Opened {
  readonly firewall: Firewall;
  readonly open: Openings;
  readonly risky: readonly Risky[];
}

type Growing = Map<string, Opening>;

function add(open: Growing, token: Token, slots: Slots): void {
  if (slots.length === 0) return;
  const known = open.get(token.text);
  open.set(token.text, { token, slots: known === undefined ? slots : line.union(known.slots, slots) });
}

/** ICMP exists over IPv4 only, ICMPv6 over IPv6 only. A rule for every protocol stays one: so people write it. */
function possible(slots: Slots, { family }: Block): Slots {
  if (line.equal(slots, ANY_PROTOCOL)) return slots;
  return line.difference(slots, wholeProtocol(family === 4 ? ICMPV6 : ICMP));
}

export function blockToken(block: Block): Token {
  return { kind: 'block', text: blockText(block), block };
}

function tokensOf({ box: { peer } }: Rule, firewall: Firewall, callings: Callings): readonly Token[] {
  if (peer.kind === 'named') return [{ kind: 'name', text: callings.of(peer.name, firewall), name: peer.name }];
  return blocksOf(peer.addresses).map(blockToken);
}

/** What is open to each range of the firewall's own networks alike is open to `network`, whatever ranges that has later. */
function withNetwork(open: Growing, { names }: Firewall): void {
  const extent = names.get(NETWORK);
  if (extent === undefined || !isExact(extent)) return;
  const own = blocksOf(extent.least).map((block) => open.get(blockText(block)));
  if (own.length === 0) return;
  const common = own.reduce<Slots>((all, one) => line.intersection(all, one?.slots ?? []), ANY_PROTOCOL);
  if (common.length === 0) return;
  add(open, { kind: 'name', text: NETWORK, name: NETWORK }, common);
  for (const one of own) {
    if (one === undefined) continue;
    const rest = line.difference(one.slots, common);
    if (rest.length === 0) open.delete(one.token.text);
    else open.set(one.token.text, { ...one, slots: rest });
  }
}

/** Whether a rule is open to more of the internet than one knows. A list of which nobody knows the entries may be. */
function isRisky({ box: { peer } }: Rule, { names }: Firewall): boolean {
  const own = names.get(NETWORK)?.least ?? addresses.NOBODY;
  if (peer.kind === 'addresses') return isWide(peer.addresses, own);
  return isPrefixList(peer.name) && isWide((names.get(peer.name) ?? UNKNOWN).most, own);
}

/** What one direction of a firewall lets through. Only what comes in can be too dangerous. */
export function openedIn(firewall: Firewall, direction: Direction, callings: Callings): Opened {
  const open: Growing = new Map();
  const risky: Risky[] = [];
  for (const rule of rulesOf(firewall, direction)) {
    const flows = flowsOf(rule.box);
    const slots = flows.kind === 'named' ? flows.slots : traffic.slotsOf(flows.traffic);
    const whole = line.equal(rule.box.slots, ANY_PROTOCOL) ? ANY_PROTOCOL : slots;
    const isOpen = direction === 'ingress' && isRisky(rule, firewall);
    for (const part of isOpen ? partsOf(whole) : [{ slots: whole, why: undefined }]) {
      if (part.why !== undefined) risky.push({ rule, slots: part.slots, why: part.why });
      else {
        for (const token of tokensOf(rule, firewall, callings)) {
          add(open, token, token.kind === 'name' ? part.slots : possible(part.slots, token.block));
        }
      }
    }
  }
  withNetwork(open, firewall);
  return { firewall, open, risky };
}

/** What is open to a peer in any of several firewalls. */
export function together(many: readonly Openings[]): Openings {
  const all: Growing = new Map();
  for (const open of many) for (const { token, slots } of open.values()) add(all, token, slots);
  return all;
}

/** Who a token surely is, as a firewall sees it. */
function addressesOf(token: Token, { names }: Firewall): Addresses {
  return token.kind === 'block' ? addressesOfBlock(token.block) : (names.get(token.name) ?? UNKNOWN).least;
}

/** All that openings allow a firewall to let through, as far as the addresses of peers are known. */
export function allowedFor(firewall: Firewall, open: Openings): Traffic {
  return traffic.unionOf(
    [...open.values()].map(({ token, slots }) => traffic.trafficOf(slots, addressesOf(token, firewall))),
  );
}
