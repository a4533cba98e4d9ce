import { beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../functions/aws/listen.ts';
import type { LookRequest } from '../../shared/app/look-again.ts';
import type { Lead } from '../../shared/clouds/contract.ts';
import {
  batchOf,
  callEvent,
  changed,
  failed,
  fault,
  groupId,
  House,
  HTTPS,
  CHANGE_QUEUE,
  SSH,
  targetOf,
} from './wiring.ts';

// Events that name no firewall but what is behind one, and bursts of events.

let house: House;
/** The kind and the ids of each search. */
let searches: (readonly [kind: string, ids: readonly string[]])[];

beforeEach(() => {
  house = new House();
  for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH]);
  searches = [];
  const { cloud } = house;
  const find = cloud.find.bind(cloud);
  cloud.find = (leads) => {
    searches.push([[...new Set(leads.map(({ kind }) => kind))].join(), leads.map(({ id }) => id)]);
    return find(leads);
  };
});

function run(...bodies: readonly unknown[]): Promise<object> {
  return listen(batchOf(...bodies), house.wiring);
}

function named(name: string): object {
  return callEvent({ groupName: name });
}

function running(instance: string): object {
  return {
    version: '0',
    id: `state of ${instance}`,
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: targetOf(1).account,
    time: '2026-11-24T11:59:00Z',
    region: targetOf(1).region,
    resources: [],
    detail: { 'instance-id': instance, state: 'running' },
  };
}

/** Says which groups an instance has. */
function behind(instance: string, ...numbers: readonly number[]): void {
  for (const number of numbers) {
    const firewall = house.cloud.firewalls.get(groupId(number));
    if (firewall === undefined) throw new Error(`no group ${String(number)}`);
    house.cloud.firewalls.set(groupId(number), { ...firewall, tags: { ...firewall.tags, instance } });
  }
}

describe('leads', () => {
  it('of many messages are followed in one search for each kind', async () => {
    behind('i-0aaaaaaaaaaaaaaaa', 1);
    behind('i-0bbbbbbbbbbbbbbbb', 2, 3);
    const messages = [
      running('i-0aaaaaaaaaaaaaaaa'),
      named('group 1'),
      running('i-0bbbbbbbbbbbbbbbb'),
      named('group 3'),
    ];
    expect(await run(...messages)).toEqual(failed());
    expect(searches.sort()).toEqual([
      ['instance', ['i-0aaaaaaaaaaaaaaaa', 'i-0bbbbbbbbbbbbbbbb']],
      ['name', ['group 1', 'group 3']],
    ]);
    expect([1, 2, 3].map((number) => house.ruleCount(number))).toEqual([1, 1, 1]);
    expect([...house.cloud.writes].sort()).toEqual([1, 2, 3].map(groupId));
  });

  it('are not searched for where there are none', async () => {
    await run(changed(1));
    expect(searches).toEqual([]);
  });

  it.each(['malformed', 'unsupported', 'forbidden', 'bug'] as const)(
    'that spoil a search (%s) fail their own messages, and the others are followed',
    async (kind) => {
      house.cloud.failures.set('group 2', kind === 'bug' ? new TypeError('a bug') : fault(kind));
      expect(await run(named('group 1'), named('group 2'), named('group 3'))).toEqual(failed('m2'));
      expect([1, 2, 3].map((number) => house.ruleCount(number))).toEqual([1, 2, 1]);
    },
  );

  it.each(['busy', 'unavailable'] as const)(
    'that nobody can follow (%s) fail the messages of their kind without another try, and no others',
    async (kind) => {
      behind('i-0aaaaaaaaaaaaaaaa', 3);
      house.cloud.failures.set('group 2', fault(kind));
      const messages = [named('group 1'), named('group 2'), running('i-0aaaaaaaaaaaaaaaa'), changed(1)];
      expect(await run(...messages)).toEqual(failed('m1', 'm2'));
      expect(searches.filter(([of]) => of === 'name')).toHaveLength(1);
      expect([1, 2, 3].map((number) => house.ruleCount(number))).toEqual([1, 2, 1]);
    },
  );

  it('that are tried one by one stop at the first that is throttled', async () => {
    const { cloud } = house;
    const find = cloud.find.bind(cloud);
    cloud.find = (leads: readonly Lead[]) => {
      searches.push(['name', leads.map(({ id }) => id)]);
      if (leads.length > 1) return Promise.reject(fault('unsupported'));
      return leads[0]?.id === 'group 2' ? Promise.reject(fault('throttled')) : find(leads);
    };
    expect(await run(named('group 1'), named('group 2'), named('group 3'))).toEqual(failed('m2', 'm3', 'm1'));
    expect(house.linesOf('error').map(({ keys }) => keys['kind'])).toEqual(['throttled', 'throttled', 'throttled']);
  });

  it('that are throttled stop the whole run: all calls share one budget', async () => {
    behind('i-0aaaaaaaaaaaaaaaa', 3);
    house.cloud.failures.set('group 2', fault('throttled'));
    const messages = [named('group 2'), running('i-0aaaaaaaaaaaaaaaa'), changed(1)];
    expect(await run(...messages)).toEqual(failed('m1', 'm2', 'm3'));
    expect(house.cloud.reads).toEqual([]);
  });

  it('that lead to nothing are no failure, and the log says so once for each', async () => {
    expect(await run(running('i-0cccccccccccccccc'), running('i-0dddddddddddddddd'))).toEqual(failed());
    expect(house.lines.filter(({ message }) => message === 'no firewall found').map(({ keys }) => keys)).toEqual([
      { by: 'instance', id: 'i-0cccccccccccccccc' },
      { by: 'instance', id: 'i-0dddddddddddddddd' },
    ]);
  });
});

