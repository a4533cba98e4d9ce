import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { Cloud } from '../../shared/clouds/contract.ts';
import type { LedgerBody } from '../../shared/core/model/ledger.ts';
import type { Outcome, Plan } from '../../shared/core/model/plan.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { ticketTextsOf } from '../../shared/core/ticket-text.ts';
import {
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

// An intent is no deed. What the record and the tickets claim was done has to be what was done.

const LEGAL = tcpRule('sgr-1', 443, 443, '10.0.0.0/8');
const SSH = tcpRule('sgr-2', 22, 22, '0.0.0.0/0');
const TELNET = tcpRule('sgr-3', 23, 23, '0.0.0.0/0');

function sceneWith(...rules: readonly Rule[]): Scene {
  return sceneOf(
    firewallWith(LEGAL, ...rules),
    policyOf('enforce', HTTPS_ONLY, 'deny: [{ service: tcp/23, from: anywhere, name: no telnet }]'),
  );
}

function setRules({ cloud }: Scene, ...rules: readonly Rule[]): void {
  cloud.move((firewall) => ({ ...firewall, ingress: [{ combine: 'union', rules }] }));
}

/** The scene's cloud, but its first writes go as the test says. */
function writing(scene: Scene, ...firsts: readonly ((plan: Plan) => Outcome | Fault)[]): Cloud {
  let times = 0;
  return {
    traits: scene.cloud.traits,
    find: (leads) => scene.cloud.find(leads),
    readAll: (targets) => scene.cloud.readAll(targets),
    targets: () => scene.cloud.targets(),
    list: () => scene.cloud.list(),
    read: () => scene.cloud.read(),
    apply: (plan, before) => {
      const first = firsts[times];
      times += 1;
      if (first === undefined) return scene.cloud.apply(plan, before);
      const outcome = first(plan);
      return outcome instanceof Fault ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  };
}

/** What the texts of this target's tickets say was removed, added or narrowed. */
async function claims(scene: Scene): Promise<readonly string[]> {
  const entries = await scene.ledger.entries(TARGET);
  const lines = entries.flatMap((entry) => ticketTextsOf(entry).flatMap(({ description }) => description.split('\n')));
  return [...new Set(lines.flatMap((line) => /(?:removed|added|narrowed) .*/.exec(line) ?? []))];
}

async function lastBody(scene: Scene): Promise<LedgerBody | undefined> {
  return (await scene.ledger.entries(TARGET)).at(-1)?.body;
}

const CONFLICT: Outcome = { kind: 'conflict', why: 'somebody moved it', requestIds: [] };

describe('what was intended and not done is not claimed', () => {
  it('where somebody turned the rule into another one before our write: only the second plan is claimed', async () => {
    const scene = sceneWith(SSH);
    const cloud = writing(scene, () => {
      setRules(scene, LEGAL, { ...TELNET, id: 'sgr-2' });
      return CONFLICT;
    });
    await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud });
    expect(ingressOf(scene)).toEqual(['tcp/443 from 10.0.0.0/8']);
    expect(scene.cloud.writes).toBe(1);
    expect(await claims(scene)).toEqual([expect.stringContaining('removed tcp/23 from 0.0.0.0/0')]);
    const body = await lastBody(scene);
    // What a rollback would put back is what our write took away, and nothing that somebody else did away with.
    expect(body?.kind === 'reverted' && body.before.ingress.map(({ ports }) => ports)).toEqual([
      [443, 443],
      [23, 23],
    ]);
  });

  it('where the process died before its write, and the next run may not write any more', async () => {
    const scene = sceneWith(SSH);
    const cloud = writing(scene, () => new Fault('unavailable', 'the connection was refused'));
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toThrow();
    // The run that follows has no changes left to make.
    await reconcileFor(TARGET, HINT, { changes: 100 }, scene.deps);
    expect(scene.cloud.writes).toBe(0);
    expect(ingressOf(scene)).toContain('tcp/22 from 0.0.0.0/0');
    expect(await claims(scene)).toEqual([]);
    expect((await lastBody(scene))?.kind).toBe('held');
  });

  it('where a later read showed that it was not done, and somebody closed it by hand after that', async () => {
    const scene = sceneWith(SSH);
    const cloud = writing(scene, () => new Fault('unavailable', 'the connection was refused'));
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toThrow();
    await reconcileFor(TARGET, HINT, { changes: 100 }, scene.deps);
    setRules(scene, LEGAL);
    scene.pass(3_600_000);
    await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    expect(scene.cloud.writes).toBe(0);
    expect(await claims(scene)).toEqual([]);
    expect((await lastBody(scene))?.kind).toBe('fine');
  });

  it('where the same rule was opened and closed by hand again, long after a run that never wrote', async () => {
    const scene = sceneWith(SSH);
    const cloud = writing(scene, () => new Fault('unavailable', 'the connection was refused'));
    await expect(reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud })).rejects.toThrow();
    // The next run makes the write and tells of it; what was intended first is settled by that.
    await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    expect(scene.cloud.writes).toBe(1);
    const told = scene.publisher.notices.length;
    setRules(scene, LEGAL, SSH);
    setRules(scene, LEGAL);
    await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    expect((await lastBody(scene))?.kind).toBe('fine');
    expect(scene.publisher.notices).toHaveLength(told);
  });
});

