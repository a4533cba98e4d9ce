import type { Context } from 'hono';

/**
 * A refusal of SQS. The shape's name goes into the body and the code of the older Query protocol into a header; the SDK
 * makes of the two its `name` and its `Code`. Names, codes and statuses: the SDK's model of SQS (3.1169). Messages are the
 * service's own where recorded answers have them (compared 2026-11-24); those of `InvalidMessageContents` and of a
 * receipt that is gone are remembered.
 */
export class SqsError extends Error {
  readonly shape: string;
  readonly code: string;
  readonly status: 400 | 403 | 404;

  constructor(shape: string, message: string, status: 400 | 403 | 404 = 400, code: string = shape) {
    super(message);
    this.name = 'SqsError';
    this.shape = shape;
    this.code = code;
    this.status = status;
  }
}

export function sqsErrorResponse(c: Context, { shape, code, message, status }: SqsError): Response {
  return c.body(JSON.stringify({ __type: `com.amazonaws.sqs#${shape}`, message }), status, {
    'Content-Type': 'application/x-amz-json-1.0',
    'x-amzn-query-error': `${code};Sender`,
  });
}

/** A shape whose Query code has the old prefix. */
function prefixed(shape: string, message: string, code = shape): SqsError {
  return new SqsError(shape, message, 400, `AWS.SimpleQueueService.${code}`);
}

function invalidValue(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message);
}

export const sqsErrors = {
  unsigned: () => new SqsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
  unknownOperation: (action: string) =>
    new SqsError('UnknownOperationException', `the local SQS does not model \`${action}\``),
  unreadable: (path: string) => {
    const where = path === '' ? '' : ` at \`${path}\``;
    return new SqsError('SerializationException', `the request has a form that is not modelled${where}`);
  },
  noSuchQueue: () => prefixed('QueueDoesNotExist', 'The specified queue does not exist.', 'NonExistentQueue'),
  missing: (name: string) => new SqsError('MissingParameter', `The request must contain the parameter ${name}.`),
  badContents: () => new SqsError('InvalidMessageContents', 'Invalid characters found in the message body.'),
  tooLong: (atMost: number) =>
    invalidValue(`One or more parameters are invalid. Reason: Message must be shorter than ${atMost} bytes.`),
  outOfRange: (name: string, value: number, most: number) =>
    invalidValue(
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between 0 and ${most}, if provided.`,
    ),
  goneReceipt: (receipt: string) =>
    invalidValue(
      `Value ${receipt} for parameter ReceiptHandle is invalid. ` +
        'Reason: Message does not exist or is not available for visibility timeout change.',
    ),
  badReceipt: () => new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.', 404),
  emptyBatch: (element: string) =>
    prefixed('EmptyBatchRequest', `There should be at least one ${element} in the request.`),
  tooManyEntries: (atMost: number, count: number) =>
    prefixed(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${atMost}. You have sent ${count}.`,
    ),
  badEntryId: () =>
    prefixed(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    ),
  repeatedId: (id: string) => prefixed('BatchEntryIdsNotDistinct', `Id ${id} repeated.`),
  batchTooLong: (atMost: number, bytes: number) =>
    prefixed(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${atMost} bytes. You have sent ${bytes} bytes.`,
    ),
} as const;
