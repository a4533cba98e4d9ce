/**
 * CIDRs as clouds mostly write them -> first and last address in 32-bit words, without a set or an object in between.
 * INVARIANT: what is taken here means what `blockOf` says of the same text. Anything rare is not taken (host bits are),
 * and the caller asks `blockOf`.
 */

const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const A = 97;
const F = 102;
const UPPER_A = 65;
const UPPER_F = 70;
const CASE = 32;

/** The number of 1 to 3 decimal digits without a leading zero that ends the text; more than any prefix for other text. */
function prefixAt(text: string, from: number): number {
  const length = text.length;
  if (from >= length || length - from > 3) return Infinity;
  let value = 0;
  for (let at = from; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE || (at > from && value === 0)) return Infinity;
    value = value * 10 + code - ZERO;
  }
  return value;
}

/** The bits of a word behind the first `kept` of all; none where it lies before them. */
function hostBits(kept: number): number {
  return kept >= 32 ? 0 : kept <= 0 ? 0xffffffff : 0xffffffff >>> kept;
}

/** Writes the first and the last address of an IPv4 CIDR as two words. False where the text is none that we take. */
export function writeV4Cidr(text: string, words: Uint32Array, at: number): boolean {
  let address = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  let index = 0;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= ZERO && code <= NINE) {
      if (digits > 0 && part === 0) return false;
      part = part * 10 + code - ZERO;
      digits += 1;
      if (part > 255) return false;
    } else if (code === DOT || code === SLASH) {
      if (digits === 0) return false;
      address = address * 256 + part;
      part = 0;
      digits = 0;
      if (code === SLASH) break;
      dots += 1;
    } else return false;
  }
  const prefix = prefixAt(text, index + 1);
  if (dots !== 3 || prefix > 32) return false;
  const hosts = hostBits(prefix);
  words[at] = address & ~hosts;
  words[at + 1] = address | hosts;
  return true;
}

/** A hexadecimal digit's value; -1 for any other character. */
function hexOf(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code >= UPPER_A && code <= UPPER_F ? code + CASE : code;
  return lower >= A && lower <= F ? lower - A + 10 : -1;
}

/** Groups of 16 bits of the address that is being read: one list for all, since nothing is kept between two reads. */
const groups = new Uint16Array(8);

/** Reads groups up to the slash into `groups`. The place of the slash, or -1 where the text is none that we take. */
function readGroups(text: string): number {
  let count = 0;
  let gap = -1;
  let index = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return -1;
    gap = 0;
    index = 2;
  }
  while (text.charCodeAt(index) !== SLASH) {
    let value = 0;
    let digits = 0;
    let hex = hexOf(text.charCodeAt(index));
    while (hex >= 0) {
      value = value * 16 + hex;
      digits += 1;
      index += 1;
      hex = hexOf(text.charCodeAt(index));
    }
    if (digits === 0 || digits > 4 || count === 8) return -1;
    groups[count] = value;
    count += 1;
    if (text.charCodeAt(index) !== COLON) break;
    index += 1;
    if (text.charCodeAt(index) === COLON) {
      if (gap >= 0) return -1;
      gap = count;
      index += 1;
    } else if (text.charCodeAt(index) === SLASH) return -1;
  }
  if (text.charCodeAt(index) !== SLASH || (gap < 0 ? count !== 8 : count > 7)) return -1;
  if (gap >= 0) {
    const behind = count - gap;
    groups.copyWithin(8 - behind, gap, count);
    groups.fill(0, gap, 8 - behind);
  }
  return index;
}

/** Writes the first and the last address of an IPv6 CIDR as four words each. False where the text is none that we take. */
export function writeV6Cidr(text: string, words: Uint32Array, at: number): boolean {
  const slash = readGroups(text);
  if (slash < 0) return false;
  const prefix = prefixAt(text, slash + 1);
  if (prefix > 128) return false;
  for (let index = 0; index < 4; index += 1) {
    const word = ((groups[2 * index] ?? 0) << 16) | (groups[2 * index + 1] ?? 0);
    const hosts = hostBits(prefix - 32 * index);
    words[at + index] = word & ~hosts;
    words[at + index + 4] = word | hosts;
  }
  return true;
}
