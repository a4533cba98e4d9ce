import { V4_END, V6_END } from './addresses.ts';
import type { Address, Addresses } from './addresses.ts';
import { rangesOf } from './line.ts';

/** An aligned block of addresses as a cloud writes it: all that share the first `prefix` bits of `from`. */
export type Block =
  | { readonly family: 4; readonly from: number; readonly prefix: number }
  | { readonly family: 6; readonly from: bigint; readonly prefix: number };

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const V4_BITS = 32;
const V6_BITS = 128;

function ipv4Of(text: string): number | undefined {
  const parts = IPV4.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  // A leading zero is octal to some readers and decimal to others, so it is neither to us.
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

function groupsOf(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else {
      const embedded = index === parts.length - 1 ? ipv4Of(part) : undefined;
      if (embedded === undefined) return undefined;
      groups.push(BigInt(Math.floor(embedded / 65536)), BigInt(embedded % 65536));
    }
  }
  return groups;
}

function ipv6Of(text: string): bigint | undefined {
  const halves = text.split('::');
  const head = groupsOf(halves[0] ?? '');
  const tail = groupsOf(halves[1] ?? '');
  if (head === undefined || tail === undefined || halves.length > 2) return undefined;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  const zeros = Array.from({ length: 8 - given }, () => 0n);
  return [...head, ...zeros, ...tail].reduce((value, group) => (value << 16n) | group, 0n);
}

/** `203.0.113.9` or `2001:db8::1` as an address; undefined for any other text (zone indices and octal parts too). */
export function addressOf(text: string): Address | undefined {
  if (text.includes(':')) {
    const at = ipv6Of(text);
    return at === undefined ? undefined : { family: 6, at };
  }
  const at = ipv4Of(text);
  return at === undefined ? undefined : { family: 4, at };
}

/**
 * `203.0.113.0/24` as a block, and whether host bits were set in the text (`203.0.113.9/24` means the same block).
 * Undefined when the text is no CIDR.
 */
export function blockOf(text: string): { readonly block: Block; readonly hostBits: boolean } | undefined {
  const [addressText = '', prefixText = '', ...rest] = text.split('/');
  const address = addressOf(addressText);
  if (address === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  if (prefix > (address.family === 4 ? V4_BITS : V6_BITS)) return undefined;
  if (address.family === 4) {
    const size = 2 ** (V4_BITS - prefix);
    const from = address.at - (address.at % size);
    return { block: { family: 4, from, prefix }, hostBits: from !== address.at };
  }
  const size = 1n << BigInt(V6_BITS - prefix);
  const from = address.at - (address.at % size);
  return { block: { family: 6, from, prefix }, hostBits: from !== address.at };
}

export function addressesOfBlock(block: Block): Addresses {
  return block.family === 4
    ? { v4: [block.from, block.from + 2 ** (V4_BITS - block.prefix)], v6: [] }
    : { v4: [], v6: [block.from, block.from + (1n << BigInt(V6_BITS - block.prefix))] };
}

/** One address as text; IPv6 as RFC 5952 has it (lower case, longest run of zeros shortened, the first of equals). */
export function addressText(address: Address): string {
  if (address.family === 4) {
    return [24, 16, 8, 0].map((shift) => Math.floor(address.at / 2 ** shift) % 256).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) => (address.at >> BigInt(112 - 16 * index)) & 0xffffn);
  let longest = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0n) length += 1;
    if (length > longest.length) longest = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (longest.length === 1) return hex.join(':');
  return `${hex.slice(0, longest.start).join(':')}::${hex.slice(longest.start + longest.length).join(':')}`;
}

export function blockText(block: Block): string {
  const address: Address = block.family === 4 ? { family: 4, at: block.from } : { family: 6, at: block.from };
  return `${addressText(address)}/${String(block.prefix)}`;
}

function v4BlocksIn([from, end]: readonly [number, number]): readonly Block[] {
  const blocks: Block[] = [];
  let at = from;
  while (at < end) {
    let size = 1;
    let prefix = V4_BITS;
    // No bit operators here: `1 << 32` is 1 and `at & -at` is negative from 128.0.0.0 on.
    while (prefix > 0 && at % (size * 2) === 0 && at + size * 2 <= end) {
      size *= 2;
      prefix -= 1;
    }
    blocks.push({ family: 4, from: at, prefix });
    at += size;
  }
  return blocks;
}

function v6BlocksIn([from, end]: readonly [bigint, bigint]): readonly Block[] {
  const all = end - from;
  // Most ranges are one block: a power of two that starts at a multiple of itself.
  if ((all & (all - 1n)) === 0n && from % all === 0n)
    return [{ family: 6, from, prefix: V6_BITS + 1 - all.toString(2).length }];
  const blocks: Block[] = [];
  let at = from;
  while (at < end) {
    let size = 1n;
    let prefix = V6_BITS;
    while (prefix > 0 && at % (size * 2n) === 0n && at + size * 2n <= end) {
      size *= 2n;
      prefix -= 1;
    }
    blocks.push({ family: 6, from: at, prefix });
    at += size;
  }
  return blocks;
}

/** The fewest blocks that hold exactly these addresses: IPv4 first, in order of address. */
export function blocksOf(addresses: Addresses): readonly Block[] {
  return [...rangesOf(addresses.v4).flatMap(v4BlocksIn), ...rangesOf(addresses.v6).flatMap(v6BlocksIn)];
}

/** The root of the tree of blocks of one family. */
export const ROOTS: readonly Block[] = [
  { family: 4, from: 0, prefix: 0 },
  { family: 6, from: 0n, prefix: 0 },
];

/** The two blocks that a block splits into; none for a single address. */
export function halvesOf(block: Block): readonly Block[] {
  const prefix = block.prefix + 1;
  if (block.family === 4) {
    if (prefix > V4_BITS) return [];
    return [
      { family: 4, from: block.from, prefix },
      { family: 4, from: block.from + V4_END / 2 ** prefix, prefix },
    ];
  }
  if (prefix > V6_BITS) return [];
  return [
    { family: 6, from: block.from, prefix },
    { family: 6, from: block.from + V6_END / 2n ** BigInt(prefix), prefix },
  ];
}
