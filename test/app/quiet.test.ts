import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { wholeProtocol, SCTP } from '../../shared/core/space/slots.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import type { LedgerBody } from '../../shared/core/model/ledger.ts';
import type { Hint } from '../../shared/core/model/target.ts';
import { dueIn, event, filed, MINUTE_MS, swept } from './make-up.ts';
import { firewallWith, HINT, HTTPS_ONLY, kindsOf, policyOf, sceneOf, TARGET, tcpRule } from './scene.ts';
import type { Scene } from './scene.ts';

// A sweep looks at everything again and again: what it costs, and what it leaves, must not grow with that.

const LEGAL = tcpRule('sgr-1', 443, 443, '10.0.0.0/8');
const SSH = tcpRule('sgr-2', 22, 22, '0.0.0.0/0');
const RDP = tcpRule('sgr-3', 3389, 3389, '0.0.0.0/0');

/** What three sweeps in an hour add to the ledger. */
async function added(scene: Scene): Promise<readonly string[]> {
  await filed(scene);
  const before = (await kindsOf(scene)).length;
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    scene.pass(20 * MINUTE_MS);
    await swept(scene);
    await filed(scene);
  }
  return (await kindsOf(scene)).slice(before).filter((kind) => kind !== 'ticketed');
}

function setRules({ cloud }: Scene, ...rules: readonly Rule[]): void {
  cloud.move((firewall) => ({ ...firewall, ingress: [{ combine: 'union', rules }] }));
}

describe('a quiet run writes what is new, once', () => {
  it('nothing of a firewall that was always right', async () => {
    expect(await added(sceneOf(firewallWith(LEGAL), policyOf('enforce', HTTPS_ONLY)))).toEqual([]);
  });

  it('one line of findings that nobody had seen', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('report', HTTPS_ONLY));
    expect(await added(scene)).toEqual(['held']);
    expect(scene.tickets.drafts).toHaveLength(1);
  });

  it('nothing of findings that an event has shown, also where the cloud shows the rules in another order', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH, RDP), policyOf('report', HTTPS_ONLY));
    await event(scene);
    setRules(scene, RDP, SSH, LEGAL);
    expect(await added(scene)).toEqual([]);
  });

  it('one line where a finding came, and one where one went', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('report', HTTPS_ONLY));
    await event(scene);
    setRules(scene, LEGAL, SSH, RDP);
    expect(await added(scene)).toEqual(['held']);
    setRules(scene, LEGAL, RDP);
    expect(await added(scene)).toEqual(['held']);
  });

  it('one line where a firewall that had findings was fixed by hand', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('report', HTTPS_ONLY));
    await event(scene);
    setRules(scene, LEGAL);
    expect(await added(scene)).toEqual(['fine']);
  });

  it('that a revert holds, and nothing else of it', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce', HTTPS_ONLY));
    await event(scene);
    expect(await added(scene)).toEqual(['verified']);
  });

  it('nothing of what a revert has left and told of: what may be open, and what is held', async () => {
    const members: Rule = {
      ...SSH,
      id: 'sgr-4',
      box: {
        ...tcpRule('sgr-4', 22, 23, '0.0.0.0/0').box,
        peer: { kind: 'named', name: peerName('sg', 'sg-0fedcba9876543210') },
      },
    };
    const possible = sceneOf(
      firewallWith(members),
      policyOf('enforce', 'allow: [{ service: tcp/22, from: 10.0.0.0/8 }]'),
    );
    await event(possible);
    expect(await added(possible)).toEqual(['verified']);

    const sctp: Rule = { ...SSH, id: 'sgr-5', box: { ...SSH.box, slots: wholeProtocol(SCTP) } };
    const held = sceneOf(
      firewallWith(SSH, sctp),
      policyOf('enforce', 'allow: [{ service: [sctp/5, tcp/443], from: anywhere }]'),
    );
    await event(held);
    expect(await kindsOf(held)).toEqual(['intended', 'reverted']);
    expect(await added(held)).toEqual([]);
  });

  it('one line of a firewall that is gone, or that nobody may read', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('report', HTTPS_ONLY));
    await event(scene);
    scene.cloud.fault = new Fault('forbidden', 'not allowed to describe');
    expect(await added(scene)).toEqual(['unreadable']);
    scene.cloud.fault = new Fault('forbidden', 'not allowed to describe rules');
    expect(await added(scene)).toEqual(['unreadable']);
    scene.cloud.fault = undefined;
    scene.cloud.firewall = undefined;
    expect(await added(scene)).toEqual(['gone']);
  });

  it('every write, and what became of it', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce', HTTPS_ONLY));
    scene.cloud.refusal = 'not authorized';
    await event(scene);
    expect(await kindsOf(scene)).toEqual(['intended', 'failed']);
    scene.cloud.refusal = undefined;
    expect(await added(scene)).toEqual(['intended', 'reverted', 'verified']);
  });

  it('what became of a run that died', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce', HTTPS_ONLY));
    const apply = scene.cloud.apply.bind(scene.cloud);
    scene.cloud.apply = async (plan, before) => {
      await apply(plan, before);
      throw new Error('the process died');
    };
    await event(scene).catch(() => undefined);
    scene.cloud.apply = apply;
    expect(await added(scene)).toEqual(['reverted', 'verified']);
    expect(scene.cloud.writes).toBe(1);
  });
});

