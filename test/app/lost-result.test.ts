import { describe, expect, it } from 'vitest';
import { fileTicket } from '../../shared/app/file-ticket.ts';
import { Fault } from '../../shared/base/fault.ts';
import type { Cloud } from '../../shared/clouds/contract.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { simulate } from '../../shared/core/simulate.ts';
import {
  dyingAt,
  firewallWith,
  HINT,
  HTTPS_ONLY,
  ingressOf,
  policyOf,
  sceneOf,
  TARGET,
  tcpRule,
  reconcileFor,
} from './scene.ts';
import type { Scene } from './scene.ts';

const NO_TELNET = 'deny: [{ service: tcp/23, from: anywhere, name: no telnet }]';
const LEGAL = tcpRule('sgr-1', 443, 443, '10.0.0.0/8');
const TELNET = tcpRule('sgr-2', 23, 23, '0.0.0.0/0');
const SSH = tcpRule('sgr-3', 22, 22, '0.0.0.0/0');

function sceneWith(...rules: readonly Rule[]): Scene {
  return sceneOf(firewallWith(LEGAL, ...rules), policyOf('enforce', HTTPS_ONLY, NO_TELNET));
}

/** Somebody opens one more rule. */
function opens({ cloud }: Scene, rule: Rule): void {
  cloud.move((firewall) => {
    return { ...firewall, ingress: [{ combine: 'union', rules: [...rulesOf(firewall, 'ingress'), rule] }] };
  });
}

/** A later run, once the lease of one that died has run out. */
async function runLater(scene: Scene): Promise<void> {
  scene.pass(90_001);
  await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
}

/** What people hear: the clauses of the tickets that all announced outcomes lead to. */
async function ticketed(scene: Scene): Promise<readonly string[]> {
  const breaches = new Set<string>();
  for (const { sequence } of scene.publisher.notices) {
    for (const { breach } of await fileTicket(TARGET, sequence, scene.ticketDeps)) breaches.add(breach);
  }
  expect(scene.tickets.drafts).toHaveLength(breaches.size);
  return [...breaches].map((breach) => breach.replace(/^.*\/excess\//, '')).sort();
}

function throttledAtRead(cloud: Cloud, number: number): Cloud {
  let reads = 0;
  return {
    traits: cloud.traits,
    find: (leads, written) => cloud.find(leads, written),
    readAll: (targets, written) => cloud.readAll(targets, written),
    targets: (scope) => cloud.targets(scope),
    list: (scope, written) => cloud.list(scope, written),
    apply: (plan, before) => cloud.apply(plan, before),
    read: (target, written) => {
      reads += 1;
      if (reads === number) return Promise.reject(new Fault('throttled', 'read: too many calls'));
      return cloud.read(target, written);
    },
  };
}

describe('a write that was made, and whose result got lost', () => {
  it('because the read after it is throttled: the next run finds nothing to do, and people still hear of it', async () => {
    const scene = sceneWith(SSH);
    const cloud = throttledAtRead(scene.cloud, 2);
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toMatchObject({
      kind: 'throttled',
    });
    expect(ingressOf(scene)).toEqual(['tcp/443 from 10.0.0.0/8']);
    await runLater(scene);
    expect(scene.cloud.writes).toBe(1);
    expect(await ticketed(scene)).toEqual(['web/ingress/allow']);
  });

  it('because its answer did not come', async () => {
    const scene = sceneWith(SSH);
    const cloud: Cloud = {
      traits: scene.cloud.traits,
      find: (leads) => scene.cloud.find(leads),
      readAll: (targets) => scene.cloud.readAll(targets),
      targets: () => scene.cloud.targets(),
      list: () => scene.cloud.list(),
      read: () => scene.cloud.read(),
      apply: async (plan, before) => {
        await scene.cloud.apply(plan, before);
        throw new Fault('unavailable', 'write: no answer');
      },
    };
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    await runLater(scene);
    expect(await ticketed(scene)).toEqual(['web/ingress/allow']);
  });

  it('is told of beside what the next run finds', async () => {
    const scene = sceneWith(SSH);
    const cloud = throttledAtRead(scene.cloud, 2);
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toThrow();
    opens(scene, TELNET);
    await runLater(scene);
    expect(ingressOf(scene)).toEqual(['tcp/443 from 10.0.0.0/8']);
    expect(await ticketed(scene)).toEqual(['no telnet', 'web/ingress/allow']);
  });

  it.each(['before', 'after'] as const)('because the process died %s any of its effects', async (when) => {
    const untold: number[] = [];
    for (let effect = 1; ; effect += 1) {
      const scene = sceneWith(SSH);
      const count = { left: effect };
      const { cloud, ledger, publisher } = scene;
      const deps = {
        ...scene.deps,
        cloud: dyingAt(cloud, count, when),
        ledger: dyingAt(ledger, count, when),
        publisher: dyingAt(publisher, count, when),
      };
      await reconcileFor(TARGET, HINT, { changes: 0 }, deps).catch(() => undefined);
      if (count.left > 0) break;
      await runLater(scene);
      if ((await ticketed(scene)).join() !== 'web/ingress/allow') untold.push(effect);
    }
    expect(untold, 'numbers of the effects after which nobody hears of the revert').toEqual([]);
  });

  it('is told of once: a run after that adds nothing', async () => {
    const scene = sceneWith(SSH);
    const cloud = throttledAtRead(scene.cloud, 2);
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toThrow();
    await runLater(scene);
    await runLater(scene);
    await runLater(scene);
    expect(scene.publisher.notices.map(({ kind }) => kind)).toEqual(['reverted', 'verified']);
  });
});

describe('a plan of which a part was written before somebody moved the firewall', () => {
  /** Makes the first change only the first time, as where the second call of a plan meets a conflict. */
  function partly(scene: Scene, then: () => void = () => undefined): Cloud {
    let times = 0;
    return {
      traits: scene.cloud.traits,
      find: (leads) => scene.cloud.find(leads),
      readAll: (targets) => scene.cloud.readAll(targets),
      targets: () => scene.cloud.targets(),
      list: () => scene.cloud.list(),
      read: () => scene.cloud.read(),
      apply: (plan, before) => {
        times += 1;
        if (times > 1) return scene.cloud.apply(plan, before);
        scene.cloud.move((firewall) => simulate(firewall, plan.changes.slice(0, 1)));
        then();
        return Promise.resolve({ kind: 'conflict', why: 'somebody moved it', requestIds: ['request-0'] });
      },
    };
  }

  it('is told of whole, although the last plan had the rest only', async () => {
    const scene = sceneWith(SSH, TELNET);
    await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud: partly(scene) });
    expect(ingressOf(scene)).toEqual(['tcp/443 from 10.0.0.0/8']);
    expect(await ticketed(scene)).toEqual(['no telnet', 'web/ingress/allow']);
  });

  it('is told of where that somebody took away the rest', async () => {
    const scene = sceneWith(SSH, TELNET);
    const takeAway = (): void => {
      scene.cloud.move((firewall) => ({ ...firewall, ingress: [{ combine: 'union', rules: [LEGAL] }] }));
    };
    await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud: partly(scene, takeAway) });
    expect((await ticketed(scene)).length).toBeGreaterThanOrEqual(1);
  });
});

