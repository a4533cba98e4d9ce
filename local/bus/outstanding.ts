interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * How many messages all queues of a bus still have to finish with, waiting for a retry included.
 *
 * One count for all queues: a handler of one queue may send to another, and between the two nothing may look idle.
 */
export class Outstanding {
  #count = 0;
  #waiters: Waiter[] = [];
  #abandoned: Error | undefined;

  get count(): number {
    return this.#count;
  }

  began(): void {
    this.#count += 1;
  }

  ended(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
  }

  /** Resolves once nothing is outstanding; rejects once it never will be. */
  async none(): Promise<void> {
    if (this.#count === 0) return;
    if (this.#abandoned) throw this.#abandoned;
    await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Whoever waits, now or later, is told that the end will not come. */
  abandon(reason: Error): void {
    this.#abandoned = reason;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(reason);
  }
}
