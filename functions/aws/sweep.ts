import { sweep as handOut } from '../../shared/app/sweep.ts';
import { Fault } from '../../shared/base/fault.ts';
import { batchAnswer, whyOf } from './answer.ts';
import type { BatchAnswer } from './answer.ts';
import { messagesIn } from './envelope.ts';
import type { Message } from './envelope.ts';
import { processWiring } from './wire.ts';
import type { Wiring } from './wire.ts';

/** Hands out the account and region in which the clock ticked. Says how far it came, also where it did not end. */
async function sweepFor(tick: unknown, { hear, log, sweep: deps }: Wiring): Promise<void> {
  const heard = hear(tick);
  if (heard.kind !== 'clock') {
    throw new Fault('malformed', 'the event is no tick of a clock; subscribe `sweep` to a schedule only');
  }
  const swept = { firewalls: 0, owed: 0 };
  try {
    await handOut(heard.scope, swept, deps);
  } catch (error) {
    log.error('sweep incomplete', { ...swept, why: whyOf(error).why });
    throw error;
  }
  log.info('sweep handed out', { ...swept });
}

/**
 * Hands out every firewall of the account and region, and what the ledger has due. Throws where it does not come to the
 * end: whoever called tries again, and the next tick starts anew.
 */
export async function sweep(event: unknown, wiring: Wiring): Promise<BatchAnswer> {
  const failures = new Map<Message, unknown>();
  for (const message of messagesIn(event, failures)) {
    try {
      await sweepFor(message.body, wiring);
    } catch (error) {
      failures.set(message, error);
    }
  }
  return batchAnswer(failures, wiring.answer);
}

export async function handler(event: unknown): Promise<BatchAnswer> {
  return sweep(event, await processWiring());
}
