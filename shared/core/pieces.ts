// Traffic that is fine x what is needed of it -> few rules that let through just that.
import type { Traits } from './model/traits.ts';
import * as addresses from './space/addresses.ts';
import type { Addresses } from './space/addresses.ts';
import { addressesOfBlock, blocksOf } from './space/cidr.ts';
import type { Block } from './space/cidr.ts';
import { overlaps, rangesOf } from './space/line.ts';
import { ANY_PROTOCOL, CODES, runsOf, SELECTORS, typeSlots, wholeProtocol } from './space/slots.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

/** One rule to be: a run of slots that a rule can say, from or to one block of addresses. */
export interface Piece {
  readonly slots: Slots;
  readonly block: Block;
}

/** What must be let through, within what may be. `pieces` holds all of the first and nothing outside the second. */
export interface Wanted {
  readonly needed: Traffic;
  readonly fine: Traffic;
}

interface PartCover {
  readonly pieces: readonly Piece[];
  /** What is needed and not yet let through. */
  readonly rest: Traffic;
}

export interface Cover {
  readonly pieces: readonly Piece[];
  /** Needed traffic that no rule can say. */
  readonly unsaid: Traffic;
  /** Needed traffic of the protocols that a rule for every protocol is not narrowed over. */
  readonly unnamed: Traffic;
}

/** The addresses that are fine on every one of these slots. */
function fineOnAll(fine: Traffic, [from = 0, end = 0]: Slots): Addresses {
  let at = from;
  let who: Addresses = addresses.ANYWHERE;
  for (const band of fine) {
    if (band.end <= at || at >= end) continue;
    if (band.from > at) return addresses.NOBODY;
    who = addresses.intersection(who, band.who);
    at = band.end;
  }
  return at >= end ? who : addresses.NOBODY;
}

/** The peers to which the traffic is open on every protocol that can exist for them. */
export function everyProtocolPeers(flows: Traffic): Addresses {
  const open = flows.length === 0 ? flows : traffic.union(flows, traffic.IMPOSSIBLE);
  return fineOnAll(open, ANY_PROTOCOL);
}

function neededOnSome(needed: Traffic, [from = 0, end = 0]: Slots): Addresses {
  return addresses.unionOf(needed.filter((band) => band.from < end && from < band.end).map(({ who }) => who));
}

/**
 * The fewest blocks that hold all of `needed` and nothing outside `fine`: the largest blocks within `fine` that hold
 * something needed. Rules may overlap, so a block may reach over addresses that other pieces let through already.
 */
function fewestBlocks(needed: Addresses, fine: Addresses, limit: number): readonly Block[] | undefined {
  const blocks: Block[] = [];
  for (const [from, end] of rangesOf(fine.v4)) {
    if (!overlaps(needed.v4, from, end)) continue;
    const whole = blocksOf({ v4: [from, end], v6: [] });
    blocks.push(...whole.filter((block) => overlapsBlock(needed, block)));
    if (blocks.length > limit) return undefined;
  }
  for (const [from, end] of rangesOf(fine.v6)) {
    if (!overlaps(needed.v6, from, end)) continue;
    const whole = blocksOf({ v4: [], v6: [from, end] });
    blocks.push(...whole.filter((block) => overlapsBlock(needed, block)));
    if (blocks.length > limit) return undefined;
  }
  return blocks;
}

function overlapsBlock(needed: Addresses, block: Block): boolean {
  const { v4, v6 } = addressesOfBlock(block);
  const [from4, end4] = v4;
  const [from6, end6] = v6;
  if (from4 !== undefined && end4 !== undefined) return overlaps(needed.v4, from4, end4);
  return from6 !== undefined && end6 !== undefined && overlaps(needed.v6, from6, end6);
}

function pieceTraffic({ slots, block }: Piece): Traffic {
  return traffic.trafficOf(slots, addressesOfBlock(block));
}

/**
 * Goes through the candidate runs in order and writes, for each, what it can still add. Undefined stands for more than `limit`
 * pieces: writing stops there, since the cost of planning is the count of pieces.
 */
