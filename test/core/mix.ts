import { clausesOf } from '../oracle/named-peers.ts';
import { ruleLetsThrough } from '../oracle/packet-walk.ts';
import { modeOf, prohibitionsOf } from '../oracle/prohibited.ts';
import type { PlainCase, PlainPacket } from '../oracle/plain-case.ts';

/**
 * What the cases of one run were like. A law that is only ever asked about firewalls without a breach would hold for
 * a core that does nothing.
 */
export interface Mix {
  cases: number;
  /** Some probed packet is let through by a rule in addresses, and forbidden. */
  withExcess: number;
  /** Some rule has such a packet, and another one that is legal. */
  withPartlyLegalRule: number;
  /** Some rule names a peer. */
  withNamedPeer: number;
  /** Some clause names a peer. */
  withNamedClause: number;
  /** Some clause has times, `within` or `firm`, or the firewall is tended by a service. */
  withConditions: number;
  /** Several policies of different modes govern the firewall. */
  withModes: number;
  /** Some finding is only possible. */
  possible: number;
  /** Of a peer that is known exactly, a part is forbidden; in a plan, and held. */
  withPart: number;
  /** More is open to the internet than a policy lets be. */
  withLimit: number;
  /** The plan changes something. */
  withChanges: number;
  /** The plan adds something. */
  withAdditions: number;
  /** It adds a rule that names a peer. */
  withNamedAdditions: number;
  /** The plan holds something. */
  withHeld: number;
  /** The policies contradict each other. */
  contradictory: number;
}

export function emptyMix(): Mix {
  return {
    cases: 0,
    withExcess: 0,
    withPartlyLegalRule: 0,
    withNamedPeer: 0,
    withNamedClause: 0,
    withConditions: 0,
    withModes: 0,
    possible: 0,
    withPart: 0,
    withLimit: 0,
    withChanges: 0,
    withAdditions: 0,
    withNamedAdditions: 0,
    withHeld: 0,
    contradictory: 0,
  };
}

/** Counts a case, by what the oracle says of the packets that are asked about. */
export function noteCase(mix: Mix, plain: PlainCase, packets: readonly PlainPacket[]): void {
  let excess = false;
  let partly = false;
  const judged = packets.map((packet) => ({ packet, isForbidden: prohibitionsOf(plain, packet).length > 0 }));
  for (const rule of plain.rules.filter(({ peer }) => 'cidr' in peer)) {
    const forbidden = judged
      .filter(({ packet }) => ruleLetsThrough(rule, packet, {}))
      .map(({ isForbidden }) => isForbidden);
    excess ||= forbidden.includes(true);
    partly ||= forbidden.includes(true) && forbidden.includes(false);
  }
  mix.cases += 1;
  if (excess) mix.withExcess += 1;
  if (partly) mix.withPartlyLegalRule += 1;
  if (plain.rules.some(({ peer }) => 'named' in peer)) mix.withNamedPeer += 1;
  const clauses = clausesOf(plain);
  if (clauses.some(({ names = [] }) => names.length > 0)) mix.withNamedClause += 1;
  const isConditional = clauses.some(({ live, within, firm }) => live !== undefined || within !== undefined || firm);
  if (isConditional || plain.managedBy !== undefined) mix.withConditions += 1;
  const governing = plain.policies.filter(({ governs }) => governs);
  if (new Set(governing.map((policy) => modeOf(plain, policy))).size > 1) mix.withModes += 1;
}

export function mixText({ cases, ...counts }: Mix): string {
  const shares = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${String(Math.round((100 * count) / cases))}%`);
  return `${String(cases)} cases: ${shares.join(', ')}`;
}

/** Why a run of cases shows too little: it lacks breaches, or rules of which a part is legal. Nothing where it has both. */
export function lackOf({ cases, withExcess, withPartlyLegalRule }: Mix): readonly string[] {
  return [
    ...(withExcess > 0.4 * cases ? [] : ['at least 40% with excess']),
    ...(withPartlyLegalRule > 0.25 * cases ? [] : ['at least 25% with a partly legal rule']),
  ];
}
