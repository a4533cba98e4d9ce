import { randomUUID } from 'node:crypto';
import { failuresOf, sqsEventOf } from './batch.ts';
import type { Failures, Message, Place, SqsEvent } from './batch.ts';
import type { Outstanding } from './outstanding.ts';

export interface QueueOptions {
  readonly name: string;
  /** The function behind the queue. Its answer may name failed messages; if it throws, the whole batch failed. */
  readonly handler: (event: SqsEvent) => unknown;
  /** At most so many messages in one call. Default 10. */
  readonly batchSize?: number;
  /** At most so many calls at once. Default 2, the smallest that AWS accepts for an SQS event source. */
  readonly concurrency?: number;
  /** After so many receives a message goes to the dead letters. Default 20. */
  readonly maxReceiveCount?: number;
  /** How long a failed message is away: this long the first time, then twice as long each time. Default 2 s. */
  readonly backoffBaseMs?: number;
  /** The longest time it is away. Default 15 minutes. */
  readonly backoffCapMs?: number;
  /** Changes the time away, for example by chance. Default: as it is. */
  readonly jitter?: (delayMs: number) => number;
}

/** A message that was given up. */
export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  readonly receiveCount: number;
  readonly reason: string;
}

/** One failed receive; `retryInMs` is undefined where the message went to the dead letters. */
export interface DeliveryFailure extends DeadLetter {
  readonly retryInMs: number | undefined;
}

/** What a queue has from its bus. */
export interface Surroundings {
  readonly place: Place;
  readonly now: () => Date;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly outstanding: Outstanding;
  readonly onFailure: (failure: DeliveryFailure) => void;
}

/** A standard SQS queue with its function: at least once, in batches, order not promised. */
export class Queue {
  readonly name: string;
  readonly #options: Required<QueueOptions>;
  readonly #surroundings: Surroundings;
  readonly #closing = new AbortController();
  readonly #deadLetters: DeadLetter[] = [];
  readonly #calls = new Set<Promise<void>>();
  /** Receipt handles in flight, with the time away that the function asked for. */
  readonly #inFlight = new Map<string, number | undefined>();
  #visible: Message[] = [];
  #scheduled = false;

  constructor(options: QueueOptions, surroundings: Surroundings) {
    this.name = options.name;
    this.#options = {
      batchSize: 10,
      concurrency: 2,
      maxReceiveCount: 20,
      backoffBaseMs: 2_000,
      backoffCapMs: 900_000,
      jitter: (delayMs) => delayMs,
      ...options,
    };
    this.#surroundings = surroundings;
  }

  /** Puts a message into the queue, to be seen after the delay (SQS: 900 s at most), and gives its id. */
  send(body: string, delaySeconds = 0): string {
    if (this.#closing.signal.aborted) throw new Error(`queue \`${this.name}\` is closed; send before \`close\``);
    if (!(delaySeconds >= 0 && delaySeconds <= 900)) {
      throw new Error(`queue \`${this.name}\`: delay of \`${delaySeconds}\` s; SQS takes 0 to 900`);
    }
    const sentAt = this.#surroundings.now();
    const id = randomUUID();
    this.#surroundings.outstanding.began();
    this.#appear(
      { id, body, sentAt, firstReceivedAt: undefined, receiveCount: 0, receiptHandle: '' },
      delaySeconds * 1000,
    );
    return id;
  }

  /** ChangeMessageVisibility: if this receive fails, the message is away for so long, whatever the back-off says. */
  changeVisibility(receiptHandle: string, timeoutSeconds: number): void {
    if (!this.#inFlight.has(receiptHandle)) {
      throw new Error(`queue \`${this.name}\`: receipt handle \`${receiptHandle}\` is not in flight`);
    }
    this.#inFlight.set(receiptHandle, timeoutSeconds * 1000);
  }

  deadLetters(): readonly DeadLetter[] {
    return [...this.#deadLetters];
  }

  /** Starts no further call, forgets what waits, and resolves when the calls under way have ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#calls);
  }

  #appear(message: Message, delayMs: number): void {
    if (delayMs <= 0) this.#show(message);
    else void this.#showLater(message, delayMs);
  }

  async #showLater(message: Message, delayMs: number): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#surroundings.sleep(delayMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    this.#show(message);
  }

  #show(message: Message): void {
    this.#visible.push(message);
    this.#schedule();
  }

  /** Polls a moment later, so that messages sent together are received together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#poll();
    });
  }

  #poll(): void {
    while (!this.#closing.signal.aborted && this.#calls.size < this.#options.concurrency && this.#visible.length > 0) {
      const batch = this.#visible.splice(0, this.#options.batchSize).map((message) => this.#received(message));
      const call = this.#deliver(batch).finally(() => {
        this.#calls.delete(call);
        this.#schedule();
      });
      this.#calls.add(call);
    }
  }

  #received(message: Message): Message {
    const receiptHandle = randomUUID();
    this.#inFlight.set(receiptHandle, undefined);
    const firstReceivedAt = message.firstReceivedAt ?? this.#surroundings.now();
    return { ...message, firstReceivedAt, receiveCount: message.receiveCount + 1, receiptHandle };
  }

  async #deliver(batch: readonly Message[]): Promise<void> {
    const failures = await this.#failuresOfCall(batch);
    for (const message of batch) {
      const reason = failures.get(message.id);
      if (reason !== undefined) this.#failed(message, reason);
      this.#inFlight.delete(message.receiptHandle);
      if (reason === undefined) this.#surroundings.outstanding.ended();
    }
  }

  async #failuresOfCall(batch: readonly Message[]): Promise<Failures> {
    try {
      return failuresOf(await this.#options.handler(sqsEventOf(batch, this.name, this.#surroundings.place)), batch);
    } catch (error) {
      const reason = `the handler threw: ${error instanceof Error ? error.message : String(error)}`;
      return new Map(batch.map((message) => [message.id, reason]));
    }
  }

  #failed(message: Message, reason: string): void {
    const { id: messageId, body, receiveCount } = message;
    const letter: DeadLetter = { queue: this.name, messageId, body, receiveCount, reason };
    if (receiveCount >= this.#options.maxReceiveCount) {
      this.#deadLetters.push(letter);
      this.#surroundings.onFailure({ ...letter, retryInMs: undefined });
      this.#surroundings.outstanding.ended();
      return;
    }
    const retryInMs = this.#inFlight.get(message.receiptHandle) ?? this.#backoffMs(receiveCount);
    this.#surroundings.onFailure({ ...letter, retryInMs });
    this.#appear(message, retryInMs);
  }

  #backoffMs(receiveCount: number): number {
    const { backoffBaseMs, backoffCapMs, jitter } = this.#options;
    return jitter(Math.min(backoffCapMs, backoffBaseMs * 2 ** (receiveCount - 1)));
  }
}
