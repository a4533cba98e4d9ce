import { setTimeout as timer } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededChance } from '../../../local/chance.ts';
import { fleetOf } from '../../../local/fleet/fleet.ts';
import { Acts } from '../../../local/show/acts.ts';
import { Follower } from '../../../local/show/follow.ts';
import { startWorld } from '../../../local/world.ts';
import type { World } from '../../../local/world.ts';

let world: World;
let acts: Acts;
let follower: Follower;
beforeAll(async () => {
  world = await startWorld({
    policyPath: 'examples/fleet/fleet.yaml',
    log: { info: () => undefined, error: () => undefined },
    sleep: async (ms, signal) => {
      await timer(ms < 60_000 ? Math.min(ms, 100) : ms, undefined, { signal, ref: false });
    },
    places: fleetOf(1).filter(({ name, region }) => `${name} ${region}` === 'production eu-west-1'),
  });
  acts = new Acts(world, seededChance(7));
  follower = new Follower(world, () => undefined);
  await follower.readAll();
});
afterAll(() => world.close());

/** Plays a key, waits until all that follows has come to rest, and gives what the view shows then. */
async function played(key: string): Promise<ReturnType<Follower['scene']>> {
  expect(await acts.play(key)).toBeUndefined();
  await world.bus.idle();
  // The outcome is read from the ledger after the bus has told of it.
  await timer(0);
  return follower.scene();
}

it('begins with what is open by a read', () => {
  const [place] = follower.scene().places;
  expect(place).toMatchObject({ name: 'production', region: 'eu-west-1', problem: undefined });
  expect(place?.open).toMatchObject({ groups: 19, against: 3, firstAgainst: 3, onlyReported: 0 });
});

it.each([
  ['o', /^opened tcp\/22 from 0\.0\.0\.0\/0$/, /^narrowed tcp\/22 from 0\.0\.0\.0\/0 to tcp\/22 from 10\.0\.0\.0\/8$/],
  ['e', /^changed a rule to every protocol, 0\.0\.0\.0\/0$/, /^narrowed any from 0\.0\.0\.0\/0 to /],
  ['d', /^RevokeSecurityGroupIngress$/, /^added tcp\/443 from 0\.0\.0\.0\/0$/],
])('key %s is a call of somebody, and is put right', async (key, event, change) => {
  const before = follower.scene();
  const after = await played(key);
  expect(after.counts.events).toBe(before.counts.events + 1);
  expect(after.counts.reverts).toBeGreaterThan(before.counts.reverts);
  expect(after.counts.incidents).toBeGreaterThan(0);
  expect(after.events[0]).toMatchObject({
    place: 'production eu-west-1',
    text: expect.stringMatching(event) as unknown,
  });
  const added = after.changes.slice(0, after.changes.length - before.changes.length);
  expect(added.map(({ text }) => text)).toContainEqual(expect.stringMatching(change));
  expect(added.every(({ kind, seconds }) => kind === 'done' && seconds !== undefined && seconds > 0)).toBe(true);
  expect(after.changes[0]?.firewall).toBe(after.events[0]?.firewall);
});

it('keeps up with what is open, and remembers the first look', async () => {
  // A read follows each event; the last one of them shows what all of them have left.
  await follower.readAll();
  const [place] = follower.scene().places;
  expect(place?.open?.firstAgainst).toBe(3);
  expect(place?.open?.services.find(({ text }) => text === 'tcp/22')?.kind).toBe('allowed');
});

it('says what EC2 refused', async () => {
  // Both calls choose the same group, and the same rule cannot be made twice.
  const always = new Acts(world, { ...seededChance(3), between: (least) => least });
  const said = await Promise.all([always.play('o'), always.play('o')]);
  expect(said.filter((one) => one !== undefined)).toEqual([
    expect.stringMatching(/^EC2 refused that on web-frontend \(InvalidPermission\.Duplicate: /),
  ]);
  await world.bus.idle();
  expect(await always.play('x')).toBeUndefined();
});
