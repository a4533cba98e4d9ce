import { setTimeout as timer } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fleetOf } from '../../local/fleet/fleet.ts';
import { PLACES } from '../../local/fleet/places.ts';
import { ruleOf } from '../../local/fleet/rule-text.ts';
import { opennessOf, openPlaceOf } from '../../local/show/openness.ts';
import type { OpenPlace } from '../../local/show/openness.ts';
import type { Place } from '../../local/place.ts';
import type { Site } from '../../local/site.ts';
import { startWorld } from '../../local/world.ts';
import type { World } from '../../local/world.ts';
import { outcomesOf } from '../../cli/test-run.ts';
import { readPolicyFiles } from '../../shared/policy/files.ts';
import { warningsOf } from '../../shared/policy/lint/lint.ts';
import { setOf } from '../policy/policies.ts';

const POLICY = 'examples/fleet/fleet.yaml';
const NOW = new Date('2026-11-24T12:00:00Z');
const FLEET = fleetOf(1);

describe('the fleet', () => {
  it('is three accounts in two regions', () => {
    const places = FLEET.map(({ account, name, region }) => `${account} ${name} ${region}`);
    expect(new Set(places).size).toBe(6);
    expect(new Set(FLEET.map(({ account }) => account)).size).toBe(3);
    expect(new Set(FLEET.map(({ region }) => region)).size).toBe(2);
  });

  it('is the same for one seed, and has other ids for another', () => {
    const idsOf = (fleet: readonly Site[]) =>
      fleet.flatMap(({ beginning }) => beginning.fleet?.map(({ id }) => id) ?? []);
    expect(fleetOf(1).map(({ beginning }) => beginning)).toEqual(FLEET.map(({ beginning }) => beginning));
    expect(idsOf(fleetOf(2)).filter((id) => idsOf(FLEET).includes(id))).toEqual([]);
  });

  it('has names that are unique in each network, and ids that are unique in all', () => {
    const ids = new Set<string>();
    let count = 0;
    for (const { beginning } of FLEET) {
      for (const { id } of beginning.vpcs) {
        const names = beginning.fleet!.filter(({ vpcId }) => vpcId === id).map(({ name }) => name);
        expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
      }
      for (const { id = '' } of beginning.fleet!) ids.add(id);
      count += beginning.fleet!.length;
    }
    expect(ids.size).toBe(count);
  });

  it('sins in every place, and only in groups that are there', () => {
    for (const { networks } of PLACES) {
      expect(networks.flatMap(({ sins }) => Object.keys(sins)).length).toBeGreaterThan(0);
      for (const { sins, groups } of networks) {
        expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(sins)));
      }
    }
  });
});

/** A world with some places of the fleet, in which a message that comes back comes back soon. */
async function worldWith(places: readonly Site[]): Promise<World> {
  const world = await startWorld({
    policyPath: POLICY,
    log: { info: () => undefined, error: () => undefined },
    sleep: async (ms, signal) => {
      await timer(ms < 60_000 ? Math.min(ms, 200) : ms, undefined, { signal, ref: false });
    },
    places,
  });
  onTestFinished(() => world.close());
  return world;
}

async function opened({ site, wiring }: Place): Promise<OpenPlace> {
  const { cloud, desired } = wiring.reconcile;
  const firewalls = await cloud.list({ account: site.account, region: site.region }, desired.written);
  expect(firewalls.flatMap(({ unread }) => unread)).toEqual([]);
  return openPlaceOf(firewalls.map((one) => opennessOf(one, desired.for(one, NOW))));
}

it('can be read whole, and sins in every place', async () => {
  const world = await worldWith(FLEET);
  const places = await Promise.all(world.places.map(opened));
  expect(places.map(({ groups }) => groups).every((groups) => groups >= 10 && groups <= 40)).toBe(true);
  expect(places.map(({ against }) => against).every((against) => against > 0)).toBe(true);
  expect(places.reduce((sum, { against }) => sum + against, 0)).toBeGreaterThanOrEqual(15);
});

it('loses its sins in production at the first sweep, and is only told of in staging', async () => {
  const world = await worldWith(
    FLEET.filter((site) =>
      ['production eu-west-1', 'staging us-east-1', 'shared us-east-1'].includes(`${site.name} ${site.region}`),
    ),
  );
  const before = await Promise.all(world.places.map(opened));
  for (const place of world.places) place.sweep();
  await Promise.all(world.places.map(({ bus }) => bus.idle()));
  const after = await Promise.all(world.places.map(opened));
  expect(before.map(({ onlyReported }) => onlyReported)).toEqual([0, 3, 1]);
  expect(after.map(({ against, onlyReported }) => [against, onlyReported])).toEqual([
    [0, 0],
    [3, 3],
    [2, 2],
  ]);
  expect(world.places.flatMap(({ bus }) => bus.deadLetters())).toEqual([]);
  expect(world.serviceNow.incidents().length).toBeGreaterThanOrEqual(7);
});

describe('its policy', () => {
  it('has nothing odd in it', async () => {
    expect(warningsOf(setOf(await readPolicyFiles([POLICY])), NOW).map(({ message }) => message)).toEqual([]);
  });

  it('passes its tests', async () => {
    const files = await outcomesOf(['examples/fleet'], {}, NOW);
    const outcomes = files.flatMap((file) => file.outcomes);
    expect(outcomes.length).toBeGreaterThanOrEqual(5);
    expect(outcomes.flatMap(({ failures }) => failures.map(({ message }) => message))).toEqual([]);
  });
});

describe('a rule of the fleet', () => {
  const idOf = (name: string): string => `sg-${name}`;

  it.each([
    [
      'tcp/22 from 10.0.0.0/8',
      { direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, peer: { kind: 'ipv4', cidr: '10.0.0.0/8' } },
    ],
    [
      'udp/53-54 to ::/0 (dns)',
      {
        direction: 'egress',
        protocol: 'udp',
        fromPort: 53,
        toPort: 54,
        peer: { kind: 'ipv6', cidr: '::/0' },
        description: 'dns',
      },
    ],
    ['any from sg:bastion', { direction: 'ingress', protocol: '-1', peer: { kind: 'group', id: 'sg-bastion' } }],
    [
      'icmp/3.4 from self',
      { direction: 'ingress', protocol: 'icmp', fromPort: 3, toPort: 4, peer: { kind: 'group', id: 'sg-own' } },
    ],
    [
      'icmp from self',
      { direction: 'ingress', protocol: 'icmp', fromPort: -1, toPort: -1, peer: { kind: 'group', id: 'sg-own' } },
    ],
    [
      'tcp from self',
      { direction: 'ingress', protocol: 'tcp', fromPort: 0, toPort: 65_535, peer: { kind: 'group', id: 'sg-own' } },
    ],
  ])('%s', (text, expected) => {
    expect(ruleOf(text, 'sg-own', idOf)).toEqual(expected);
  });

  it.each(['tcp/22', 'tcp/22 of 10.0.0.0/8', 'ssh from 10.0.0.0/8'])('`%s` is none', (text) => {
    expect(() => ruleOf(text, 'sg-own', idOf)).toThrow(/^fleet: `/);
  });
});
