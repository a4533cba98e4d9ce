import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Chance } from '../chance.ts';
import type { Queue } from './queue.ts';
import { SqsError, sqsErrorResponse, sqsErrors } from './sqs-errors.ts';

export interface SqsOptions {
  readonly account: string;
  readonly queueNamed: (name: string) => Queue | undefined;
  /** Where the ids of requests come from. */
  readonly ids: Chance;
}

/** What an action needs beside its input. */
interface Service extends SqsOptions {
  /** `http://HOST`, as the caller wrote it. */
  readonly origin: string;
}

const messageFields = { MessageBody: z.string().optional(), DelaySeconds: z.int().optional() };
const visibilityFields = { ReceiptHandle: z.string(), VisibilityTimeout: z.int() };
/** Strict, so that a parameter which is not modelled is refused and not silently without effect. */
const urlSchema = z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() });
const messageSchema = z.strictObject({ QueueUrl: z.string(), ...messageFields });
const visibilitySchema = z.strictObject({ QueueUrl: z.string(), ...visibilityFields });
const messageBatchSchema = z.strictObject({
  QueueUrl: z.string(),
  Entries: z.array(z.strictObject({ Id: z.string(), ...messageFields })),
});
const visibilityBatchSchema = z.strictObject({
  QueueUrl: z.string(),
  Entries: z.array(z.strictObject({ Id: z.string(), ...visibilityFields })),
});

const entriesAtMost = 10;
/**
 * Of one message, and of all messages of a batch together. Developer guide, page "Amazon SQS message quotas" in older
 * copies; newer ones say 1 MiB (compared 2026-11-24). To refuse earlier than AWS is the safe side.
 */
const bytesAtMost = 262_144;
const visibilitySecondsAtMost = 43_200;
/** The W3C's characters of XML, of which the same page says that no other is accepted. */
const acceptedText = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;
const receiptForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** SQS over its JSON 1.0 protocol, as the SDK speaks it: one POST, the action in `X-Amz-Target`. */
export function sqsApp(options: SqsOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    c.header('x-amzn-RequestId', options.ids.uuid());
    await next();
  });
  app.post('/', async (c) => {
    try {
      // The signature itself is not checked: whoever reaches a loopback address may send.
      if (!(c.req.header('Authorization') ?? '').startsWith('AWS4-HMAC-SHA256 ')) throw sqsErrors.unsigned();
      const action = (c.req.header('X-Amz-Target') ?? '').replace(/^AmazonSQS\./, '');
      const output = outputOf(action, jsonOf(await c.req.text()), { ...options, origin: new URL(c.req.url).origin });
      return c.body(JSON.stringify(output), 200, { 'Content-Type': 'application/x-amz-json-1.0' });
    } catch (error) {
      if (error instanceof SqsError) return sqsErrorResponse(c, error);
      throw error;
    }
  });
  return app;
}

function outputOf(action: string, input: unknown, service: Service): object {
  switch (action) {
    case 'GetQueueUrl':
      return queueUrl(inputOf(urlSchema, input), service);
    case 'SendMessage': {
      const { QueueUrl, ...message } = inputOf(messageSchema, input);
      return sent(queueAt(QueueUrl, service), message);
    }
    case 'SendMessageBatch':
      return sentBatch(inputOf(messageBatchSchema, input), service);
    case 'ChangeMessageVisibility': {
      const { QueueUrl, ...change } = inputOf(visibilitySchema, input);
      return changed(queueAt(QueueUrl, service), change);
    }
    case 'ChangeMessageVisibilityBatch': {
      const { QueueUrl, Entries } = inputOf(visibilityBatchSchema, input);
      const queue = queueAt(QueueUrl, service);
      checkEntries(Entries, 'ChangeMessageVisibilityBatchRequestEntry');
      return batchOf(Entries, (entry) => changed(queue, entry));
    }
    default:
      throw sqsErrors.unknownOperation(action);
  }
}

