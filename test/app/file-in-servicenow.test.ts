import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileTicket } from '../../shared/app/file-ticket.ts';
import type { FileTicketDeps, FiledTicket } from '../../shared/app/file-ticket.ts';
import { servedInstance } from '../tickets/instance.ts';
import type { ServedInstance } from '../tickets/instance.ts';
import { firewallWith, HINT, HTTPS_ONLY, kindsOf, policyOf, sceneOf, TARGET, tcpRule, reconcileFor } from './scene.ts';
import type { Scene } from './scene.ts';

/** Tickets of one revert with two breaches, in an instance that a test can put into any weather. */
describe('filing in ServiceNow', () => {
  let served: ServedInstance;
  let scene: Scene;
  let sequence: number;
  let deps: FileTicketDeps;

  beforeEach(async () => {
    served = await servedInstance();
    scene = sceneOf(
      firewallWith(tcpRule('sgr-1', 22, 22, '0.0.0.0/0'), tcpRule('sgr-2', 23, 23, '0.0.0.0/0')),
      policyOf('enforce', HTTPS_ONLY, 'deny: [{ service: tcp/23, from: anywhere, name: no telnet }]'),
    );
    ({ sequence } = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps));
    deps = { ...scene.ticketDeps, tickets: served.tickets };
  });
  afterEach(() => served.close());

  function file(): Promise<readonly FiledTicket[]> {
    return fileTicket(TARGET, sequence, deps);
  }

  it.each(['down', 'hibernating', 'rateLimited'] as const)(
    'while it is %s fails without a mark, and is made up for afterwards, once',
    async (weather) => {
      served.instance[weather] = true;
      await expect(file()).rejects.toMatchObject({ name: 'Fault' });
      expect(await kindsOf(scene)).not.toContain('ticketed');
      served.instance[weather] = false;
      expect((await file()).map(({ created }) => created)).toEqual([true, true]);
      expect((await file()).map(({ created }) => created)).toEqual([false, false]);
      expect(served.instance.incidents()).toHaveLength(2);
    },
  );

  it('with every answer of a create lost makes one incident for each breach all the same', async () => {
    served.instance.answersLost = true;
    await expect(file()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(file()).rejects.toMatchObject({ kind: 'unavailable' });
    served.instance.answersLost = false;
    await file();
    expect(served.instance.incidents()).toHaveLength(2);
    const ids = served.instance.incidents().map(({ fields }) => fields['correlation_id']);
    expect(new Set(ids).size).toBe(2);
  });

  it('opens a new incident for a breach whose incident was closed, and says so', async () => {
    const [first] = await file();
    await served.setState(first!.ticket.number, '7');
    expect((await file()).map(({ created }) => created)).toEqual([true, false]);
    expect(served.instance.incidents()).toHaveLength(3);
  });

  it('writes into the ledger the numbers that the instance has', async () => {
    const filed = await file();
    const numbers = served.instance.incidents().map(({ fields }) => fields.number);
    expect(filed.map(({ ticket }) => ticket.number).sort()).toEqual([...numbers].sort());
    const entries = await scene.ledger.entries(TARGET);
    const kept = entries.flatMap(({ body }) => (body.kind === 'ticketed' ? [body.ticket] : []));
    expect(kept.sort()).toEqual([...numbers].sort());
  });
});
