import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { SqsEvent } from '../../local/bus/batch.ts';
import { createBus } from '../../local/bus/bus.ts';
import { cloudTrailEventOf } from '../../local/bus/cloudtrail.ts';
import type { BusEvent } from '../../local/bus/event.ts';
import type { DeliveryFailure, QueueOptions } from '../../local/bus/queue.ts';

/** Time that moves only by sleeping: each sleep ends at once, in the order of due times, and moves the clock. */
function virtualTime() {
  let nowMs = Date.parse('2026-11-24T09:30:15Z');
  const sleeping: { dueMs: number; wake: () => void }[] = [];
  return {
    now: () => new Date(nowMs),
    sleep: (delayMs: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        sleeping.push({ dueMs: nowMs + delayMs, wake: resolve });
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
    /** Wakes the next sleeper, if any, and lets everything that follows from it happen. */
    async step(): Promise<boolean> {
      await new Promise((resolve) => setImmediate(resolve));
      const next = sleeping.sort((a, b) => a.dueMs - b.dueMs).shift();
      if (next === undefined) return false;
      nowMs = next.dueMs;
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
  };
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const bus of open.splice(0)) await bus.close();
});

function localBus() {
  const time = virtualTime();
  const bus = createBus({ account: '111122223333', region: 'eu-central-1', now: time.now, sleep: time.sleep });
  open.push(bus);
  const settle = async () => {
    while (await time.step());
  };
  /** A queue behind a rule for everything, that keeps the batches which its handler saw. */
  const queueOf = (answer: (event: SqsEvent) => unknown, options: Partial<QueueOptions> = {}) => {
    const batches: SqsEvent[] = [];
    const handler = async (event: SqsEvent) => {
      batches.push(event);
      await Promise.resolve();
      return answer(event);
    };
    const queue = bus.addQueue({ name: 'change', handler, ...options });
    bus.addRule({ name: 'everything', pattern: { source: [{ exists: true }] }, target: queue });
    return { queue, batches };
  };
  return { bus, time, settle, queueOf };
}

function eventNamed(name: string): BusEvent {
  return {
    version: '0',
    id: `id-${name}`,
    'detail-type': 'test',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-11-24T09:30:15Z',
    region: 'eu-central-1',
    resources: [],
    detail: { name },
  };
}

function namesIn(batch: SqsEvent): string[] {
  return batch.Records.map((record) => (JSON.parse(record.body) as { detail: { name: string } }).detail.name);
}

const failing = (batch: SqsEvent, name: string) => ({
  batchItemFailures: batch.Records.filter((r) => r.body.includes(`"name":"${name}"`)).map((r) => ({
    itemIdentifier: r.messageId,
  })),
});

