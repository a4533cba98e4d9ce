import type { Chance } from '../chance.ts';
import { failuresOf, sqsEventOf } from './batch.ts';
import type { Failures, Message, Place, SqsEvent } from './batch.ts';
import type { Outstanding } from './outstanding.ts';
import type { BusWeather } from './weather.ts';

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
  /**
   * How long a received message is hidden. A handler that works longer than this, or than it asked for, is overtaken:
   * the message is received again while the first call goes on. Default: as long as the handler works.
   */
  readonly visibilityTimeoutMs?: number;
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
  /** Where identities of messages and receipts come from. */
  readonly ids: Chance;
  readonly weather: BusWeather;
  /** Decides by which fault of the weather a message is met. */
  readonly faults: Chance;
  readonly now: () => Date;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly outstanding: Outstanding;
  readonly onFailure: (failure: DeliveryFailure) => void;
}

/** One receive of a message, until its call ends or its time is over. */
interface Receive {
  readonly message: Message;
  /** When it comes back, if that was said. */
  comesBackAtMs: number | undefined;
  /** Ends the wait for that time. */
  waiting: AbortController | undefined;
}

/** A standard SQS queue with its function: at least once, in batches, order not promised. */
export class Queue {
  readonly name: string;
  readonly #options: Required<Omit<QueueOptions, 'visibilityTimeoutMs'>> & QueueOptions;
  readonly #surroundings: Surroundings;
  readonly #closing = new AbortController();
  readonly #deadLetters: DeadLetter[] = [];
  readonly #calls = new Set<Promise<void>>();
  /** By receipt handle. */
  readonly #inFlight = new Map<string, Receive>();
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
    const id = this.#surroundings.ids.uuid();
    const message = { id, body, sentAt, firstReceivedAt: undefined, receiveCount: 0, receiptHandle: '' };
    if (delaySeconds > 0) void this.#arriveLater(message, delaySeconds * 1000);
    else this.#arrive(message);
    return id;
  }

  /** Whether a call still works on the message that it received with this handle. */
  isInFlight(receiptHandle: string): boolean {
    return this.#inFlight.has(receiptHandle);
  }

  /** ChangeMessageVisibility: if this receive fails, the message comes back so long after now, whatever the back-off says. */
  changeVisibility(receiptHandle: string, timeoutSeconds: number): void {
    const receive = this.#inFlight.get(receiptHandle);
    if (receive === undefined) {
      throw new Error(`queue \`${this.name}\`: receipt handle \`${receiptHandle}\` is not in flight`);
    }
    this.#hide(receive, timeoutSeconds * 1000);
  }

  deadLetters(): readonly DeadLetter[] {
    return [...this.#deadLetters];
  }

  /** Starts no further call, forgets what waits, and resolves when the calls under way have ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#calls);
  }

  #arrive(message: Message): void {
    this.#surroundings.outstanding.began();
    this.#show(message);
  }

  /** What its sender wants to be seen later is nothing to wait for until then: a queue that has nothing else is idle. */
  async #arriveLater(message: Message, delayMs: number): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#surroundings.sleep(delayMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (!signal.aborted) this.#arrive(message);
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
      const batch = this.#taken(this.#options.batchSize).map((message) => this.#received(message));
      const call = this.#deliver(batch).finally(() => {
        this.#calls.delete(call);
        this.#schedule();
      });
      this.#calls.add(call);
    }
  }

  /** The next messages; in bad weather not those that have waited longest. */
  #taken(atMost: number): readonly Message[] {
    const { weather, faults } = this.#surroundings;
    if (!faults.happens(weather.shuffled)) return this.#visible.splice(0, atMost);
    const taken: Message[] = [];
    while (taken.length < atMost && this.#visible.length > 0) {
      taken.push(...this.#visible.splice(faults.between(0, this.#visible.length - 1), 1));
    }
    return taken;
  }

  #received(message: Message): Message {
    const receiptHandle = this.#surroundings.ids.uuid();
    const firstReceivedAt = message.firstReceivedAt ?? this.#surroundings.now();
    const received = { ...message, firstReceivedAt, receiveCount: message.receiveCount + 1, receiptHandle };
    const receive: Receive = { message: received, comesBackAtMs: undefined, waiting: undefined };
    this.#inFlight.set(receiptHandle, receive);
    const { visibilityTimeoutMs } = this.#options;
    if (visibilityTimeoutMs !== undefined) this.#hide(receive, visibilityTimeoutMs);
    return received;
  }

  #hide(receive: Receive, forMs: number): void {
    receive.waiting?.abort();
    receive.comesBackAtMs = this.#surroundings.now().getTime() + forMs;
    if (this.#options.visibilityTimeoutMs === undefined) return;
    receive.waiting = new AbortController();
    void this.#overtake(receive, forMs, receive.waiting.signal);
  }

  /** The message comes back although its call still works: whatever that call ends with is no longer heard. */
  async #overtake(receive: Receive, afterMs: number, ending: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([ending, this.#closing.signal]);
    try {
      await this.#surroundings.sleep(afterMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (signal.aborted || !this.#inFlight.delete(receive.message.receiptHandle)) return;
    this.#failed(receive.message, 'its visibility was over while the handler still worked', 0);
  }

  async #deliver(batch: readonly Message[]): Promise<void> {
    const failures = await this.#failuresOfCall(batch);
    for (const message of batch) {
      const receive = this.#inFlight.get(message.receiptHandle);
      if (receive === undefined) continue;
      receive.waiting?.abort();
      this.#inFlight.delete(message.receiptHandle);
      const reason = failures.get(message.id);
      if (reason === undefined) this.#done(message);
      else this.#failed(message, reason, this.#retryInMs(receive));
    }
  }

  /** Deleted, but for the weather: then the deletion is lost, and the message comes back once its visibility is over. */
  #done(message: Message): void {
    const { weather, faults, outstanding } = this.#surroundings;
    const comesAgain = faults.happens(weather.redelivered);
    if (comesAgain && message.receiveCount < this.#options.maxReceiveCount) {
      this.#appear(message, this.#options.visibilityTimeoutMs ?? weather.redeliveredAfterMs);
    } else outstanding.ended();
  }

  async #failuresOfCall(batch: readonly Message[]): Promise<Failures> {
    try {
      return failuresOf(await this.#options.handler(sqsEventOf(batch, this.name, this.#surroundings.place)), batch);
    } catch (error) {
      const reason = `the handler threw: ${error instanceof Error ? error.message : String(error)}`;
      return new Map(batch.map((message) => [message.id, reason]));
    }
  }

  #failed(message: Message, reason: string, retryInMs: number): void {
    const { id: messageId, body, receiveCount } = message;
    const letter: DeadLetter = { queue: this.name, messageId, body, receiveCount, reason };
    if (receiveCount >= this.#options.maxReceiveCount) {
      this.#deadLetters.push(letter);
      this.#surroundings.onFailure({ ...letter, retryInMs: undefined });
      this.#surroundings.outstanding.ended();
      return;
    }
    this.#surroundings.onFailure({ ...letter, retryInMs });
    this.#appear(message, retryInMs);
  }

  /** What the handler asked for, and what of it is left; else the back-off. */
  #retryInMs({ message, comesBackAtMs }: Receive): number {
    if (comesBackAtMs === undefined) return this.#backoffMs(message.receiveCount);
    return Math.max(0, comesBackAtMs - this.#surroundings.now().getTime());
  }

  #backoffMs(receiveCount: number): number {
    const { backoffBaseMs, backoffCapMs, jitter } = this.#options;
    return jitter(Math.min(backoffCapMs, backoffBaseMs * 2 ** (receiveCount - 1)));
  }
}
