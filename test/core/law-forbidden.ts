import type { View } from '../../shared/core/model/view.ts';
import { cornersOf, packetsOf } from '../oracle/corners.ts';
import type { Selector } from '../oracle/corners.ts';
import { extentOf, isAmong } from '../oracle/named-peers.ts';
import { canExist, isService } from '../oracle/packet-walk.ts';
import { familyOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainDirection, PlainPacket } from '../oracle/plain-case.ts';
import { MODES, namedIn, PLAINLY, prohibitionsOf, requirementsIn, requirementsOf } from '../oracle/prohibited.ts';
import type { Look } from '../oracle/prohibited.ts';
import { addressOfText, nameOf, slotOf } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, DIRECTIONS, judgedBy, trafficHolds } from './judged.ts';
import type { Judged } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

const PACKETS = 240;

function packetAt(direction: PlainDirection, selector: Selector, peer: string): PlainPacket {
  return { direction, ...selector, sourcePort: 1024, peer, own: peer };
}

/** What is forbidden of a rule in addresses, or of one that names `via`, is what a walk over the clauses says. */
function checkView({ core, plain }: Judged, view: View, packet: PlainPacket, via: string | undefined): void {
  const look = (sight: Look['sight']): Look => ({ via, sight });
  const surely = prohibitionsOf(plain, packet, look('surely'));
  const possibly = prohibitionsOf(plain, packet, look('possibly'));
  const { forbidden, could, prohibitions, levels } = view;
  const includes = core.traffic.includes(forbidden, slotOf(packet), addressOfText(packet.peer));
  if (trafficHolds(forbidden, packet) !== surely.length > 0 || includes !== surely.length > 0) {
    broken('forbidden', { via, packet, surely: surely.map(({ clause }) => clause) });
  }
  if (trafficHolds(could, packet) !== possibly.length > 0) {
    broken('possibly forbidden', { via, packet, possibly: possibly.map(({ clause }) => clause) });
  }
  const told = (holds: 'traffic' | 'could'): string =>
    prohibitions.flatMap((one) => (trafficHolds(one[holds], packet) ? [one.clause] : [])).join();
  const walked = [surely, possibly].map((found) => found.map(({ clause }) => clause).join());
  const said = [told('traffic'), told('could')];
  if (said.join(' | ') !== walked.join(' | ')) broken('prohibitions in deciding order', { via, packet, walked, said });
  for (const { mode, forbidden: together } of levels) {
    const isForbidden = surely.some((one) => MODES.indexOf(one.mode) <= MODES.indexOf(mode));
    if (trafficHolds(together, packet) !== isForbidden)
      broken('forbidden by a mode and stricter', { via, packet, mode });
  }
}

/** Whether a clause asks for a rule that names a peer on a slot that is forbidden whoever it is, or to what it surely is. */
function contradictsByName(
  plain: PlainCase,
  direction: PlainDirection,
  selector: Selector,
  all: readonly string[],
): boolean {
  return requirementsIn(plain, direction).some(({ clause }) => {
    if (!clause.services.some((service) => isService(service, packetAt(direction, selector, '192.0.2.1'))))
      return false;
    return namedIn(plain, clause).some((name) => {
      const could = all
        .filter((address) => isAmong(extentOf(plain, name).most, address))
        .map((address) => packetAt(direction, selector, address))
        .filter(canExist);
      const isForbidden = (packet: PlainPacket): boolean =>
        prohibitionsOf(plain, packet, { via: name, sight: 'surely' }).length > 0;
      const { least } = extentOf(plain, name);
      const isSurely = could.some((packet) => isAmong(least, packet.peer) && isForbidden(packet));
      return isSurely || (could.length > 0 && could.every(isForbidden));
    });
  });
}

function contradictsInAddresses(plain: PlainCase, packet: PlainPacket): boolean {
  return requirementsOf(plain, packet).length > 0 && prohibitionsOf(plain, packet, PLAINLY).length > 0;
}

/** What one policy requires and another forbids is told of where there is some, at some corner of the case. */
function checkContradictions({ plain, desired }: Judged): void {
  if (plain.policies.every(({ ingress, egress }) => [...ingress.require, ...egress.require].length === 0)) return;
  const { selectors, addresses } = cornersOf(plain);
  const isContradictory = DIRECTIONS.some((direction) =>
    selectors.some(
      (selector) =>
        contradictsByName(plain, direction, selector, addresses) ||
        addresses.some((peer) => contradictsInAddresses(plain, packetAt(direction, selector, peer))),
    ),
  );
  if (isContradictory !== desired.contradictions.length > 0) {
    broken(isContradictory ? 'a contradiction is not seen' : 'a contradiction that is none', desired.contradictions);
  }
}

/** What is forbidden, asked and contradictory is what a walk over the clauses says: names, times, exceptions, modes. */
export function forbiddenLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const judged = judgedBy(core, plain);
  const { desired, firewall } = judged;
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  for (const packet of packets) {
    // A packet whose ends are of two families does not exist, and no set in (slot, peer) can say that.
    if (familyOf(packet.peer) !== familyOf(packet.own)) continue;
    const { direction } = packet;
    checkView(judged, core.effective.viewFor(desired, direction, undefined, firewall), packet, undefined);
    for (const via of namesOfRules(plain, direction)) {
      checkView(judged, core.effective.viewFor(desired, direction, nameOf(via), firewall), packet, via);
    }
    const { requirements } = desired[direction];
    const asked = requirements.filter((one) => trafficHolds(one.traffic, packet)).map(({ clause }) => clause.id);
    const required = requirementsOf(plain, packet).map(({ id }) => id);
    if (asked.join() !== required.join()) broken('requirements', { packet, required, asked });
  }
  checkContradictions(judged);
}

function namesOfRules(plain: PlainCase, direction: PlainDirection): readonly string[] {
  const naming = plain.rules.filter((rule) => rule.direction === direction);
  return [...new Set(naming.flatMap(({ peer }) => ('named' in peer ? [peer.named] : [])))];
}
