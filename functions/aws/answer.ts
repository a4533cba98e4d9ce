import { comesBackInMs } from '../../shared/app/retry.ts';
import { Fault } from '../../shared/base/fault.ts';
import type { Log } from '../../shared/base/log.ts';
import type { Queues } from '../../shared/queues/contract.ts';
import type { Message } from './envelope.ts';

/** What Lambda expects of a function behind a queue: the messages that have to come back. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface AnswerDeps {
  readonly log: Log;
  readonly queues: Queues;
  /** A number from 0 to below 1: spreads what comes back, so that it does not come back together. */
  readonly chance: () => number;
}

export function whyOf(error: unknown): { readonly kind: string; readonly why: string } {
  const kind = error instanceof Fault ? error.kind : 'bug';
  return { kind, why: error instanceof Error ? error.message : String(error) };
}

async function postpone({ delivery }: Message, error: unknown, { queues, log, chance }: AnswerDeps): Promise<void> {
  if (delivery === undefined) return;
  const { queue, receipt, receives } = delivery;
  try {
    await queues.postpone(queue, receipt, comesBackInMs(error, receives, chance));
  } catch (refusal) {
    // The message comes back all the same, only not when it should: after the queue's own visibility timeout.
    log.error('message not postponed', { queue, ...whyOf(refusal) });
  }
}

/**
 * Logs each message that failed, with why, sets when it comes back, and names it in the answer. For a plain event the
 * failure itself is thrown, since there is no batch to answer.
 */
export async function batchAnswer(failures: ReadonlyMap<Message, unknown>, deps: AnswerDeps): Promise<BatchAnswer> {
  for (const error of failures.values()) deps.log.error('message failed', whyOf(error));
  // At once, since the function's time may be short: what is done already must not come back for want of it.
  await Promise.all([...failures].map(([message, error]) => postpone(message, error, deps)));
  const failed: { itemIdentifier: string }[] = [];
  for (const [{ id }, error] of failures) {
    if (id === undefined) throw error;
    failed.push({ itemIdentifier: id });
  }
  return { batchItemFailures: failed };
}
