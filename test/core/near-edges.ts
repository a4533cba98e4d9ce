import { addressAt, cidrAround, familyOf, halvesOf, prefixOf, rangeOf } from '../oracle/plain-address.ts';
import type { PlainClause, PlainPeer, PlainService } from '../oracle/plain-case.ts';

/** Services and peers of rules, on the edges of a clause or one beside them. */

/** Which CIDR to take, seen from a clause's. */
export const HOWS = [
  'same',
  'same',
  'parent',
  'parent',
  'half',
  'other half',
  'first',
  'before',
  'last',
  'after',
  'all',
  'all',
  'all',
] as const;

export type How = (typeof HOWS)[number];

/** `near` counts the clause's own services; the ends move by `from` and `to`; `wide` takes the whole protocol. */
export type RawService =
  PlainService | { readonly near: number; readonly from: number; readonly to: number; readonly wide: boolean };

/** `near` counts the clause's own CIDRs, and `name` its own names. */
export type RawPeer = PlainPeer | { readonly near: number; readonly how: How } | { readonly name: number };

/** Written names as rules write them. */
export type Aliases = Readonly<Record<string, string>>;

export function icmp(protocol: number, typeOf: number, codeOf: number | undefined): PlainService {
  return { protocol, type: typeOf, ...(codeOf === undefined ? {} : { code: codeOf }) };
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

function shifted([first, last]: readonly [number, number], from: number, to: number): readonly [number, number] {
  const [a, b] = [clamp(first + from, 65535), clamp(last + to, 65535)];
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return low === 0 && high === 65535 ? [1, 65535] : [low, high];
}

/** A service near one of the clauses' services, as a security group's rule can say it. */
export function serviceOf(raw: RawService, services: readonly PlainService[]): PlainService {
  if (!('near' in raw)) return raw;
  const base = services[raw.near % Math.max(services.length, 1)] ?? { protocol: 6 };
  if (raw.wide) return base.protocol === 'any' ? base : { protocol: base.protocol };
  if ('ports' in base) {
    // No rule of a security group can name the ports of SCTP.
    return base.protocol === 132 ? { protocol: 132 } : { ...base, ports: shifted(base.ports, raw.from, raw.to) };
  }
  if ('type' in base) {
    if (raw.from < 0) return { protocol: base.protocol };
    if (raw.from > 0) return icmp(base.protocol, clamp(base.type + raw.to, 255), undefined);
    return icmp(base.protocol, base.type, base.code === undefined ? undefined : clamp(base.code + raw.to, 255));
  }
  return base;
}

function addressBeside(cidrText: string, how: RawHow): string {
  const { family, first, last } = rangeOf(cidrText);
  const value = { first, last, before: first - 1n, after: last + 1n }[how];
  return `${addressAt(family, value) ?? addressAt(family, first) ?? '192.0.2.1'}/${family === 4 ? '32' : '128'}`;
}
type RawHow = 'first' | 'last' | 'before' | 'after';

export function cidrNear(cidrText: string, how: How): string {
  switch (how) {
    case 'same':
      return cidrText;
    case 'all':
      return familyOf(cidrText) === 4 ? '0.0.0.0/0' : '::/0';
    case 'parent':
      return cidrAround(cidrText.slice(0, cidrText.indexOf('/')), Math.max(prefixOf(cidrText) - 1, 0));
    case 'half':
      return halvesOf(cidrText)[0] ?? cidrText;
    case 'other half':
      return halvesOf(cidrText)[1] ?? cidrText;
    case 'first':
    case 'last':
    case 'before':
    case 'after':
      return addressBeside(cidrText, how);
  }
}

/** A peer near one of a clause's peers, as a rule can write it: one of its names, where it has some. */
export function peerOf(
  raw: RawPeer,
  { peers, names = [] }: Pick<PlainClause, 'peers' | 'names'>,
  aliases: Aliases,
): PlainPeer {
  if ('named' in raw || 'cidr' in raw) return raw;
  if ('name' in raw) {
    const written = names[raw.name % Math.max(names.length, 1)];
    const named = written === undefined ? undefined : (aliases[written] ?? written);
    if (named !== undefined && /^(sg:sg|prefix-list:pl)-/.test(named)) return { named };
  }
  const { near, how }: { readonly near: number; readonly how: How } =
    'name' in raw ? { near: raw.name, how: 'same' } : raw;
  return { cidr: cidrNear(peers[near % Math.max(peers.length, 1)] ?? '0.0.0.0/0', how) };
}
