import { z } from 'zod';
import { Fault } from '../../shared/base/fault.ts';

/** One message and the id under which a failure of it is reported. A plain event has none. */
export interface Message {
  readonly id: string | undefined;
  readonly body: unknown;
}

const sqs = z.object({
  Records: z
    .array(z.object({ messageId: z.string().min(1), body: z.string(), eventSource: z.literal('aws:sqs') }))
    .min(1),
});

function looksLikeBatch(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'Records' in event;
}

/**
 * The messages in an event: those of an SQS batch, or the event itself, so that a test event works too. A body that is
 * no JSON stays text: whoever reads it says what is wrong, and only that message fails.
 */
export function messagesIn(event: unknown): readonly Message[] {
  if (!looksLikeBatch(event)) return [{ id: undefined, body: event }];
  const parsed = sqs.safeParse(event);
  if (!parsed.success) {
    throw new Fault(
      'malformed',
      'the event has `Records`, but they are no SQS messages; send an SQS batch or one plain event',
    );
  }
  return parsed.data.Records.map(({ messageId, body }) => ({ id: messageId, body: jsonOrText(body) }));
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