describe('cloudTrailEventOf', () => {
  it('wraps a record as EventBridge does', () => {
    const record = {
      eventVersion: '1.09',
      eventID: '7e96f0e7-0000-4000-8000-000000000001',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RevokeSecurityGroupIngress',
      eventTime: '2026-11-24T09:30:15Z',
      awsRegion: 'eu-central-1',
      recipientAccountId: '444455556666',
      userIdentity: { accountId: '111122223333' },
      responseElements: null,
    };
    const event = cloudTrailEventOf(record);
    expect(event).toEqual({
      version: '0',
      id: event.id,
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.ec2',
      account: '444455556666',
      time: '2026-11-24T09:30:15Z',
      region: 'eu-central-1',
      resources: [],
      detail: record,
    });
    expect(event.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(event.id).not.toBe(record.eventID);
    expect(cloudTrailEventOf(record).id).not.toBe(event.id);
  });
});

describe('delivery', () => {
  it('hands the event to the function in the envelope of SQS', async () => {
    const { bus, settle, queueOf } = localBus();
    const { batches } = queueOf(() => undefined);
    bus.put(eventNamed('one'));
    await settle();
    const body = JSON.stringify(eventNamed('one'));
    const record = batches[0]!.Records[0]!;
    expect(batches).toEqual([
      {
        Records: [
          {
            messageId: record.messageId,
            receiptHandle: record.receiptHandle,
            body,
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: String(Date.parse('2026-11-24T09:30:15Z')),
              SenderId: '111122223333',
              ApproximateFirstReceiveTimestamp: String(Date.parse('2026-11-24T09:30:15Z')),
            },
            messageAttributes: {},
            md5OfBody: createHash('md5').update(body).digest('hex'),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:change',
            awsRegion: 'eu-central-1',
          },
        ],
      },
    ]);
  });

  it('delivers only what a rule matches, once per matching rule, and tells listeners which', async () => {
    const { bus, settle } = localBus();
    const seen: string[] = [];
    const queueNamed = (name: string) =>
      bus.addQueue({ name, handler: (e) => void seen.push(...namesIn(e).map((n) => `${name}:${n}`)) });
    const [first, second] = [queueNamed('first'), queueNamed('second')];
    bus.addRule({ name: 'one', pattern: { detail: { name: ['one'] } }, target: first });
    bus.addRule({ name: 'o', pattern: { detail: { name: [{ prefix: 'o' }] } }, target: second });
    const story: [string, readonly string[]][] = [];
    bus.onEvent((event, rules) => story.push([event.id, rules]));
    for (const name of ['one', 'other', 'none']) bus.put(eventNamed(name));
    await settle();
    expect(seen.sort()).toEqual(['first:one', 'second:one', 'second:other']);
    expect(story).toEqual([
      ['id-one', ['one', 'o']],
      ['id-other', ['o']],
      ['id-none', []],
    ]);
  });

  it('gathers what comes together into batches, and runs no more calls at once than allowed', async () => {
    const { bus, settle } = localBus();
    let running = 0;
    let most = 0;
    const sizes: number[] = [];
    const handler = async (event: SqsEvent) => {
      sizes.push(event.Records.length);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const queue = bus.addQueue({ name: 'change', handler, batchSize: 4, concurrency: 2 });
    bus.addRule({ name: 'all', pattern: { source: ['aws.ec2'] }, target: queue });
    for (let n = 0; n < 13; n += 1) bus.put(eventNamed(String(n)));
    await settle();
    await bus.idle();
    expect(sizes).toEqual([4, 4, 4, 1]);
    expect(most).toBe(2);
  });

  it('refuses a rule with a target of another bus, or with a pattern that is not modelled', () => {
    const [one, other] = [localBus(), localBus()];
    const { queue } = other.queueOf(() => undefined);
    expect(() => {
      one.bus.addRule({ name: 'r', pattern: { source: ['x'] }, target: queue });
    }).toThrow('`addQueue`');
    expect(() => {
      other.bus.addRule({ name: 'r', pattern: { source: 'x' }, target: queue });
    }).toThrow('`source`');
  });
});

describe('redelivery', () => {
  it('brings back only the message that failed, later and with a higher count', async () => {
    const { bus, settle, queueOf } = localBus();
    const { batches } = queueOf((batch) => (batches.length === 1 ? failing(batch, 'b') : undefined));
    for (const name of ['a', 'b', 'c']) bus.put(eventNamed(name));
    await settle();
    expect(batches.map(namesIn)).toEqual([['a', 'b', 'c'], ['b']]);
    const [before, after] = [batches[0]!.Records[1]!, batches[1]!.Records[0]!];
    expect(after.messageId).toBe(before.messageId);
    expect(after.receiptHandle).not.toBe(before.receiptHandle);
    expect(after.attributes).toEqual({ ...before.attributes, ApproximateReceiveCount: '2' });
    expect(bus.deadLetters()).toEqual([]);
  });

  it('doubles the time away up to the cap, then gives the message up', async () => {
    const { bus, settle, queueOf, time } = localBus();
    const receivedAt: number[] = [];
    const start = time.now().getTime();
    queueOf(
      () => {
        receivedAt.push((time.now().getTime() - start) / 1000);
        throw new Error('no luck');
      },
      { maxReceiveCount: 6, backoffBaseMs: 2_000, backoffCapMs: 10_000 },
    );
    const failures: DeliveryFailure[] = [];
    bus.onFailure((failure) => failures.push(failure));
    bus.put(eventNamed('one'));
    await settle();
    await bus.idle();
    expect(receivedAt).toEqual([0, 2, 6, 14, 24, 34]);
    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([2_000, 4_000, 8_000, 10_000, 10_000, undefined]);
    expect(bus.deadLetters()).toEqual([
      {
        queue: 'change',
        messageId: failures[0]?.messageId,
        body: JSON.stringify(eventNamed('one')),
        receiveCount: 6,
        reason: 'the handler threw: no luck',
      },
    ]);
  });

  it('receives a message twenty times where nothing else is said', async () => {
    const { bus, settle, queueOf } = localBus();
    const { batches } = queueOf((batch) => failing(batch, 'one'));
    bus.put(eventNamed('one'));
    await settle();
    expect(batches).toHaveLength(20);
    expect(bus.deadLetters().map(({ receiveCount }) => receiveCount)).toEqual([20]);
  });

  it.each<[string, unknown, number]>([
    ['nothing', undefined, 0],
    ['null', null, 0],
    ['an empty object', {}, 0],
    ['an empty list', { batchItemFailures: [] }, 0],
    ['no list', { batchItemFailures: null }, 0],
    ['text', 'ok', 2],
    ['a misspelt member', { batchItemFailure: [] }, 2],
    ['a list that is none', { batchItemFailures: 'a' }, 2],
    ['an unknown message', { batchItemFailures: [{ itemIdentifier: 'nobody' }] }, 2],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 2],
    ['a misspelt identifier', { batchItemFailures: [{ messageId: 'x' }] }, 2],
  ])('takes %s as an answer with the failures that Lambda would see', async (_name, answer, expected) => {
    const { bus, settle, queueOf } = localBus();
    queueOf(() => answer, { maxReceiveCount: 1 });
    bus.put(eventNamed('a'));
    bus.put(eventNamed('b'));
    await settle();
    expect(bus.deadLetters()).toHaveLength(expected);
  });

  it('keeps a message away for as long as the handler asks', async () => {
    const { bus, settle, queueOf, time } = localBus();
    const start = time.now().getTime();
    const { queue, batches } = queueOf((batch) => {
      if (batches.length > 1) return undefined;
      queue.changeVisibility(batch.Records[0]!.receiptHandle, 90);
      return failing(batch, 'one');
    });
    bus.put(eventNamed('one'));
    await settle();
    expect(batches).toHaveLength(2);
    expect(time.now().getTime() - start).toBe(90_000);
    expect(() => {
      queue.changeVisibility(batches[0]!.Records[0]!.receiptHandle, 1);
    }).toThrow('not in flight');
  });

  it('shows a message that is sent with a delay no earlier', async () => {
    const { bus, settle, time } = localBus();
    const start = time.now().getTime();
    const seen: [string, number][] = [];
    const queue = bus.addQueue({
      name: 'ticket',
      handler: (event) => {
        for (const { body } of event.Records) seen.push([body, time.now().getTime() - start]);
      },
    });
    queue.send('later', 60);
    queue.send('now');
    await settle();
    expect(seen).toEqual([
      ['now', 0],
      ['later', 60_000],
    ]);
    expect(() => queue.send('too late', 901)).toThrow('0 to 900');
  });
});

