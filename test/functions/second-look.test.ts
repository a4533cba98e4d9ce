import { beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../functions/aws/listen.ts';
import type { LookRequest } from '../../shared/app/look-again.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import {
  batchOf,
  callEvent,
  changed,
  CHANGE_QUEUE,
  failed,
  fault,
  groupId,
  House,
  HTTPS,
  NOW,
  RDP,
  SSH,
  targetOf,
} from './wiring.ts';

// Reads of EC2 lag behind writes. A look that found nothing, or has just written, so soon after its event is made again.

let house: House;
beforeEach(() => {
  house = new House();
  house.add(1, [HTTPS, SSH]);
  house.add(3, [HTTPS]);
});

function run(...bodies: readonly unknown[]): Promise<object> {
  return listen(batchOf(...bodies), house.wiring);
}

/** The event of a change so long before now. */
function changedBefore(number: number, seconds: number, eventId = 'event-1'): object {
  return changed(number, { at: new Date(house.nowMs - seconds * 1000).toISOString(), eventId });
}

/** What was put into the queue since the last time, each as text and delay. */
function asked(): readonly (readonly [LookRequest, number])[] {
  return house.queues.sent.splice(0).map(({ queue, body, delayMs }) => {
    expect(queue).toBe(CHANGE_QUEUE);
    return [body as LookRequest, delayMs];
  });
}

const HINT = {
  eventId: 'event-1',
  eventName: 'AuthorizeSecurityGroupIngress',
  at: new Date(NOW.getTime() - 10_000),
  actor: 'alex',
  sourceAddress: '198.51.100.7',
  userAgent: 'aws-cli',
};

function look(number: number, which: number): LookRequest {
  return { targets: [targetOf(number)], leads: [], hint: HINT, look: which };
}

describe('after a look', () => {
  it.each([
    ['that found nothing', 3, ['fine']],
    ['that has written', 1, ['intended', 'reverted']],
    ['that found no firewall', 99, ['gone']],
  ] as const)(
    '%s, the next one is asked for a minute later; its message has the target and the event',
    async (...row) => {
      const [, number, kinds] = row;
      await run(changedBefore(number, 10));
      expect(await house.kinds(number)).toEqual(kinds);
      expect(asked()).toEqual([[look(number, 1), 60_000]]);
    },
  );

  it('that has written, and whose read still shows what was there, the next one is asked for', async () => {
    const { cloud } = house;
    const before = cloud.firewalls.get(groupId(1));
    if (before === undefined) throw new Error('expected a group');
    const apply = cloud.apply.bind(cloud);
    cloud.apply = async (...args) => {
      const outcome = await apply(...args);
      cloud.firewalls.set(groupId(1), before);
      return outcome;
    };
    await run(changedBefore(1, 10));
    expect(asked()).toEqual([[look(1, 1), 60_000]]);
  });

  it('that found nothing twice, one more is asked for five minutes later, and none after that', async () => {
    await run(changedBefore(3, 10));
    const [[first] = []] = asked();
    house.nowMs += 60_000;
    await run(first);
    const [[second, delayMs] = []] = asked();
    expect([second, delayMs]).toEqual([look(3, 2), 300_000]);
    await run(second);
    house.nowMs += 300_000;
    await run(second);
    expect(asked()).toEqual([]);
    expect(await house.kinds(3)).toEqual(['fine']);
  });

  it('none is asked for where the event is two minutes old, and one where it is a moment younger', async () => {
    await run(changedBefore(3, 120));
    expect(asked()).toEqual([]);
    await run(changedBefore(3, 119));
    expect(asked()).toHaveLength(1);
  });

  it('none is asked for where the drift is in plain sight', async () => {
    house = new House({ ...LIMITS, paused: 'paused' });
    house.add(1, [HTTPS, SSH]);
    await run(changedBefore(1, 10));
    expect(await house.kinds(1)).toEqual(['held']);
    expect(asked()).toEqual([]);
  });

  it('none is asked for where nobody may read the firewall', async () => {
    house.cloud.failures.set(groupId(3), fault('forbidden'));
    expect(await run(changedBefore(3, 10))).toEqual(failed());
    expect(asked()).toEqual([]);
  });

  it('two at most are asked for, whatever time an event claims', async () => {
    await run(changed(3, { at: '9999-12-31T23:59:59Z' }));
    const looks: number[] = [];
    for (let messages = asked(); messages.length > 0; messages = asked()) {
      looks.push(...messages.map(([message]) => message.look));
      await run(...messages.map(([message]) => message));
    }
    expect(looks).toEqual([1, 2]);
  });

  it('that cannot be asked for, the message comes back', async () => {
    const { queues } = house;
    const send = queues.send.bind(queues);
    queues.send = () => Promise.reject(fault('unavailable'));
    expect(await run(changedBefore(3, 10))).toEqual(failed('m1'));
    queues.send = send;
    expect(await run(changedBefore(3, 10))).toEqual(failed());
    expect(asked()).toHaveLength(1);
  });
});

