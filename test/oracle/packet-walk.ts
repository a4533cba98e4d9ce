import { familyOf, isInside } from './plain-address.ts';
import type { PlainCase, PlainClause, PlainExtent, PlainMode, PlainPacket, PlainPolicy } from './plain-case.ts';
import type { PlainRule, PlainService } from './plain-case.ts';

/**
 * The oracle: one packet, walked past every rule and every clause, one after the other. No sets, no merging, nothing
 * shared with what it judges.
 */

const STRICTNESS: readonly PlainMode[] = ['enforce', 'approve', 'report', 'observe'];
const ANYBODY: PlainExtent = { least: [], most: ['0.0.0.0/0', '::/0'] };

/** Who the named peers turned out to be, by name, as CIDRs. */
export type Members = Readonly<Record<string, readonly string[]>>;

export function extentOf(plain: PlainCase, name: string): PlainExtent {
  return plain.named[name] ?? ANYBODY;
}

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

function isAmong(cidrs: readonly string[], address: string): boolean {
  return cidrs.some((cidr) => isInside(cidr, address));
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

export function clauseHits(clause: PlainClause, packet: PlainPacket): boolean {
  return (
    canExist(packet) &&
    clause.services.some((service) => isService(service, packet)) &&
    isAmong(clause.peers, packet.peer)
  );
}

function isAllowedFor(plain: PlainCase, policy: PlainPolicy, packet: PlainPacket): boolean {
  return plain.policies.some(
    (other) =>
      other.governs &&
      // An allow of a milder policy counts for nothing here: a trial cannot widen what is enforced.
      STRICTNESS.indexOf(other.mode) <= STRICTNESS.indexOf(policy.mode) &&
      (other[packet.direction].allow ?? []).some((clause) => clauseHits(clause, packet)),
  );
}

/** By which clauses of the policy the packet is forbidden: its denies in order, then being allowed by none. */
function forbiddingClauses(plain: PlainCase, policy: PlainPolicy, packet: PlainPacket): readonly string[] {
  const { direction } = packet;
  const excepted = plain.exceptions.some(
    (exception) =>
      exception.governs && exception.live && exception[direction].some((clause) => clauseHits(clause, packet)),
  );
  if (!policy.governs || excepted || !canExist(packet)) return [];
  const denies = policy[direction].deny.flatMap((clause, index) =>
    clauseHits(clause, packet) ? [`${policy.name}/${direction}/deny/${String(index + 1)}`] : [],
  );
  const leftOut = policy[direction].allow !== undefined && !isAllowedFor(plain, policy, packet);
  return leftOut ? [...denies, `${policy.name}/${direction}/allow`] : denies;
}

export interface Prohibited {
  readonly policy: PlainPolicy;
  readonly clause: string;
}

/** Everything that forbids the packet, the deciding one first: the strictest mode, then the place in the file. */
export function prohibitionsOf(plain: PlainCase, packet: PlainPacket): readonly Prohibited[] {
  return STRICTNESS.flatMap((mode) =>
    plain.policies
      .filter((policy) => policy.mode === mode)
      .flatMap((policy) => forbiddingClauses(plain, policy, packet).map((clause) => ({ policy, clause }))),
  );
}

/** The clauses that require the packet, with their policies, in file order. */
export function requirementsOf(
  plain: PlainCase,
  packet: PlainPacket,
): readonly { readonly policy: PlainPolicy; readonly clause: PlainClause; readonly id: string }[] {
  return plain.policies
    .filter((policy) => policy.governs)
    .flatMap((policy) =>
      policy[packet.direction].require.flatMap((clause, index) => {
        const id = `${policy.name}/${packet.direction}/require/${String(index + 1)}`;
        return clauseHits(clause, packet) ? [{ policy, clause, id }] : [];
      }),
    );
}
