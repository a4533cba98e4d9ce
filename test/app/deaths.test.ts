import { describe, expect, it } from 'vitest';
import { dueIn, entriesOf, event, filed, madeUp, MINUTE_MS, swept } from './make-up.ts';
import { dyingAt, firewallWith, HTTPS_ONLY, ingressOf, policyOf, sceneOf, tcpRule } from './scene.ts';
import type { Scene } from './scene.ts';

// Wherever a process dies, sweeps and the filing of what is due end it: the firewall is right, each breach has one
// ticket, each revert is verified once, and nothing is due for ever.

const LEGAL = tcpRule('sgr-1', 443, 443, '10.0.0.0/8');
const SSH = tcpRule('sgr-2', 22, 22, '0.0.0.0/0');
const TELNET = tcpRule('sgr-3', 23, 23, '0.0.0.0/0');
const RIGHT = ['tcp/443 from 10.0.0.0/8'];

function drifted(): Scene {
  return sceneOf(
    firewallWith(LEGAL, SSH, TELNET),
    policyOf('enforce', HTTPS_ONLY, 'deny: [{ service: tcp/23, from: anywhere, name: no telnet }]'),
  );
}

type When = 'before' | 'after';

function mortal(scene: Scene, count: { left: number }, when: When): Pick<Scene, 'deps' | 'ticketDeps'> {
  const ledger = dyingAt(scene.ledger, count, when);
  return {
    deps: {
      ...scene.deps,
      cloud: dyingAt(scene.cloud, count, when),
      ledger,
      publisher: dyingAt(scene.publisher, count, when),
    },
    ticketDeps: { ...scene.ticketDeps, ledger, tickets: dyingAt(scene.tickets, count, when) },
  };
}

async function expectMadeUp(scene: Scene, effect: number): Promise<void> {
  const note = `effect ${String(effect)}`;
  await madeUp(scene);
  expect(ingressOf(scene), note).toEqual(RIGHT);
  expect(scene.cloud.writes, note).toBe(1);
  expect(scene.tickets.drafts, note).toHaveLength(2);
  expect(await dueIn(scene), note).toEqual([]);
  const reverted = await entriesOf(scene, 'reverted');
  expect(
    reverted.map(({ body }) => body.closed),
    note,
  ).toEqual([true]);
  const verified = await entriesOf(scene, 'verified');
  expect(
    verified.map(({ body }) => body.reverted),
    note,
  ).toEqual([reverted[0]?.sequence]);
  const before = [
    reverted[0]?.body.before.ingress.length,
    (await entriesOf(scene, 'intended'))[0]?.body.before.ingress.length,
  ];
  expect(before, note).toEqual([3, 3]);
}

/** What is done before the death, and what dies; each as often as it has effects. */
const STORIES: readonly [
  what: string,
  before: (scene: Scene) => Promise<unknown>,
  dying: (scene: Scene, how: Pick<Scene, 'deps' | 'ticketDeps'>) => Promise<unknown>,
  effects: number,
][] = [
  // lease, record; read, intent, write; read, outcome; tell, mark; mark of the intent; release
  ['the run of an event', () => Promise.resolve(), (scene, { deps }) => event(scene, deps), 11],
  [
    'the run that verifies',
    async (scene) => {
      await event(scene);
      await filed(scene);
      scene.pass(MINUTE_MS);
    },
    (scene, { deps }) => swept(scene, deps),
    8,
  ],
  [
    'the run that tells what nobody was told',
    async (scene) => {
      const deaf = { publish: () => Promise.reject(new Error('the process died')) };
      await event(scene, { ...scene.deps, publisher: deaf }).catch(() => undefined);
      scene.pass(2 * MINUTE_MS);
    },
    (scene, { deps }) => swept(scene, deps),
    10,
  ],
  ['filing', (scene) => event(scene), (scene, { ticketDeps }) => filed(scene, ticketDeps), 12],
];

describe.each(['before', 'after'] as const)('a process that dies %s any effect', (when) => {
  it.each(STORIES)('of %s is made up for', async (_what, before, dying, effects) => {
    for (let effect = 1; ; effect += 1) {
      const scene = drifted();
      await before(scene);
      const count = { left: effect };
      await dying(scene, mortal(scene, count, when)).catch(() => undefined);
      await expectMadeUp(scene, effect);
      if (count.left > 0) {
        expect(effect - 1).toBe(effects);
        return;
      }
    }
  });

  it('of the sweep after a death is made up for, too', async () => {
    for (let first = 1; first <= 11; first += 1) {
      for (let second = 1; second <= 14; second += 1) {
        const scene = drifted();
        await event(scene, mortal(scene, { left: first }, when).deps).catch(() => undefined);
        scene.pass(2 * MINUTE_MS);
        await swept(scene, mortal(scene, { left: second }, when).deps).catch(() => undefined);
        scene.pass(2 * MINUTE_MS);
        await expectMadeUp(scene, 100 * first + second);
      }
    }
  });
});

describe('two at once', () => {
  it('runs of events and sweeps: one writes, each other is busy, and nothing is due for ever', async () => {
    const scene = drifted();
    const runs = await Promise.allSettled([event(scene), swept(scene), event(scene), swept(scene)]);
    expect(runs.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const run of runs) if (run.status === 'rejected') expect(run.reason).toMatchObject({ kind: 'busy' });
    await expectMadeUp(scene, 0);
  });

  it('a run whose lease ran out while it wrote: the firewall is right, and nobody hears of it twice', async () => {
    const scene = drifted();
    const apply = scene.cloud.apply.bind(scene.cloud);
    let others: Promise<unknown> | undefined;
    scene.cloud.apply = async (plan, before) => {
      if (others === undefined) {
        scene.pass(91_000);
        others = event(scene);
        await others;
      }
      return apply(plan, before);
    };
    await event(scene);
    expect(ingressOf(scene)).toEqual(RIGHT);
    expect(scene.cloud.writes).toBe(1);
    await madeUp(scene);
    expect(scene.tickets.drafts).toHaveLength(2);
  });
});
