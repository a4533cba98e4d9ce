import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../shared/core/contents.ts';
import type { TrafficRecord } from '../../shared/core/model/record.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import { ruleRecords } from '../../shared/core/records.ts';
import * as addresses from '../../shared/core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../shared/core/space/cidr.ts';
import * as line from '../../shared/core/space/line.ts';
import { ANY_PROTOCOL, portSlots, typeSlots, wholeProtocol } from '../../shared/core/space/slots.ts';
import type { Slots } from '../../shared/core/space/slots.ts';
import { contentKey } from '../../shared/core/spell.ts';
import { plainCase } from './arbitraries.ts';
import { firewallOf } from './core-case.ts';
import { CORE } from './core-modules.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import '../seed.ts';

/** What the ledger has of a rule, as it comes out of a store. */
function recordsOf(rule: Rule): readonly TrafficRecord[] {
  return JSON.parse(JSON.stringify(ruleRecords(rule))) as readonly TrafficRecord[];
}

describe('a rule that was recorded', () => {
  it('is the same rule when its record is read', () => {
    fc.assert(
      fc.property(plainCase, fc.dictionary(fc.string(), fc.string()), (plain, tags) => {
        const firewall = firewallOf(CORE, plain);
        for (const direction of ['ingress', 'egress'] as const) {
          for (const rule of rulesOf(firewall, direction).map((one) => ({ ...one, tags }))) {
            const records = recordsOf(rule);
            expect(records).toHaveLength(1);
            const content = contentOf(records[0]!);
            expect(content && contentKey(direction, content)).toBe(contentKey(direction, rule));
            expect(content).toMatchObject({ description: rule.description, tags });
          }
        }
      }),
    );
  });

  const block = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => {
    const text = [24, 16, 8, 0].map((by) => String((address >>> by) & 255)).join('.');
    return addressesOfBlock(blockOf(`${text}/${String(prefix)}`)!.block);
  });
  const slots: fc.Arbitrary<Slots> = fc.oneof(
    fc.constant(ANY_PROTOCOL),
    fc.nat(255).map(wholeProtocol),
    fc.tuple(fc.constantFrom(6, 17, 132), fc.nat(65_535), fc.nat(65_535)).map(([protocol, a, b]) => {
      return portSlots(protocol, Math.min(a, b), Math.max(a, b));
    }),
    fc
      .tuple(fc.constantFrom(1, 58), fc.nat(255), fc.option(fc.nat(255), { nil: undefined }))
      .map(([protocol, type, code]) => typeSlots(protocol, type, code)),
  );
  const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 3 });

  /** Of several peers, services, source ports and own addresses, as some clouds have them. */
  const wide: fc.Arbitrary<Rule> = fc
    .record({
      slots: some(slots),
      peers: some(block),
      own: some(block),
      source: fc.tuple(fc.nat(65_535), fc.nat(65_535)),
    })
    .map(({ slots: services, peers, own, source: [a, b] }) => ({
      id: 'rule',
      description: 'wide',
      tags: {},
      box: {
        slots: services.reduce((all, one) => line.union(all, one), []),
        sourcePorts: [Math.min(a, b), Math.max(a, b) + 1],
        peer: { kind: 'addresses', addresses: addresses.unionOf(peers) },
        own: addresses.unionOf(own),
      },
    }));

  it('is what its records say together, where it takes several', () => {
    let several = 0;
    fc.assert(
      fc.property(wide, (rule) => {
        const contents = recordsOf(rule).map((record) => contentOf(record));
        several += contents.length > 1 ? 1 : 0;
        // Each axis of all the boxes is an axis of the rule: with as many boxes as there are combinations, they are it.
        const unionBy = (axis: 'slots' | 'sourcePorts'): readonly number[] =>
          contents.reduce<readonly number[]>((all, one) => line.union(all, one?.box[axis] ?? []), []);
        expect(unionBy('slots')).toEqual(rule.box.slots);
        expect(unionBy('sourcePorts')).toEqual(rule.box.sourcePorts);
        const peers = contents.map((one) => (one?.box.peer.kind === 'addresses' ? one.box.peer.addresses : undefined));
        const own = contents.map((one) => one?.box.own);
        const unionOf = (all: readonly (addresses.Addresses | undefined)[]): addresses.Addresses =>
          addresses.unionOf(all.flatMap((one) => one ?? []));
        expect({ kind: 'addresses', addresses: unionOf(peers) }).toEqual(rule.box.peer);
        expect(unionOf(own)).toEqual(rule.box.own);
        const count = (axis: (one: (typeof contents)[number]) => unknown): number =>
          new Set(
            contents.map((one) =>
              JSON.stringify(axis(one), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
            ),
          ).size;
        const combinations =
          count((one) => one?.box.slots) * count((one) => one?.box.peer) * count((one) => one?.box.own);
        expect(contents).toHaveLength(combinations);
      }),
    );
    expect(several).toBeGreaterThan(10);
  });

  it.each([
    ['sg:sg-0123456789abcdef0', 'sg', 'sg-0123456789abcdef0'],
    ['sg:111122223333/sg-0123456789abcdef0', 'sg', '111122223333/sg-0123456789abcdef0'],
    ['prefix-list:pl-0123456789abcdef0', 'prefix-list', 'pl-0123456789abcdef0'],
  ])('names its peer as it did: %s', (peer, kind, id) => {
    expect(contentOf({ protocol: 'tcp', peer })?.box.peer).toEqual({ kind: 'named', name: peerName(kind, id) });
  });
});

