// Traffic -> Screen: whether a box in plain numbers meets it, without making a set of the box.
import * as addresses from './space/addresses.ts';
import type { Addresses } from './space/addresses.ts';
import { V4_END, V6_END } from './space/addresses.ts';
import { writeV6 } from './space/sheet.ts';
import type { Line } from './space/line.ts';
import type { Traffic } from './space/traffic.ts';

/**
 * Addresses as the places where membership toggles, in 32-bit words: one word a place for IPv4, four for IPv6. The last
 * place of all, behind the highest address, has no room in them and is left out: an odd number of places means that the
 * set goes on to the end.
 */
interface Toggles {
  readonly v4: Uint32Array;
  readonly v6: Uint32Array;
}

const QUAD = 4;

function togglesOfV4(line: Line<number>): Uint32Array {
  return Uint32Array.from(line.at(-1) === V4_END ? line.slice(0, -1) : line);
}

function togglesOfV6(line: Line<bigint>): Uint32Array {
  const places = line.at(-1) === V6_END ? line.slice(0, -1) : line;
  const words = new Uint32Array(QUAD * places.length);
  for (const [index, place] of places.entries()) writeV6(words, QUAD * index, place);
  return words;
}

const compiled = new WeakMap<Addresses, Toggles>();

function togglesOf(who: Addresses): Toggles {
  const known = compiled.get(who);
  if (known !== undefined) return known;
  const toggles = { v4: togglesOfV4(who.v4), v6: togglesOfV6(who.v6) };
  compiled.set(who, toggles);
  return toggles;
}

