import fc from 'fast-check';
import { expect, it } from 'vitest';
import { opennessOf, openPlaceOf } from '../../../local/show/openness.ts';
import { servicesOf } from '../../../local/show/ports.ts';
import { ANYWHERE } from '../../../shared/core/space/addresses.ts';
import { ANY_PROTOCOL, portSlots, TCP, typeSlots, UDP, wholeProtocol } from '../../../shared/core/space/slots.ts';
import * as traffic from '../../../shared/core/space/traffic.ts';
import { plainCase } from '../../core/arbitraries.ts';
import { CORE } from '../../core/core-modules.ts';
import { judgedBy, trafficHolds } from '../../core/judged.ts';
import { packetsOf } from '../../oracle/corners.ts';
import { extentOf, INTERNET, isPartOf } from '../../oracle/named-peers.ts';
import { asTriple, canExist, rulesLettingThrough } from '../../oracle/packet-walk.ts';
import type { PlainCase, PlainPacket } from '../../oracle/plain-case.ts';
import { prohibitionsOf } from '../../oracle/prohibited.ts';

/** What a walk past every rule and every clause says of one packet. */
function walked(plain: PlainCase, packet: PlainPacket): 'shut' | 'allowed' | 'reported' | 'enforced' {
  const triples = plain.rules.map(asTriple);
  const names = plain.rules.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  const least = Object.fromEntries(names.map((name) => [name, extentOf(plain, name).least]));
  const comesIn = rulesLettingThrough(triples, packet, least).length > 0;
  if (!comesIn || !isPartOf(plain, INTERNET, packet.peer, 'surely')) return 'shut';
  const modes = prohibitionsOf(plain, packet).map(({ mode }) => mode);
  if (modes.includes('enforce')) return 'enforced';
  return modes.length > 0 ? 'reported' : 'allowed';
}

it('what is open to the internet, and against which kind of policy, is what a packet walk says', () => {
  const seen = new Set<string>();
  const holds = (plain: PlainCase, seed: number): void => {
    const { firewall, desired } = judgedBy(CORE, plain);
    const one = opennessOf(firewall, desired);
    for (const any of packetsOf(plain, seed, 80)) {
      const packet: PlainPacket = { ...any, direction: 'ingress', own: any.peer };
      if (!canExist(packet)) continue;
      const expected = walked(plain, packet);
      seen.add(expected);
      const said = [one.open, one.enforced, one.reported].map((part) => trafficHolds(part, packet));
      const walk = [expected !== 'shut', expected === 'enforced', expected === 'reported'];
      if (said.join() !== walk.join()) expect({ packet, said }).toEqual({ packet, said: walk });
    }
  };
  fc.assert(fc.property(plainCase, fc.nat(), holds), { numRuns: 200, seed: 20_261_124 });
  expect([...seen].sort()).toEqual(['allowed', 'enforced', 'reported', 'shut']);
});

it('a place counts its firewalls by the worst that is in them', () => {
  const part = (port: number) => traffic.trafficOf(portSlots(TCP, port, port), ANYWHERE);
  const openness = (open: traffic.Traffic, enforced: traffic.Traffic, reported: traffic.Traffic) => ({
    name: 'any',
    open,
    enforced,
    reported,
  });
  const nothing = traffic.NOTHING;
  const place = openPlaceOf([
    openness(nothing, nothing, nothing),
    openness(part(443), nothing, nothing),
    openness(part(22), part(22), nothing),
    openness(traffic.union(part(80), part(3389)), nothing, part(3389)),
  ]);
  expect(place).toMatchObject({ groups: 4, open: 3, against: 2, onlyReported: 1 });
  expect(servicesOf(place.enforced)).toEqual(['tcp/22']);
  expect(servicesOf(place.reported)).toEqual(['tcp/3389']);
  expect(servicesOf(place.allowed)).toEqual(['tcp/80', 'tcp/443']);
});

it.each([
  ['nothing', [], []],
  ['every protocol', ANY_PROTOCOL, ['any']],
  ['ports and ranges', [...portSlots(TCP, 22, 22), ...portSlots(TCP, 8000, 8100)], ['tcp/22', 'tcp/8000-8100']],
  ['a whole protocol', wholeProtocol(UDP), ['udp']],
  ['types of icmp, once', [...typeSlots(1, 3, 4), ...typeSlots(1, 8)], ['icmp']],
])('spells %s', (_what, slots, expected) => {
  expect(servicesOf(traffic.trafficOf(slots, ANYWHERE))).toEqual(expected);
});
