import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import type { Ledger } from '../../shared/ledger/contract.ts';
import { dueIn, entriesOf, event, filed, madeUp, MINUTE_MS, swept } from './make-up.ts';
import { firewallWith, HINT, HTTPS_ONLY, ingressOf, kindsOf, policyOf, sceneOf, tcpRule } from './scene.ts';
import type { Scene } from './scene.ts';

// What is due says what somebody still has to see to: that a run came to its end, that a revert holds, that people hear.

const LEGAL = tcpRule('sgr-1', 443, 443, '10.0.0.0/8');
const SSH = tcpRule('sgr-2', 22, 22, '0.0.0.0/0');
const RIGHT = ['tcp/443 from 10.0.0.0/8'];

function drifted(mode: string): Scene {
  return sceneOf(firewallWith(LEGAL, SSH), policyOf(mode, HTTPS_ONLY));
}

function enforced(): Scene {
  return drifted('enforce');
}

function setRules({ cloud }: Scene, ...rules: readonly Rule[]): void {
  cloud.move((firewall) => ({ ...firewall, ingress: [{ combine: 'union', rules }] }));
}

function times(scene: Scene, kind: 'reverted' | 'verified' | 'held'): number {
  return scene.publisher.notices.filter((notice) => notice.kind === kind).length;
}

async function verified(scene: Scene): Promise<readonly number[]> {
  return (await entriesOf(scene, 'verified')).map(({ body }) => body.reverted);
}

describe('an intent', () => {
  it('is due until a read at least a minute later confirms what came of it', async () => {
    const scene = enforced();
    await event(scene);
    await filed(scene);
    expect(await dueIn(scene)).toEqual(['intended in 60 s']);
    scene.pass(MINUTE_MS - 1);
    await swept(scene);
    expect(await dueIn(scene)).toEqual(['intended in 0.001 s']);
    scene.pass(1);
    await swept(scene);
    await filed(scene);
    expect(await dueIn(scene)).toEqual([]);
    expect(await kindsOf(scene)).toEqual(['intended', 'reverted', 'ticketed', 'verified']);
  });

  it('whose run dies is due once its lease has run out', async () => {
    const scene = enforced();
    scene.cloud.apply = () => Promise.reject(new Fault('unavailable', 'no answer'));
    await expect(event(scene)).rejects.toThrow('no answer');
    expect(await dueIn(scene)).toEqual(['intended in 90 s']);
  });

  it('is not due any more once the firewall is gone', async () => {
    const scene = enforced();
    await event(scene);
    scene.cloud.firewall = undefined;
    await event(scene);
    await filed(scene);
    expect(await dueIn(scene)).toEqual([]);
  });

  it('is not due any more where the firewall was opened again, and that is held', async () => {
    const scene = enforced();
    await event(scene);
    setRules(scene, LEGAL, SSH);
    await event({ ...scene, deps: { ...scene.deps, limits: { ...scene.deps.limits, paused: 'paused' } } });
    await filed(scene);
    expect(await dueIn(scene)).toEqual([]);
  });

  it.each(['throttled', 'forbidden'] as const)('stays due where a read is %s', async (kind) => {
    const scene = enforced();
    await event(scene);
    await filed(scene);
    scene.pass(MINUTE_MS);
    scene.cloud.fault = new Fault(kind, 'no answer');
    await swept(scene).catch(() => undefined);
    await filed(scene);
    expect(await dueIn(scene)).toEqual(['intended in 0 s']);
    expect(await verified(scene)).toEqual([]);
  });
});

describe('an outcome', () => {
  it('is due until its ticket is filed, and announced again after a quarter of an hour', async () => {
    const scene = drifted('report');
    await event(scene);
    expect(await dueIn(scene)).toEqual(['held in 900 s']);
    scene.pass(15 * MINUTE_MS - 1);
    await swept(scene);
    expect(times(scene, 'held')).toBe(1);
    scene.pass(1);
    await swept(scene);
    expect(times(scene, 'held')).toBe(2);
    expect(await dueIn(scene)).toEqual(['held in 900 s']);
    await filed(scene);
    scene.pass(60 * MINUTE_MS);
    await swept(scene);
    expect(times(scene, 'held')).toBe(2);
    expect(await dueIn(scene)).toEqual([]);
  });

  it('is announced by the run that made it, although the clock was put back in between', async () => {
    const scene = drifted('report');
    const { ledger } = scene;
    const append = ledger.append.bind(ledger);
    ledger.append = async (...args) => {
      const entry = await append(...args);
      scene.pass(-1000);
      return entry;
    };
    await event(scene);
    expect(times(scene, 'held')).toBe(1);
  });

  it('that was told and filed before the mark of its telling came is told once more, and gets no second ticket', async () => {
    const scene = enforced();
    const { ledger, publisher } = scene;
    const late: (() => Promise<void>)[] = [];
    const mark = ledger.mark.bind(ledger);
    ledger.mark = async (...args) => {
      late.push(() => mark(...args));
      return Promise.resolve();
    };
    await event(scene);
    ledger.mark = mark;
    await filed(scene);
    for (const one of late) await one();
    expect(publisher.notices).toHaveLength(1);
    await madeUp(scene);
    expect(publisher.notices.map(({ kind }) => kind)).toEqual(['reverted', 'reverted', 'verified']);
    expect(scene.tickets.drafts).toHaveLength(1);
  });
});

