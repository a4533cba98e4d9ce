import { createHash } from 'node:crypto';

/** A message of a queue. Each receive makes a new value with a new receipt handle. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: Date;
  readonly firstReceivedAt: Date | undefined;
  readonly receiveCount: number;
  readonly receiptHandle: string;
}

/** Where a queue lives: what its ARN is made of. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly SentTimestamp: string;
    readonly SenderId: string;
    readonly ApproximateFirstReceiveTimestamp: string;
  };
  readonly messageAttributes: Readonly<Record<string, never>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

/** What Lambda hands to a function whose event source is a queue. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

/** What becomes of a batch: the messages that failed, by id, each with the reason. */
export type Failures = ReadonlyMap<string, string>;

/** A received batch -> the event of the function. */
export function sqsEventOf(batch: readonly Message[], queue: string, place: Place): SqsEvent {
  const arn = ['arn', place.partition, 'sqs', place.region, place.account, queue].join(':');
  return { Records: batch.map((message) => sqsRecordOf(message, arn, place)) };
}

function sqsRecordOf(message: Message, arn: string, place: Place): SqsRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt.getTime()),
      SenderId: place.account,
      ApproximateFirstReceiveTimestamp: String((message.firstReceivedAt ?? message.sentAt).getTime()),
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: place.region,
  };
}

/**
 * The function's answer -> the messages that failed, with ReportBatchItemFailures switched on. No answer, or no
 * `batchItemFailures`, is success; an item whose identifier is empty or misnamed fails the whole batch (Lambda
 * documentation, pages on partial batch responses, read 2026-11-24; that an unknown identifier does so too is not verified).
 *
 * Stricter than Lambda where Lambda would lose a message: an answer with other members only, and one that is no object,
 * fail the batch too, because both are a mistake in the function.
 */
export function failuresOf(answer: unknown, batch: readonly Message[]): Failures {
  const wholeBatch = (reason: string): Failures => new Map(batch.map((message) => [message.id, reason]));
  if (answer === undefined || answer === null) return new Map();
  if (typeof answer !== 'object') return wholeBatch('the handler answered with something that is not an object');
  if (!('batchItemFailures' in answer)) {
    if (Object.keys(answer).length === 0) return new Map();
    return wholeBatch('the answer of the handler has no member `batchItemFailures`');
  }
  const items: unknown = answer.batchItemFailures;
  if (items === null) return new Map();
  if (!Array.isArray(items)) return wholeBatch('`batchItemFailures` is not a list');
  const failed = new Map<string, string>();
  for (const item of items) {
    const id = identifierOf(item);
    if (id === undefined || !batch.some((message) => message.id === id)) {
      return wholeBatch('`batchItemFailures` names no message of the batch; write `{ itemIdentifier: messageId }`');
    }
    failed.set(id, 'the handler named it in `batchItemFailures`');
  }
  return failed;
}

function identifierOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('itemIdentifier' in item)) return undefined;
  return typeof item.itemIdentifier === 'string' ? item.itemIdentifier : undefined;
}
