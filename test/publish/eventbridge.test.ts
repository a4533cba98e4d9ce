import { afterEach, describe, expect, it } from 'vitest';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { createBus } from '../../local/bus/bus.ts';
import type { BusEvent } from '../../local/bus/event.ts';
import { serveOnLoopback } from '../../local/loopback.ts';
import { Fault } from '../../shared/base/fault.ts';
import type { FaultKind } from '../../shared/base/fault.ts';
import { DETAIL_TYPE, EVENT_SOURCE, EventBridgePublisher } from '../../shared/publish/eventbridge.ts';
import { describePublisher, NOTICE } from './contract.ts';
import type { OpenPublisher } from './contract.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const SECRET = 'not-a-secret-of-anybody';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Now, at the end of a second, so that a time that is rounded up shows. */
const NOW = new Date('2026-11-24T09:30:15.900Z');

function publisherAt(endpoint: string, bus: string): EventBridgePublisher {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET };
  return new EventBridgePublisher({
    client: { region: REGION, endpoint, credentials },
    bus,
    clock: { now: () => NOW },
  });
}

interface OnBus extends OpenPublisher {
  readonly events: () => Promise<readonly BusEvent[]>;
}

/** A publisher for a local bus, with whatever arrives behind the rule that the `ticket` function has. */
async function onBus(bus = 'default', name = bus): Promise<OnBus> {
  const local = createBus({ account: ACCOUNT, region: REGION, name, now: () => new Date('2000-01-01T00:00:00Z') });
  const server = await serveOnLoopback(local.app);
  const arrived: BusEvent[] = [];
  const target = local.addQueue({
    name: 'outcomes',
    handler: ({ Records }) => void arrived.push(...Records.map(({ body }) => JSON.parse(body) as BusEvent)),
  });
  local.addRule({ name: 'outcomes', pattern: { source: ['portcullis'] }, target });
  const events = async (): Promise<readonly BusEvent[]> => {
    await local.idle();
    return arrived;
  };
  return {
    publisher: publisherAt(server.url, bus),
    events,
    heard: async () => (await events()).map(({ detail }) => detail),
    close: async () => {
      await local.close();
      await server.close();
    },
  };
}

describePublisher('the publisher on an EventBridge bus', () => onBus());

async function opened(bus?: string, name?: string): Promise<OnBus> {
  const one = await onBus(bus, name);
  open.push(one.close);
  return one;
}

/** A publisher for a bus that answers every request in its own way, and how often it was asked. */
async function answered(
  answer: (c: Context) => Response | Promise<Response>,
): Promise<{ publisher: EventBridgePublisher; asked: () => number }> {
  let asked = 0;
  const app = new Hono();
  app.all('*', (c) => {
    asked += 1;
    return answer(c);
  });
  const server = await serveOnLoopback(app);
  open.push(() => server.close());
  return { publisher: publisherAt(server.url, 'outcomes'), asked: () => asked };
}

function json(c: Context, body: unknown, status: 200 | 400 | 500 = 200): Response {
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/x-amz-json-1.1' });
}

/** What a call met; fails where it met no `Fault` that names the bus and hides the login. */
async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const met: unknown = await call.then(
    () => new Error('it was published'),
    (error: unknown) => error,
  );
  if (!(met instanceof Fault)) throw met;
  expect(met.message).toContain('the event bus `outcomes` did not take an outcome');
  expect(met.message).toMatch(/^[^\n]+$/);
  for (let one: unknown = met; one instanceof Error; one = one.cause) expect(one.message).not.toContain(SECRET);
  return met;
}

describe('an event of an outcome', () => {
  it('is what rules match on, and carries ids only', async () => {
    const { publisher, events } = await opened();
    await publisher.publish(NOTICE);
    const [event, ...more] = await events();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ source: EVENT_SOURCE, 'detail-type': DETAIL_TYPE, account: ACCOUNT, region: REGION });
    expect(event?.detail).toEqual({ version: 1, ...NOTICE });
    expect([EVENT_SOURCE, DETAIL_TYPE]).toEqual(['portcullis', 'Portcullis Outcome']);
  });

  it('has the time of the injected clock', async () => {
    const { publisher, events } = await opened();
    await publisher.publish(NOTICE);
    const [event] = await events();
    expect(event?.time).toBe('2026-11-24T09:30:15Z');
  });

  it('goes to the bus that was named', async () => {
    const { publisher, heard } = await opened('outcomes');
    await publisher.publish(NOTICE);
    expect(await heard()).toHaveLength(1);
  });

  it('goes to the bus whose ARN was given', async () => {
    const arn = ['arn', 'aws', 'events', REGION, ACCOUNT, 'event-bus/outcomes'].join(':');
    const { publisher, heard } = await opened(arn, 'outcomes');
    await publisher.publish(NOTICE);
    expect(await heard()).toHaveLength(1);
  });
});

