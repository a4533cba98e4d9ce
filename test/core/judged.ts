import type { Desired } from '../../shared/core/effective.ts';
import type { Drift, Excess, Flows } from '../../shared/core/model/finding.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import type { Slots } from '../../shared/core/space/slots.ts';
import type { Traffic } from '../../shared/core/space/traffic.ts';
import type { PlainCase, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import { addressOfText, firewallOf, NOW, policySetOf, slotOf, TRAITS } from './core-case.ts';
import type { Core } from './core-modules.ts';

/** What a core says of one case, and the reading of its sets packet by packet, with nothing of the core in it. */
export interface Judged {
  readonly core: Core;
  readonly plain: PlainCase;
  readonly firewall: Firewall;
  readonly desired: Desired;
  readonly drift: Drift;
}

export function judgedBy(core: Core, plain: PlainCase): Judged {
  const firewall = firewallOf(core, plain);
  const desired = new core.effective.DesiredBook(policySetOf(core, plain)).for(firewall, NOW);
  return { core, plain, firewall, desired, drift: core.drift.driftOf(firewall, desired, TRAITS) };
}

/** Thrown by a law that does not hold, with the smallest thing that shows it. */
export class Broken extends Error {}

export function broken(what: string, evidence: unknown): never {
  throw new Broken(
    `${what}: ${JSON.stringify(evidence, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
  );
}

/** Membership in a list of toggles, by counting those that lie behind. */
function isOn<T extends number | bigint>(toggles: readonly T[], place: T): boolean {
  return toggles.filter((toggle) => toggle <= place).length % 2 === 1;
}

export function slotsHold(slots: Slots, packet: PlainPacket): boolean {
  return isOn(slots, slotOf(packet));
}

export function trafficHolds(traffic: Traffic, packet: PlainPacket): boolean {
  const slot = slotOf(packet);
  const address = addressOfText(packet.peer);
  return traffic.some(
    ({ from, end, who }) =>
      from <= slot && slot < end && (address.family === 4 ? isOn(who.v4, address.at) : isOn(who.v6, address.at)),
  );
}

/** Whether flows hold a packet; those of a named peer whoever the peer is, and only its part where it has one. */
export function flowsHold(flows: Flows, packet: PlainPacket): boolean {
  if (flows.kind === 'addresses') return trafficHolds(flows.traffic, packet);
  return slotsHold(flows.slots, packet) && (flows.part === undefined || trafficHolds(flows.part, packet));
}

function excessOf({ drift }: Judged, rule: PlainRule): readonly Excess[] {
  return drift.findings.filter((one): one is Excess => one.kind === 'excess' && one.rule.id === rule.id);
}

/** The findings of a rule that hold a packet. */
export function excessHolding(judged: Judged, rule: PlainRule, packet: PlainPacket): readonly Excess[] {
  return excessOf(judged, rule).filter(({ flows }) => flowsHold(flows, packet));
}

/** The findings of a rule that names a peer that hold some packet of this slot. */
export function excessOnSlot(judged: Judged, rule: PlainRule, slot: PlainPacket): readonly Excess[] {
  return excessOf(judged, rule).filter(({ flows }) => flows.kind === 'named' && slotsHold(flows.slots, slot));
}

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];