// EC2 answers so too where our first call went through, its answer got lost, and the SDK made it again.
it('where nobody knows whether it was our write that closed it, the ticket says so', async () => {
  const scene = sceneWith(SSH);
  const cloud = writing(scene, () => {
    setRules(scene, LEGAL);
    return CONFLICT;
  });
  await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud });
  const texts = (await scene.ledger.entries(TARGET)).flatMap(ticketTextsOf);
  expect(texts.map(({ title }) => title)).toEqual([expect.stringContaining('was open, and is closed: tcp/22')]);
  expect(texts[0]?.description).toMatch(/^Note +.*only the read tells/m);
});

describe('what was done is told of, whatever comes after it in the same run', () => {
  /** Takes the first rule away, then says that somebody moved the firewall. */
  const firstOnly =
    (scene: Scene) =>
    (plan: Plan): Outcome => {
      scene.cloud.move((firewall) => simulate(firewall, plan.changes.slice(0, 1)));
      return { kind: 'conflict', why: 'somebody moved it', requestIds: ['request-0'] };
    };

  async function titles(scene: Scene): Promise<string> {
    const entries = await scene.ledger.entries(TARGET);
    return entries.flatMap((entry) => ticketTextsOf(entry).map(({ title }) => title)).join('\n');
  }

  it('a refusal of the rest', async () => {
    const scene = sceneWith(SSH, TELNET);
    const cloud = writing(scene, firstOnly(scene), () => ({ kind: 'refused', why: 'not authorized', requestIds: [] }));
    await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud });
    expect(ingressOf(scene)).toEqual(['tcp/23 from 0.0.0.0/0', 'tcp/443 from 10.0.0.0/8']);
    const told = await titles(scene);
    expect(told).toContain('is open: tcp/23');
    expect(told).toContain('was open, and is closed: tcp/22');
  });

  it('a firewall that goes on moving until the run gives up', async () => {
    const scene = sceneWith(SSH, TELNET);
    const again = (): Outcome => CONFLICT;
    const cloud = writing(scene, firstOnly(scene), again, again, again, again);
    await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud });
    expect(ingressOf(scene)).toEqual(['tcp/23 from 0.0.0.0/0', 'tcp/443 from 10.0.0.0/8']);
    const told = await titles(scene);
    expect(told).toContain('is open: tcp/23');
    expect(told).toContain('was open, and is closed: tcp/22');
  });

  it('every call of ours stands in the record, those before a refusal too', async () => {
    const scene = sceneWith(SSH, TELNET);
    const cloud = writing(scene, firstOnly(scene), () => ({
      kind: 'refused',
      why: 'not authorized',
      requestIds: ['request-1'],
    }));
    await reconcileFor(TARGET, HINT, { changes: 0 }, { ...scene.deps, cloud });
    const text = JSON.stringify(await scene.ledger.entries(TARGET));
    expect(text).toContain('request-0');
    expect(text).toContain('request-1');
  });
});

describe('a breach of which a part is closed and a part is not', () => {
  it('has a title that names what is open now', async () => {
    // A rule that would fall into too many pieces is held; the one beside it goes.
    const scene = sceneOf(
      firewallWith(tcpRule('sgr-1', 22, 22, '0.0.0.0/0'), tcpRule('sgr-2', 20, 30, '203.0.113.0/24')),
      policyOf('enforce\n    maxFragments: 1', 'deny: [{ service: tcp/22, from: anywhere, name: no ssh }]'),
    );
    const entry = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    expect(ingressOf(scene)).toEqual(['tcp/20-30 from 203.0.113.0/24']);
    const [text, ...more] = ticketTextsOf(entry);
    expect(more).toEqual([]);
    expect(text?.title).toContain('is open: tcp/22 from 203.0.113.0/24');
    expect(text?.urgency).toBe(1);
    expect(text?.description).toContain('removed tcp/22 from 0.0.0.0/0');
  });
});
