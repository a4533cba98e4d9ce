import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { IpPermission } from '@aws-sdk/client-ec2';
import { describe, expect, it, vi } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { LedgerBody } from '../../shared/core/model/ledger.ts';
import { ownCalls } from './record.ts';
import { incidentTitles, ledgerKinds, makeGroup, NO_SSH, open, permission, spelled, SSH, under } from './stage.ts';
import type { Stage } from './stage.ts';

function authorize({ ec2 }: Stage, group: string, ...permissions: readonly IpPermission[]): Promise<unknown> {
  return ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [...permissions] }));
}

/** Does something once, between the read that a plan is made from and its first write: when the intent is recorded. */
function beforeWrite({ world }: Stage, act: () => Promise<unknown>): void {
  const append = world.ledger.append.bind(world.ledger);
  let done = false;
  vi.spyOn(world.ledger, 'append').mockImplementation(async (target, hint, body: LedgerBody) => {
    const entry = await append(target, hint, body);
    if (body.kind === 'intended' && !done) {
      done = true;
      await act();
    }
    return entry;
  });
}

describe('between our read and our write, a person', () => {
  it('deletes the group: nothing is left to do, and nothing fails', async () => {
    const { stage, group } = await under(...NO_SSH);
    beforeWrite(stage, () => stage.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group })));
    await open(stage, group, SSH);
    expect(await ledgerKinds(stage, group)).toContain('gone');
    expect(await ledgerKinds(stage, group)).not.toContain('failed');
    expect(stage.world.bus.deadLetters()).toEqual([]);
  });

  it('opens more: that goes too, and one breach is one incident', async () => {
    const { stage, group } = await under(...NO_SSH);
    beforeWrite(stage, () => authorize(stage, group, permission('tcp', [20, 30], '::/0')));
    await open(stage, group, SSH);
    expect(await spelled(stage, group)).toEqual(['tcp 20-21 ::/0', 'tcp 23-30 ::/0']);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('opens what is legal: that stays', async () => {
    const { stage, group } = await under(...NO_SSH);
    beforeWrite(stage, () => authorize(stage, group, permission('tcp', [443, 443], '0.0.0.0/0')));
    await open(stage, group, SSH);
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 0.0.0.0/0']);
  });

  it('closes it by hand: the write finds nothing to take, and that is no failure', async () => {
    const { stage, group } = await under(...NO_SSH);
    beforeWrite(stage, () =>
      stage.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [SSH] })),
    );
    await open(stage, group, SSH);
    expect(await spelled(stage, group)).toEqual([]);
    expect(await ledgerKinds(stage, group)).not.toContain('failed');
    expect(stage.world.bus.deadLetters()).toEqual([]);
  });

  it('adds the very piece that we were about to add: it is one rule, and the end is right', async () => {
    const { stage, group } = await under(...NO_SSH);
    beforeWrite(stage, () => authorize(stage, group, permission('tcp', [23, 65535], '203.0.113.0/24')));
    await open(stage, group, permission('tcp', [0, 65535], '203.0.113.0/24'));
    expect(await spelled(stage, group)).toEqual(['tcp 0-21 203.0.113.0/24', 'tcp 23-65535 203.0.113.0/24']);
    expect(await ledgerKinds(stage, group)).not.toContain('failed');
  });
});

