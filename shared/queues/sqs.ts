import {
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { BatchResultErrorEntry, SQSClientConfig } from '@aws-sdk/client-sqs';
import { Fault } from '../base/fault.ts';
import type { FaultKind } from '../base/fault.ts';
import type { Queues } from './contract.ts';

/** SendMessageBatch takes 10 messages (SQS API Reference, 2026-11-24). */
const BATCH = 10;
/** The whole of a batch, in bytes. SQS takes 1 MiB since 2025, 256 KiB before; the smaller one holds everywhere. */
const BATCH_BYTES = 256 * 1024;
/** DelaySeconds (SQS API Reference, 2026-11-24). */
const MOST_DELAY_S = 900;

/**
 * By the names that the SDK gives: shapes of its model of SQS (3.1169), and codes of the API reference's common errors
 * (2026-11-24). Throttling has more names than one, as the SDK's own list for its retries has it. Credentials that do
 * not count are not in here: every message waits until they do.
 */
const KINDS: ReadonlyMap<string, FaultKind> = new Map([
  ['AccessDenied', 'forbidden'],
  ['AccessDeniedException', 'forbidden'],
  ['InvalidSecurity', 'forbidden'],
  ['KmsAccessDenied', 'forbidden'],
  ['KmsDisabled', 'forbidden'],
  ['KmsInvalidKeyUsage', 'forbidden'],
  ['KmsInvalidState', 'forbidden'],
  ['KmsNotFound', 'forbidden'],
  ['KmsOptInRequired', 'forbidden'],
  ['NotAuthorized', 'forbidden'],
  ['KmsThrottled', 'throttled'],
  ['OverLimit', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['RequestThrottled', 'throttled'],
  ['RequestThrottledException', 'throttled'],
  ['SlowDown', 'throttled'],
  ['Throttling', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['AWS.SimpleQueueService.NonExistentQueue', 'unsupported'],
  ['AWS.SimpleQueueService.UnsupportedOperation', 'unsupported'],
  ['BatchRequestTooLong', 'unsupported'],
  ['InvalidAddress', 'unsupported'],
  ['InvalidAttributeValue', 'unsupported'],
  ['InvalidMessageContents', 'unsupported'],
  ['InvalidParameterCombination', 'unsupported'],
  ['InvalidParameterValue', 'unsupported'],
  ['MissingParameter', 'unsupported'],
  ['QueueDoesNotExist', 'unsupported'],
  ['ReceiptHandleIsInvalid', 'unsupported'],
  ['UnsupportedOperation', 'unsupported'],
  ['ValidationError', 'unsupported'],
]);

/** A queue that is not there: its names in both protocols. */
const NO_QUEUE: readonly string[] = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

/**
 * Whether a receipt was good once: its message was deleted, or came back already. SQS says so in two ways, of which one
 * is what it says of any parameter out of range, a visibility for example; only the words tell them apart (recorded
 * answers in issues of the SDKs: "Value ... for parameter ReceiptHandle is invalid. Reason: The receipt handle has
 * expired." and "... Reason: Message does not exist or is not available for visibility timeout change."; 2026-11-24). A
 * text that never was a receipt is `ReceiptHandleIsInvalid`, and a mistake.
 */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'MessageNotInflight') return true;
  return error.name === 'InvalidParameterValue' && / for parameter ReceiptHandle is invalid/.test(error.message);
}

/** What SQS said, short, and without the receipt that it repeats. */
function saidBy(error: Error): string {
  const text = error.message.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replace(/^Value \S+ for/, 'value for');
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

function isAnswer(error: unknown): boolean {
  const metadata: unknown = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
}

function faultOf(error: unknown, queue: string, doing: string): Fault {
  const fault = (kind: FaultKind, why: string): Fault => new Fault(kind, `${doing}: ${why}`, { cause: error });
  if (!(error instanceof Error)) return fault('unavailable', String(error));
  if (NO_QUEUE.includes(error.name)) {
    const advice = 'make it, or name another one in the settings';
    return fault('unsupported', `there is no queue \`${queue}\` in this account and region; ${advice}`);
  }
  const kind = KINDS.get(error.name);
  if (kind === undefined && !isAnswer(error))
    return fault('unavailable', `SQS gave no usable answer: ${saidBy(error)}`);
  return fault(kind ?? 'unavailable', `SQS answered \`${error.name}\`: ${saidBy(error)}`);
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds: number;
}

/** Batches that are neither too many messages nor too large. A message by itself is never cut. */
function batchesOf(texts: readonly string[], delayS: number): readonly (readonly Entry[])[] {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const [index, text] of texts.entries()) {
    const size = Buffer.byteLength(text);
    const last = batches.at(-1);
    const entry = { Id: String(index), MessageBody: text, DelaySeconds: delayS };
    if (last === undefined || last.length === BATCH || bytes + size > BATCH_BYTES) {
      batches.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return batches;
}

/**
 * Why some messages of a batch were not taken. Where one of them never will be, that is said first: to send it again
 * helps nobody.
 */
function refusalOf(failed: readonly BatchResultErrorEntry[], of: number, doing: string): Fault {
  const kinds = failed.map(({ Code = '', SenderFault = false }): FaultKind => {
    return KINDS.get(Code) ?? (SenderFault ? 'unsupported' : 'unavailable');
  });
  const worst = Math.max(0, kinds.indexOf('unsupported'));
  const { Code = '', Message = '' } = failed[worst] ?? {};
  const what = `SQS did not take ${String(failed.length)} of ${String(of)} messages`;
  return new Fault(kinds[worst] ?? 'unavailable', `${doing}: ${what}: \`${Code}\`: ${Message}`);
}

/** Queues by their names, in the account and region of these credentials. */
export class SqsQueues implements Queues {
  readonly #client: SQSClient;
  readonly #urls = new Map<string, string>();

  constructor(config: SQSClientConfig) {
    this.#client = new SQSClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
      ...config,
    });
  }

  async send(queue: string, bodies: readonly unknown[], delayMs = 0): Promise<void> {
    const delayS = Math.min(Math.ceil(delayMs / 1000), MOST_DELAY_S);
    const texts = bodies.map((body) => JSON.stringify(body));
    const doing = `send to the queue \`${queue}\``;
    for (const Entries of batchesOf(texts, delayS)) {
      const { Failed = [] } = await this.#answered(queue, doing, async () =>
        this.#client.send(new SendMessageBatchCommand({ QueueUrl: await this.#urlOf(queue), Entries: [...Entries] })),
      );
      if (Failed.length > 0) throw refusalOf(Failed, Entries.length, doing);
    }
  }

  async postpone(queue: string, receipt: string, forMs: number): Promise<void> {
    const VisibilityTimeout = Math.ceil(forMs / 1000);
    await this.#answered(queue, `postpone a message of \`${queue}\``, async () => {
      const QueueUrl = await this.#urlOf(queue);
      const change = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout });
      await this.#client.send(change).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    });
  }

  async #urlOf(queue: string): Promise<string> {
    const known = this.#urls.get(queue);
    if (known !== undefined) return known;
    const { QueueUrl } = await this.#answered(queue, `find the queue \`${queue}\``, () =>
      this.#client.send(new GetQueueUrlCommand({ QueueName: queue })),
    );
    if (QueueUrl === undefined) throw new Fault('unavailable', `find the queue \`${queue}\`: SQS gave no URL`);
    this.#urls.set(queue, QueueUrl);
    return QueueUrl;
  }

  async #answered<T>(queue: string, doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw error instanceof Fault ? error : faultOf(error, queue, doing);
    }
  }
}
