import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SqsEvent } from '../../local/bus/batch.ts';
import { createBus } from '../../local/bus/bus.ts';
import type { BusEvent } from '../../local/bus/event.ts';
import type { QueueOptions } from '../../local/bus/queue.ts';
import type { BusWeather } from '../../local/bus/weather.ts';
import { seededChance } from '../../local/chance.ts';
import { SimulatedTime } from '../../local/simulated-time.ts';

// Recordings of the real cloud may lie beside the project; they are of others, so they are not in it.
const folder = process.env.PORTCULLIS_FIXTURES ?? join(import.meta.dirname, '../../../shared/fixtures');
const recording = join(folder, 'eventbridge-c7n/event-scheduled.json');
const recorded = existsSync(recording)
  ? (JSON.parse(readFileSync(recording, 'utf8')) as Readonly<Record<string, unknown>>)
  : undefined;
if (recorded === undefined) console.info(`no ${recording}: the test against it is skipped`);

interface Arrival {
  readonly name: string;
  readonly atMs: number;
  readonly messageId: string;
  readonly count: number;
}

/** A bus on a simulated clock, with a queue behind a rule for everything. */
function stormy(weather: Partial<BusWeather> = {}, seed = 1, options: Partial<QueueOptions> = {}) {
  const time = new SimulatedTime({ start: new Date('2026-11-24T09:00:00Z') });
  const startMs = time.now().getTime();
  const { now, sleep } = time;
  const chance = seededChance(seed);
  const bus = createBus({ account: '111122223333', region: 'eu-central-1', now, sleep, chance, weather });
  const arrived: Arrival[] = [];
  const handler = (event: SqsEvent): unknown => {
    for (const { body, messageId, attributes } of event.Records) {
      const { detail } = JSON.parse(body) as { detail: { name: string } };
      const count = Number(attributes.ApproximateReceiveCount);
      arrived.push({ name: detail.name, atMs: now().getTime() - startMs, messageId, count });
    }
    return options.handler?.(event);
  };
  const queue = bus.addQueue({ name: 'change', ...options, handler });
  bus.addRule({ name: 'all', pattern: { source: ['aws.ec2'] }, target: queue });
  const putSome = (count: number) => {
    for (let n = 0; n < count; n += 1) bus.put(eventNamed(String(n)));
  };
  const names = () => arrived.map(({ name }) => name);
  return { bus, time, queue, arrived, names, putSome };
}

function eventNamed(name: string): BusEvent {
  return {
    version: '0',
    id: `id-${name}`,
    'detail-type': 'test',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-11-24T09:00:00Z',
    region: 'eu-central-1',
    resources: [],
    detail: { name },
  };
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => String(n));

