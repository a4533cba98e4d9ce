import { z } from 'zod';
import { Fault } from '../../shared/base/fault.ts';
import { deliveryOf } from './delivery.ts';
import type { Delivery } from './delivery.ts';

/** One message and the id under which a failure of it is reported. A plain event has none. */
export interface Message {
  readonly id: string | undefined;
  readonly delivery: Delivery | undefined;
  readonly body: unknown;
}

const batch = z.object({ Records: z.array(z.unknown()).min(1) });
const known = z.object({ messageId: z.string().min(1), eventSource: z.literal('aws:sqs') });
const whole = known.extend({ body: z.string() });
function looksLikeBatch(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'Records' in event;
}

const NO_BATCH = 'the event has `Records` that are no SQS messages; send an SQS batch or one plain event';
const NO_BODY = 'the message has no text as its `body`; send it through SQS, which delivers every body as text';

/**
 * The messages in an event: those of an SQS batch, or the event itself, so that a test event works too. A record that
 * is no whole message goes into `failures`, and the others are worked on. Only what SQS has sent has an id that can come
 * back alone: a failure without one is thrown once the others are done. A body that is no JSON stays text: whoever reads
 * it says what is wrong.
 */
export function messagesIn(event: unknown, failures: Map<Message, unknown>): readonly Message[] {
  if (!looksLikeBatch(event)) return [{ id: undefined, delivery: undefined, body: event }];
  const parsed = batch.safeParse(event);
  if (!parsed.success) throw new Fault('malformed', NO_BATCH);
  const messages: Message[] = [];
  for (const record of parsed.data.Records) {
    const message = whole.safeParse(record);
    const delivery = deliveryOf(record);
    if (message.success) {
      messages.push({ id: message.data.messageId, delivery, body: jsonOrText(message.data.body) });
    } else {
      const id = known.safeParse(record).data?.messageId;
      const fault = new Fault('malformed', id === undefined ? NO_BATCH : NO_BODY);
      failures.set({ id, delivery, body: undefined }, fault);
    }
  }
  return messages;
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
