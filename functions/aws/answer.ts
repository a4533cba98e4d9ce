import { Fault } from '../../shared/base/fault.ts';
import type { Log } from '../../shared/base/log.ts';
import type { Message } from './envelope.ts';

/** What Lambda expects of a function behind a queue: the messages that have to come back. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Logs each message that failed, with why, and names it in the answer. For a plain event the failure itself is thrown,
 * since there is no batch to answer.
 */
export function batchAnswer(failures: ReadonlyMap<Message, unknown>, log: Log): BatchAnswer {
  for (const error of failures.values()) {
    const kind = error instanceof Fault ? error.kind : 'bug';
    log.error('message failed', { kind, why: error instanceof Error ? error.message : String(error) });
  }
  const failed: { itemIdentifier: string }[] = [];
  for (const [{ id }, error] of failures) {
    if (id === undefined) throw error;
    failed.push({ itemIdentifier: id });
  }
  return { batchItemFailures: failed };
}
