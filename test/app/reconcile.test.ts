import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { SCTP, wholeProtocol } from '../../shared/core/space/slots.ts';
import { ticketTextsOf } from '../../shared/core/ticket-text.ts';
import {
  dyingAt,
  firewallWith,
  HINT,
  HTTPS_ONLY,
  ingressOf,
  kindsOf,
  policyOf,
  sceneOf,
  TARGET,
  tcpRule,
  reconcileFor,
} from './scene.ts';
import type { Scene } from './scene.ts';

const HALF_LEGAL = tcpRule('sgr-1', 443, 444, '0.0.0.0/0');
const LEGAL = tcpRule('sgr-2', 443, 443, '10.0.0.0/8');

function half(): Scene {
  return sceneOf(firewallWith(HALF_LEGAL, LEGAL), policyOf('enforce', HTTPS_ONLY));
}

const RIGHT = ['tcp/443 from 0.0.0.0/0', 'tcp/443 from 10.0.0.0/8'];

function run(scene: Scene, changesInRun = 0): ReturnType<typeof reconcileFor> {
  return reconcileFor(TARGET, HINT, { changes: changesInRun }, scene.deps);
}

describe('a run', () => {
  it('takes away the excess, keeps the rest, and records intent, images and proof', async () => {
    const scene = half();
    const entry = await run(scene);
    expect(ingressOf(scene)).toEqual(RIGHT);
    expect(await kindsOf(scene)).toEqual(['intended', 'reverted']);
    expect(entry.hint).toEqual(HINT);
    expect(entry.body).toMatchObject({
      kind: 'reverted',
      closed: true,
      remaining: [],
      requestIds: ['request-1'],
      before: { ingress: [{ id: 'sgr-1', ports: [443, 444] }, { id: 'sgr-2' }] },
    });
    expect(scene.publisher.notices).toEqual([{ kind: 'reverted', target: TARGET, sequence: 2 }]);
  });

  it('finds nothing to do the second time', async () => {
    const scene = half();
    await run(scene);
    expect((await run(scene)).body.kind).toBe('fine');
    expect(scene.cloud.writes).toBe(1);
    expect(scene.publisher.notices).toHaveLength(1);
  });

  it('only tells where the policy only reports', async () => {
    const scene = sceneOf(firewallWith(HALF_LEGAL), policyOf('report', HTTPS_ONLY));
    const entry = await run(scene);
    expect(entry.body).toMatchObject({ kind: 'held', reasons: ['mode'] });
    expect(scene.cloud.writes).toBe(0);
    expect(scene.publisher.notices).toHaveLength(1);
  });

  it('records that a firewall is gone', async () => {
    const scene = half();
    scene.cloud.firewall = undefined;
    expect((await run(scene)).body.kind).toBe('gone');
    expect(scene.publisher.notices).toEqual([]);
  });

  it('holds more changes than one firewall may have at once, whole', async () => {
    const rules = Array.from({ length: 21 }, (_, index) =>
      tcpRule(`sgr-${String(index)}`, 22, 22, `198.51.100.${String(index)}/32`),
    );
    const scene = sceneOf(firewallWith(...rules), policyOf('enforce', HTTPS_ONLY));
    const entry = await run(scene);
    expect(entry.body.kind === 'held' && entry.body.reasons).toEqual([
      'it would make 21 changes to this firewall, more than the 20 allowed at once',
    ]);
    expect(ingressOf(scene)).toHaveLength(21);
  });

  it('counts the changes of the whole run', async () => {
    const scene = half();
    expect((await run(scene, 100)).body.kind).toBe('held');
    expect((await run(scene, 99)).body.kind).toBe('reverted');
  });
});