describe('a second look', () => {
  it('that finds drift reverts it, with the event as its cause', async () => {
    await run(changedBefore(3, 10, 'the-cause'));
    house.add(3, [HTTPS, RDP]);
    const [[message] = []] = asked();
    house.nowMs += 60_000;
    expect(await run(message)).toEqual(failed());
    expect(house.rules(3)).toEqual(['tcp/443 from 0.0.0.0/0']);
    const entries = await house.ledger.entries(targetOf(3));
    expect(entries.map(({ body, hint }) => [body.kind, hint?.eventId])).toEqual([
      ['fine', 'the-cause'],
      ['intended', 'the-cause'],
      ['reverted', 'the-cause'],
    ]);
    expect(house.publisher.notices.map(({ kind }) => kind)).toEqual(['reverted']);
  });

  it('a minute after a revert says that it holds, and nothing else', async () => {
    await run(changedBefore(1, 10));
    const [[message] = []] = asked();
    house.nowMs += 60_000;
    await run(message);
    expect(await house.kinds(1)).toEqual(['intended', 'reverted', 'verified']);
  });

  it('that comes twice, or long after, changes nothing more', async () => {
    await run(changedBefore(1, 10));
    const [[message] = []] = asked();
    house.nowMs += 60_000;
    await run(message, message);
    house.nowMs += 86_400_000;
    await run(message);
    expect(await house.kinds(1)).toEqual(['intended', 'reverted', 'verified']);
    expect(house.cloud.writes).toHaveLength(1);
    expect(asked()).toHaveLength(1);
  });

  it('beside an event of the same firewall is one look, and the event is on record, whatever their order', async () => {
    await run(changedBefore(3, 10, 'first'));
    const [[message] = []] = asked();
    house.nowMs += 60_000;
    for (const order of [
      [message, changedBefore(3, 90, 'late')],
      [changedBefore(3, 90, 'late'), message],
    ]) {
      const before = (await house.kinds(3)).length;
      const reads = house.cloud.reads.length;
      await run(...order);
      expect(await house.kinds(3)).toHaveLength(before + 1);
      expect(house.cloud.reads).toHaveLength(reads + 1);
      // The newest of both stands in it, and it is a first look.
      expect((await house.ledger.newest(targetOf(3), 1))[0]?.entry.hint?.eventId).toBe('first');
      expect(asked().map(([{ look: which }]) => which)).toEqual([1]);
    }
  });
});