function coverBy(candidates: Iterable<Slots>, wanted: Wanted, limit: number): PartCover | undefined {
  const padded = traffic.union(wanted.fine, traffic.IMPOSSIBLE);
  const pieces: Piece[] = [];
  let rest = wanted.needed;
  for (const slots of candidates) {
    if (traffic.isNothing(rest)) break;
    const fine = fineOnAll(padded, slots);
    const needed = addresses.intersection(neededOnSome(rest, slots), fine);
    if (addresses.isNobody(needed)) continue;
    const blocks = fewestBlocks(needed, fine, limit - pieces.length);
    if (blocks === undefined) return undefined;
    const more = blocks.map((block) => ({ slots, block }));
    pieces.push(...more);
    rest = traffic.difference(rest, traffic.unionOf(more.map(pieceTraffic)));
  }
  return { pieces, rest };
}

/** Every run between two places where the fine or needed peers differ, widest first. */
function runsBetweenEdges(wanted: Wanted, within: Slots): readonly Slots[] {
  const bands = traffic.onSlots(traffic.union(wanted.fine, wanted.needed), within);
  const runs = bands.flatMap((first, index) => bands.slice(index).map((last): Slots => [first.from, last.end]));
  const width = ([from = 0, end = 0]: Slots): number => end - from;
  return runs.toSorted((a, b) => width(b) - width(a));
}

/**
 * Widest run first: what is fine on a wide run takes one piece there, and since blocks of addresses nest, a narrower
 * piece never makes a wider one needless. `test/core/pieces.optima.test.ts` compares this with a search for the fewest.
 */
function coverPorts(wanted: Wanted, protocol: number, limit: number): PartCover | undefined {
  const bands = traffic.onSlots(wanted.fine, traffic.slotsOf(wanted.needed));
  // Touching bands differ, so some piece begins or ends between them, and a piece has only two ends.
  if (bands.length + 1 > 2 * limit) return undefined;
  return coverBy(runsBetweenEdges(wanted, wholeProtocol(protocol)), wanted, limit);
}

/** Types and codes have no ranges: the whole protocol, then whole types, then single codes. */
function* typeCandidates(protocol: number): Iterable<Slots> {
  yield wholeProtocol(protocol);
  for (let type = 0; type < SELECTORS / CODES; type += 1) yield typeSlots(protocol, type);
  for (let type = 0; type < SELECTORS / CODES; type += 1) {
    for (let code = 0; code < CODES; code += 1) yield typeSlots(protocol, type, code);
  }
}

function coverProtocol(wanted: Wanted, protocol: number, traits: Traits, limit: number): PartCover | undefined {
  const slots = wholeProtocol(protocol);
  const own = { needed: traffic.onSlots(wanted.needed, slots), fine: traffic.onSlots(wanted.fine, slots) };
  if (traits.portRanges.includes(protocol)) return coverPorts(own, protocol, limit);
  return coverBy(traits.types.includes(protocol) ? typeCandidates(protocol) : [slots], own, limit);
}

/** People read rules in order of port; the order of equal ones stays. */
function byFirstSlot(a: Piece, b: Piece): number {
  return (a.slots[0] ?? 0) - (b.slots[0] ?? 0);
}

/** The protocols of some slots, in order. */
export function protocolsOf(slots: Slots): readonly number[] {
  return [...new Set(runsOf(slots).map(({ protocol }) => protocol))];
}

/**
 * Few pieces that let through all that is needed and nothing that is not fine; undefined where that takes more than
 * `limit`.
 *
 * Where `everyProtocol` is set, the addresses that are fine on every protocol stay one rule for every protocol, and what
 * remains is written over the protocols that the cloud's rules can be narrowed to.
 */
export function coverOf(wanted: Wanted, everyProtocol: boolean, traits: Traits, limit: number): Cover | undefined {
  const start = everyProtocol ? coverBy([ANY_PROTOCOL], wanted, limit) : { pieces: [], rest: wanted.needed };
  if (start === undefined) return undefined;
  const pieces = [...start.pieces];
  let unsaid: Traffic = traffic.NOTHING;
  let unnamed: Traffic = traffic.NOTHING;
  for (const protocol of protocolsOf(traffic.slotsOf(start.rest))) {
    const needed = traffic.onSlots(start.rest, wholeProtocol(protocol));
    if (everyProtocol && !traits.named.includes(protocol)) {
      unnamed = traffic.union(unnamed, needed);
      continue;
    }
    const cover = coverProtocol({ needed, fine: wanted.fine }, protocol, traits, limit - pieces.length);
    if (cover === undefined) return undefined;
    pieces.push(...cover.pieces);
    unsaid = traffic.union(unsaid, cover.rest);
  }
  return { pieces: pieces.toSorted(byFirstSlot), unsaid, unnamed };
}
