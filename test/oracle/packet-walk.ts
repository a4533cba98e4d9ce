import { familyOf } from './plain-address.ts';
import { isAmong } from './named-peers.ts';
import type { Members } from './named-peers.ts';
import type { PlainPacket, PlainRule, PlainService } from './plain-case.ts';

/**
 * The oracle: one packet, walked past every rule, one after the other. No sets, no merging, nothing shared with what it
 * judges. `prohibited.ts` walks it past every clause.
 */

/** ICMP exists over IPv4 only, ICMPv6 over IPv6 only, and the two ends of a flow speak the same family. */
export function canExist(packet: PlainPacket): boolean {
  const family = familyOf(packet.peer);
  if (family !== familyOf(packet.own)) return false;
  if (packet.protocol === 1) return family === 4;
  if (packet.protocol === 58) return family === 6;
  return true;
}

function isBetween(value: number | undefined, [first, last]: readonly [number, number]): boolean {
  return value !== undefined && first <= value && value <= last;
}

export function isService(service: PlainService, packet: PlainPacket): boolean {
  if (service.protocol === 'any') return true;
  if (service.protocol !== packet.protocol) return false;
  if ('ports' in service) return isBetween(packet.port, service.ports);
  if ('type' in service) return packet.type === service.type && (service.code ?? packet.code) === packet.code;
  return true;
}

export function ruleLetsThrough(rule: PlainRule, packet: PlainPacket, members: Members): boolean {
  if (!canExist(packet) || rule.direction !== packet.direction || !isService(rule.service, packet)) return false;
  const peers = 'cidr' in rule.peer ? [rule.peer.cidr] : (members[rule.peer.named] ?? []);
  if (!isAmong(peers, packet.peer)) return false;
  if (rule.sourcePorts !== undefined && !isBetween(packet.sourcePort, rule.sourcePorts)) return false;
  return rule.own === undefined || isAmong(rule.own, packet.own);
}

/** Rules of a union: what any of them lets through passes. */
export function rulesLettingThrough(
  rules: readonly PlainRule[],
  packet: PlainPacket,
  members: Members,
): readonly PlainRule[] {
  return rules.filter((rule) => ruleLetsThrough(rule, packet, members));
}

/** The rule without what policies do not speak of: a triple passes when some source port and own address let it. */
export function asTriple({ id, direction, service, peer }: PlainRule): PlainRule {
  return { id, direction, service, peer };
}