describe('weather of the bus', () => {
  it('gives one history for one seed', async () => {
    const history = async (seed: number) => {
      const storm = { lost: 0.2, doubled: 0.2, late: 0.4, shuffled: 0.5, redelivered: 0.2 };
      const { time, putSome, arrived } = stormy(storm, seed);
      putSome(50);
      await time.untilQuiet();
      return arrived;
    };
    const first = await history(3);
    expect(first.length).toBeGreaterThan(30);
    expect(await history(3)).toEqual(first);
    expect(await history(4)).not.toEqual(first);
  });

  it('is fair unless told otherwise, and changes while the bus runs', async () => {
    const { bus, time, putSome, names } = stormy();
    putSome(30);
    await time.untilQuiet();
    expect(names()).toEqual(numbered(30));
    bus.weather.lost = 1;
    putSome(30);
    await time.untilQuiet();
    expect(names()).toHaveLength(30);
  });

  it('loses some', async () => {
    const { bus, time, putSome, names } = stormy({ lost: 0.3 });
    putSome(200);
    await time.untilQuiet();
    await bus.idle();
    expect(new Set(names()).size).toBe(names().length);
    expect(names().length).toBeGreaterThan(110);
    expect(names().length).toBeLessThan(170);
  });

  it('doubles some, as two messages', async () => {
    const { time, putSome, arrived, names } = stormy({ doubled: 0.3 });
    putSome(100);
    await time.untilQuiet();
    expect(new Set(names()).size).toBe(100);
    expect(arrived.length).toBeGreaterThan(115);
    expect(arrived.length).toBeLessThan(150);
    expect(new Set(arrived.map(({ messageId }) => messageId)).size).toBe(arrived.length);
  });

  it('delays some, so that others overtake them, and is idle only when all have come', async () => {
    const { bus, time, putSome, arrived, names } = stormy({ late: 0.5, lateAtMostMs: 90_000, doubled: 0.2 });
    putSome(100);
    let isIdle = false;
    const idle = bus.idle().then(() => (isIdle = true));
    await time.advanceBy(1_000);
    expect([isIdle, names().length > 30]).toEqual([false, true]);
    await time.finish(idle);
    expect(new Set(names())).toEqual(new Set(numbered(100)));
    const delays = arrived.map(({ atMs }) => atMs);
    expect(Math.max(...delays)).toBeLessThanOrEqual(90_000);
    expect(Math.max(...delays)).toBeGreaterThan(80_000);
    expect(time.now().getTime() - Date.parse('2026-11-24T09:00:00Z')).toBe(Math.max(...delays));
  });

  it('hands out what waits in another order', async () => {
    const { time, putSome, names } = stormy({ shuffled: 1 });
    putSome(30);
    await time.untilQuiet();
    expect(names()).not.toEqual(numbered(30));
    expect(names().sort()).toEqual(numbered(30).sort());
  });

  it('brings messages again that were done with, once they were hidden for a while', async () => {
    const { bus, time, putSome, arrived } = stormy({ redelivered: 0.5, redeliveredAfterMs: 40_000 });
    putSome(100);
    await time.untilQuiet();
    await bus.idle();
    const first = arrived.filter(({ count }) => count === 1);
    const again = arrived.filter(({ count }) => count === 2);
    expect(first).toHaveLength(100);
    expect(again.length).toBeGreaterThan(30);
    for (const { atMs, messageId } of again) {
      expect(atMs).toBe(40_000);
      expect(first.map((one) => one.messageId)).toContain(messageId);
    }
    expect(bus.deadLetters()).toEqual([]);
  });

  it('never brings a message more often than it may be received', async () => {
    const { bus, time, putSome, arrived } = stormy({ redelivered: 1 }, 1, { maxReceiveCount: 3 });
    putSome(2);
    await time.untilQuiet();
    expect(arrived.map(({ count }) => count).sort()).toEqual([1, 1, 2, 2, 3, 3]);
    expect(bus.deadLetters()).toEqual([]);
  });

  it('forgets what is late when the bus is closed', async () => {
    const { bus, time, putSome, names } = stormy({ late: 1 });
    putSome(3);
    await time.advanceBy(0);
    await bus.close();
    await time.untilQuiet();
    expect(names()).toEqual([]);
    await expect(bus.idle()).rejects.toThrow('closed with 3 messages waiting');
  });
});

describe('visibility', () => {
  it('ends while a slow handler works, so that the message is received again beside it', async () => {
    const calls: number[] = [];
    const { bus, time, putSome, arrived } = stormy({}, 1, {
      visibilityTimeoutMs: 60_000,
      handler: async () => {
        calls.push(calls.length);
        if (calls.length === 1) await time.sleep(100_000);
        return undefined;
      },
    });
    const failures: (number | undefined)[] = [];
    bus.onFailure(({ retryInMs }) => failures.push(retryInMs));
    putSome(1);
    await time.untilQuiet();
    await bus.idle();
    expect(arrived.map(({ atMs, count }) => [atMs, count])).toEqual([
      [0, 1],
      [60_000, 2],
    ]);
    expect(failures).toEqual([0]);
  });

  it('is what a failed message waits for, unless the handler asks for another time, counted from its asking', async () => {
    const { time, queue, putSome, arrived } = stormy({}, 1, {
      visibilityTimeoutMs: 60_000,
      handler: async ({ Records }: SqsEvent) => {
        if (arrived.length === 2) queue.changeVisibility(Records[0]!.receiptHandle, 10);
        if (arrived.length === 3) queue.changeVisibility(Records[0]!.receiptHandle, 200);
        if (arrived.length === 4) return undefined;
        await time.sleep(5_000);
        throw new Error('no luck');
      },
    });
    putSome(1);
    await time.untilQuiet();
    expect(arrived.map(({ atMs }) => atMs)).toEqual([0, 60_000, 70_000, 270_000]);
  });

  it('is not waited for any more once the handler is done, or has asked for another time', async () => {
    const { time, queue, putSome, arrived } = stormy({}, 1, {
      visibilityTimeoutMs: 60_000,
      handler: async ({ Records }: SqsEvent) => {
        queue.changeVisibility(Records[0]!.receiptHandle, 300);
        await time.sleep(200_000);
      },
    });
    const start = time.now().getTime();
    putSome(1);
    await time.untilQuiet();
    expect(arrived).toHaveLength(1);
    expect(time.now().getTime() - start).toBe(200_000);
  });

  it('that is over does not count twice where the message was given up', async () => {
    const { bus, time, putSome } = stormy({}, 1, {
      visibilityTimeoutMs: 1_000,
      maxReceiveCount: 2,
      handler: () => time.sleep(10_000),
    });
    putSome(1);
    await time.untilQuiet();
    await bus.idle();
    expect(bus.deadLetters()).toMatchObject([
      { receiveCount: 2, reason: expect.stringContaining('visibility') as unknown },
    ]);
  });
});

