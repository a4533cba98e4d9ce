import { isInside } from './plain-address.ts';
import type { PlainRule } from './plain-case.ts';
import { saidBy } from './raw-rules.ts';

/**
 * The packets that a history is judged by: one of each kind that its rules and policies tell apart. A set of them is the
 * bits of one number, so that what a group lets through is compared in one step.
 */

export type Packets = bigint;

interface Packet {
  readonly protocol: number;
  readonly port?: number;
  readonly type?: number;
  readonly peer: string;
}

export const OFFICE = '203.0.113.5';
export const INTERNET = '198.51.100.9';
export const PARTNER = '192.0.2.10';
export const OTHER_PARTNER = '192.0.2.200';
/** A member of every group. */
export const MEMBER = '10.0.0.77';
export const PRIVATE = '10.9.9.9';
export const INTERNET_V6 = '2001:db8:9::1';

const PEERS = [OFFICE, INTERNET, PARTNER, OTHER_PARTNER, MEMBER, PRIVATE, INTERNET_V6];
const TCP_PORTS = [22, 23, 80, 443, 3389, 5432, 8080, 8081];

const PACKETS: readonly Packet[] = PEERS.flatMap((peer) => [
  ...TCP_PORTS.map((port) => ({ protocol: 6, port, peer })),
  { protocol: 17, port: 53, peer },
  ...(peer.includes(':') ? [] : [{ protocol: 1, type: 8, peer }]),
]);

export const NONE: Packets = 0n;

function packetsWhere(isMeant: (packet: Packet) => boolean): Packets {
  return PACKETS.reduce((all, packet, at) => (isMeant(packet) ? all | (1n << BigInt(at)) : all), NONE);
}

/** Packets to a TCP port from addresses in these ranges. */
export function toPort(port: number, ...cidrs: readonly string[]): Packets {
  return packetsWhere(
    (one) => one.protocol === 6 && one.port === port && cidrs.some((cidr) => isInside(cidr, one.peer)),
  );
}

export const ALL: Packets = packetsWhere(() => true);

function isLetThrough(
  { service, peer }: PlainRule,
  packet: Packet,
  members: (name: string) => readonly string[],
): boolean {
  const cidrs = 'cidr' in peer ? [peer.cidr] : members(peer.named);
  if (!cidrs.some((cidr) => isInside(cidr, packet.peer))) return false;
  if (service.protocol === 'any') return true;
  if (service.protocol !== packet.protocol) return false;
  if ('ports' in service) return service.ports[0] <= (packet.port ?? -1) && (packet.port ?? -1) <= service.ports[1];
  return !('type' in service) || service.type === packet.type;
}

const known = new Map<string, Packets>();

/** What some rules of a direction let through. `members` says who is behind a name, as CIDRs. */
export function letThrough(rules: readonly PlainRule[], members: (name: string) => readonly string[]): Packets {
  let all = NONE;
  for (const rule of rules) {
    const who = 'named' in rule.peer ? members(rule.peer.named).join() : '';
    const key = `${saidBy(rule)} ${who}`;
    let some = known.get(key);
    if (some === undefined) {
      some = packetsWhere((packet) => isLetThrough(rule, packet, members));
      if (known.size > 100_000) known.clear();
      known.set(key, some);
    }
    all |= some;
  }
  return all;
}

export function packetsText(packets: Packets): string {
  const names: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' };
  return PACKETS.flatMap(({ protocol, port, type, peer }, at) =>
    (packets & (1n << BigInt(at))) === NONE ? [] : [`${names[protocol] ?? ''}/${String(port ?? type)} from ${peer}`],
  ).join(', ');
}