describe('a record that no rule was written as', () => {
  const RECORD: TrafficRecord = { protocol: 'tcp', ports: [22, 22], peer: '203.0.113.0/24' };

  it.each<[string, Partial<TrafficRecord>]>([
    ['a protocol that has no such name', { protocol: 'tcpp' }],
    ['a protocol beyond the last', { protocol: 256 }],
    ['half a protocol', { protocol: 6.5 }],
    ['no protocol', { protocol: '' }],
    ['a protocol of every object', { protocol: 'constructor' }],
    ['ports of every protocol', { protocol: 'any' }],
    ['ports of a protocol without', { protocol: 'gre' }],
    ['ports of ICMP', { protocol: 'icmp' }],
    ['ports the wrong way round', { ports: [23, 22] }],
    ['a port beyond the last', { ports: [22, 65_536] }],
    ['half a port', { ports: [22, 22.5] }],
    ['no port', { ports: [Number.NaN, 22] }],
    ['a port before the first', { ports: [-1, 22] }],
    ['ports and a type', { icmp: { type: 8 } }],
    ['a CIDR with host bits', { peer: '203.0.113.1/24' }],
    ['a CIDR without its length', { peer: '203.0.113' }],
    ['a name without an id', { peer: 'sg:' }],
    ['a name with a space', { peer: 'sg:sg 1' }],
    ['a name of no kind', { peer: ':sg-1' }],
    ['nobody', { peer: '' }],
    ['source ports the wrong way round', { sourcePorts: [2, 1] }],
    ['a source port beyond the last', { sourcePorts: [0, 65_536] }],
    ['an own name', { own: 'sg:sg-1' }],
    ['own addresses with host bits', { own: '10.0.0.1/8' }],
  ])('says nothing: %s', (_what, change) => {
    expect(contentOf(RECORD)).toBeDefined();
    expect(contentOf({ ...RECORD, ...change })).toBeUndefined();
  });

  it.each<[string, TrafficRecord]>([
    ['a type of a protocol without', { protocol: 'tcp', icmp: { type: 8 }, peer: '0.0.0.0/0' }],
    ['a type beyond the last', { protocol: 'icmp', icmp: { type: 256 }, peer: '0.0.0.0/0' }],
    ['half a type', { protocol: 'icmp', icmp: { type: 0.5 }, peer: '0.0.0.0/0' }],
    ['a code beyond the last', { protocol: 'icmp', icmp: { type: 8, code: 256 }, peer: '0.0.0.0/0' }],
    ['a type of every protocol', { protocol: 'any', icmp: { type: 8 }, peer: '0.0.0.0/0' }],
  ])('says nothing: %s', (_what, record) => {
    expect(contentOf(record)).toBeUndefined();
  });
});