describe('schedules', () => {
  const place = { account: '111122223333', region: 'eu-central-1', version: '0', 'detail-type': 'Scheduled Event' };

  it('wake a queue in the shapes of the two services, until the bus is closed', async () => {
    const { bus, time } = stormy();
    const bodies: unknown[] = [];
    const handler = ({ Records }: SqsEvent) =>
      void bodies.push(...Records.map(({ body }) => JSON.parse(body) as unknown));
    const target = bus.addQueue({ name: 'sweep', handler });
    const heard: (readonly string[])[] = [];
    bus.onEvent((_event, rules) => heard.push(rules));
    bus.addSchedule({ name: 'hourly', everyMs: 3_600_000, shape: 'rule', target });
    bus.addSchedule({ name: 'daily', everyMs: 5_400_000, shape: 'scheduler', target });
    await time.advanceBy(7_200_000);
    await bus.idle();
    const rule = {
      ...place,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      source: 'aws.events',
      resources: ['arn:aws:events:eu-central-1:111122223333:rule/hourly'],
      detail: {},
    };
    expect(bodies).toEqual([
      { ...rule, time: '2026-11-24T10:00:00Z' },
      {
        ...rule,
        source: 'aws.scheduler',
        resources: ['arn:aws:scheduler:eu-central-1:111122223333:schedule/default/daily'],
        detail: '{}',
        time: '2026-11-24T10:30:00Z',
      },
      { ...rule, time: '2026-11-24T11:00:00Z' },
    ]);
    expect(heard).toEqual([['hourly'], ['hourly']]);
    await bus.close();
    await time.untilQuiet();
    expect(bodies).toHaveLength(3);
  });

  it('are subject to the weather', async () => {
    const { bus, time, queue, arrived } = stormy({ doubled: 1 });
    bus.addSchedule({ name: 'sweep', everyMs: 1_000, shape: 'rule', target: queue });
    await time.advanceBy(2_500);
    expect(arrived.map(({ atMs }) => atMs)).toEqual([1_000, 1_000, 2_000, 2_000]);
    bus.weather.lost = 1;
    await time.advanceBy(10_000);
    expect(arrived).toHaveLength(4);
  });

  it.skipIf(recorded === undefined)('look as a recorded one does', async () => {
    const { bus, time } = stormy();
    const bodies: object[] = [];
    const handler = ({ Records }: SqsEvent) =>
      void bodies.push(...Records.map(({ body }) => JSON.parse(body) as object));
    const target = bus.addQueue({ name: 'sweep', handler });
    bus.addSchedule({ name: 'my-schedule', everyMs: 1_000, shape: 'rule', target });
    await time.advanceBy(1_000);
    const { version, ...event } = bodies[0] as Record<string, unknown>;
    expect(version).toBe('0');
    const own = {
      id: event.id,
      time: event.time,
      account: event.account,
      region: event.region,
      resources: event.resources,
    };
    expect({ ...recorded, ...own }).toEqual(event);
    const anywhere = (arn: unknown) => String(arn).replace(/:[a-z0-9-]+:\d{12}:/, ':REGION:ACCOUNT:');
    expect((event.resources as unknown[]).map(anywhere)).toEqual((recorded?.resources as unknown[]).map(anywhere));
  });

  it('refuse a target of another bus, and a time that is none', () => {
    const [one, other] = [stormy(), stormy()];
    const schedule = { name: 's', everyMs: 1_000, shape: 'rule', target: other.queue } as const;
    expect(() => {
      one.bus.addSchedule(schedule);
    }).toThrow('schedule `s`: target `change` is not a queue of this bus');
    expect(() => {
      other.bus.addSchedule({ ...schedule, everyMs: 0 });
    }).toThrow('write more than 0');
  });

  it('keep no real timer once the bus is closed', async () => {
    const bus = createBus({ account: '111122223333', region: 'eu-central-1', now: () => new Date() });
    const target = bus.addQueue({ name: 'sweep', handler: () => undefined, visibilityTimeoutMs: 1_000_000 });
    bus.addSchedule({ name: 'hourly', everyMs: 3_600_000, shape: 'rule', target });
    bus.weather.late = 1;
    bus.addRule({ name: 'all', pattern: { source: ['aws.ec2'] }, target });
    bus.put(eventNamed('late'));
    target.send('now');
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    expect(before).toBeGreaterThanOrEqual(2);
    await bus.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(timers()).toBeLessThanOrEqual(before - 2);
  });
});