describe('idle and close', () => {
  it('is idle only when retries and what handlers send on are done too', async () => {
    const { bus, settle, queueOf } = localBus();
    const done: string[] = [];
    const ticket = bus.addQueue({ name: 'ticket', handler: () => void done.push('ticket') });
    const { batches } = queueOf((batch) => {
      if (batches.length === 1) return failing(batch, 'one');
      ticket.send('target');
      done.push('change');
      return undefined;
    });
    await bus.idle();
    bus.put(eventNamed('one'));
    let idle = false;
    const waiting = bus.idle().then(() => (idle = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([batches.length, idle]).toEqual([1, false]);
    await settle();
    await waiting;
    expect(done).toEqual(['change', 'ticket']);
  });

  it('waits for the call under way, drops what waits, and says so to whoever waits for idle', async () => {
    const { bus } = localBus();
    let release = (): void => undefined;
    const handler = () => new Promise<void>((resolve) => (release = resolve));
    const queue = bus.addQueue({ name: 'change', handler, batchSize: 1, concurrency: 1 });
    queue.send('one');
    queue.send('two');
    queue.send('later', 60);
    await new Promise((resolve) => setImmediate(resolve));
    const idle = expect(bus.idle()).rejects.toThrow('closed with 1 messages waiting');
    let closed = false;
    const closing = bus.close().then(() => (closed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    release();
    await closing;
    await idle;
    await expect(bus.idle()).rejects.toThrow('closed with 1 messages waiting');
    expect(() => queue.send('three')).toThrow('closed');
    expect(() => {
      bus.put(eventNamed('one'));
    }).toThrow('closed');
  });

  it('hears of the events that calls under way still put while it closes, and wakes nobody by them', async () => {
    const { bus } = localBus();
    const heard: string[] = [];
    bus.onEvent(({ detail }) => heard.push(String(detail['name'])));
    let release = (): void => undefined;
    const calls: string[] = [];
    const queue = bus.addQueue({
      name: 'change',
      handler: async () => {
        calls.push('change');
        await new Promise<void>((resolve) => (release = resolve));
        bus.put(eventNamed('last'));
      },
    });
    bus.addRule({ name: 'all', pattern: { source: ['aws.ec2'] }, target: queue });
    queue.send('one');
    await new Promise((resolve) => setImmediate(resolve));
    const closing = bus.close();
    release();
    await closing;
    expect(heard).toEqual(['last']);
    expect(calls).toEqual(['change']);
  });

  it('stops real timers when it is closed', async () => {
    const bus = createBus({ account: '111122223333', region: 'eu-central-1', now: () => new Date() });
    const queue = bus.addQueue({ name: 'change', handler: () => undefined });
    queue.send('in a quarter of an hour', 900);
    // What its sender wants to be seen later is nothing to wait for.
    await bus.idle();
    await bus.close();
  });
});
