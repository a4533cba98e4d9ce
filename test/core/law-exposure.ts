import { cornersOf, packetsOf } from '../oracle/corners.ts';
import { extentOf, prohibitionsOf, requirementsOf, rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { Members } from '../oracle/packet-walk.ts';
import { familyOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import { addressOfText, slotOf } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, DIRECTIONS, judgedBy, trafficHolds } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

const PACKETS = 240;

function membersAs(plain: PlainCase, which: 'least' | 'most'): Members {
  const names = plain.rules.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  return Object.fromEntries(names.map((name) => [name, extentOf(plain, name)[which]]));
}

function idsOf(rules: readonly { readonly id: string }[]): readonly string[] {
  return rules.map(({ id }) => id).toSorted();
}

/** The rule without what policies do not speak of: a triple passes when some source port and own address let it. */
function asTriple({ id, direction, service, peer }: PlainRule): PlainRule {
  return { id, direction, service, peer };
}

/** Law 1: the exposure is what a packet walk says, on all five axes, for whatever is known of named peers. */
export function exposureLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const { firewall } = judgedBy(core, plain);
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  const [least, most] = [membersAs(plain, 'least'), membersAs(plain, 'most')];
  const exposures = {
    ingress: core.exposure.exposureOf(firewall, 'ingress'),
    egress: core.exposure.exposureOf(firewall, 'egress'),
  };
  for (const packet of packets) {
    const exposure = exposures[packet.direction];
    const asked = {
      slot: slotOf(packet),
      sourcePort: packet.sourcePort,
      peer: addressOfText(packet.peer),
      own: addressOfText(packet.own),
    };
    const said = core.exposure.rulesLettingThrough(exposure, asked, firewall.names);
    const surely = idsOf(rulesLettingThrough(plain.rules, packet, least));
    const perhaps = idsOf(rulesLettingThrough(plain.rules, packet, most));
    if (idsOf(said.surely).join() !== surely.join())
      broken('surely let through', { packet, surely, said: idsOf(said.surely) });
    const all = idsOf([...said.surely, ...said.possibly]);
    if (all.join() !== perhaps.join()) broken('possibly let through', { packet, perhaps, said: all });
    for (const { rule, box } of exposure) {
      const flows = core.exposure.flowsOf(box);
      const own = plain.rules.find(({ id }) => id === rule.id);
      if (flows.kind === 'named' || own === undefined) continue;
      const passes = rulesLettingThrough([asTriple(own)], packet, {}).length === 1;
      if (core.traffic.includes(flows.traffic, asked.slot, asked.peer) !== passes)
        broken('flows of a rule', { packet, own });
    }
  }
}

function everyPacket(plain: PlainCase): readonly PlainPacket[] {
  const { selectors, addresses } = cornersOf(plain);
  return DIRECTIONS.flatMap((direction) =>
    selectors.flatMap((selector) =>
      addresses.map((peer) => ({ direction, ...selector, sourcePort: 1024, peer, own: peer })),
    ),
  );
}

/** What is forbidden and what contradicts is what a walk over the clauses says, exceptions and modes counted. */
export function forbiddenLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const { desired } = judgedBy(core, plain);
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  const contradicts = (packet: PlainPacket): boolean =>
    requirementsOf(plain, packet).length > 0 && prohibitionsOf(plain, packet).length > 0;
  for (const packet of packets) {
    const demand = desired[packet.direction];
    const prohibitions = prohibitionsOf(plain, packet);
    const { forbidden } = demand;
    const includes = core.traffic.includes(forbidden, slotOf(packet), addressOfText(packet.peer));
    // A packet whose ends are of two families does not exist, and no set in (slot, peer) can say that.
    if (familyOf(packet.peer) !== familyOf(packet.own)) continue;
    if (trafficHolds(forbidden, packet) !== prohibitions.length > 0 || includes !== prohibitions.length > 0) {
      broken('forbidden', { packet, prohibitions: prohibitions.map(({ clause }) => clause) });
    }
    const said = demand.prohibitions.filter((one) => trafficHolds(one.traffic, packet)).map(({ clause }) => clause);
    const walked = prohibitions.map(({ clause }) => clause);
    if (said.join() !== walked.join()) broken('prohibitions in deciding order', { packet, walked, said });
    const asked = demand.requirements.filter((one) => trafficHolds(one.traffic, packet)).map(({ clause }) => clause.id);
    const required = requirementsOf(plain, packet).map(({ id }) => id);
    if (asked.join() !== required.join()) broken('requirements', { packet, required, asked });
    if (contradicts(packet) && desired.contradictions.length === 0) broken('a contradiction is not seen', { packet });
  }
  if (desired.contradictions.length > 0 && !everyPacket(plain).some(contradicts)) {
    broken('a contradiction that is none', desired.contradictions);
  }
}
