import type { CarryOut } from '../../shared/core/plan.ts';
import type { Plan } from '../../shared/core/model/plan.ts';
import type { Corners } from '../oracle/corners.ts';
import { namedVerdict } from '../oracle/named-verdict.ts';
import { edgesOf, extentOf, isAmong, PRIVATE } from '../oracle/named-peers.ts';
import type { Members } from '../oracle/named-peers.ts';
import { canExist, isService, rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainPacket, PlainPolicy, PlainRule } from '../oracle/plain-case.ts';
import { modeOf, namedIn, prohibitionsOf, requirementsIn, requirementsOf } from '../oracle/prohibited.ts';
import type { Prohibited, Required } from '../oracle/prohibited.ts';
import { excessHolding, flowsHold } from './judged.ts';
import type { Judged } from './judged.ts';

/** What a plan has to take away, to leave and to add, packet by packet, as the oracle sees it. */

/** What the oracle knows of one plan: what it had to take away, and what it had to add. */
export interface Walk {
  readonly judged: Judged;
  readonly plan: Plan;
  readonly carryOut: CarryOut;
  readonly corners: Corners;
  readonly verdicts: Map<string, Prohibited | undefined>;
}

export function isCarriedOut(walk: Walk, policy: PlainPolicy): boolean {
  const isEnforced = modeOf(walk.judged.plain, policy) === 'enforce' && policy.revert !== 'restore';
  return walk.carryOut === 'proven' || isEnforced;
}

/** Whether some policy that forbids a piece wants its revert held back; the law of findings has looked at their names. */
function isHeldBack({ judged, carryOut }: Walk, rule: PlainRule, packet: PlainPacket): boolean {
  if (carryOut === 'proven') return false;
  const told = excessHolding(judged, rule, packet).flatMap(({ policies }) => policies);
  return judged.plain.policies.some(({ name, graceMs }) => graceMs > 0 && told.includes(name));
}

/** For a rule that names a peer, the slot decides: only what is forbidden whoever the peer is may go. */
function namedDecider(walk: Walk, rule: PlainRule, packet: PlainPacket): Prohibited | undefined {
  const { protocol, port, type, code } = packet;
  const key = JSON.stringify([rule.id, protocol, port, type, code]);
  if (walk.verdicts.has(key)) return walk.verdicts.get(key);
  const verdict = namedVerdict(walk.judged.plain, rule, packet, walk.corners.addresses);
  const by = verdict.kind === 'proven' ? verdict.by : undefined;
  walk.verdicts.set(key, by);
  return by;
}

export function isReverted(walk: Walk, rule: PlainRule, packet: PlainPacket): boolean {
  const by = 'cidr' in rule.peer ? prohibitionsOf(walk.judged.plain, packet)[0] : namedDecider(walk, rule, packet);
  return by !== undefined && isCarriedOut(walk, by.policy) && !isHeldBack(walk, rule, packet);
}

function isCollateral(walk: Walk, rule: PlainRule, packet: PlainPacket): boolean {
  return walk.plan.collateral.some((one) => one.rule.id === rule.id && flowsHold(one.flows, packet));
}

/** Whether the packet has to pass after the plan by what is left of the rules. */
export function stays(walk: Walk, packet: PlainPacket, members: Members): boolean {
  const { plain } = walk.judged;
  return rulesLettingThrough(plain.rules, packet, members).some(
    (rule) => isHeld(walk, rule) || (!isReverted(walk, rule, packet) && !isCollateral(walk, rule, packet)),
  );
}

/** Held whole. Where only a part of its peer is held, the rule loses the rest of what is forbidden. */
function isHeld({ plan }: Walk, rule: PlainRule): boolean {
  const isChanged = plan.changes.some((change) => change.kind !== 'add' && change.rule.id === rule.id);
  return !isChanged && plan.held.some((one) => one.rule?.id === rule.id);
}

export function isWithheld(walk: Walk, id: string): boolean {
  return walk.plan.held.some(({ kind, reason }) => kind === 'add' && reason.startsWith(`\`${id}\``));
}

/** A clause that is carried out, and of whom it asks what: in addresses, or of a peer by name. */
interface Carried extends Required {
  readonly peer: string | undefined;
}

/** The clauses that make a packet pass: in addresses, or since they ask for a rule that names a peer that it is of. */
export function carriedFor(walk: Walk, packet: PlainPacket, members: Members): readonly Carried[] {
  const { plain } = walk.judged;
  const inAddresses = requirementsOf(plain, packet).map((one): Carried => ({ ...one, peer: undefined }));
  const byName = requirementsIn(plain, packet.direction).flatMap((one) =>
    one.clause.services.some((service) => isService(service, packet)) && canExist(packet)
      ? namedIn(plain, one.clause).flatMap((peer) =>
          isAmong(members[peer] ?? [], packet.peer) ? [{ ...one, peer }] : [],
        )
      : [],
  );
  return [...inAddresses, ...byName].filter(({ policy, id }) => isCarriedOut(walk, policy) && !isWithheld(walk, id));
}

/** A group is of networks, so it is not the internet; a list may hold anybody. */
export function mayAdd(plain: PlainCase, { clause, peer }: Carried, packet: PlainPacket): boolean {
  if (clause.open === true) return true;
  return peer?.startsWith('sg:') === true || (peer === undefined ? isPrivate(packet.peer) : isPrivateList(plain, peer));
}

function isPrivate(address: string): boolean {
  return isAmong(PRIVATE, address);
}

function isPrivateList(plain: PlainCase, peer: string): boolean {
  return extentOf(plain, peer).most.every((cidr) => edgesOf(cidr).slice(1, -1).every(isPrivate));
}

/** Every clause that surely loses something with a packet of this rule: in addresses, or by the peer that it names. */
export function requiring(plain: PlainCase, packet: PlainPacket, rule: PlainRule): readonly Required[] {
  if ('cidr' in rule.peer) return requirementsOf(plain, packet);
  const { named } = rule.peer;
  const byName = requirementsIn(plain, packet.direction).filter(
    ({ clause }) =>
      namedIn(plain, clause).includes(named) && clause.services.some((service) => isService(service, packet)),
  );
  const isSurely = isAmong(extentOf(plain, named).least, packet.peer);
  return isSurely ? [...requirementsOf(plain, packet), ...byName] : byName;
}
