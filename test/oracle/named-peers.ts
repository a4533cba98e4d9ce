import { addressAt, isInside, rangeOf } from './plain-address.ts';
import type { PlainCase, PlainClause, PlainExtent } from './plain-case.ts';

/** Who a name stands for, address by address: surely, possibly, or as it turned out. */

/** Who the named peers turned out to be, as CIDRs, by the name that rules write. */
export type Members = Readonly<Record<string, readonly string[]>>;

/** How a peer by name is looked at: the least that it can be, the most, or what it turned out to be. */
export type Sight = 'surely' | 'possibly' | Members;

export const NETWORK = 'network';
export const INTERNET = 'internet';

/** The addresses that POLICY calls `private`, written out once more. */
export const PRIVATE: readonly string[] = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
];

const ANYBODY: PlainExtent = { least: [], most: ['0.0.0.0/0', '::/0'] };

export function isAmong(cidrs: readonly string[], address: string): boolean {
  return cidrs.some((cidr) => isInside(cidr, address));
}

/** A written name as rules write the same peer. */
export function peerFor(plain: PlainCase, written: string): string {
  return plain.aliases[written] ?? written;
}

export function extentOf(plain: PlainCase, name: string): PlainExtent {
  return plain.named[name] ?? plain.named[peerFor(plain, name)] ?? ANYBODY;
}

const edges = new Map<string, readonly string[]>();

/** The first and the last address of a CIDR, and those beside it. */
export function edgesOf(cidr: string): readonly string[] {
  const known = edges.get(cidr);
  if (known !== undefined) return known;
  const { family, first, last } = rangeOf(cidr);
  const found = [first - 1n, first, last, last + 1n].flatMap((value) => addressAt(family, value) ?? []);
  if (edges.size > 50_000) edges.clear();
  edges.set(cidr, found);
  return found;
}

const exact = new WeakMap<PlainExtent, boolean>();

/** Whether the least and the most are one set: two sets that agree at every edge of both agree everywhere. */
export function isExact(extent: PlainExtent): boolean {
  const known = exact.get(extent);
  if (known !== undefined) return known;
  const { least, most } = extent;
  const places = [...least, ...most].flatMap(edgesOf);
  const isSame = places.every((address) => isAmong(least, address) === isAmong(most, address));
  exact.set(extent, isSame);
  return isSame;
}

/** `internet`: anywhere but private, and but what surely is the firewall's own network. */
function isInternet(plain: PlainCase, address: string): boolean {
  const network = plain.named[NETWORK];
  if (isAmong(PRIVATE, address)) return false;
  return network === undefined || !isAmong(network.least, address);
}

export function isPartOf(plain: PlainCase, name: string, address: string, sight: Sight): boolean {
  if (name === INTERNET) return isInternet(plain, address);
  if (sight === 'surely') return isAmong(extentOf(plain, name).least, address);
  if (sight === 'possibly') return isAmong(extentOf(plain, name).most, address);
  return isAmong(sight[peerFor(plain, name)] ?? [], address);
}

/** Every CIDR at whose edges the answer to "who is it" may change. */
export function cidrsOfName(plain: PlainCase, name: string): readonly string[] {
  if (name === INTERNET) return [...PRIVATE, ...(plain.named[NETWORK]?.most ?? [])];
  const { least, most } = extentOf(plain, name);
  return [...least, ...most];
}

/** All that a clause says of addresses, by itself or by a name. */
export function cidrsOfClause(plain: PlainCase, { peers, names = [], within = [] }: PlainClause): readonly string[] {
  return [...peers, ...within, ...names.flatMap((name) => cidrsOfName(plain, name))];
}

export function clausesOf(plain: PlainCase): readonly PlainClause[] {
  const sides = plain.policies.flatMap(({ ingress, egress }) => [ingress, egress]);
  return [
    ...sides.flatMap(({ allow = [], deny, require }) => [...allow, ...deny, ...require]),
    ...plain.exceptions.flatMap(({ ingress, egress }) => [...ingress, ...egress]),
  ];
}

/** Every peer that a rule or a clause names, as rules write it. `internet` is left out: it turns out to be nothing else. */
export function peersIn(plain: PlainCase): readonly string[] {
  const ofRules = plain.rules.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  const ofClauses = clausesOf(plain).flatMap(({ names = [] }) => names.map((name) => peerFor(plain, name)));
  return [...new Set([...ofRules, ...ofClauses])].filter((name) => name !== INTERNET);
}