describe('a forged request', () => {
  it.each([
    ['half a look', { ...look(3, 1), look: 1.5 }],
    ['look 11', look(3, 11)],
    ['a negative look', look(3, -1)],
    ['no target', { leads: [], hint: HINT, look: 1 }],
    ['no hint', { targets: [targetOf(3)], leads: [], look: 1 }],
    ['no time', { ...look(3, 1), hint: { ...HINT, at: 'yesterday' } }],
    ['a target without id', { ...look(3, 1), targets: [{ ...targetOf(3), id: '' }] }],
    ['an endless id', { ...look(3, 1), targets: [{ ...targetOf(3), id: 'x'.repeat(257) }] }],
    ['a lead of no kind', { ...look(3, 1), leads: [{ ...targetOf(3), kind: 'planet' }] }],
  ])('with %s is malformed', async (_what, message) => {
    expect(await run(message)).toEqual(failed('m1'));
    expect(house.linesOf('error').map(({ keys }) => keys['kind'])).toEqual(['malformed']);
    expect(house.cloud.reads).toEqual([]);
  });

  it('with a late number asks for no more looks, and changes nothing that is right', async () => {
    await run(changedBefore(3, 10));
    asked();
    await run(look(3, 10), look(3, 10));
    expect(asked()).toEqual([]);
    expect(house.cloud.writes).toEqual([]);
  });

  it('cannot make a run do anything but look', async () => {
    await run({ ...look(3, 1), changes: [{ kind: 'remove' }] });
    expect(house.rules(3)).toEqual(['tcp/443 from 0.0.0.0/0']);
    expect(house.cloud.writes).toEqual([]);
  });
});

describe('a lead by which nobody is found', () => {
  function named(seconds: number): object {
    return callEvent(
      { groupName: 'too-new', ipPermissions: {} },
      { at: new Date(house.nowMs - seconds * 1000).toISOString() },
    );
  }

  it('is followed again later, and what it names then is looked at', async () => {
    await run(named(10));
    const [[message, delayMs] = []] = asked();
    expect(delayMs).toBe(60_000);
    expect(message?.leads).toMatchObject([{ kind: 'name', id: 'too-new' }]);
    house.add(5, [HTTPS, SSH], 'too-new');
    house.nowMs += 60_000;
    await run(message);
    expect(house.rules(5)).toEqual(['tcp/443 from 0.0.0.0/0']);
    expect((await house.ledger.entries(targetOf(5)))[0]?.hint?.actor).toBe('alex');
  });

  it('is followed three times at most, and once where its event is old', async () => {
    await run(named(300));
    expect(asked()).toEqual([]);
    await run(named(10));
    const looks: number[] = [];
    for (let messages = asked(); messages.length > 0; messages = asked()) {
      looks.push(...messages.map(([message]) => message.look));
      await run(...messages.map(([message]) => message));
    }
    expect(looks).toEqual([1, 2]);
  });

  it('comes back where it cannot be asked for again', async () => {
    house.queues.send = () => Promise.reject(fault('unavailable'));
    expect(await run(named(10))).toEqual(failed('m1'));
  });
});

it('of more firewalls than one run looks at, the rest is left to other runs, with the event', async () => {
  const numbers = Array.from({ length: 60 }, (_, index) => 100 + index);
  for (const number of numbers) house.add(number, [HTTPS, SSH]);
  const items = numbers.map((number) => ({ resourceId: groupId(number) }));
  await run(
    callEvent({ resourcesSet: { items } }, { name: 'CreateTags', at: new Date(house.nowMs - 300_000).toISOString() }),
  );
  const messages = asked();
  expect(messages.map(([{ targets, look: which }, delayMs]) => [targets.length, which, delayMs])).toEqual([[10, 0, 0]]);
  for (const [message] of messages) await run(message);
  const open = numbers.filter((number) => house.ruleCount(number) > 1);
  expect(open).toEqual([]);
  const [, entry] = await house.ledger.entries(targetOf(159));
  expect(entry?.hint?.eventId).toBe('event-1');
});

it('once the time of a run is over, what is left comes back', async () => {
  const read = house.cloud.read.bind(house.cloud);
  house.cloud.read = (target) => {
    house.nowMs += 46_000;
    return read(target);
  };
  expect(await run(changed(1), changed(3))).toEqual(failed('m2'));
  expect(house.linesOf('error').map(({ keys }) => keys['kind'])).toEqual(['busy']);
});
