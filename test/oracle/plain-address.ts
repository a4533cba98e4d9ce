/**
 * Addresses for the oracle: text in, a string of `0` and `1` out. Slow and plain on purpose, and none of the project's
 * own address code, so that a mistake there cannot hide here.
 */

export type Family = 4 | 6;

/** An address range as a CIDR has it, both ends included. */
export interface PlainRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

const WIDTH = { 4: 32, 6: 128 } as const;

function v4Bits(text: string): string {
  return text
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

function v6Bits(text: string): string {
  const [left = '', right] = text.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

const readBits = new Map<string, string>();

function remembered(text: string, read: (text: string) => string): string {
  const known = readBits.get(text);
  if (known !== undefined) return known;
  const bits = read(text);
  if (readBits.size > 200_000) readBits.clear();
  readBits.set(text, bits);
  return bits;
}

/** All bits of an address: 32 of them for IPv4, 128 for IPv6. */
export function bitsOf(address: string): string {
  return remembered(address, () => {
    const bits = address.includes(':') ? v6Bits(address) : v4Bits(address);
    if (bits.length !== 32 && bits.length !== 128) throw new Error(`the oracle cannot read the address \`${address}\``);
    return bits;
  });
}

/** The bits that a CIDR fixes: none for `0.0.0.0/0`. */
function fixedBitsOf(cidr: string): string {
  return remembered(cidr, () => {
    const slash = cidr.indexOf('/');
    return bitsOf(cidr.slice(0, slash)).slice(0, Number(cidr.slice(slash + 1)));
  });
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** Whether the address shares the first bits that the CIDR fixes, and its family. */
export function isInside(cidr: string, address: string): boolean {
  return familyOf(cidr) === familyOf(address) && bitsOf(address).startsWith(fixedBitsOf(cidr));
}

export function rangeOf(cidr: string): PlainRange {
  const family = familyOf(cidr);
  const fixed = fixedBitsOf(cidr);
  const first = BigInt(`0b${fixed.padEnd(WIDTH[family], '0')}`);
  const last = BigInt(`0b${fixed.padEnd(WIDTH[family], '1')}`);
  return { family, first, last };
}

export function prefixOf(cidr: string): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

/** An address as text, in the long spelling for IPv6. Undefined past the ends of the family. */
export function addressAt(family: Family, value: bigint): string | undefined {
  const width = BigInt(WIDTH[family]);
  if (value < 0n || value >= 1n << width) return undefined;
  const [step, radix, separator] = family === 4 ? ([8n, 10, '.'] as const) : ([16n, 16, ':'] as const);
  const parts: string[] = [];
  for (let shift = width - step; shift >= 0n; shift -= step) {
    parts.push(((value >> shift) & ((1n << step) - 1n)).toString(radix));
  }
  return parts.join(separator);
}

/** The CIDR of this length that holds the address. */
export function cidrAround(address: string, prefix: number): string {
  const family = familyOf(address);
  const first = BigInt(`0b${bitsOf(address).slice(0, prefix).padEnd(WIDTH[family], '0')}`);
  return `${addressAt(family, first) ?? address}/${String(prefix)}`;
}

/** The two CIDRs that a CIDR splits into; itself for a single address. */
export function halvesOf(cidr: string): readonly string[] {
  const { family, first, last } = rangeOf(cidr);
  const prefix = prefixOf(cidr) + 1;
  if (prefix > WIDTH[family]) return [cidr];
  return [first, last].flatMap((value) => {
    const address = addressAt(family, value);
    return address === undefined ? [] : [cidrAround(address, prefix)];
  });
}
