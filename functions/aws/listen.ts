import { newRun } from '../../shared/app/settle.ts';
import { visitAll } from '../../shared/app/visit.ts';
import { visitsOf } from '../../shared/app/visits.ts';
import type { Asked } from '../../shared/app/visits.ts';
import { batchAnswer } from './answer.ts';
import type { BatchAnswer } from './answer.ts';
import { messagesIn } from './envelope.ts';
import type { Message } from './envelope.ts';
import { askedBy } from './hearing.ts';
import type { Wiring } from './wire.ts';

/** Hears what happened, and brings each firewall that is named back to its policies. Only messages that failed come back. */
export async function listen(event: unknown, wiring: Wiring): Promise<BatchAnswer> {
  const failures = new Map<Message, unknown>();
  const asked: Asked<Message>[] = [];
  for (const message of messagesIn(event, failures)) {
    try {
      const one = askedBy(message, wiring);
      if (one !== undefined) asked.push(one);
    } catch (error) {
      failures.set(message, error);
    }
  }
  const { cloud, desired, clock } = wiring.reconcile;
  const run = newRun(clock);
  const visits = await visitsOf(asked, failures, run, { ...wiring, cloud, desired });
  await visitAll(visits, failures, run, wiring);
  return batchAnswer(failures, wiring.answer);
}