describe('many at once', () => {
  it('thirty openings from thirty calls end with the legal ones only, under one incident', async () => {
    const { stage, group } = await under(...NO_SSH);
    const calls = Array.from({ length: 30 }, (_, index) => {
      const port = index % 3 === 0 ? 443 : 22;
      return authorize(stage, group, permission('tcp', [port, port], `198.51.100.${String(index)}/32`));
    });
    await Promise.all(calls);
    await stage.world.bus.idle();
    const legal = Array.from({ length: 10 }, (_, index) => `tcp 443-443 198.51.100.${String(index * 3)}/32`).sort();
    expect(await spelled(stage, group)).toEqual(legal);
    // Whether the queue gives up a message that met a busy group twenty times is no matter: the run that it met looked.
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('six groups are each brought right, each with its own incident', async () => {
    const { stage, group } = await under(...NO_SSH);
    const others: string[] = [];
    for (let index = 0; index < 5; index += 1) others.push(await makeGroup(stage, `web-${String(index)}`));
    const groups = [group, ...others];
    await Promise.all(groups.map((one) => authorize(stage, one, SSH)));
    await stage.world.bus.idle();
    for (const one of groups) expect(await spelled(stage, one)).toEqual([]);
    expect(incidentTitles(stage)).toHaveLength(6);
  });

  it('somebody who opens it again after each revert is beaten each time, under one incident', async () => {
    const { stage, group } = await under(...NO_SSH);
    let again = 4;
    const reopened: Promise<unknown>[] = [];
    stage.world.bus.onEvent(({ source }) => {
      if (source !== 'portcullis' || again === 0) return;
      again -= 1;
      reopened.push(authorize(stage, group, SSH));
    });
    await open(stage, group, SSH);
    while (again > 0) await stage.world.bus.idle();
    await Promise.all(reopened);
    await stage.world.bus.idle();
    expect(reopened).toHaveLength(4);
    expect(await spelled(stage, group)).toEqual([]);
    expect((await ledgerKinds(stage, group)).filter((kind) => kind === 'reverted')).toHaveLength(5);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('at no moment that a reader sees is the legal part shut', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: [tcp/80, tcp/443], from: anywhere }]');
    const covers = (rules: readonly string[], port: number): boolean =>
      rules.some((rule) => {
        const [first = 0, last = 0] = (rule.split(' ')[1] ?? '').split('-').map(Number);
        return first <= port && port <= last;
      });
    await authorize(stage, group, permission('tcp', [0, 65535], '0.0.0.0/0'));
    const seen: (readonly string[])[] = [];
    const rest = stage.world.bus.idle().then(() => true);
    for (let ended = false; !ended; ended = await Promise.race([rest, Promise.resolve(false)])) {
      seen.push(await spelled(stage, group));
    }
    seen.push(await spelled(stage, group));
    expect(seen.filter((rules) => !covers(rules, 80) || !covers(rules, 443))).toEqual([]);
    expect(seen.at(-1)).toEqual(['tcp 443-443 0.0.0.0/0', 'tcp 80-80 0.0.0.0/0']);
  });
});

describe('a ledger that fails once', () => {
  it.each(['lease', 'append', 'newest', 'mark'] as const)(
    'at `%s` delays the story, and ends it with the same rules and one incident',
    async (method) => {
      const { stage, group } = await under(...NO_SSH);
      vi.spyOn(stage.world.ledger, method).mockRejectedValueOnce(new Fault('unavailable', 'the store does not answer'));
      await open(stage, group, permission('tcp', [22, 23], '0.0.0.0/0'));
      expect(await spelled(stage, group)).toEqual(['tcp 23-23 0.0.0.0/0']);
      expect(incidentTitles(stage)).toHaveLength(1);
      expect(stage.world.bus.deadLetters()).toEqual([]);
    },
  );

  it('at the record of the outcome: the revert stands, and is told of all the same', async () => {
    const { stage, group } = await under(...NO_SSH);
    const { ledger } = stage.world;
    const append = ledger.append.bind(ledger);
    let failed = false;
    vi.spyOn(ledger, 'append').mockImplementation((target, hint, body: LedgerBody) => {
      if (body.kind !== 'reverted' || failed) return append(target, hint, body);
      failed = true;
      return Promise.reject(new Fault('unavailable', 'the store does not answer'));
    });
    await open(stage, group, SSH);
    expect(failed).toBe(true);
    expect(await spelled(stage, group)).toEqual([]);
    expect(ownCalls(stage)).toHaveLength(1);
    expect(incidentTitles(stage)).toHaveLength(1);
  });
});
