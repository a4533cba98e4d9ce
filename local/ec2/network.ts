import { invalidValue } from './errors.ts';

function malformed(text: string): Error {
  return invalidValue(`CIDR block ${text} is malformed`);
}

/** The length behind the slash; undefined where it is missing, too long or not a plain number. */
function prefixLengthOf(text: string | undefined, longest: number): number | undefined {
  if (text === undefined || !/^(0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const length = Number(text);
  return length <= longest ? length : undefined;
}

/** The parts of an address with every bit behind the prefix cleared. */
function masked(parts: readonly number[], partBits: number, length: number): readonly number[] {
  return parts.map((part, index) => {
    const kept = Math.min(Math.max(length - index * partBits, 0), partBits);
    return part - (part % 2 ** (partBits - kept));
  });
}

function octetsOf(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const octets = parts.map(Number);
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

/** An IPv4 network in canonical form: host bits cleared. `203.0.113.9/24` is `203.0.113.0/24`. */
export function canonicalIpv4(text: string): string {
  const [address = '', suffix, ...rest] = text.split('/');
  const octets = octetsOf(address);
  const length = prefixLengthOf(suffix, 32);
  if (octets === undefined || length === undefined || rest.length > 0) throw malformed(text);
  return `${masked(octets, 8, length).join('.')}/${String(length)}`;
}

/** Colon-separated groups as numbers; the last one may be an IPv4 address, which is two groups. */
function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const [a, b, c, d] = octetsOf(part) ?? [];
    const isLast = index === parts.length - 1;
    if (!isLast || a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
    groups.push(a * 256 + b, c * 256 + d);
  }
  return groups;
}

function ipv6GroupsOf(text: string): readonly number[] | undefined {
  const [head = '', tail, ...rest] = text.split('::');
  if (rest.length > 0) return undefined;
  const before = groupsOf(head);
  if (before === undefined) return undefined;
  if (tail === undefined) return before.length === 8 ? before : undefined;
  const after = groupsOf(tail);
  // An IPv4 ending is only an ending: `1.2.3.4::` is not an address.
  if (after === undefined || head.includes('.') || before.length + after.length > 7) return undefined;
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Where the longest run of two or more zero groups starts and how long it is (the first of equals, RFC 5952 4.2). */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly count: number } {
  let best = { start: 0, count: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.count) best = { start, count: index + 1 - start };
  }
  return best.count >= 2 ? best : { start: 0, count: 0 };
}

function ipv6Text(groups: readonly number[]): string {
  const written = groups.map((group) => group.toString(16));
  const { start, count } = longestZeros(groups);
  if (count === 0) return written.join(':');
  return `${written.slice(0, start).join(':')}::${written.slice(start + count).join(':')}`;
}

/**
 * An IPv6 network in canonical form (RFC 5952): host bits cleared, compressed, lower case.
 * IPv4-mapped addresses are written in hexadecimal too; what the service does there is not verified.
 */
export function canonicalIpv6(text: string): string {
  const [address = '', suffix, ...rest] = text.split('/');
  const groups = ipv6GroupsOf(address);
  const length = prefixLengthOf(suffix, 128);
  if (groups === undefined || length === undefined || rest.length > 0) throw malformed(text);
  return `${ipv6Text(masked(groups, 16, length))}/${String(length)}`;
}