describe('a lease that cannot be given back', () => {
  it('does not hide why the run failed', async () => {
    const scene = sceneWith(SSH);
    scene.cloud.fault = new Fault('malformed', 'the id is none');
    scene.ledger.release = () => Promise.reject(new Fault('unavailable', 'the store does not answer'));
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps)).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('does not hide why filing failed', async () => {
    const scene = sceneWith(SSH);
    const { sequence } = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    scene.ledger.release = () => Promise.reject(new Fault('unavailable', 'the store does not answer'));
    scene.tickets.create = () => Promise.reject(new Fault('forbidden', 'the login is not accepted'));
    await expect(fileTicket(TARGET, sequence, scene.ticketDeps)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('a firewall that is gone when it is read again after the write', () => {
  function deletedAfterWrite(scene: Scene): void {
    scene.cloud.afterWrite = () => {
      scene.cloud.firewall = undefined;
    };
  }

  it('has had its change, and people hear of that', async () => {
    const scene = sceneWith(SSH);
    deletedAfterWrite(scene);
    const entry = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    expect(entry.body).toMatchObject({ kind: 'reverted', closed: true, remaining: [] });
    expect(await ticketed(scene)).toEqual(['web/ingress/allow']);
  });

  it('of which the run died before, too', async () => {
    const scene = sceneWith(SSH);
    const cloud = throttledAtRead(scene.cloud, 2);
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toThrow();
    scene.cloud.firewall = undefined;
    await runLater(scene);
    expect(await ticketed(scene)).toEqual(['web/ingress/allow']);
  });

  it('and was only shown late is verified once it is shown', async () => {
    const scene = sceneWith(SSH);
    let made: typeof scene.cloud.firewall;
    scene.cloud.afterWrite = () => {
      made = scene.cloud.firewall;
      scene.cloud.firewall = undefined;
    };
    await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    scene.cloud.firewall = made;
    await runLater(scene);
    expect((await scene.ledger.entries(TARGET)).map(({ body }) => body.kind)).toContain('verified');
  });
});

it('a ticket that is filed before the announcement has come back leaves nothing due', async () => {
  const scene = sceneWith(SSH);
  const publisher = {
    publish: async ({ target, sequence }: { target: typeof TARGET; sequence: number }) => {
      await fileTicket(target, sequence, scene.ticketDeps);
    },
  };
  await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, publisher });
  const kept = await scene.ledger.newest(TARGET, 10);
  expect(kept.filter(({ entry, mark }) => entry.body.kind === 'reverted' && mark.due !== undefined)).toEqual([]);
});