describe('a notice that was not taken', () => {
  it('for a bus that is not there is told, and nobody hears of it', async () => {
    const { publisher, heard } = await opened('outcomes', 'another');
    await faultOf(publisher.publish(NOTICE));
    expect(await heard()).toEqual([]);
  });

  // Codes of an entry: API reference, PutEventsResultEntry (2026-11-24).
  const codes: readonly [code: string, kind: FaultKind][] = [
    ['InternalFailure', 'unavailable'],
    ['ThrottlingException', 'throttled'],
    ['AccessDeniedException', 'forbidden'],
    ['NotAuthorizedForSourceException', 'forbidden'],
    ['NotAuthorizedForDetailTypeException', 'forbidden'],
  ];

  it.each(codes)('in a call that succeeded: %s is %s', async (code, kind) => {
    const entry = { ErrorCode: code, ErrorMessage: 'no' };
    const { publisher } = await answered((c) => json(c, { FailedEntryCount: 1, Entries: [entry] }));
    const fault = await faultOf(publisher.publish(NOTICE));
    expect(fault.message).toContain(code);
    expect(fault.kind).toBe(kind);
  });

  it.each([
    ['says that an entry failed, and gives an id all the same', { FailedEntryCount: 1, Entries: [{ EventId: 'id' }] }],
    ['has no id', { FailedEntryCount: 0, Entries: [{}] }],
    ['has no entry', { FailedEntryCount: 0, Entries: [] }],
    ['has no list', { FailedEntryCount: 0 }],
    ['does not count', { Entries: [{ EventId: 'id' }] }],
    ['is empty', {}],
    ['has an error beside no count', { FailedEntryCount: 0, Entries: [{ ErrorCode: 'InternalFailure' }] }],
  ])('where the answer %s is not taken for published', async (_what, body) => {
    const { publisher } = await answered((c) => json(c, body));
    await faultOf(publisher.publish(NOTICE));
  });

  const refusals: readonly [code: string, status: 400 | 500, kind: FaultKind][] = [
    ['AccessDeniedException', 400, 'forbidden'],
    ['UnrecognizedClientException', 400, 'forbidden'],
    ['ResourceNotFoundException', 400, 'forbidden'],
    ['ThrottlingException', 400, 'throttled'],
    ['InternalException', 500, 'unavailable'],
    ['ServiceUnavailable', 500, 'unavailable'],
  ];

  it.each(refusals)('in a call that failed: %s with status %d is %s', async (code, status, kind) => {
    const { publisher } = await answered((c) => json(c, { __type: code, message: 'no' }, status));
    const fault = await faultOf(publisher.publish(NOTICE));
    expect(fault.kind).toBe(kind);
    expect(fault.message).toContain(code);
  });

  it('where the answer is no JSON is unavailable', async () => {
    const { publisher } = await answered((c) => c.html('<html>an answer of a proxy</html>'));
    expect((await faultOf(publisher.publish(NOTICE))).kind).toBe('unavailable');
  });

  it('where nobody answers is unavailable', async () => {
    const server = await serveOnLoopback(new Hono());
    await server.close();
    const publisher = publisherAt(server.url, 'outcomes');
    expect((await faultOf(publisher.publish(NOTICE))).kind).toBe('unavailable');
  });

  it('at first is tried again, and is published once', async () => {
    let times = 0;
    const { publisher, asked } = await answered((c) => {
      times += 1;
      if (times === 1) return json(c, { __type: 'InternalException', message: 'once' }, 500);
      return json(c, { FailedEntryCount: 0, Entries: [{ EventId: 'id' }] });
    });
    await publisher.publish(NOTICE);
    expect(asked()).toBe(2);
  });

  it('is tried again a few times only, since the message comes back by itself', async () => {
    const { publisher, asked } = await answered((c) => json(c, { __type: 'InternalException', message: 'no' }, 500));
    await faultOf(publisher.publish(NOTICE));
    expect(asked()).toBe(3);
  });

  it('where a redirect leads elsewhere is not sent there', async () => {
    let came = 0;
    const elsewhere = new Hono();
    elsewhere.all('*', (c) => {
      came += 1;
      return json(c, { FailedEntryCount: 0, Entries: [{ EventId: 'id' }] });
    });
    const server = await serveOnLoopback(elsewhere);
    open.push(() => server.close());
    const { publisher } = await answered((c) => c.redirect(server.url, 307));
    await faultOf(publisher.publish(NOTICE));
    expect(came).toBe(0);
  });
});
