import type { Line } from './line.ts';

/** What the words of an entry say of the other side of a flow. */
export const V4 = 0;
export const V6 = 1;
export const NAMED = 2;

/** Words of one entry; the other side begins at `WHO`. */
export const ENTRY = 10;
export const WHO = 2;

const KIND_SHIFT = 28;
const END_MASK = 2 ** KIND_SHIFT - 1;
const FIRST_ENTRIES = 64;

/**
 * Many boxes in plain numbers, one after the other, each an entry of ten 32-bit words: first slot; end of the slots (not
 * included) with the kind of the other side in its upper bits; then the first and the last address, one word each
 * (IPv4) or four (IPv6), or one number that stands for a named peer. An entry has one range of slots and one of
 * addresses. Nothing is decided by it: it is what a screen looks at before anybody makes sets of it.
 */
export class Sheet {
  words = new Uint32Array(ENTRY * FIRST_ENTRIES);
  /** Entries so far. */
  size = 0;

  /** A new entry. The words of the other side, from the place that is answered, are the caller's to write. */
  add(from: number, end: number, kind: number): number {
    const at = this.size * ENTRY;
    if (at === this.words.length) {
      const more = new Uint32Array(2 * this.words.length);
      more.set(this.words);
      this.words = more;
    }
    this.words[at] = from;
    // At most 2^24, so the kind has room above it.
    this.words[at + 1] = end | (kind << KIND_SHIFT);
    this.size += 1;
    return at + WHO;
  }

  /** Takes back the last entries. */
  cutTo(size: number): void {
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

  /** The number that stands for a named peer. */
  peerOf(entry: number): number {
    return this.words[entry * ENTRY + WHO] ?? 0;
  }

  v4Of(entry: number): Line<number> {
    const at = entry * ENTRY + WHO;
    return [this.words[at] ?? 0, (this.words[at + 1] ?? 0) + 1];
  }

  v6Of(entry: number): Line<bigint> {
    const at = entry * ENTRY + WHO;
    return [v6At(this.words, at), v6At(this.words, at + 4) + 1n];
  }

  /** Whether two entries have the same slots, and the same kind of other side. */
  hasSameSlots(a: number, b: number): boolean {
    return this.#agree(a, b, WHO);
  }

  /** Whether two entries say the same. One peer may have several numbers. */
  isSame(a: number, b: number): boolean {
    const kind = this.kindOf(a);
    return this.#agree(a, b, kind === V4 ? WHO + 2 : kind === V6 ? ENTRY : WHO + 1);
  }

  #agree(a: number, b: number, length: number): boolean {
    for (let index = 0; index < length; index += 1) {
      if (this.words[a * ENTRY + index] !== this.words[b * ENTRY + index]) return false;
    }
    return true;
  }
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
