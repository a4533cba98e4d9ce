import { z } from 'zod';
import { fileTicket } from '../../shared/app/file-ticket.ts';
import { Fault } from '../../shared/base/fault.ts';
import { targetKey } from '../../shared/core/model/target.ts';
import { batchAnswer } from './answer.ts';
import type { BatchAnswer } from './answer.ts';
import { messagesIn } from './envelope.ts';
import type { Message } from './envelope.ts';
import { targetShape } from './target.ts';
import { processWiring } from './wire.ts';
import type { Wiring } from './wire.ts';

const notice = z.object({
  target: targetShape,
  sequence: z.int().positive(),
});
const outcomeEvent = z.object({ source: z.literal('portcullis'), detail: notice });

type Notice = z.infer<typeof notice>;

/** A target and a ledger sequence: as the event that `change` publishes, or plain. */
function noticeOf(body: unknown): Notice {
  const event = outcomeEvent.safeParse(body);
  if (event.success) return event.data.detail;
  const plain = notice.safeParse(body);
  if (plain.success) return plain.data;
  throw new Fault(
    'malformed',
    'the message names no ledger entry; expected `{ target: { cloud, account, region, id }, sequence }`, or an outcome event with that as `detail`',
  );
}

/** Sees to it that the breaches of a ledger entry have their tickets. */
export async function ticket(event: unknown, { fileTicket: deps, log, answer }: Wiring): Promise<BatchAnswer> {
  const failures = new Map<Message, unknown>();
  for (const message of messagesIn(event, failures)) {
    try {
      const { target, sequence } = noticeOf(message.body);
      for (const one of await fileTicket(target, sequence, deps)) {
        log.info(one.created ? 'ticket opened' : 'ticket already open', {
          target: targetKey(target),
          ticket: one.ticket.number,
        });
      }
    } catch (error) {
      failures.set(message, error);
    }
  }
  return batchAnswer(failures, answer);
}

export async function handler(event: unknown): Promise<BatchAnswer> {
  return ticket(event, await processWiring());
}
