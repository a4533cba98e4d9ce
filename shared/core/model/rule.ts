import type { Addresses } from '../space/addresses.ts';
import { addressesOfBlock } from '../space/cidr.ts';
import type { Block } from '../space/cidr.ts';
import type { Line } from '../space/line.ts';
import type { Slots } from '../space/slots.ts';

declare const peerNameBrand: unique symbol;

/** A named peer as the policy language writes it. In a rule it is always the one spelling by id: `sg:sg-0123456789abcdef0`. */
export type PeerName = string & { readonly [peerNameBrand]: true };

/** The only way to a `PeerName`: two spellings of one peer would never match, silently. */
export function peerName(kind: string, id: string): PeerName {
  return `${kind}:${id}` as PeerName;
}

/** Names of the policy language that no rule carries, or that stand for another name in each firewall. */
export const NETWORK = 'network' as PeerName;
export const INTERNET = 'internet' as PeerName;
export const SELF = 'self' as PeerName;

/** The other side of a flow: a fixed set of addresses, or a name that stands for a set that we may know in part only. */
export type Peer =
  { readonly kind: 'addresses'; readonly addresses: Addresses } | { readonly kind: 'named'; readonly name: PeerName };

/** The least and the most that a named peer can be. They are equal where it is known exactly. */
export interface Extent {
  readonly least: Addresses;
  readonly most: Addresses;
}

/** What a rule lets through on all five axes. */
export interface Box {
  /** Protocol with destination port, or with ICMP type and code. */
  readonly slots: Slots;
  readonly sourcePorts: Line<number>;
  readonly peer: Peer;
  /** The addresses inside the firewall's own network that the rule speaks of. */
  readonly own: Addresses;
}

/** What a rule says, before a cloud has given it an identity. */
export interface RuleContent {
  readonly box: Box;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One line of a firewall that lets traffic through. */
export interface Rule extends RuleContent {
  /** The cloud's id of the rule; where a saved answer has none, the rule as it is spelled. */
  readonly id: string;
}

export function peerOfBlock(block: Block): Peer {
  return { kind: 'addresses', addresses: addressesOfBlock(block) };
}

/** The same rule content with other slots or another peer; description, tags, source ports and own side stay. */
export function withBox(content: RuleContent, part: Partial<Pick<Box, 'slots' | 'peer'>>): RuleContent {
  return { box: { ...content.box, ...part }, description: content.description, tags: content.tags };
}
