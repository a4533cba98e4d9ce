import { EventBridgeClient, PutEventsCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from 'vitest';
import { createBus } from '../../local/bus/bus.ts';
import type { BusEvent } from '../../local/bus/event.ts';
import { serveOnLoopback } from '../../local/loopback.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A bus on loopback and the real client, with the events that arrive at a queue behind a rule for everything. */
async function served() {
  const now = () => new Date('2026-11-24T09:30:15.900Z');
  const bus = createBus({ account: '111122223333', region: 'eu-central-1', now });
  const server = await serveOnLoopback(bus.app);
  const client = new EventBridgeClient({
    region: 'eu-central-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' },
    maxAttempts: 1,
  });
  open.push(
    () => bus.close(),
    () => server.close(),
    () => {
      client.destroy();
      return Promise.resolve();
    },
  );
  const arrived: BusEvent[] = [];
  const queue = bus.addQueue({
    name: 'all',
    handler: ({ Records }) => void arrived.push(...Records.map((record) => JSON.parse(record.body) as BusEvent)),
  });
  bus.addRule({ name: 'all', pattern: { source: [{ exists: true }] }, target: queue });
  const put = (entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries: entries }));
  return { bus, client, url: server.url, put, arrived };
}

const good: PutEventsRequestEntry = { Source: 'portcullis.test', DetailType: 'Drift closed', Detail: '{"n":1}' };

describe('PutEvents with the real client', () => {
  it('puts an entry on the bus as an event', async () => {
    const { bus, put, arrived } = await served();
    const answer = await put([{ ...good, Resources: ['sg-1'], Time: new Date('2026-11-24T08:00:00.500Z') }, good]);
    await bus.idle();
    expect(answer.FailedEntryCount).toBe(0);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const shared = { version: '0', 'detail-type': 'Drift closed', source: 'portcullis.test', detail: { n: 1 } };
    const place = { account: '111122223333', region: 'eu-central-1' };
    expect(arrived).toEqual([
      { ...shared, ...place, id: answer.Entries?.[0]?.EventId, time: '2026-11-24T08:00:00Z', resources: ['sg-1'] },
      { ...shared, ...place, id: answer.Entries?.[1]?.EventId, time: '2026-11-24T09:30:15Z', resources: [] },
    ]);
    expect(arrived[0]?.id).not.toBe(arrived[1]?.id);
  });

  it('fails single entries, in their places, and takes the others', async () => {
    const { bus, put, arrived } = await served();
    const answer = await put([
      good,
      { ...good, Detail: '{"n":' },
      { ...good, Detail: '[1]' },
      { DetailType: 'x', Detail: '{}' },
      { Source: 'x', Detail: '{}' },
      { Source: 'x', DetailType: 'x' },
      { ...good, Source: 'aws.ec2' },
      { ...good, EventBusName: 'elsewhere' },
      { ...good, EventBusName: 'default', Detail: '{"n":2}' },
    ]);
    await bus.idle();
    expect(answer.FailedEntryCount).toBe(7);
    expect(answer.Entries?.map((entry) => entry.ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'InvalidArgument',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      'InvalidArgument',
      undefined,
    ]);
    expect(answer.Entries?.map((entry) => entry.EventId !== undefined)).toEqual([
      true,
      ...Array<boolean>(7).fill(false),
      true,
    ]);
    expect(answer.Entries?.[3]?.ErrorMessage).toContain('Source is a required argument');
    expect(arrived.map((event) => event.detail.n)).toEqual([1, 2]);
  });

  it('refuses a request with too many entries, with none, or with too much in them, as a whole', async () => {
    const { bus, put, arrived } = await served();
    const eleven = Array<PutEventsRequestEntry>(11).fill(good);
    await expect(put(eleven)).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(put([])).rejects.toMatchObject({ name: 'ValidationException' });
    const half = { ...good, Detail: JSON.stringify({ text: 'é'.repeat(70_000) }) };
    await expect(put([half, half])).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await put([half])).FailedEntryCount).toBe(0);
    expect((await put(eleven.slice(1))).FailedEntryCount).toBe(0);
    await bus.idle();
    expect(arrived).toHaveLength(11);
  });

  it('knows no other action, no unsigned request and no other body', async () => {
    const { client, url } = await served();
    await expect(client.send(new ListRulesCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
    const headers = { 'X-Amz-Target': 'AWSEvents.PutEvents', 'Content-Type': 'application/x-amz-json-1.1' };
    const unsigned = await fetch(url, { method: 'POST', headers, body: '{"Entries":[]}' });
    expect(unsigned.status).toBe(403);
    const signed = { ...headers, Authorization: 'AWS4-HMAC-SHA256 Credential=x' };
    for (const body of ['{', '[]', '{"Entries":{}}', '{"Entries":[{"Source":1}]}', '{"Entries":[{"Time":"now"}]}']) {
      const refused = await fetch(url, { method: 'POST', headers: signed, body });
      expect([refused.status, await refused.json()]).toMatchObject([400, { __type: 'SerializationException' }]);
    }
  });
});