function queueUrl({ QueueName: name, QueueOwnerAWSAccountId: owner }: z.infer<typeof urlSchema>, service: Service) {
  const { account, origin } = service;
  if (service.queueNamed(name) === undefined || (owner ?? account) !== account) throw sqsErrors.noSuchQueue();
  return { QueueUrl: `${origin}/${account}/${name}` };
}

/** The host in the URL is not looked at: it is the one that the request came to, or the caller went astray. */
function queueAt(url: string, { account, queueNamed }: Service): Queue {
  const [, owner, name = ''] = URL.canParse(url) ? new URL(url).pathname.split('/') : [];
  const queue = owner === account ? queueNamed(name) : undefined;
  if (queue === undefined) throw sqsErrors.noSuchQueue();
  return queue;
}

function sent(
  queue: Queue,
  message: { readonly MessageBody?: string | undefined; readonly DelaySeconds?: number | undefined },
) {
  const { MessageBody: body = '', DelaySeconds: delay = 0 } = message;
  if (body === '') throw sqsErrors.missing('MessageBody');
  if (!acceptedText.test(body)) throw sqsErrors.badContents();
  if (Buffer.byteLength(body) > bytesAtMost) throw sqsErrors.tooLong(bytesAtMost);
  if (delay < 0 || delay > 900) throw sqsErrors.outOfRange('DelaySeconds', delay, 900);
  return { MD5OfMessageBody: createHash('md5').update(body).digest('hex'), MessageId: queue.send(body, delay) };
}

function sentBatch({ QueueUrl, Entries }: z.infer<typeof messageBatchSchema>, service: Service): object {
  const queue = queueAt(QueueUrl, service);
  checkEntries(Entries, 'SendMessageBatchRequestEntry');
  const bytes = Entries.reduce((sum, { MessageBody: body = '' }) => sum + Buffer.byteLength(body), 0);
  if (bytes > bytesAtMost) throw sqsErrors.batchTooLong(bytesAtMost, bytes);
  return batchOf(Entries, (entry) => sent(queue, entry));
}

/**
 * A receipt of this service whose message is gone gets another answer than a text that never was one (the first one's
 * words are remembered, not verified).
 */
function changed(
  queue: Queue,
  {
    ReceiptHandle: receipt,
    VisibilityTimeout: seconds,
  }: { readonly ReceiptHandle: string; readonly VisibilityTimeout: number },
): object {
  if (seconds < 0 || seconds > visibilitySecondsAtMost) {
    throw sqsErrors.outOfRange('VisibilityTimeout', seconds, visibilitySecondsAtMost);
  }
  if (!receiptForm.test(receipt)) throw sqsErrors.badReceipt();
  if (!queue.isInFlight(receipt)) throw sqsErrors.goneReceipt(receipt);
  queue.changeVisibility(receipt, seconds);
  return {};
}

/** What makes SQS refuse a batch as a whole. */
function checkEntries(entries: readonly { readonly Id: string }[], element: string): void {
  if (entries.length === 0) throw sqsErrors.emptyBatch(element);
  if (entries.length > entriesAtMost) throw sqsErrors.tooManyEntries(entriesAtMost, entries.length);
  const seen = new Set<string>();
  for (const { Id: id } of entries) {
    if (!/^[\w-]{1,80}$/.test(id)) throw sqsErrors.badEntryId();
    if (seen.has(id)) throw sqsErrors.repeatedId(id);
    seen.add(id);
  }
}

/** Each entry is done or fails by itself. */
function batchOf<T extends { readonly Id: string }>(entries: readonly T[], perform: (entry: T) => object): object {
  const successful: object[] = [];
  const failed: object[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...perform(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}

function inputOf<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw sqsErrors.unreadable(result.error.issues[0]?.path.join('.') ?? '');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schemas refuse undefined, so text that is not JSON ends in the same error as JSON of the wrong shape.
    return undefined;
  }
}
