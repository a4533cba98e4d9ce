import { packetsOf } from '../oracle/corners.ts';
import { extentOf } from '../oracle/named-peers.ts';
import type { Members } from '../oracle/named-peers.ts';
import { asTriple, rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { PlainCase } from '../oracle/plain-case.ts';
import { addressOfText, slotOf } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, judgedBy } from './judged.ts';
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
