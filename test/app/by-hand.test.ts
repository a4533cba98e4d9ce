import { describe, expect, it } from 'vitest';
import { carryOut } from '../../shared/app/by-hand.ts';
import type { ByHand } from '../../shared/app/by-hand.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import { revertIdOf } from '../../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { Order, Reverted } from '../../shared/core/model/order.ts';
import { MemoryRows } from '../../shared/grants/memory.ts';
import type { Seal } from '../../shared/grants/seal.ts';
import { SignedOrders } from '../../shared/grants/signed.ts';
import { trafficQuestionOf } from '../../shared/policy/question.ts';
import { PLAIN_SEAL } from '../grants/plain-seal.ts';
import { event, swept } from './make-up.ts';
import { firewallWith, ingressOf, policyOf, sceneOf, TARGET, tcpRule } from './scene.ts';
import type { Scene } from './scene.ts';

const POLICY = ['allow: [{ service: tcp/443, from: anywhere }, { service: tcp/22, from: 10.0.0.0/8 }]'];
const FIRM = [...POLICY, 'deny: [{ service: tcp/23, from: anywhere, firm: true }]'];
const HOUR_MS = 3_600_000;

function byHand(order: Order, { deps }: Scene): Promise<ByHand> {
  return carryOut(order, TARGET, { changes: 0 }, deps);
}

async function revertIn({ ledger }: Scene): Promise<LedgerEntry & { readonly body: Reverted }> {
  for (const entry of (await ledger.entries(TARGET)).toReversed()) {
    if (entry.body.kind === 'reverted') return { ...entry, body: entry.body };
  }
  throw new Error('nothing was reverted');
}

async function rollbackOf(scene: Scene, force = false): Promise<Order> {
  const entry = await revertIn(scene);
  const until = new Date(scene.deps.clock.now().getTime() + 24 * HOUR_MS);
  const { body } = entry;
  return { kind: 'rollback', by: 'jo', grantId: 'g-1', until, revert: revertIdOf(entry), body, force };
}

function opening(scene: Scene, text: string, hours = 2): Order {
  const question = trafficQuestionOf(text);
  if (question.kind === 'wrong') throw new Error(question.problem);
  const until = new Date(scene.deps.clock.now().getTime() + hours * HOUR_MS);
  return { kind: 'open', by: 'jo', ticket: 'CHG0030192', grantId: 'g-1', until, question: question.value };
}

