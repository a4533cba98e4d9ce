import { reconcile } from '../../shared/app/reconcile.ts';
import { targetKey } from '../../shared/core/model/target.ts';
import { batchAnswer } from './answer.ts';
import type { BatchAnswer } from './answer.ts';
import { messagesIn } from './envelope.ts';
import type { Message } from './envelope.ts';
import { errandsOf } from './errands.ts';
import { processWiring } from './wire.ts';
import type { Wiring } from './wire.ts';

/** Hears what changed, and brings each firewall that was named back to its policies. Only messages that failed come back. */
export async function change(event: unknown, wiring: Wiring): Promise<BatchAnswer> {
  const failures = new Map<Message, unknown>();
  const run = { changes: 0 };
  for (const { target, hint, messages } of await errandsOf(messagesIn(event, failures), failures, wiring)) {
    try {
      const { body, sequence } = await reconcile(target, hint, run, wiring.reconcile);
      wiring.log.info('firewall reconciled', {
        target: targetKey(target),
        outcome: body.kind,
        sequence,
        eventId: hint.eventId,
      });
    } catch (error) {
      for (const message of messages) failures.set(message, error);
    }
  }
  return batchAnswer(failures, wiring.log);
}

export async function handler(event: unknown): Promise<BatchAnswer> {
  return change(event, await processWiring());
}
