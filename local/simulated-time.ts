interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

export interface SimulatedTimeOptions {
  readonly start: Date;
  /** How many turns of the event loop nothing may happen before all has settled. Default 3. */
  readonly quietTurns?: number;
  /** How long, in real time, calls outside of this process may take before that is an error. Default 10 s. */
  readonly patienceMs?: number;
}

/** How far `untilQuiet` goes unless told: a schedule sleeps for ever, and a test must end. */
const limitMs = 30 * 24 * 3_600_000;

/**
 * A clock that moves only from sleeper to sleeper, one at a time: by due time, and of equal times the one that lay down
 * first. Between two it waits until everything has settled, so one seed of chance gives one history.
 *
 * How it knows that all has settled: what runs in this process alone (promises, `queueMicrotask`, `process.nextTick`, an
 * SDK's call that a Hono app answers by `app.fetch`) ends within one turn of the event loop, for such turns are taken
 * only once all promises have moved (measured with the SDK's client for EC2 on Node 24: no turn passes within such a
 * call). A few turns in which nobody lies down or gets up are thus proof enough. What waits for something else must
 * be told of, or the clock runs on without it:
 *
 * - a socket, a file, a worker thread (`zlib` and `crypto` with callbacks): wrap it in `outside`, which is counted and
 *   waited for. It must not sleep on this clock, for then each waits for the other; that ends in an error. Several at
 *   once end in the order that the machine likes.
 * - a real timer: do not use one, sleep here. An SDK's own retries use real timers, so let it make one attempt.
 */
export class SimulatedTime {
  readonly #quietTurns: number;
  readonly #patienceMs: number;
  readonly #outside = new Set<string>();
  #sleepers: Sleeper[] = [];
  #nowMs: number;
  /** Rises whenever somebody lies down or gets up, and with every call outside that begins or ends. */
  #stirred = 0;
  #isMoving = false;

  constructor({ start, quietTurns = 3, patienceMs = 10_000 }: SimulatedTimeOptions) {
    this.#nowMs = start.getTime();
    this.#quietTurns = quietTurns;
    this.#patienceMs = patienceMs;
  }

  readonly now = (): Date => new Date(this.#nowMs);

  /** Rejects once the signal is aborted, as Node's own timer does. */
  readonly sleep = (delayMs: number, signal?: AbortSignal): Promise<void> => {
    if (!Number.isFinite(delayMs)) throw new Error(`sleep of \`${delayMs}\` ms; write a finite number`);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(cutShort());
        return;
      }
      const onAbort = (): void => {
        this.#stirred += 1;
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(cutShort());
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const sleeper = { dueMs: this.#nowMs + Math.max(0, delayMs), wake };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#lieDown(sleeper);
    });
  };

  /** Counts work that ends by itself in real time, such as a call to another process. */
  async outside<T>(name: string, work: () => Promise<T>): Promise<T> {
    const key = `${name} #${this.#stirred}`;
    this.#stirred += 1;
    this.#outside.add(key);
    try {
      return await work();
    } finally {
      this.#stirred += 1;
      this.#outside.delete(key);
    }
  }

  /** Lets everything happen up to a time, that time included, and stands there. */
  async advanceTo(until: Date): Promise<void> {
    await this.#move(async () => {
      do await this.#settle();
      while (this.#wakeNext(until.getTime()));
      this.#nowMs = Math.max(this.#nowMs, until.getTime());
    });
  }

  async advanceBy(forMs: number): Promise<void> {
    await this.advanceTo(new Date(this.#nowMs + forMs));
  }

  /** Lets everything happen until nobody sleeps; throws where that is not so within the time given. */
  async untilQuiet(atMostMs = limitMs): Promise<void> {
    const limit = this.#nowMs + atMostMs;
    await this.#move(async () => {
      do await this.#settle();
      while (this.#wakeNext(limit));
    });
    if (this.#sleepers.length === 0) return;
    throw new Error(`somebody still sleeps after ${atMostMs} ms; end schedules first, or use \`advanceTo\``);
  }

  /** Moves on as far as the work needs to end, and gives what it ends with. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const note = (): void => {
      isDone = true;
    };
    work.then(note, note);
    await this.#move(async () => {
      do await this.#settle();
      while (!isDone && this.#wakeNext(Number.POSITIVE_INFINITY));
      if (!isDone) throw new Error('the work waits for something, and nobody sleeps; wrap it in `outside`');
    });
    return work;
  }

  #lieDown(sleeper: Sleeper): void {
    this.#stirred += 1;
    const place = this.#sleepers.findLastIndex(({ dueMs }) => dueMs <= sleeper.dueMs) + 1;
    this.#sleepers.splice(place, 0, sleeper);
  }

  #wakeNext(limit: number): boolean {
    const next = this.#sleepers[0];
    if (next === undefined || next.dueMs > limit) return false;
    this.#sleepers.shift();
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.wake();
    return true;
  }

  async #settle(): Promise<void> {
    let quiet = 0;
    let busySince: number | undefined;
    while (quiet < this.#quietTurns) {
      const before = this.#stirred;
      await turn();
      if (this.#outside.size === 0) {
        busySince = undefined;
        quiet = this.#stirred === before ? quiet + 1 : 0;
        continue;
      }
      quiet = 0;
      busySince ??= performance.now();
      if (performance.now() - busySince > this.#patienceMs) {
        const names = [...this.#outside].join(', ');
        throw new Error(
          `\`${names}\` did not end in ${this.#patienceMs} ms; work outside must not sleep on this clock`,
        );
      }
    }
  }

  async #move(steps: () => Promise<void>): Promise<void> {
    if (this.#isMoving) throw new Error('simulated time is moved twice at once; await the first move');
    this.#isMoving = true;
    try {
      await steps();
    } finally {
      this.#isMoving = false;
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function cutShort(): Error {
  const error = new Error('the sleep was cut short');
  error.name = 'AbortError';
  return error;
}