describe('a rollback', () => {
  it('restores what a revert took, and it stays until its grant ends', async () => {
    const before = firewallWith(
      tcpRule('sgr-1', 443, 443, '0.0.0.0/0'),
      tcpRule('sgr-2', 22, 22, '0.0.0.0/0'),
      tcpRule('sgr-3', 3389, 3389, '198.51.100.7/32'),
    );
    const scene = sceneOf(before, policyOf('enforce', ...POLICY));
    const image = ingressOf(sceneOf(before, policyOf('enforce', ...POLICY)));
    await event(scene);
    expect(ingressOf(scene)).toEqual(['tcp/22 from 10.0.0.0/8', 'tcp/443 from 0.0.0.0/0']);
    const result = await byHand(await rollbackOf(scene), scene);
    expect(result.kind).toBe('done');
    expect(ingressOf(scene)).toEqual(image);
    scene.pass(60_000);
    await event(scene);
    scene.pass(23 * HOUR_MS);
    await swept(scene);
    expect(ingressOf(scene)).toHaveLength(3);
    scene.pass(HOUR_MS);
    await swept(scene);
    expect(ingressOf(scene)).toEqual(['tcp/22 from 10.0.0.0/8', 'tcp/443 from 0.0.0.0/0']);
  });

  it('touches nothing where somebody has changed the firewall since, unless it is forced', async () => {
    const scene = sceneOf(firewallWith(tcpRule('sgr-2', 22, 22, '0.0.0.0/0')), policyOf('enforce', ...POLICY));
    await event(scene);
    scene.cloud.move((firewall) => ({
      ...firewall,
      ingress: [
        { combine: 'union', rules: [...rulesOf(firewall, 'ingress'), tcpRule('sgr-9', 443, 443, '0.0.0.0/0')] },
      ],
    }));
    const rules = ingressOf(scene);
    const moved = await byHand(await rollbackOf(scene), scene);
    expect(moved).toEqual({ kind: 'moved', differences: ['not there then: ingress sgr-9: tcp/443 from 0.0.0.0/0'] });
    expect(ingressOf(scene)).toEqual(rules);
    const forced = await byHand(await rollbackOf(scene, true), scene);
    expect(forced.kind).toBe('done');
    expect(ingressOf(scene)).toEqual(['tcp/22 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
  });

  it('is none of what was opened by hand: its grant closes that', async () => {
    const scene = sceneOf(firewallWith(), policyOf('enforce', ...POLICY));
    await byHand(opening(scene, 'tcp/22 from 198.51.100.7'), scene);
    const result = await byHand(await rollbackOf(scene), scene);
    expect(result.kind === 'held' && result.reasons.join()).toContain('grants revoke g-1');
    expect(ingressOf(scene)).toEqual(['tcp/22 from 198.51.100.7/32']);
  });

  it('yields to a firm deny', async () => {
    const scene = sceneOf(firewallWith(tcpRule('sgr-2', 23, 23, '10.0.0.0/8')), policyOf('enforce', ...FIRM));
    await event(scene);
    const result = await byHand(await rollbackOf(scene), scene);
    expect(result.kind === 'held' && result.reasons.join()).toContain('is firm');
    expect(ingressOf(scene)).toEqual([]);
    expect((await scene.orders.standing()).grants).toEqual([]);
  });
});

describe('an opening', () => {
  it('lets the traffic through until then, and closes by itself', async () => {
    const scene = sceneOf(firewallWith(tcpRule('sgr-1', 443, 443, '0.0.0.0/0')), policyOf('enforce', ...FIRM));
    const result = await byHand(opening(scene, 'tcp/22 from 198.51.100.7'), scene);
    expect(result.kind).toBe('done');
    await event(scene);
    expect(ingressOf(scene)).toEqual(['tcp/22 from 198.51.100.7/32', 'tcp/443 from 0.0.0.0/0']);
    scene.pass(2 * HOUR_MS);
    await swept(scene);
    expect(ingressOf(scene)).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('is refused under a key that signed nothing of what stands', async () => {
    const scene = sceneOf(firewallWith(), policyOf('enforce', ...POLICY));
    const rows = new MemoryRows();
    const other: Seal = { mac: () => Promise.resolve('other'), isGenuine: () => Promise.resolve(false) };
    await new SignedOrders(rows, PLAIN_SEAL).pause({ at: scene.deps.clock.now(), by: 'jo', why: 'migration' });
    const deps = { ...scene.deps, orders: new SignedOrders(rows, other) };
    const order = opening(scene, 'tcp/22 from 198.51.100.7');
    await expect(carryOut(order, TARGET, { changes: 0 }, deps)).rejects.toThrow(/signed none of what stands/);
    expect(ingressOf(scene)).toEqual([]);
    expect(await rows.all()).toHaveLength(1);
  });

  it('says that nothing closes it while everything is paused', async () => {
    const scene = sceneOf(firewallWith(), policyOf('enforce', ...POLICY));
    await scene.orders.pause({ at: scene.deps.clock.now(), by: 'jo', why: 'migration' });
    const result = await byHand(opening(scene, 'tcp/22 from 198.51.100.7'), scene);
    expect(result.kind === 'done' && result.work.notes.join()).toContain('paused by jo');
  });

  it('leaves no grant where the cloud refuses the rule', async () => {
    const scene = sceneOf(firewallWith(), policyOf('enforce', ...POLICY));
    scene.cloud.refusal = 'no room';
    const result = await byHand(opening(scene, 'tcp/22 from 198.51.100.7'), scene);
    expect(result.kind === 'failed' && result.why).toBe('no room');
    expect((await scene.orders.standing()).grants).toEqual([]);
  });

  it('is refused where nothing would close it, and where a firm deny is in the way', async () => {
    const scene = sceneOf(firewallWith(), policyOf('enforce', ...FIRM));
    const allowed = await byHand(opening(scene, 'tcp/443 from 198.51.100.7'), scene);
    expect(allowed.kind === 'held' && allowed.reasons.join()).toContain('nothing would close it');
    const firm = await byHand(opening(scene, 'tcp/23 from 198.51.100.7'), scene);
    expect(firm.kind === 'held' && firm.reasons.join()).toContain('is firm');
    const reported = sceneOf(firewallWith(), policyOf('report', ...POLICY));
    const open = await byHand(opening(reported, 'tcp/22 from 198.51.100.7'), reported);
    expect(open.kind === 'held' && open.reasons.join()).toContain('nothing would close it');
    expect(ingressOf(scene)).toEqual([]);
    expect(ingressOf(reported)).toEqual([]);
  });
});

describe('an apply', () => {
  it('carries out what the policy asks, also where the mode only reports', async () => {
    const scene = sceneOf(firewallWith(tcpRule('sgr-2', 22, 22, '0.0.0.0/0')), policyOf('report', ...POLICY));
    const result = await byHand({ kind: 'apply', by: 'jo' }, scene);
    expect(result.kind).toBe('done');
    expect(ingressOf(scene)).toEqual(['tcp/22 from 10.0.0.0/8']);
    const { body } = await revertIn(scene);
    expect(body.order).toEqual({ kind: 'apply', by: 'jo' });
  });
});

describe('a pause', () => {
  it('holds every run until it is taken back', async () => {
    const scene = sceneOf(firewallWith(tcpRule('sgr-2', 22, 22, '0.0.0.0/0')), policyOf('enforce', ...POLICY));
    await scene.orders.pause({ at: scene.deps.clock.now(), by: 'jo', why: 'migration' });
    const held = await event(scene);
    expect(held.entry?.body.kind === 'held' && held.entry.body.reasons.join()).toContain('paused by jo');
    expect(ingressOf(scene)).toEqual(['tcp/22 from 0.0.0.0/0']);
    await scene.orders.resume();
    await swept(scene);
    expect(ingressOf(scene)).toEqual(['tcp/22 from 10.0.0.0/8']);
  });
});