describe('others at the same firewall', () => {
  it('a change between read and write is read, and planned for', async () => {
    const scene = half();
    let moved = false;
    scene.cloud.beforeWrite = () => {
      if (moved) return;
      moved = true;
      scene.cloud.move((firewall) => ({
        ...firewall,
        ingress: [{ combine: 'union', rules: [HALF_LEGAL, LEGAL, tcpRule('sgr-3', 22, 22, '0.0.0.0/0')] }],
      }));
    };
    expect((await run(scene)).body).toMatchObject({ kind: 'reverted', closed: true });
    expect(ingressOf(scene)).toEqual(RIGHT);
  });

  it('a firewall that never stands still is given up after a few tries, and told of', async () => {
    const scene = half();
    scene.cloud.beforeWrite = () => {
      scene.cloud.move((firewall) => ({ ...firewall }));
    };
    const entry = await run(scene);
    expect(entry.body.kind === 'failed' && entry.body.why).toContain('somebody else kept changing the firewall');
    expect(scene.cloud.writes).toBe(0);
    expect(scene.publisher.notices.map(({ kind }) => kind)).toEqual(['failed']);
  });

  it('a write that the cloud refuses is told of, with its reason', async () => {
    const scene = half();
    scene.cloud.refusal = 'not authorized to perform ec2:ModifySecurityGroupRules';
    expect((await run(scene)).body).toMatchObject({ kind: 'failed', why: scene.cloud.refusal });
  });

  it('a firewall that may not be read is told of, and not tried again and again', async () => {
    const scene = half();
    scene.cloud.fault = new Fault('forbidden', 'the role may not call `ec2:DescribeSecurityGroups`');
    expect((await run(scene)).body).toEqual({ kind: 'unreadable', why: scene.cloud.fault.message });
    expect(scene.publisher.notices.map(({ kind }) => kind)).toEqual(['unreadable']);
  });

  it.each(['throttled', 'unavailable', 'malformed'] as const)(
    'a read that is %s fails the run, and leaves no mark',
    async (kind) => {
      const scene = half();
      scene.cloud.fault = new Fault(kind, 'no answer');
      await expect(run(scene)).rejects.toBe(scene.cloud.fault);
      expect(await kindsOf(scene)).toEqual([]);
      scene.cloud.fault = undefined;
      expect((await run(scene)).body.kind).toBe('reverted');
    },
  );

  it('two runs at once are one: the other is busy, and comes back', async () => {
    const scene = half();
    const results = await Promise.allSettled([run(scene), run(scene)]);
    const [refused] = results.filter((result) => result.status === 'rejected');
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(refused?.reason).toBeInstanceOf(Fault);
    expect(refused?.reason).toMatchObject({ kind: 'busy' });
    expect(scene.cloud.writes).toBe(1);
  });

  it('a run that died holds the firewall no longer than its lease', async () => {
    const scene = half();
    await scene.ledger.lease('aws/111122223333/us-east-1/sg-0123456789abcdef0', 90_000);
    await expect(run(scene)).rejects.toMatchObject({ kind: 'busy' });
    scene.pass(90_001);
    expect((await run(scene)).body.kind).toBe('reverted');
  });
});

describe('a write whose answer got lost', () => {
  it('is told of by the run that sees it was made, with who made it necessary', async () => {
    const scene = half();
    const lost = dyingAt(scene.cloud, { left: 2 }, 'after');
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud: lost })).rejects.toThrow('died');
    expect(ingressOf(scene)).toEqual(RIGHT);
    const entry = await reconcileFor(
      TARGET,
      { ...HINT, actor: 'portcullis', eventId: 'own' },
      { changes: 0 },
      scene.deps,
    );
    expect(entry.hint).toEqual(HINT);
    expect(entry.body).toMatchObject({ kind: 'reverted', closed: true, requestIds: [], findings: [{ rule: 'sgr-1' }] });
    expect((await run(scene)).body.kind).toBe('fine');
  });
});

