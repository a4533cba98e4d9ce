import { canExist, isService } from './packet-walk.ts';
import { INTERNET, isAmong, isPartOf, NETWORK, peerFor } from './named-peers.ts';
import type { Sight } from './named-peers.ts';
import type { PlainCase, PlainClause, PlainDirection, PlainMode, PlainPacket, PlainPolicy } from './plain-case.ts';

/** The oracle's other half: one packet, walked past every clause of every policy and exception. */

export const MODES: readonly PlainMode[] = ['enforce', 'approve', 'report', 'observe'];

/** By which rule a packet passes, and how the peers that denies name are looked at. */
export interface Look {
  /** The peer that the rule names, as rules write it; undefined for a rule in addresses. */
  readonly via: string | undefined;
  readonly sight: Sight;
}

export const PLAINLY: Look = { via: undefined, sight: 'surely' };

/** On a firewall that a service tends, policies only report, unless one of them means it by its id. */
export function modeOf(plain: PlainCase, policy: PlainPolicy): PlainMode {
  const isStrict = policy.mode === 'enforce' || policy.mode === 'approve';
  const isMeant = plain.policies.some(({ governs, byId }) => governs && byId);
  return plain.managedBy !== undefined && !isMeant && isStrict ? 'report' : policy.mode;
}

function speaksOf(plain: PlainCase, clause: PlainClause, address: string, { via, sight }: Look): boolean {
  if (isAmong(clause.peers, address)) return true;
  const isWithin = clause.within === undefined || isAmong(clause.within, address);
  const isMeant = (name: string): boolean =>
    (isWithin || !name.startsWith('prefix-list:')) &&
    ((via !== undefined && peerFor(plain, name) === via) || isPartOf(plain, name, address, sight));
  return (clause.names ?? []).some(isMeant);
}

export function clauseHits(plain: PlainCase, clause: PlainClause, packet: PlainPacket, look: Look): boolean {
  return (
    clause.live !== false &&
    canExist(packet) &&
    clause.services.some((service) => isService(service, packet)) &&
    speaksOf(plain, clause, packet.peer, look)
  );
}

/** What permits never counts who a peer might be: only who it surely is, and rules that name it. */
function permits(plain: PlainCase, clause: PlainClause, packet: PlainPacket, { via }: Look): boolean {
  return clauseHits(plain, clause, packet, { via, sight: 'surely' });
}

function isAllowedFor(plain: PlainCase, policy: PlainPolicy, packet: PlainPacket, look: Look): boolean {
  return plain.policies.some(
    (other) =>
      other.governs &&
      // An allow of a milder policy counts for nothing here: a trial cannot widen what is enforced.
      MODES.indexOf(modeOf(plain, other)) <= MODES.indexOf(modeOf(plain, policy)) &&
      (other[packet.direction].allow ?? []).some((clause) => permits(plain, clause, packet, look)),
  );
}

function isExcepted(plain: PlainCase, packet: PlainPacket, look: Look): boolean {
  return plain.exceptions.some(
    ({ governs, live, [packet.direction]: clauses }) =>
      governs && live && clauses.some((clause) => permits(plain, clause, packet, look)),
  );
}

/** By which clauses of the policy the packet is forbidden: its denies in order, then being allowed by none. */
function forbiddingClauses(plain: PlainCase, policy: PlainPolicy, packet: PlainPacket, look: Look): readonly string[] {
  const { direction } = packet;
  if (!policy.governs || !canExist(packet)) return [];
  const excepted = isExcepted(plain, packet, look);
  const denies = policy[direction].deny.flatMap((clause, index) => {
    const isHit = clauseHits(plain, clause, packet, look) && (clause.firm === true || !excepted);
    return isHit ? [`${policy.name}/${direction}/deny/${String(index + 1)}`] : [];
  });
  const leftOut = policy[direction].allow !== undefined && !excepted && !isAllowedFor(plain, policy, packet, look);
  return leftOut ? [...denies, `${policy.name}/${direction}/allow`] : denies;
}

export interface Prohibited {
  readonly policy: PlainPolicy;
  readonly mode: PlainMode;
  readonly clause: string;
}

/** Everything that forbids the packet, the deciding one first: the strictest mode, then the place in the file. */
export function prohibitionsOf(plain: PlainCase, packet: PlainPacket, look: Look = PLAINLY): readonly Prohibited[] {
  const found = plain.policies.map((policy) => ({ policy, clauses: forbiddingClauses(plain, policy, packet, look) }));
  return MODES.flatMap((mode) =>
    found
      .filter(({ policy }) => modeOf(plain, policy) === mode)
      .flatMap(({ policy, clauses }) => clauses.map((clause) => ({ policy, mode, clause }))),
  );
}

/** Every clause that can forbid something, in deciding order: strictest mode, file order, denies before the allow. */
export function decidingOrder(plain: PlainCase, direction: PlainDirection): readonly string[] {
  return MODES.flatMap((mode) =>
    plain.policies
      .filter((policy) => modeOf(plain, policy) === mode)
      .flatMap(({ name, [direction]: side }) => [
        ...side.deny.map((_, index) => `${name}/${direction}/deny/${String(index + 1)}`),
        `${name}/${direction}/allow`,
      ]),
  );
}

export interface Required {
  readonly policy: PlainPolicy;
  readonly clause: PlainClause;
  readonly id: string;
}

/** The `require` clauses of one direction that count now, with their policies, in file order. */
export function requirementsIn(plain: PlainCase, direction: PlainDirection): readonly Required[] {
  return plain.policies
    .filter(({ governs }) => governs)
    .flatMap((policy) =>
      policy[direction].require.map((clause, index) => ({
        policy,
        clause,
        id: `${policy.name}/${direction}/require/${String(index + 1)}`,
      })),
    )
    .filter(({ clause }) => clause.live !== false);
}

/** Whether a name stands for addresses: no rule carries it. */
export function isWord(name: string): boolean {
  return name === NETWORK || name === INTERNET;
}

/** The clauses that require the packet in addresses. What they ask of other peers by name is asked of rules that name them. */
export function requirementsOf(plain: PlainCase, packet: PlainPacket): readonly Required[] {
  return requirementsIn(plain, packet.direction).filter(({ clause }) => {
    const inAddresses = { ...clause, names: (clause.names ?? []).filter(isWord) };
    return clauseHits(plain, inAddresses, packet, PLAINLY);
  });
}

/** The peers for which a clause requires rules that name them, as rules write them. */
export function namedIn(plain: PlainCase, clause: PlainClause): readonly string[] {
  return (clause.names ?? []).filter((name) => !isWord(name)).map((name) => peerFor(plain, name));
}