/** How many of these ascending numbers are at most this one. */
function countUpTo(numbers: Uint32Array, place: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the four words at one place are a number that is at most that of four words at another. */
function isAtMost(a: Uint32Array, atA: number, b: Uint32Array, atB: number): boolean {
  for (let index = 0; index < QUAD; index += 1) {
    const wordA = a[atA + index] ?? 0;
    const wordB = b[atB + index] ?? 0;
    if (wordA !== wordB) return wordA < wordB;
  }
  return true;
}

/** How many of these ascending numbers of four words are at most the one at a place. */
function quadsUpTo(numbers: Uint32Array, words: Uint32Array, at: number): number {
  let low = 0;
  let high = numbers.length / QUAD;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtMost(numbers, QUAD * middle, words, at)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Toggles up to the first address: an odd number means that it is inside. Else the next one may open before the last. */
function meetsV4(toggles: Uint32Array, first: number, last: number): boolean {
  const behind = countUpTo(toggles, first);
  return behind % 2 === 1 || (behind < toggles.length && (toggles[behind] ?? 0) <= last);
}

function meetsV6(toggles: Uint32Array, words: Uint32Array, first: number, last: number): boolean {
  const behind = quadsUpTo(toggles, words, first);
  return behind % 2 === 1 || (QUAD * behind < toggles.length && isAtMost(toggles, QUAD * behind, words, last));
}

/** Whether two sets meet: one of the ranges of the second meets the first. */
function meets(a: Toggles, b: Toggles): boolean {
  for (let index = 0; index < b.v4.length; index += 2) {
    const end = b.v4[index + 1] ?? V4_END;
    if (meetsV4(a.v4, b.v4[index] ?? 0, end - 1)) return true;
  }
  for (let index = 0; index < b.v6.length; index += 2 * QUAD) {
    const behind = quadsUpTo(a.v6, b.v6, index);
    if (behind % 2 === 1) return true;
    const isThereMore = QUAD * behind < a.v6.length;
    const isOpen = index + QUAD >= b.v6.length;
    if (isThereMore && (isOpen || !isAtMost(b.v6, index + QUAD, a.v6, QUAD * behind))) return true;
  }
  return false;
}

/** One node of the tree over the bands of a screen: everybody in some neighbouring bands. */
interface Node {
  readonly who: Addresses;
  readonly toggles: Toggles;
}

/** Nodes that together are the bands from one to another. */
type Span = readonly Node[];

const NO_SPAN: Span = [];

/**
 * Traffic, asked many times about boxes. The slots of a box become a pair of bands, by halving; a pair is at most twice
 * the height of a tree of nodes, each made when it is first needed.
 * INVARIANT: spans are kept by pair of bands, never by the slots themselves: rules have any ports, a policy few bands.
 */
export class Screen {
  readonly #bands: Traffic;
  readonly #froms: Uint32Array;
  readonly #ends: Uint32Array;
  /** Node `i` has the children `2 i` and `2 i + 1`; the leaves are the bands, from `#leaves` on. */
  readonly #nodes: (Node | undefined)[];
  readonly #leaves: number;
  readonly #spans = new Map<number, Span>();
  #lastFrom = -1;
  #lastEnd = -1;
  #lastSpan: Span = NO_SPAN;
  #askedSpan: Span = NO_SPAN;
  #asked: Addresses = addresses.NOBODY;
  #answer = false;

  constructor(traffic: Traffic) {
    this.#bands = traffic;
    this.#froms = Uint32Array.from(traffic, ({ from }) => from);
    this.#ends = Uint32Array.from(traffic, ({ end }) => end);
    this.#leaves = traffic.length;
    this.#nodes = new Array<Node | undefined>(2 * traffic.length).fill(undefined);
  }

  /** Whether the traffic has any of these slots to any of the IPv4 addresses whose first and last stand there. */
  meetsV4(from: number, end: number, words: Uint32Array, at: number): boolean {
    const first = words[at] ?? 0;
    const last = words[at + 1] ?? 0;
    for (const { toggles } of this.#spanOf(from, end)) if (meetsV4(toggles.v4, first, last)) return true;
    return false;
  }

  /** The same for IPv6. */
  meetsV6(from: number, end: number, words: Uint32Array, at: number): boolean {
    for (const { toggles } of this.#spanOf(from, end)) if (meetsV6(toggles.v6, words, at, at + QUAD)) return true;
    return false;
  }

  /** The same for a whole set of addresses. */
  meetsAny(from: number, end: number, who: Addresses): boolean {
    const span = this.#spanOf(from, end);
    // The groups that one permission names are mostly of one network.
    if (span === this.#askedSpan && who === this.#asked) return this.#answer;
    const toggles = togglesOf(who);
    this.#askedSpan = span;
    this.#asked = who;
    this.#answer = span.some((node) => meets(node.toggles, toggles));
    return this.#answer;
  }

  #spanOf(from: number, end: number): Span {
    // The rules of one permission follow each other, and have the same slots.
    if (from === this.#lastFrom && end === this.#lastEnd) return this.#lastSpan;
    const first = countUpTo(this.#ends, from);
    const stop = countUpTo(this.#froms, end - 1);
    this.#lastFrom = from;
    this.#lastEnd = end;
    this.#lastSpan = first < stop ? this.#spanBetween(first, stop) : NO_SPAN;
    return this.#lastSpan;
  }

  #spanBetween(first: number, stop: number): Span {
    const key = first * (this.#leaves + 1) + stop;
    const known = this.#spans.get(key);
    if (known !== undefined) return known;
    const span: Node[] = [];
    let low = first + this.#leaves;
    let high = stop + this.#leaves;
    while (low < high) {
      if (low % 2 === 1) span.push(this.#node(low++));
      if (high % 2 === 1) span.push(this.#node(--high));
      low >>>= 1;
      high >>>= 1;
    }
    this.#spans.set(key, span);
    return span;
  }

  #node(index: number): Node {
    const known = this.#nodes[index];
    if (known !== undefined) return known;
    const band = this.#bands[index - this.#leaves];
    const who =
      index >= this.#leaves
        ? (band?.who ?? addresses.NOBODY)
        : addresses.union(this.#node(2 * index).who, this.#node(2 * index + 1).who);
    const node = { who, toggles: togglesOf(who) };
    this.#nodes[index] = node;
    return node;
  }
}