describe('a quiet run that finds what is known', () => {
  it('still writes a line where a run died before it: what was intended and not done is not claimed later', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce', HTTPS_ONLY));
    const paused = { ...scene.deps, limits: { ...scene.deps.limits, paused: 'paused' } };
    await event(scene, paused);
    const deadCloud = {
      ...scene.deps,
      cloud: Object.create(scene.cloud, {
        apply: { value: () => Promise.reject(new Error('the process died')) },
      }) as typeof scene.cloud,
    };
    await event(scene, deadCloud).catch(() => undefined);
    scene.pass(2 * MINUTE_MS);
    await swept(scene, paused);
    setRules(scene, LEGAL);
    await swept(scene);
    expect(await kindsOf(scene)).toEqual(['held', 'intended', 'held', 'fine']);
  });
});

describe('an event leaves a line each time', () => {
  it('with who was at it, also where it changed nothing', async () => {
    const scene = sceneOf(firewallWith(LEGAL), policyOf('enforce', HTTPS_ONLY));
    await event(scene);
    await event(scene);
    expect(await kindsOf(scene)).toEqual(['fine', 'fine']);
    expect((await scene.ledger.entry(TARGET, 2))?.hint).toEqual(HINT);
  });

  it('but not that nobody may read the firewall: each run would read back through all of these', async () => {
    const scene = sceneOf(firewallWith(LEGAL), policyOf('enforce', HTTPS_ONLY));
    scene.cloud.fault = new Fault('forbidden', 'not allowed to describe');
    for (let events = 0; events < 5; events += 1) await event(scene);
    expect(await kindsOf(scene)).toEqual(['unreadable']);
  });
});

/** The entries that each call has read, while the work is done. */
async function readsOf(scene: Scene, work: () => Promise<unknown>): Promise<readonly number[]> {
  const { ledger } = scene;
  const sizes: number[] = [];
  const newest = ledger.newest.bind(ledger);
  ledger.newest = async (...args) => {
    const kept = await newest(...args);
    sizes.push(kept.length);
    return kept;
  };
  ledger.entries = () => Promise.reject(new Error('a run reads all entries'));
  try {
    await work();
  } finally {
    ledger.newest = newest;
    Reflect.deleteProperty(ledger, 'entries');
  }
  return sizes;
}

async function append(scene: Scene, count: number, body: LedgerBody, hint?: Hint): Promise<void> {
  for (let entries = 0; entries < count; entries += 1) await scene.ledger.append(TARGET, hint, body);
}

const TICKETED: LedgerBody = {
  kind: 'ticketed',
  breach: 'one',
  ticket: 'INC1',
  url: 'https://example.com',
  created: false,
};

describe('what a run costs', () => {
  it('does not grow with 10,000 entries, whatever is owed of them', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce', HTTPS_ONLY));
    await event(scene);
    await append(scene, 5000, { kind: 'fine' });
    await scene.ledger.append(TARGET, undefined, { kind: 'unreadable', why: 'x' }, scene.deps.clock.now());
    await append(scene, 5000, { kind: 'fine' });
    scene.pass(MINUTE_MS);
    const reads = await readsOf(scene, () => swept(scene));
    expect(reads.length).toBeLessThanOrEqual(4);
    expect(await readsOf(scene, () => event(scene))).toHaveLength(1);
    // And what was owed is done.
    expect(await kindsOf(scene).then((kinds) => kinds.filter((kind) => kind === 'verified'))).toHaveLength(1);
    await filed(scene);
    expect(await dueIn(scene)).toEqual([]);
    expect(scene.publisher.notices.map(({ kind }) => kind)).toEqual(['reverted', 'unreadable', 'verified']);
  });

  it('is as many pages as entries owed at most, and every entry is read once', async () => {
    const scene = sceneOf(firewallWith(LEGAL), policyOf('enforce', HTTPS_ONLY));
    const now = scene.deps.clock.now();
    for (let entries = 1; entries <= 200; entries += 1) {
      const isOwed = entries % 4 === 0 && entries <= 100;
      await scene.ledger.append(
        TARGET,
        undefined,
        { kind: 'unreadable', why: String(entries) },
        isOwed ? now : undefined,
      );
      await append(scene, 1, { kind: 'fine' });
    }
    const reads = await readsOf(scene, () => swept(scene));
    expect(reads.reduce((sum, size) => sum + size, 0)).toBe(232);
    expect(scene.publisher.notices.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 25 }, (_, index) => 8 * (index + 1) - 1),
    );
  });

  it('reaches past a page of other lines to the end of the last run', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce', HTTPS_ONLY));
    await event(scene);
    await filed(scene);
    await append(scene, 50, TICKETED);
    scene.pass(MINUTE_MS);
    await swept(scene);
    expect((await kindsOf(scene)).at(-1)).toBe('verified');
  });

  it('asks nothing more for sequences that nobody has ever written', async () => {
    const scene = sceneOf(firewallWith(LEGAL), policyOf('enforce', HTTPS_ONLY));
    await append(scene, 100, { kind: 'fine' });
    const { reconcile } = await import('../../shared/app/reconcile.ts');
    const owed = [Number.MAX_SAFE_INTEGER, 1, 1, 1, 2, 101, 5000];
    const errand = { target: TARGET, hint: undefined, quiet: true };
    const reads = await readsOf(scene, () => reconcile(errand, { changes: 0 }, scene.deps, owed));
    expect(reads.length).toBeLessThanOrEqual(3);
    expect(scene.publisher.notices).toEqual([]);
  });
});

describe('a death that left an intent far back', () => {
  it('is still made up for where only other lines followed it', async () => {
    const scene = sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce', HTTPS_ONLY));
    scene.cloud.apply = (plan) => {
      scene.cloud.move((firewall) => simulate(firewall, plan.changes));
      return Promise.reject(new Error('the process died'));
    };
    await event(scene).catch(() => undefined);
    await append(scene, 70, TICKETED);
    scene.pass(2 * MINUTE_MS);
    await swept(scene);
    expect((await kindsOf(scene)).at(-1)).toBe('reverted');
  });
});
