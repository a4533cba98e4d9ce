import { beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../functions/aws/listen.ts';
import { sweepPart } from '../../functions/aws/sweep-part.ts';
import { sweep } from '../../functions/aws/sweep.ts';
import { ticket } from '../../functions/aws/ticket.ts';
import {
  BAD_RECORDS,
  batchOf,
  batchWith,
  changed,
  failed,
  fault,
  groupId,
  House,
  HTTPS,
  NO_BATCHES,
  PART_QUEUE,
  SSH,
  targetOf,
} from './wiring.ts';

let house: House;
beforeEach(() => {
  house = new House();
});

const { account, region } = targetOf(1);
const MINUTE_MS = 60_000;

function tick(place: object = {}): object {
  return {
    version: '0',
    id: 'tick',
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    region,
    time: '2026-11-24T12:00:00Z',
    resources: [],
    detail: '{}',
    ...place,
  };
}

/** The parts that are waiting, taken out of their queue. */
function taken(): readonly unknown[] {
  return house.queues.sent.splice(0).flatMap(({ queue, body }) => (queue === PART_QUEUE ? [body] : []));
}

/** A whole sweep: the clock ticks, its parts are worked on, and who hears of outcomes files their tickets. */
async function wholeSweep(): Promise<void> {
  expect(await sweep(tick(), house.wiring)).toEqual(failed());
  const parts = taken();
  if (parts.length > 0) expect(await sweepPart(batchOf(...parts), house.wiring)).toEqual(failed());
  for (const { target, sequence } of house.publisher.notices.splice(0))
    await ticket({ target, sequence }, house.wiring);
}

describe('a tick of the clock', () => {
  it.each([
    ['as it is', tick()],
    ['in a batch', batchOf(tick())],
  ])('%s hands out all firewalls, and says how many', async (_what, event) => {
    for (let number = 0; number < 120; number += 1) house.add(number, [HTTPS]);
    expect(await sweep(event, house.wiring)).toEqual(failed());
    expect(taken().length).toBeGreaterThanOrEqual(3);
    expect(house.lines).toEqual([{ level: 'info', message: 'sweep handed out', keys: { firewalls: 120, owed: 0 } }]);
  });

  it('whose pages fail half way comes back, and the log says how far it came', async () => {
    const { cloud } = house;
    cloud.targets = async function* () {
      yield await Promise.resolve([targetOf(1), targetOf(2)]);
      throw fault('throttled', 'too many calls');
    };
    expect(await sweep(batchOf(tick()), house.wiring)).toEqual(failed('m1'));
    expect(house.linesOf('error')[0]).toEqual({
      level: 'error',
      message: 'sweep incomplete',
      keys: { firewalls: 2, owed: 0, why: 'too many calls' },
    });
    expect(taken()).toHaveLength(1);
    await expect(sweep(tick(), house.wiring)).rejects.toMatchObject({ kind: 'throttled' });
  });

  it('takes nothing from another that fails', async () => {
    const { cloud } = house;
    const targets = cloud.targets.bind(cloud);
    house.add(1, [HTTPS]);
    let calls = 0;
    cloud.targets = () => {
      calls += 1;
      if (calls === 1) throw fault('unsupported');
      return targets();
    };
    const ticks = [tick({ region: 'eu-central-2' }), tick()];
    expect(await sweep(batchOf(...ticks), house.wiring)).toEqual(failed('m1'));
    expect(taken()).toHaveLength(1);
  });

  it('that is none is malformed', async () => {
    expect(await sweep(batchOf(changed(1), 'nonsense', {}), house.wiring)).toEqual(failed('m1', 'm2', 'm3'));
    expect(new Set(house.linesOf('error').map(({ keys }) => keys['kind']))).toEqual(new Set(['malformed']));
    expect(taken()).toEqual([]);
  });

  it.each(NO_BATCHES)('(`Records` that are %s) is refused whole', async (_what, event) => {
    await expect(sweep(event, house.wiring)).rejects.toMatchObject({ kind: 'malformed' });
    await expect(sweepPart(event, house.wiring)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('a part', () => {
  function part(...numbers: readonly number[]): object {
    return { stops: numbers.map((number) => ({ target: targetOf(number), owed: [] })) };
  }

  it('of which one is not seen comes back whole, and the log names that one', async () => {
    for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH]);
    house.cloud.failures.set(groupId(2), fault('unavailable', 'no answer'));
    expect(await sweepPart(batchOf(part(1, 2), part(3)), house.wiring)).toEqual(failed('m1'));
    expect(house.linesOf('error')[0]).toEqual({
      level: 'error',
      message: 'firewall not seen',
      keys: { target: `aws/${account}/${region}/${groupId(2)}`, why: 'no answer' },
    });
    expect([1, 2, 3].map((number) => house.ruleCount(number))).toEqual([1, 2, 1]);
    house.cloud.failures.clear();
    expect(await sweepPart(batchOf(part(1, 2)), house.wiring)).toEqual(failed());
    expect(house.ruleCount(2)).toBe(1);
    expect(house.cloud.writes).toHaveLength(3);
  });

  it('that is throttled comes back, and so does what it kept from its turn', async () => {
    for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH]);
    house.cloud.failures.set(groupId(1), fault('throttled'));
    expect(await sweepPart(batchOf(part(1, 2, 3)), house.wiring)).toEqual(failed('m1'));
    expect(house.cloud.reads).toEqual([]);
    expect(house.queues.postponed.get('handle')).toBe(1500);
  });

  it('is tried again as long as anything in it may get better, although something else is malformed', async () => {
    house.cloud.failures.set(groupId(1), fault('unavailable'));
    house.cloud.failures.set(groupId(2), fault('malformed'));
    await sweepPart(batchOf(part(1, 2)), house.wiring);
    expect(house.queues.postponed.get('handle')).toBeGreaterThan(0);
  });

  it.each([
    ['nothing', {}],
    ['no list', { stops: {} }],
    ['stops that are none', { stops: [1] }],
    ['a stop without target', { stops: [{ owed: [] }] }],
    ['a stop without owed', { stops: [{ target: targetOf(1) }] }],
    ['an owed that is no sequence', { stops: [{ target: targetOf(1), owed: [0] }] }],
    ['an owed beyond all integers', { stops: [{ target: targetOf(1), owed: [1e300] }] }],
    ['an id of nothing', { stops: [{ target: { ...targetOf(1), id: '' }, owed: [] }] }],
    ['an event', changed(1)],
    ['a tick', tick()],
    ['text', 'nonsense'],
  ])('that is %s is malformed, and the others of its batch are worked on', async (_what, body) => {
    house.add(3, [HTTPS, SSH]);
    expect(await sweepPart(batchOf(body, part(3)), house.wiring)).toEqual(failed('m1'));
    expect(house.ruleCount(3)).toBe(1);
    expect(house.linesOf('error').map(({ keys }) => keys['kind'])).toEqual(['malformed']);
  });

  it.each(BAD_RECORDS)('(%s) comes back alone', async (_what, record) => {
    house.add(3, [HTTPS, SSH]);
    expect(await sweepPart(batchWith(record, 1, part(3)), house.wiring)).toEqual(failed('bad'));
    expect(house.ruleCount(3)).toBe(1);
  });

  it('that is empty is done', async () => {
    expect(await sweepPart(batchOf({ stops: [] }), house.wiring)).toEqual(failed());
  });

  it('as a plain event that fails is thrown', async () => {
    house.cloud.failures.set(groupId(1), fault('unavailable'));
    await expect(sweepPart(part(1), house.wiring)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the sweep makes up for', () => {
  beforeEach(() => {
    house.add(1, [HTTPS, SSH]);
  });

  async function nothingDue(): Promise<void> {
    expect((await house.ledger.due(new Date(8.64e15))).rows).toEqual([]);
  }

  it('an event that never came', async () => {
    await wholeSweep();
    expect(await house.kinds(1)).toEqual(['intended', 'reverted', 'ticketed']);
    house.nowMs += 15 * MINUTE_MS;
    await wholeSweep();
    expect(await house.kinds(1)).toEqual(['intended', 'reverted', 'ticketed', 'verified']);
    await nothingDue();
  });

  it('a run that died between its write and its record', async () => {
    const { cloud } = house;
    const apply = cloud.apply.bind(cloud);
    cloud.apply = async (plan, before) => {
      await apply(plan, before);
      throw new Error('the process died');
    };
    await listen(batchOf(changed(1)), house.wiring);
    cloud.apply = apply;
    house.nowMs += 15 * MINUTE_MS;
    await wholeSweep();
    house.nowMs += 15 * MINUTE_MS;
    await wholeSweep();
    expect(await house.kinds(1)).toEqual(['intended', 'reverted', 'ticketed', 'verified']);
    expect(house.tickets.drafts).toHaveLength(1);
    expect(house.tickets.drafts[0]?.description).toContain('alex');
    await nothingDue();
  });

  it('an outcome that nobody was told of', async () => {
    const { publisher } = house;
    const publish = publisher.publish.bind(publisher);
    publisher.publish = () => Promise.reject(fault('unavailable'));
    expect(await listen(batchOf(changed(1)), house.wiring)).toEqual(failed('m1'));
    publisher.publish = publish;
    house.nowMs += 15 * MINUTE_MS;
    await wholeSweep();
    expect(house.tickets.drafts).toHaveLength(1);
    house.nowMs += 15 * MINUTE_MS;
    await wholeSweep();
    await nothingDue();
  });

  it('a revert that nobody has looked at again, also of a group that is gone by then', async () => {
    house.add(2, [HTTPS, SSH]);
    await listen(batchOf(changed(1), changed(2)), house.wiring);
    house.cloud.firewalls.delete(groupId(2));
    house.publisher.notices.length = 0;
    house.queues.sent.length = 0;
    for (let sweeps = 0; sweeps < 2; sweeps += 1) {
      house.nowMs += 15 * MINUTE_MS;
      await wholeSweep();
    }
    expect(await house.kinds(1)).toEqual(['intended', 'reverted', 'verified', 'ticketed']);
    expect(await house.kinds(2)).toEqual(['intended', 'reverted', 'gone', 'ticketed']);
    await nothingDue();
  });

  it('a lost ticket: what was told and not filed is told again', async () => {
    await listen(batchOf(changed(1)), house.wiring);
    house.publisher.notices.length = 0;
    house.nowMs += 15 * MINUTE_MS;
    await wholeSweep();
    expect(house.tickets.drafts).toHaveLength(1);
  });
});
