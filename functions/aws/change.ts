import { reconcile } from '../../shared/app/reconcile.ts';
import { Fault } from '../../shared/base/fault.ts';
import { targetKey } from '../../shared/core/model/target.ts';
import { batchAnswer, messagesIn } from './envelope.ts';
import type { BatchAnswer, Message } from './envelope.ts';
import { errandsOf } from './errands.ts';
import { processWiring } from './wire.ts';
import type { Wiring } from './wire.ts';

/** Hears what changed, and brings each firewall that was named back to its policies. Only messages that failed come back. */
export async function change(event: unknown, wiring: Wiring): Promise<BatchAnswer> {
  const failures = new Map<Message, unknown>();
  const run = { changes: 0 };
  for (const { target, hint, messages } of await errandsOf(messagesIn(event), failures, wiring)) {
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
  for (const error of failures.values()) {
    const kind = error instanceof Fault ? error.kind : 'bug';
    wiring.log.error('message failed', { kind, why: error instanceof Error ? error.message : String(error) });
  }
  return batchAnswer(failures);
}

export async function handler(event: unknown): Promise<BatchAnswer> {
  return change(event, await processWiring());
}