describe('a burst', () => {
  it('of a hundred events about one firewall is one run, and the newest stands in the ledger', async () => {
    const events = Array.from({ length: 100 }, (_, index) =>
      changed(1, {
        at: `2026-11-24T11:5${String(index % 10)}:${String(10 + ((index * 7) % 50))}Z`,
        eventId: `event-${String(index)}`,
      }),
    );
    const newest = changed(1, { at: '2026-11-24T11:59:59.9Z', eventId: 'newest' });
    expect(await run(...events.slice(0, 40), newest, ...events.slice(40))).toEqual(failed());
    expect(await house.kinds(1)).toEqual(['intended', 'reverted']);
    expect((await house.ledger.entries(targetOf(1))).map(({ hint }) => hint?.eventId)).toEqual(['newest', 'newest']);
    expect(house.queues.sent.map(({ body }) => body)).toMatchObject([{ targets: [targetOf(1)], look: 1 }]);
  });

  it('that fails brings all of its messages back, and once it succeeds none', async () => {
    house.cloud.failures.set(groupId(1), fault('busy'));
    const messages = [changed(1), named('group 1'), changed(1, { eventId: 'event-2' })];
    expect(await run(...messages)).toEqual(failed('m1', 'm2', 'm3'));
    house.cloud.failures.clear();
    expect(await run(...messages)).toEqual(failed());
  });
});

describe('a clock', () => {
  it('that ticks at the wrong function is ignored, and the log says who listens to clocks', async () => {
    const { account, region } = targetOf(1);
    const tick = {
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account,
      region,
      time: '2026-11-24T12:00:00Z',
      detail: {},
    };
    expect(await run(tick, changed(1))).toEqual(failed());
    expect(house.lines[0]).toMatchObject({
      message: 'event ignored',
      keys: { why: expect.stringContaining('`sweep`') as string },
    });
    expect(house.ruleCount(1)).toBe(1);
    expect(house.cloud.reads).not.toContain(groupId(2));
  });
});

describe('an event that names more firewalls than one run has time for', () => {
  const items = Array.from({ length: 180 }, (_, index) => ({ resourceId: groupId(1000 + index) }));
  const tagged = callEvent({ resourcesSet: { items } }, { name: 'CreateTags' });

  beforeEach(() => {
    for (let number = 1000; number < 1180; number += 1) house.add(number, [HTTPS]);
  });

  it('is looked at for the first, and the rest is passed on, with the event', async () => {
    expect(await run(tagged)).toEqual(failed());
    expect(new Set(house.cloud.reads)).toEqual(
      new Set(Array.from({ length: 50 }, (_, index) => groupId(1000 + index))),
    );
    const passed = house.queues.sent.filter(({ delayMs }) => delayMs === 0);
    expect(passed.every(({ queue }) => queue === CHANGE_QUEUE)).toBe(true);
    const requests = passed.map(({ body }) => body as LookRequest);
    expect(requests.map(({ targets, look }) => [targets.length, look])).toEqual([
      [50, 0],
      [50, 0],
      [30, 0],
    ]);
    expect(requests.flatMap(({ targets }) => targets.map(({ id }) => id))).toEqual(
      Array.from({ length: 130 }, (_, index) => groupId(1050 + index)),
    );
    expect(requests.every(({ hint }) => hint.eventId === 'event-1')).toBe(true);
  });

  it('comes back where the rest cannot be passed on, and the first are done', async () => {
    const send = house.queues.send.bind(house.queues);
    house.queues.send = (queue, bodies, delayMs) =>
      delayMs === undefined ? Promise.reject(fault('unavailable')) : send(queue, bodies, delayMs);
    house.add(1000, [HTTPS, SSH]);
    expect(await run(changed(2), tagged)).toEqual(failed('m2'));
    expect([house.ruleCount(2), house.ruleCount(1000)]).toEqual([1, 1]);
  });
});
