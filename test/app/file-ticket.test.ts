import { describe, expect, it } from 'vitest';
import { fileTicket } from '../../shared/app/file-ticket.ts';
import type { Tickets } from '../../shared/tickets/contract.ts';
import {
  dyingAt,
  firewallWith,
  HINT,
  HTTPS_ONLY,
  kindsOf,
  policyOf,
  sceneOf,
  TARGET,
  tcpRule,
  reconcileFor,
} from './scene.ts';
import type { Scene } from './scene.ts';

async function breached(mode = 'enforce'): Promise<{ readonly scene: Scene; readonly sequence: number }> {
  const scene = sceneOf(
    firewallWith(tcpRule('sgr-1', 22, 22, '0.0.0.0/0'), tcpRule('sgr-2', 23, 23, '0.0.0.0/0')),
    policyOf(mode, HTTPS_ONLY, 'deny: [{ service: tcp/23, from: anywhere, name: no telnet }]'),
  );
  const { sequence } = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
  return { scene, sequence };
}

describe('tickets of a ledger entry', () => {
  it('are one for each breach, however many rules it has', async () => {
    const { scene, sequence } = await breached();
    const filed = await fileTicket(TARGET, sequence, scene.ticketDeps);
    expect(filed.map(({ breach, created }) => [breach, created])).toEqual([
      ['aws/111122223333/us-east-1/sg-0123456789abcdef0/ingress/excess/web/ingress/allow', true],
      ['aws/111122223333/us-east-1/sg-0123456789abcdef0/ingress/excess/no telnet', true],
    ]);
    expect(new Set(scene.tickets.drafts.map(({ correlationId }) => correlationId)).size).toBe(2);
    for (const { correlationId } of scene.tickets.drafts) expect(correlationId).toMatch(/^[a-z0-9-]{1,100}$/);
    expect((await kindsOf(scene)).filter((kind) => kind === 'ticketed')).toHaveLength(2);
  });

  it('are the same when the entry is delivered again', async () => {
    const { scene, sequence } = await breached();
    await fileTicket(TARGET, sequence, scene.ticketDeps);
    const again = await fileTicket(TARGET, sequence, scene.ticketDeps);
    expect(again.map(({ created }) => created)).toEqual([false, false]);
    expect(scene.tickets.drafts).toHaveLength(2);
  });

  it('are none for what is only observed', async () => {
    const { scene, sequence } = await breached('observe');
    expect(await fileTicket(TARGET, sequence, scene.ticketDeps)).toEqual([]);
    expect(scene.tickets.drafts).toEqual([]);
  });

  it('are none for an entry that tells of no breach', async () => {
    const { scene } = await breached();
    const fine = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    expect(fine.body.kind).toBe('fine');
    expect(await fileTicket(TARGET, fine.sequence, scene.ticketDeps)).toEqual([]);
  });

  it('cannot be made of an entry that the ledger does not have', async () => {
    const { scene } = await breached();
    await expect(fileTicket(TARGET, 99, scene.ticketDeps)).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('are never two for one breach, when two workers file at once', async () => {
    const { scene, sequence } = await breached();
    const slow: Tickets = {
      find: async (id) => {
        const found = await scene.tickets.find(id);
        await new Promise((resolve) => setImmediate(resolve));
        return found;
      },
      create: (draft) => scene.tickets.create(draft),
    };
    const deps = { ...scene.ticketDeps, tickets: slow };
    await Promise.allSettled([fileTicket(TARGET, sequence, deps), fileTicket(TARGET, sequence, deps)]);
    await fileTicket(TARGET, sequence, scene.ticketDeps);
    expect(scene.tickets.drafts).toHaveLength(2);
  });
});

describe.each(['before', 'after'] as const)('a process that dies %s any effect of filing', (when) => {
  it('leaves each breach with exactly one ticket once it is tried again', async () => {
    for (let effect = 1; ; effect += 1) {
      const { scene, sequence } = await breached();
      const count = { left: effect };
      const deps = {
        ...scene.ticketDeps,
        ledger: dyingAt(scene.ledger, count, when),
        tickets: dyingAt(scene.tickets, count, when),
      };
      await fileTicket(TARGET, sequence, deps).catch(() => undefined);
      scene.pass(90_001);
      await fileTicket(TARGET, sequence, scene.ticketDeps);
      expect(scene.tickets.drafts).toHaveLength(2);
      if (count.left > 0) {
        // read the entry; lease, find, create, release and record, for each of two breaches
        expect(effect - 1).toBe(12);
        return;
      }
    }
  });
});
