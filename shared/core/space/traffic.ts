import * as addresses from './addresses.ts';
import { ANYWHERE } from './addresses.ts';
import type { Address, Addresses } from './addresses.ts';
import * as line from './line.ts';
import { ANY_PROTOCOL, ICMP, ICMPV6, PROTOCOLS, SELECTORS } from './slots.ts';
import type { Slots } from './slots.ts';

/** Slots `[from, end)` with the peers that they are open to. */
export interface Band {
  readonly from: number;
  readonly end: number;
  readonly who: Addresses;
}

/**
 * A set of (slot, peer) pairs: what policy clauses speak of. Bands are sorted and disjoint, `who` is never nobody, and
 * touching bands differ. So each set has one spelling, and the order or splitting of rules cannot be seen in it.
 */
export type Traffic = readonly Band[];

export const NOTHING: Traffic = [];

type Join = (a: Addresses, b: Addresses) => Addresses;

function append(bands: Band[], from: number, end: number, who: Addresses): void {
  if (from === end || addresses.isNobody(who)) return;
  const last = bands.at(-1);
  if (last?.end === from && addresses.equal(last.who, who)) bands[bands.length - 1] = { ...last, end };
  else bands.push({ from, end, who });
}

function merge(a: Traffic, b: Traffic, join: Join): Traffic {
  const result: Band[] = [];
  let i = 0;
  let j = 0;
  let at = 0;
  for (;;) {
    const bandA = a[i];
    const bandB = b[j];
    if (bandA === undefined && bandB === undefined) return result;
    const inA = bandA !== undefined && bandA.from <= at;
    const inB = bandB !== undefined && bandB.from <= at;
    const end = Math.min(
      bandA === undefined ? Infinity : inA ? bandA.end : bandA.from,
      bandB === undefined ? Infinity : inB ? bandB.end : bandB.from,
    );
    if (inA || inB)
      append(result, at, end, join(inA ? bandA.who : addresses.NOBODY, inB ? bandB.who : addresses.NOBODY));
    if (bandA?.end === end) i += 1;
    if (bandB?.end === end) j += 1;
    at = end;
  }
}

/** The bands of `traffic` that can meet the slots of `within`. Rules are short and policies long, so it is found by halving. */
function near(traffic: Traffic, within: Traffic): Traffic {
  const first = within[0]?.from ?? 0;
  const last = within.at(-1)?.end ?? 0;
  const start = firstBehind(traffic, first);
  let stop = start;
  while ((traffic[stop]?.from ?? last) < last) stop += 1;
  return traffic.slice(start, stop);
}

export function union(a: Traffic, b: Traffic): Traffic {
  if (a === b || b.length === 0) return a;
  return a.length === 0 ? b : merge(a, b, addresses.union);
}

/** The index of the first band that ends behind a slot. */
function firstBehind(traffic: Traffic, slot: number): number {
  let low = 0;
  let high = traffic.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const band = traffic[middle];
    if (band !== undefined && band.end <= slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function intersection(a: Traffic, b: Traffic): Traffic {
  if (a === b) return a;
  let bandA = a[0];
  let bandB = b[0];
  if (bandA === undefined || bandB === undefined) return NOTHING;
  const result: Band[] = [];
  // Rules are short and policies long, so where they can first meet is found by halving.
  let i = firstBehind(a, bandB.from);
  let j = firstBehind(b, bandA.from);
  for (;;) {
    bandA = a[i];
    bandB = b[j];
    if (bandA === undefined || bandB === undefined) return result;
    const from = Math.max(bandA.from, bandB.from);
    const end = Math.min(bandA.end, bandB.end);
    if (from < end) append(result, from, end, addresses.intersection(bandA.who, bandB.who));
    if (bandA.end === end) i += 1;
    if (bandB.end === end) j += 1;
  }
}

/** Whether two sets have anything in common. */
export function meet(a: Traffic, b: Traffic): boolean {
  let bandA = a[0];
  let bandB = b[0];
  if (bandA === undefined || bandB === undefined) return false;
  let i = firstBehind(a, bandB.from);
  let j = firstBehind(b, bandA.from);
  for (;;) {
    bandA = a[i];
    bandB = b[j];
    if (bandA === undefined || bandB === undefined) return false;
    const isOnOneSlot = Math.max(bandA.from, bandB.from) < Math.min(bandA.end, bandB.end);
    if (isOnOneSlot && addresses.meet(bandA.who, bandB.who)) return true;
    if (bandA.end <= bandB.end) i += 1;
    else j += 1;
  }
}

export function difference(a: Traffic, b: Traffic): Traffic {
  if (a.length === 0 || b.length === 0) return a;
  return a === b ? NOTHING : merge(a, near(b, a), addresses.difference);
}

export function equal(a: Traffic, b: Traffic): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every((band, index) => {
        const other = b[index];
        return band.from === other?.from && band.end === other.end && addresses.equal(band.who, other.who);
      }))
  );
}