describe('what is left after a revert', () => {
  function openAfterWrites(scene: Scene, ids: readonly string[]): void {
    const left = [...ids];
    scene.cloud.afterWrite = () => {
      const id = left.shift();
      if (id === undefined) return;
      const rules = [LEGAL, tcpRule(id, 444, 444, '0.0.0.0/0')];
      scene.cloud.move((firewall) => ({ ...firewall, ingress: [{ combine: 'union', rules }] }));
    };
  }

  it('is closed too where somebody opened it again right after the write, and told of once', async () => {
    const scene = half();
    openAfterWrites(scene, ['sgr-8']);
    const entry = await run(scene);
    expect(ingressOf(scene)).toEqual(['tcp/443 from 10.0.0.0/8']);
    expect(await kindsOf(scene)).toEqual(['intended', 'intended', 'reverted']);
    expect(entry.body).toMatchObject({ closed: true, remaining: [], requestIds: ['request-1', 'request-2'] });
    expect(scene.publisher.notices).toHaveLength(1);
  });

  it('is told of as open where somebody opens it again after every write', async () => {
    const scene = half();
    openAfterWrites(scene, ['sgr-7', 'sgr-8', 'sgr-9']);
    const entry = await run(scene);
    expect(entry.body).toMatchObject({ kind: 'reverted', closed: false });
    expect(entry.body.kind === 'reverted' && entry.body.reasons.join()).toContain('kept changing the firewall');
    const [text] = ticketTextsOf(entry);
    expect(text?.title).toContain('is open');
    expect(text?.urgency).toBe(1);
  });

  it('is not written to again because a read lags behind', async () => {
    const scene = half();
    const { cloud } = scene;
    const before = cloud.firewall;
    cloud.afterWrite = () => {
      cloud.firewall = before;
    };
    const entry = await run(scene);
    expect(cloud.writes).toBe(1);
    expect(entry.body).toMatchObject({
      kind: 'reverted',
      closed: false,
      reasons: ['the read after the write still shows it'],
    });
  });

  it('a change that is held is left, with its reason', async () => {
    const sctp = { ...tcpRule('sgr-3', 0, 0, '0.0.0.0/0') };
    const rule = { ...sctp, box: { ...sctp.box, slots: wholeProtocol(SCTP) } };
    const policy = policyOf('enforce', 'allow: [{ service: [sctp/5, tcp/443], from: anywhere }]');
    const scene = sceneOf(firewallWith(HALF_LEGAL, rule), policy);
    const entry = await run(scene);
    expect(entry.body).toMatchObject({ kind: 'reverted', closed: false });
    expect(entry.body.kind === 'reverted' && entry.body.reasons.join()).toContain(
      'no rule of this cloud can say sctp/5',
    );
  });
});

describe('an outcome that could not be announced', () => {
  it('fails the run, and is announced by the next one', async () => {
    const scene = half();
    const deaf = { publish: () => Promise.reject(new Fault('unavailable', 'the bus does not answer')) };
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, publisher: deaf })).rejects.toThrow(
      'the bus does not answer',
    );
    expect(ingressOf(scene)).toEqual(RIGHT);
    await run(scene);
    expect(scene.publisher.notices).toEqual([{ kind: 'reverted', target: TARGET, sequence: 2 }]);
  });
});

/** Runs with a death at each effect in turn, until a run lives through. */
async function deaths(when: 'before' | 'after', judge: (scene: Scene) => Promise<void>): Promise<number> {
  for (let effect = 1; ; effect += 1) {
    const scene = half();
    const count = { left: effect };
    const deps = {
      ...scene.deps,
      cloud: dyingAt(scene.cloud, count, when),
      ledger: dyingAt(scene.ledger, count, when),
      publisher: dyingAt(scene.publisher, count, when),
    };
    await reconcileFor(TARGET, HINT, { changes: 0 }, deps).catch(() => undefined);
    if (count.left > 0) return effect - 1;
    await judge(scene);
  }
}

describe.each(['before', 'after'] as const)('a process that dies %s any of its effects', (when) => {
  it('never closes what is legal, and the next run ends it right and tells of it', async () => {
    const effects = await deaths(when, async (scene) => {
      const between = ingressOf(scene);
      expect(between).toContain('tcp/443 from 10.0.0.0/8');
      expect(between.some((rule) => /^tcp\/443(-444)? from 0\.0\.0\.0\/0$/.test(rule))).toBe(true);
      scene.pass(90_001);
      await run(scene);
      expect(ingressOf(scene)).toEqual(RIGHT);
      expect(scene.cloud.writes).toBe(1);
      // Every write has its intent, with the rules as they were, before it.
      const intended = (await scene.ledger.entries(TARGET)).filter(({ body }) => body.kind === 'intended');
      expect(intended.length).toBeGreaterThanOrEqual(1);
      // And somebody is told of it, with what was found: a revert that nobody hears of causes the outage.
      const told = scene.publisher.notices.filter(({ kind: outcome }) => outcome === 'reverted');
      expect(told.length).toBeGreaterThanOrEqual(1);
      const entry = await scene.ledger.entry(TARGET, told[0]!.sequence);
      expect(entry?.body).toMatchObject({ closed: true, findings: [{ rule: 'sgr-1' }], changes: [{ kind: 'narrow' }] });
    });
    // lease, record so far; read, intent, write; read, outcome; due, publish, mark; release
    expect(effects).toBe(11);
  });
});
