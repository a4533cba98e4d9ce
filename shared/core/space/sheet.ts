import type { Line } from './line.ts';

/** What the words of an entry say of the other side of a flow. */
export const V4 = 0;
export const V6 = 1;
export const NAMED = 2;

/** Words of one entry, and where among them those of the other side stand. */
export const ENTRY = 4;
export const WHO = 2;
/** Words of the first and the last address of an IPv6 range. */
export const PAIR = 8;

const KIND_SHIFT = 28;
const END_MASK = 2 ** KIND_SHIFT - 1;

function grown(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(2 * words.length);
  more.set(words);
  return more;
}

/**
 * Many boxes in plain numbers, one after the other, each an entry of four 32-bit words: first slot; end of the slots (not
 * included) with the kind of the other side in its upper bits; then the first and the last IPv4 address, or the place of
 * an IPv6 range among `pairs`, or one number that stands for a named peer. An entry has one range of slots and one of
 * addresses. Nothing is decided by it: it is what a screen looks at before anybody makes sets of it.
 */
export class Sheet {
  words: Uint32Array<ArrayBuffer>;
  /** IPv6 ranges: first and last address, four words each, the highest first. */
  pairs: Uint32Array<ArrayBuffer>;
  /** Entries so far. */
  size = 0;
  #pairWords = 0;

  /** Room that is not used costs nothing, since nobody touches it; room that lacks is made by copying. */
  constructor(expected: number) {
    this.words = new Uint32Array(ENTRY * Math.max(1, expected));
    this.pairs = new Uint32Array(PAIR * Math.max(1, expected));
  }

  /** A new entry; the place of its other side, for the caller to write. */
  add(from: number, end: number, kind: number): number {
    const at = this.size * ENTRY;
    if (at === this.words.length) this.words = grown(this.words);
    this.words[at] = from;
    // At most 2^24, so the kind has room above it.
    this.words[at + 1] = end | (kind << KIND_SHIFT);
    this.size += 1;
    return at + WHO;
  }

  /** A new entry with IPv6 addresses; the place of its range among `pairs`, for the caller to write. */
  addV6(from: number, end: number): number {
    const at = this.add(from, end, V6);
    const place = this.#pairWords;
    if (place === this.pairs.length) this.pairs = grown(this.pairs);
    this.words[at] = place;
    this.#pairWords += PAIR;
    return place;
  }

  /** Takes back the last entries. */
  cutTo(size: number): void {
    for (let entry = this.size - 1; entry >= size; entry -= 1) {
      if (this.kindOf(entry) === V6) this.#pairWords -= PAIR;
    }
    this.size = size;
  }

  fromOf(entry: number): number {
    return this.words[entry * ENTRY] ?? 0;
  }

  endOf(entry: number): number {
    return (this.words[entry * ENTRY + 1] ?? 0) & END_MASK;
  }

  kindOf(entry: number): number {
    return (this.words[entry * ENTRY + 1] ?? 0) >>> KIND_SHIFT;
  }

  /** The number that stands for a named peer, or the place of an IPv6 range among `pairs`. */
  numberOf(entry: number): number {
    return this.words[entry * ENTRY + WHO] ?? 0;
  }

  v4Of(entry: number): Line<number> {
    const at = entry * ENTRY + WHO;
    return [this.words[at] ?? 0, (this.words[at + 1] ?? 0) + 1];
  }

  v6Of(entry: number): Line<bigint> {
    const at = this.numberOf(entry);
    return [v6At(this.pairs, at), v6At(this.pairs, at + PAIR / 2) + 1n];
  }

  /** Whether two entries have the same slots, and the same kind of other side. */
  hasSameSlots(a: number, b: number): boolean {
    return agree(this.words, a * ENTRY, b * ENTRY, WHO);
  }

  /** Whether two entries say the same addresses on the same slots. */
  isSame(a: number, b: number): boolean {
    if (!this.hasSameSlots(a, b)) return false;
    return this.kindOf(a) === V6
      ? agree(this.pairs, this.numberOf(a), this.numberOf(b), PAIR)
      : agree(this.words, a * ENTRY + WHO, b * ENTRY + WHO, ENTRY - WHO);
  }
}

function agree(words: Uint32Array, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index += 1) if (words[a + index] !== words[b + index]) return false;
  return true;
}

const WORD = 32n;
const WORD_MASK = 0xffffffffn;

function v6At(words: Uint32Array, at: number): bigint {
  let value = 0n;
  for (let index = 0; index < 4; index += 1) value = (value << WORD) | BigInt(words[at + index] ?? 0);
  return value;
}

/** Writes an IPv6 address as four words. */
export function writeV6(words: Uint32Array, at: number, address: bigint): void {
  for (let index = 0; index < 4; index += 1) {
    words[at + index] = Number((address >> (WORD * BigInt(3 - index))) & WORD_MASK);
  }
}
