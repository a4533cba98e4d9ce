import * as line from './line.ts';
import type { Line } from './line.ts';

/** A single address. IPv4 is a number from 0 to 2^32 - 1, IPv6 a bigint from 0 to 2^128 - 1. */
export type Address = { readonly family: 4; readonly at: number } | { readonly family: 6; readonly at: bigint };

/**
 * A set of addresses on two axes that never meet. On one axis `::/0` would swallow all of IPv4.
 */
export interface Addresses {
  readonly v4: Line<number>;
  readonly v6: Line<bigint>;
}

export const V4_END = 2 ** 32;
export const V6_END = 2n ** 128n;

export const NOBODY: Addresses = { v4: [], v6: [] };
export const ANYWHERE: Addresses = { v4: [0, V4_END], v6: [0n, V6_END] };

function both(a: Addresses, v4: Line<number>, v6: Line<bigint>): Addresses {
  return v4 === a.v4 && v6 === a.v6 ? a : { v4, v6 };
}

export function union(a: Addresses, b: Addresses): Addresses {
  return a === b ? a : both(a, line.union(a.v4, b.v4), line.union(a.v6, b.v6));
}

export function intersection(a: Addresses, b: Addresses): Addresses {
  return a === b ? a : both(a, line.intersection(a.v4, b.v4), line.intersection(a.v6, b.v6));
}

export function difference(a: Addresses, b: Addresses): Addresses {
  return a === b ? NOBODY : both(a, line.difference(a.v4, b.v4), line.difference(a.v6, b.v6));
}

export function meet(a: Addresses, b: Addresses): boolean {
  return line.meet(a.v4, b.v4) || line.meet(a.v6, b.v6);
}

export function equal(a: Addresses, b: Addresses): boolean {
  return a === b || (line.equal(a.v4, b.v4) && line.equal(a.v6, b.v6));
}

export function isNobody(a: Addresses): boolean {
  return a.v4.length === 0 && a.v6.length === 0;
}

export function covers(whole: Addresses, part: Addresses): boolean {
  return isNobody(difference(part, whole));
}

export function includes(addresses: Addresses, address: Address): boolean {
  return address.family === 4 ? line.contains(addresses.v4, address.at) : line.contains(addresses.v6, address.at);
}

/** The union of many sets, pairwise as a tree: one after the other would be quadratic. */
export function unionOf(many: readonly Addresses[]): Addresses {
  const [first, second] = many;
  if (first === undefined) return NOBODY;
  if (second === undefined) return first;
  const half = many.length >>> 1;
  return union(unionOf(many.slice(0, half)), unionOf(many.slice(half)));
}
