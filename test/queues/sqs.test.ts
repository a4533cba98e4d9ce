import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { SqsEvent } from '../../local/bus/batch.ts';
import { createBus } from '../../local/bus/bus.ts';
import { seededChance } from '../../local/chance.ts';
import { serveOnLoopback } from '../../local/loopback.ts';
import { SimulatedTime } from '../../local/simulated-time.ts';
import { SqsQueues } from '../../shared/queues/sqs.ts';
import { describeQueues } from './contract.ts';
import type { Arrived, Opened } from './contract.ts';

const ACCOUNT = '111122223333';
const QUEUE = 'change';

/** A client that makes one attempt: the SDK's own pauses between attempts are real time. */
function config(endpoint: string): SQSClientConfig {
  return {
    region: 'eu-central-1',
    endpoint,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' },
    retryStrategy: {
      acquireInitialRetryToken: () => Promise.resolve({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
      refreshRetryTokenForRetry: () => Promise.reject(new Error('one attempt')),
      recordSuccess: () => undefined,
    },
  };
}

interface Local extends Opened {
  readonly time: SimulatedTime;
  /** Called with each message; its failure brings the message back. */
  onMessage: (receipt: string, count: number) => Promise<void>;
}

async function local(): Promise<Local> {
  const time = new SimulatedTime({ start: new Date('2026-11-24T09:00:00Z') });
  const { now, sleep } = time;
  const bus = createBus({ account: ACCOUNT, region: 'eu-central-1', now, sleep, chance: seededChance(1) });
  const server = await serveOnLoopback(bus.sqs);
  const queues = new SqsQueues(config(server.url));
  const arrived: Arrived[] = [];
  const receipts: string[] = [];
  const startMs = now().getTime();
  const opened: Local = {
    time,
    queues,
    queue: QUEUE,
    onMessage: () => Promise.resolve(),
    arrived: async () => {
      await time.untilQuiet();
      return arrived;
    },
    goneReceipt: async () => {
      await queues.send(QUEUE, ['gone']);
      await time.untilQuiet();
      return receipts[0] ?? '';
    },
    close: async () => {
      await bus.close();
      await server.close();
    },
  };
  bus.addQueue({
    name: QUEUE,
    handler: async ({ Records }: SqsEvent) => {
      for (const { body, receiptHandle, attributes } of Records) {
        arrived.push({ body: JSON.parse(body) as unknown, afterMs: now().getTime() - startMs });
        receipts.push(receiptHandle);
        await opened.onMessage(receiptHandle, Number(attributes.ApproximateReceiveCount));
      }
    },
  });
  return opened;
}

describeQueues('queues of SQS', local);

describe('queues of SQS', () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function opened(): Promise<Local> {
    const one = await local();
    open.push(() => one.close());
    return one;
  }

  it('take more than a batch may hold in bytes', async () => {
    const one = await opened();
    const bodies = Array.from({ length: 9 }, (_, index) => ({ index, text: 'é'.repeat(40_000) }));
    await one.queues.send(QUEUE, bodies);
    expect((await one.arrived()).map(({ body }) => (body as { index: number }).index).sort()).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('take a message of the greatest size, and say of a greater one that no retry helps', async () => {
    const one = await opened();
    await one.queues.send(QUEUE, ['x'.repeat(256 * 1024 - 2)]);
    expect(await one.arrived()).toHaveLength(1);
    await expect(one.queues.send(QUEUE, ['x'.repeat(256 * 1024 - 1)])).rejects.toMatchObject({
      name: 'Fault',
      kind: 'unsupported',
    });
  });

  it('never delay for longer than SQS can, and never for less than was asked', async () => {
    const one = await opened();
    await one.queues.send(QUEUE, ['long'], 3_600_000);
    await one.queues.send(QUEUE, ['half'], 1500);
    expect((await one.arrived()).map(({ body, afterMs }) => [body, afterMs])).toEqual([
      ['half', 2000],
      ['long', 900_000],
    ]);
  });

  it('put off a message that fails, counted from now', async () => {
    const one = await opened();
    one.onMessage = async (receipt, count) => {
      if (count > 2) return;
      await one.time.outside('postpone', () => one.queues.postpone(QUEUE, receipt, count * 100_000));
      throw new Error('not now');
    };
    await one.queues.send(QUEUE, ['again']);
    expect((await one.arrived()).map(({ afterMs }) => afterMs)).toEqual([0, 100_000, 300_000]);
  });

  it('say of a queue that does not exist what to do, and that no retry helps', async () => {
    const { queues } = await opened();
    const refused = { name: 'Fault', kind: 'unsupported' };
    await expect(queues.send('chance', [1])).rejects.toMatchObject(refused);
    await expect(queues.send('chance', [1])).rejects.toThrow(/no queue `chance`.*; make it, or name another/);
    await expect(queues.postpone('chance', 'receipt', 1)).rejects.toMatchObject(refused);
    // It is found once somebody has made it.
    await queues.send(QUEUE, [1]);
  });

  it('hide no mistake: what never was a receipt, and a visibility that is too long', async () => {
    const one = await opened();
    await expect(one.queues.postpone(QUEUE, 'never-was-one', 1000)).rejects.toMatchObject({ kind: 'unsupported' });
    let met: unknown;
    one.onMessage = async (receipt) => {
      await one.time.outside('postpone', async () => {
        met = await one.queues.postpone(QUEUE, receipt, 43_201_000).catch((error: unknown) => error);
      });
    };
    await one.queues.send(QUEUE, [1]);
    await one.arrived();
    expect(met).toMatchObject({ name: 'Fault', kind: 'unsupported' });
  });
});

/** What SQS was asked, with the action. */
interface Asked {
  readonly action: string;
  readonly input: { readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[] };
}

type Answer = { readonly status: number; readonly body: object; readonly code?: string } | 'hang up';

/** A service that knows one queue and answers everything else as the test says. */
async function served(
  answer: (asked: Asked) => Answer,
): Promise<{ queues: SqsQueues; asked: Asked[]; server: Server }> {
  const asked: Asked[] = [];
  const respond = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const one = { action, input: JSON.parse(text) as Asked['input'] };
    asked.push(one);
    const url = `http://${String(request.headers.host)}/${ACCOUNT}/${QUEUE}`;
    const given = action === 'GetQueueUrl' ? { status: 200, body: { QueueUrl: url } } : answer(one);
    if (given === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(given.status, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(given.body));
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      respond(request, response, text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return { queues: new SqsQueues(config(`http://127.0.0.1:${String(address.port)}`)), asked, server };
}

function error(shape: string, message = 'no', status = 400): Answer {
  return { status, body: { __type: `com.amazonaws.sqs#${shape}`, message } };
}

describe('what SQS answers', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function queuesOf(answer: (asked: Asked) => Answer): Promise<{ queues: SqsQueues; asked: Asked[] }> {
    const one = await served(answer);
    ({ server } = one);
    return one;
  }

  it.each<[string, Answer]>([
    ['throttled', error('RequestThrottled')],
    ['throttled', error('ThrottlingException')],
    ['throttled', error('Throttling')],
    ['throttled', error('KmsThrottled')],
    ['forbidden', error('AccessDenied', 'no', 403)],
    ['forbidden', error('AccessDeniedException')],
    ['forbidden', error('KmsAccessDenied')],
    ['forbidden', error('KmsDisabled')],
    ['unsupported', error('QueueDoesNotExist')],
    ['unsupported', error('InvalidMessageContents')],
    ['unsupported', error('BatchRequestTooLong')],
    ['unsupported', error('InvalidParameterValue', 'Value 901 for parameter DelaySeconds is invalid.')],
    ['unavailable', error('InternalError', 'no', 500)],
    ['unavailable', error('ServiceUnavailable', 'no', 503)],
    ['unavailable', error('InvalidClientTokenId', 'no', 403)],
    ['unavailable', error('ExpiredToken', 'no', 403)],
    ['unavailable', 'hang up'],
  ])('is %s where it says %j', async (kind, answer) => {
    const { queues } = await queuesOf(() => answer);
    await expect(queues.send(QUEUE, [1])).rejects.toMatchObject({ name: 'Fault', kind });
    await expect(queues.postpone(QUEUE, 'receipt', 1000)).rejects.toMatchObject({ name: 'Fault', kind });
  });

  it('is unavailable where nobody answers at all, and says so', async () => {
    const { queues } = await queuesOf(() => 'hang up');
    await expect(queues.send(QUEUE, [1])).rejects.toThrow(/gave no usable answer/);
    const closed = new SqsQueues(config('http://127.0.0.1:9'));
    await expect(closed.send(QUEUE, [1])).rejects.toMatchObject({ name: 'Fault', kind: 'unavailable' });
  });

  it.each([
    error('MessageNotInflight'),
    error(
      'InvalidParameterValue',
      'Value AQEB for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
    ),
    error(
      'InvalidParameterValue',
      'Value AQEB for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.',
    ),
  ])('is no error where a message to be put off is gone: %j', async (answer) => {
    const { queues } = await queuesOf(() => answer);
    await queues.postpone(QUEUE, 'AQEB', 1000);
    // To anything else the same words are one.
    await expect(queues.send(QUEUE, [1])).rejects.toMatchObject({ name: 'Fault' });
  });

  it.each([
    'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200, if provided.',
    'Value 900 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
  ])('is an error where a visibility is not taken: %s', async (message) => {
    const { queues } = await queuesOf(() => error('InvalidParameterValue', message));
    await expect(queues.postpone(QUEUE, 'AQEB', 1000)).rejects.toMatchObject({ kind: 'unsupported' });
  });

  it.each([
    ['unavailable', [{ Code: 'InternalError', SenderFault: false }]],
    ['throttled', [{ Code: 'RequestThrottled', SenderFault: true }]],
    ['unsupported', [{ Code: 'InvalidMessageContents', SenderFault: true }]],
    [
      'unsupported',
      [
        { Code: 'InternalError', SenderFault: false },
        { Code: 'InvalidParameterValue', SenderFault: true },
      ],
    ],
  ])('is %s where some of a batch are not taken: %j', async (kind, failures) => {
    const { queues, asked } = await queuesOf(({ input: { Entries = [] } }) => ({
      status: 200,
      body: {
        Successful: Entries.slice(failures.length).map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
        })),
        Failed: failures.map((one, index) => ({ ...one, Id: Entries[index]?.Id, Message: 'no' })),
      },
    }));
    await expect(queues.send(QUEUE, [1, 2, 3])).rejects.toMatchObject({ name: 'Fault', kind });
    await expect(queues.send(QUEUE, [1, 2, 3])).rejects.toThrow(`did not take ${String(failures.length)} of 3`);
    expect(asked.filter(({ action }) => action === 'GetQueueUrl')).toHaveLength(1);
  });

  it('never puts a receipt or a whole page into a message', async () => {
    const receipt = 'AQEB'.repeat(100);
    const { queues } = await queuesOf(() =>
      error('InvalidParameterCombination', `Value ${receipt} for parameter X is invalid.\n${'x'.repeat(10_000)}`),
    );
    const met: unknown = await queues.postpone(QUEUE, receipt, 1000).catch((refusal: unknown) => refusal);
    expect(met).toBeInstanceOf(Error);
    const { message } = met as Error;
    expect(message).not.toContain(receipt);
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(500);
  });
});
