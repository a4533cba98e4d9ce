// A source of chance for local things: seeded, so that one seed gives one history, or true.
import { randomBytes } from 'node:crypto';

export interface Chance {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** Whether something comes true that does so with this probability. Draws once, whatever the probability is. */
  happens(probability: number): boolean;
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  /** So many hexadecimal digits. */
  hex(digits: number): string;
  /** A random UUID in form, version 4. */
  uuid(): string;
  /**
   * A source of its own under a name. What is drawn from one never changes what another gives, so that ids stay the
   * same where only a fault is switched on.
   */
  fork(name: string): Chance;
}

/** Draws 32 bits. */
type Bits = () => number;

/** The same seed gives the same draws, in every process. */
export function seededChance(seed: number | string): Chance {
  return chanceOf(sfc32(String(seed)), (name) => seededChance(`${seed}/${name}`));
}

/** Chance that nobody can repeat, for a cloud that people use. */
export function trueChance(): Chance {
  // Drawn by the page: a world of 20,000 groups has as many ids as it has rules.
  let page = randomBytes(4096);
  let place = 0;
  const bits = (): number => {
    if (place === page.length) [page, place] = [randomBytes(4096), 0];
    place += 4;
    return page.readUInt32LE(place - 4);
  };
  return chanceOf(bits, trueChance);
}

function chanceOf(bits: Bits, fork: (name: string) => Chance): Chance {
  const next = (): number => bits() / 2 ** 32;
  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits) text += bits().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  };
  return {
    next,
    happens: (probability) => next() < probability,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    hex,
    uuid() {
      const digits = hex(32);
      const variant = '89ab'.charAt(Number.parseInt(digits.charAt(16), 16) % 4);
      const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`];
      return [...parts, `${variant}${digits.slice(17, 20)}`, digits.slice(20)].join('-');
    },
    fork,
  };
}

/** Chris Doty-Humphrey's sfc32: 128 bits of state, so that the streams of two seeds do not run into each other. */
function sfc32(seed: string): Bits {
  let [a, b, c] = [hashOf(`a${seed}`), hashOf(`b${seed}`), hashOf(`c${seed}`)];
  let counter = 1;
  const draw = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first draws still show the seed.
  for (let n = 0; n < 12; n += 1) draw();
  return draw;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}
