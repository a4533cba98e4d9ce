import { canonicalIpv4, canonicalIpv6 } from './network.ts';

function canonical(text: string): string {
  return text.includes(':') ? canonicalIpv6(text) : canonicalIpv4(text);
}

function parts(cidr: string): { readonly address: string; readonly length: number } {
  const [address = '', length = ''] = cidr.split('/');
  return { address, length: Number(length) };
}

/** The length of a network's prefix. */
export function prefixLength(cidr: string): number {
  return parts(cidr).length;
}

/** Whether one network, in canonical form, lies within another. */
export function isWithin(inner: string, outer: string): boolean {
  if (inner.includes(':') !== outer.includes(':')) return false;
  const { address, length } = parts(inner);
  const outerLength = prefixLength(outer);
  return length >= outerLength && canonical(`${address}/${String(outerLength)}`) === outer;
}

/** Whether two networks have an address in common. */
export function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.trunc(value / 2 ** shift) % 256)).join('.');
}

/** How many addresses a subnet can give: the service keeps the first four and the last one for itself. */
export function capacityOf(cidr: string): number {
  return 2 ** (32 - prefixLength(cidr)) - 5;
}

/** The lowest address of a subnet that is free; undefined if it has none. */
export function freeAddress(cidr: string, taken: ReadonlySet<string>): string | undefined {
  const first = numberOf(parts(cidr).address) + 4;
  for (let place = 0; place < capacityOf(cidr); place++) {
    const address = textOf(first + place);
    if (!taken.has(address)) return address;
  }
  return undefined;
}

/** Whether a subnet may give this address to an interface. */
export function isAssignable(address: string, cidr: string): boolean {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address) || !isWithin(`${address}/32`, cidr)) return false;
  const place = numberOf(address) - numberOf(parts(cidr).address);
  return place >= 4 && place < 4 + capacityOf(cidr);
}

/** The part of a network with the number, counted from 0, when it is cut into networks of this length. */
export function partOf(cidr: string, length: number, number: number): string {
  return `${textOf(numberOf(parts(cidr).address) + number * 2 ** (32 - length))}/${String(length)}`;
}

/** A public address that nobody else has: out of 198.18.0.0/15, which belongs to nobody (RFC 2544). */
export function publicAddress(sequence: number): string {
  return textOf(numberOf('198.18.0.0') + (sequence % 2 ** 17));
}

/** An address of the link layer, made from random digits; it is locally administered. */
export function macAddress(digits: string): string {
  return `0a:${(digits.slice(-10).match(/../g) ?? []).join(':')}`;
}
