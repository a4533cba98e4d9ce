/** Messages to functions of our own. They carry ids only: the ledger and the cloud have the rest. */
export interface Queues {
  /**
   * Puts messages into a queue, to be delivered once the delay is over (15 minutes at most). Throws a `Fault`
   * (unavailable, throttled, forbidden; unsupported where no retry helps, as for a queue that does not exist) where some
   * were not taken; the others may have been.
   */
  send(queue: string, bodies: readonly unknown[], delayMs?: number): Promise<void>;
  /** Sets when a message that is being worked on comes back, if it fails. A message that has gone is no error. Throws as `send`. */
  postpone(queue: string, receipt: string, forMs: number): Promise<void>;
}