describe('that a revert holds', () => {
  it('is recorded and told once, with the event of the revert, whoever looks how often', async () => {
    const scene = enforced();
    await event(scene);
    scene.pass(MINUTE_MS);
    await event(scene);
    await event(scene);
    await filed(scene);
    scene.pass(60 * MINUTE_MS);
    await swept(scene);
    expect(await verified(scene)).toEqual([2]);
    expect(times(scene, 'verified')).toBe(1);
    expect((await entriesOf(scene, 'verified'))[0]?.hint).toEqual(HINT);
  });

  it('is not said by a read that is too early, whatever runs come in that minute', async () => {
    const scene = enforced();
    await event(scene);
    for (let runs = 0; runs < 30; runs += 1) {
      scene.pass(1000);
      await event(scene);
    }
    expect(await verified(scene)).toEqual([]);
    scene.pass(30_000);
    await swept(scene);
    expect(await verified(scene)).toEqual([2]);
  });

  it('is not said by the read of the revert itself, however late the ledger answers', async () => {
    const scene = enforced();
    const { ledger } = scene;
    const append = ledger.append.bind(ledger);
    ledger.append = async (...args) => {
      const entry = await append(...args);
      scene.pass(2 * MINUTE_MS);
      return entry;
    };
    await event(scene);
    expect(await verified(scene)).toEqual([]);
  });

  it('is not said where the clock was put back', async () => {
    const scene = enforced();
    await event(scene);
    scene.pass(-60 * MINUTE_MS);
    await swept(scene);
    await event(scene);
    expect(await verified(scene)).toEqual([]);
    scene.pass(61 * MINUTE_MS);
    await swept(scene);
    expect(await verified(scene)).toEqual([2]);
  });

  it('is said of the newest revert only, where the same was opened and closed again', async () => {
    const scene = enforced();
    await event(scene);
    scene.pass(30_000);
    setRules(scene, LEGAL, { ...SSH, id: 'sgr-9' });
    await event(scene);
    scene.pass(MINUTE_MS);
    await swept(scene);
    expect(await kindsOf(scene)).toEqual(['intended', 'reverted', 'intended', 'reverted', 'verified']);
    expect(await verified(scene)).toEqual([4]);
    await filed(scene);
    expect(await dueIn(scene)).toEqual([]);
  });

  it('is not said where it was opened again, held, and closed by hand', async () => {
    const scene = enforced();
    await event(scene);
    setRules(scene, LEGAL, SSH);
    await event({ ...scene, deps: { ...scene.deps, limits: { ...scene.deps.limits, paused: 'paused' } } });
    setRules(scene, LEGAL);
    scene.pass(60 * MINUTE_MS);
    await swept(scene);
    expect(await kindsOf(scene)).toEqual(['intended', 'reverted', 'held', 'fine']);
  });

  it('is said where only something else was opened meanwhile', async () => {
    const scene = sceneOf(
      firewallWith(LEGAL, SSH),
      policyOf('enforce', HTTPS_ONLY, 'deny: [{ service: tcp/23, from: anywhere, name: no telnet }]'),
    );
    await event(scene);
    setRules(scene, LEGAL, tcpRule('sgr-3', 23, 23, '0.0.0.0/0'));
    await event({ ...scene, deps: { ...scene.deps, limits: { ...scene.deps.limits, paused: 'paused' } } });
    setRules(scene, LEGAL);
    scene.pass(60 * MINUTE_MS);
    await swept(scene);
    expect(await verified(scene)).toEqual([2]);
  });

  it('is said of the later read where the one right after the write still showed what was there', async () => {
    const scene = enforced();
    const before = scene.cloud.firewall;
    scene.cloud.afterWrite = () => {
      scene.cloud.firewall = before;
    };
    await event(scene);
    setRules(scene, LEGAL);
    scene.pass(MINUTE_MS);
    await swept(scene);
    expect(await kindsOf(scene)).toEqual(['intended', 'reverted', 'fine', 'verified']);
  });
});

describe('a ledger that takes no marks', () => {
  function unmarked(scene: Scene): Ledger {
    return new Proxy(scene.ledger, {
      get: (ledger, property) => {
        if (property === 'mark') return () => Promise.reject(new Fault('forbidden', 'no right to update'));
        const member: unknown = Reflect.get(ledger, property, ledger);
        return typeof member === 'function' ? (member.bind(ledger) as unknown) : member;
      },
    });
  }

  it('fails the run, but the firewall is right, people hear of it, and later all is made up for', async () => {
    const scene = enforced();
    const deps = { ...scene.deps, ledger: unmarked(scene) };
    await expect(event(scene, deps)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(ingressOf(scene)).toEqual(RIGHT);
    expect(scene.publisher.notices.map(({ kind, sequence }) => [kind, sequence])).toEqual([['reverted', 2]]);
    await madeUp(scene);
    expect(scene.tickets.drafts).toHaveLength(1);
    expect(await verified(scene)).toEqual([2]);
  });

  it('keeps no outcome from being told because another one was', async () => {
    const scene = enforced();
    const deaf = { publish: () => Promise.reject(new Fault('unavailable', 'the bus does not answer')) };
    await event(scene, { ...scene.deps, publisher: deaf }).catch(() => undefined);
    scene.pass(2 * MINUTE_MS);
    await swept(scene, { ...scene.deps, ledger: unmarked(scene) }).catch(() => undefined);
    expect(scene.publisher.notices.map(({ kind }) => kind)).toEqual(['reverted', 'verified']);
  });

  it('fails the filing, and no breach gets a second ticket', async () => {
    const scene = enforced();
    await event(scene);
    const deps = { ...scene.ticketDeps, ledger: unmarked(scene) };
    await expect(filed(scene, deps)).rejects.toMatchObject({ kind: 'forbidden' });
    await madeUp(scene);
    expect(scene.tickets.drafts).toHaveLength(1);
  });
});