export function isNothing(traffic: Traffic): boolean {
  return traffic.length === 0;
}

export function includes(traffic: Traffic, slot: number, peer: Address): boolean {
  const band = traffic.find(({ from, end }) => from <= slot && slot < end);
  return band !== undefined && addresses.includes(band.who, peer);
}

/** The most places where membership toggles, over all bands of one set. A policy of two thousand clauses needs far fewer. */
const MOST_TOGGLES = 1_000_000;

/** A set took more than `MOST_TOGGLES`. It is never cut short: whoever asked for it has to say that it cannot be judged. */
export class TooLarge extends Error {}

function bounded(traffic: Traffic): Traffic {
  let toggles = 0;
  for (const { who } of traffic) toggles += who.v4.length + who.v6.length;
  if (toggles > MOST_TOGGLES) throw new TooLarge(`a set of traffic has more than ${String(MOST_TOGGLES)} edges`);
  return traffic;
}

/** The union of many sets, pairwise as a tree: one after the other would be quadratic. Throws `TooLarge`. */
export function unionOf(many: readonly Traffic[]): Traffic {
  const [first, second] = many;
  if (first === undefined) return NOTHING;
  if (second === undefined) return first;
  const half = many.length >>> 1;
  return bounded(union(unionOf(many.slice(0, half)), unionOf(many.slice(half))));
}

function product(slots: Slots, who: Addresses): Traffic {
  if (addresses.isNobody(who)) return NOTHING;
  return line.rangesOf(slots).map(([from, end]) => ({ from, end, who }));
}

const V4_ONLY: Addresses = { v4: ANYWHERE.v4, v6: [] };
const V6_ONLY: Addresses = { v4: [], v6: ANYWHERE.v6 };

/** All traffic that can exist: ICMP only over IPv4, ICMPv6 only over IPv6, anything else over both. */
export const WORLD: Traffic = [
  { from: 0, end: ICMP * SELECTORS, who: ANYWHERE },
  { from: ICMP * SELECTORS, end: (ICMP + 1) * SELECTORS, who: V4_ONLY },
  { from: (ICMP + 1) * SELECTORS, end: ICMPV6 * SELECTORS, who: ANYWHERE },
  { from: ICMPV6 * SELECTORS, end: (ICMPV6 + 1) * SELECTORS, who: V6_ONLY },
  { from: (ICMPV6 + 1) * SELECTORS, end: PROTOCOLS * SELECTORS, who: ANYWHERE },
];

/** Traffic that cannot exist. A rule that reaches over it opens nothing by that. */
export const IMPOSSIBLE: Traffic = difference([{ from: 0, end: PROTOCOLS * SELECTORS, who: ANYWHERE }], WORLD);

/** Whether the traffic has some peer on every slot on which it could have one. */
export function isEveryProtocol(traffic: Traffic): boolean {
  return line.equal(slotsOf(union(traffic, IMPOSSIBLE)), ANY_PROTOCOL);
}

/**
 * These slots to these peers, cut to what can exist. Without the cut a rule for every protocol from `0.0.0.0/0` would
 * count as letting ICMPv6 through, and be narrowed for nothing.
 */
export function trafficOf(slots: Slots, who: Addresses): Traffic {
  const all = product(slots, who);
  return all.some(isOfOneFamily) ? intersection(all, WORLD) : all;
}

/** Whether some of these slots exist in one address family only. */
function isOfOneFamily({ from, end }: Band): boolean {
  return [ICMP, ICMPV6].some((protocol) => from < (protocol + 1) * SELECTORS && end > protocol * SELECTORS);
}

/** The slots on which the traffic has some peer. */
export function slotsOf(traffic: Traffic): Slots {
  const slots: number[] = [];
  for (const { from, end } of traffic) {
    if (slots.at(-1) === from) slots[slots.length - 1] = end;
    else slots.push(from, end);
  }
  return slots;
}

/** The part of the traffic on these slots. */
export function onSlots(traffic: Traffic, slots: Slots): Traffic {
  return intersection(traffic, product(slots, ANYWHERE));
}
