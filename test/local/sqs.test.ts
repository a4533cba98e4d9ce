import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { SqsEvent } from '../../local/bus/batch.ts';
import { createBus } from '../../local/bus/bus.ts';
import { seededChance } from '../../local/chance.ts';
import { serveOnLoopback } from '../../local/loopback.ts';
import { SimulatedTime } from '../../local/simulated-time.ts';

const account = '111122223333';
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A queue `change` behind the real client, its clock simulated and the socket counted as outside of it. */
async function served(answer: (event: SqsEvent) => unknown = () => undefined) {
  const time = new SimulatedTime({ start: new Date('2026-11-24T09:00:00Z') });
  const { now, sleep } = time;
  const bus = createBus({ account, region: 'eu-central-1', now, sleep, chance: seededChance(1) });
  const arrived: { body: string; atSeconds: number; messageId: string; count: string }[] = [];
  const start = now().getTime();
  const queue = bus.addQueue({
    name: 'change',
    handler: (event) => {
      for (const { body, messageId, attributes } of event.Records) {
        const atSeconds = (now().getTime() - start) / 1000;
        arrived.push({ body, atSeconds, messageId, count: attributes.ApproximateReceiveCount });
      }
      return answer(event);
    },
  });
  const server = await serveOnLoopback(bus.sqs);
  const client = new SQSClient({
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
  const url = `${server.url}/${account}/change`;
  return { bus, time, queue, client, arrived, url, server };
}

describe('SQS with the real client', () => {
  it('gives the URL of a queue, and of no other', async () => {
    const { client, url } = await served();
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'change' }))).QueueUrl).toBe(url);
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'chance' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' },
      $metadata: { httpStatusCode: 400 },
    });
    const elsewhere = new GetQueueUrlCommand({ QueueName: 'change', QueueOwnerAWSAccountId: '444455556666' });
    await expect(client.send(elsewhere)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    const sending = new SendMessageCommand({ QueueUrl: url.replace(account, '444455556666'), MessageBody: 'x' });
    await expect(client.send(sending)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('takes a message and shows it once its delay is over', async () => {
    const { client, url, time, arrived } = await served();
    const later = await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: 'später', DelaySeconds: 900 }),
    );
    const now = await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{"n":1}' }));
    expect(later.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    await time.untilQuiet();
    expect(arrived).toEqual([
      { body: '{"n":1}', atSeconds: 0, messageId: now.MessageId, count: '1' },
      { body: 'später', atSeconds: 900, messageId: later.MessageId, count: '1' },
    ]);
  });

  it.each<[string, { MessageBody: string; DelaySeconds?: number; MessageGroupId?: string }, string]>([
    ['a delay of more than 900 s', { MessageBody: 'x', DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['a negative delay', { MessageBody: 'x', DelaySeconds: -1 }, 'InvalidParameterValue'],
    ['an empty body', { MessageBody: '' }, 'MissingParameter'],
    ['a body of more than 256 KiB', { MessageBody: 'é'.repeat(131_073) }, 'InvalidParameterValue'],
    ['characters that XML has not', { MessageBody: 'a\u0000b' }, 'InvalidMessageContents'],
    ['what is not modelled', { MessageBody: 'x', MessageGroupId: 'g' }, 'SerializationException'],
  ])('refuses %s', async (_name, message, code) => {
    const { client, url, time, arrived } = await served();
    await expect(client.send(new SendMessageCommand({ QueueUrl: url, ...message }))).rejects.toMatchObject({
      name: code,
    });
    await time.untilQuiet();
    expect(arrived).toEqual([]);
  });

  it('takes the good entries of a batch and fails the others in their places', async () => {
    const { client, url, time, arrived } = await served();
    const Entries = [
      { Id: 'a', MessageBody: 'one' },
      { Id: 'b', MessageBody: 'two', DelaySeconds: 901 },
      { Id: 'c', MessageBody: 'three', DelaySeconds: 60 },
      { Id: 'd', MessageBody: 'four\u0001' },
    ];
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    await time.untilQuiet();
    expect(arrived.map(({ body, atSeconds, messageId }) => [body, atSeconds, messageId])).toEqual([
      ['one', 0, answer.Successful?.[0]?.MessageId],
      ['three', 60, answer.Successful?.[1]?.MessageId],
    ]);
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(answer.Failed).toMatchObject([
      { Id: 'b', SenderFault: true, Code: 'InvalidParameterValue' },
      { Id: 'd', SenderFault: true, Code: 'InvalidMessageContents' },
    ]);
  });

  const entries = (count: number, body = 'x'): SendMessageBatchRequestEntry[] =>
    Array.from({ length: count }, (_, n) => ({ Id: `m-${n}`, MessageBody: body }));

  it.each<[string, SendMessageBatchRequestEntry[], string, string]>([
    ['eleven entries', entries(11), 'TooManyEntriesInBatchRequest', 'You have sent 11.'],
    ['no entry', [], 'EmptyBatchRequest', 'at least one'],
    ['a bad id', [{ Id: 'a b', MessageBody: 'x' }], 'InvalidBatchEntryId', '80 letters'],
    ['an id twice', [...entries(1), ...entries(1)], 'BatchEntryIdsNotDistinct', 'Id m-0 repeated.'],
    ['too much in all', entries(9, 'x'.repeat(30_000)), 'BatchRequestTooLong', 'You have sent 270000 bytes.'],
  ])('refuses a batch with %s as a whole', async (_name, Entries, name, message) => {
    const { client, url, time, arrived } = await served();
    const refused = client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    await expect(refused).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as unknown,
      Error: { Code: `AWS.SimpleQueueService.${name}` },
    });
    await time.untilQuiet();
    expect(arrived).toEqual([]);
  });

  it('takes as many and as much as is allowed', async () => {
    const { client, url, time, arrived } = await served();
    const sizes = entries(10, 'x'.repeat(26_214));
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: sizes }));
    expect([answer.Successful?.length, answer.Failed?.length]).toEqual([10, 0]);
    await time.untilQuiet();
    expect(arrived).toHaveLength(10);
  });

  it('sets when a message comes back that is being worked on', async () => {
    const receipts: string[] = [];
    const failed = (event: SqsEvent) => ({
      batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
    const { client, url, time, queue, arrived } = await served(async (event) => {
      const ReceiptHandle = event.Records[0]!.receiptHandle;
      receipts.push(ReceiptHandle);
      if (receipts.length === 1) {
        const change = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 120 });
        await time.outside('change visibility', () => client.send(change));
        // The time counts from the call, not from the failure.
        await time.sleep(20_000);
        return failed(event);
      }
      if (receipts.length > 2) return undefined;
      const Entries = [
        { Id: 'good', ReceiptHandle, VisibilityTimeout: 300 },
        { Id: 'gone', ReceiptHandle: receipts[0]!, VisibilityTimeout: 300 },
        { Id: 'long', ReceiptHandle, VisibilityTimeout: 43_201 },
        { Id: 'none', ReceiptHandle: 'never-was-one', VisibilityTimeout: 300 },
      ];
      const batch = new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries });
      const answer = await time.outside('change visibilities', () => client.send(batch));
      expect(answer.Successful).toEqual([{ Id: 'good' }]);
      expect(answer.Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([
        ['gone', 'InvalidParameterValue'],
        ['long', 'InvalidParameterValue'],
        ['none', 'ReceiptHandleIsInvalid'],
      ]);
      return failed(event);
    });
    queue.send('x');
    await time.untilQuiet();
    expect(arrived.map(({ atSeconds, count }) => [atSeconds, count])).toEqual([
      [0, '1'],
      [120, '2'],
      [420, '3'],
    ]);
    const refused = async (ReceiptHandle: string) => {
      const change = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 1 });
      return client.send(change).catch((error: unknown) => error);
    };
    expect(await refused(receipts[2]!)).toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining('does not exist or is not available') as unknown,
    });
    expect(await refused('x')).toMatchObject({ name: 'ReceiptHandleIsInvalid', $metadata: { httpStatusCode: 404 } });
  });

  it('knows no other action, no unsigned request and no other body', async () => {
    const { client, url, server } = await served();
    const receive = client.send(new ReceiveMessageCommand({ QueueUrl: url }));
    await expect(receive).rejects.toMatchObject({ name: 'UnknownOperationException' });
    const headers = { 'X-Amz-Target': 'AmazonSQS.SendMessage', 'Content-Type': 'application/x-amz-json-1.0' };
    expect((await fetch(server.url, { method: 'POST', headers, body: '{}' })).status).toBe(403);
    const signed = { ...headers, Authorization: 'AWS4-HMAC-SHA256 Credential=x' };
    for (const body of ['{', '[]', '{"QueueUrl":1}', `{"QueueUrl":"${url}","MessageBody":"x","DelaySeconds":1.5}`]) {
      const refused = await fetch(server.url, { method: 'POST', headers: signed, body });
      expect([refused.status, await refused.json()]).toMatchObject([
        400,
        { __type: 'com.amazonaws.sqs#SerializationException' },
      ]);
    }
  });
});
