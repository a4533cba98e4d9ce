import { setTimeout as timer } from 'node:timers/promises';
import type { Hono } from 'hono';
import { trueChance } from '../chance.ts';
import type { Chance } from '../chance.ts';
import { Delivery } from './delivery.ts';
import type { BusEvent } from './event.ts';
import { Outstanding } from './outstanding.ts';
import { eventTestOf } from './pattern.ts';
import { putEventsApp } from './put-events.ts';
import { Queue } from './queue.ts';
import type { DeadLetter, DeliveryFailure, QueueOptions, Surroundings } from './queue.ts';
import { ruleEvent, schedulerEvent } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { sqsApp } from './sqs.ts';
import { fairWeather } from './weather.ts';
import type { BusWeather } from './weather.ts';

export interface BusOptions {
  readonly account: string;
  readonly region: string;
  /** First part of the ARNs of the queues. Default `aws`. */
  readonly partition?: string;
  /** Default `default`, the bus that services write to. */
  readonly name?: string;
  readonly now: () => Date;
  /** Waits, and may reject once the signal is aborted. Default: a timer of Node. */
  readonly sleep?: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** Where ids come from, and what decides on faults. Default: true chance. */
  readonly chance?: Chance;
  /** The weather at the start, where it is not fair. */
  readonly weather?: Partial<BusWeather>;
}

export interface Rule {
  readonly name: string;
  /** An event pattern as EventBridge takes it, for example from a rule in `serverless.yml`. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly target: Queue;
}

export interface Bus {
  /** PutEvents over its real protocol. */
  readonly app: Hono;
  /** The queues over the protocol of SQS. The URL of a queue is `http://HOST/ACCOUNT/NAME`. */
  readonly sqs: Hono;
  /** What is wrong just now; change its members at any time. */
  readonly weather: BusWeather;
  /** Brings an event onto the bus as a service of AWS would: `aws.` sources are welcome. */
  put(event: BusEvent): void;
  /** Makes a queue with its function. It may be the target of several rules, and may be sent to without any. */
  addQueue(options: QueueOptions): Queue;
  /** Throws where the pattern has a form that is not modelled. */
  addRule(rule: Rule): void;
  /** Wakes a queue again and again, for the first time once `everyMs` are over. It runs until the bus is closed. */
  addSchedule(schedule: Schedule): void;
  deadLetters(): readonly DeadLetter[];
  /**
   * Resolves once no queue has anything to do, messages that wait for a retry included. What was sent with a delay
   * counts from when it is seen.
   */
  idle(): Promise<void>;
  /** Takes nothing more, ends the calls under way, and forgets what waits. */
  close(): Promise<void>;
  /** Called with every event and the names of the rules that it matched. */
  onEvent(listener: (event: BusEvent, matchedRules: readonly string[]) => void): void;
  /** Called with every failed receive of every queue. */
  onFailure(listener: (failure: DeliveryFailure) => void): void;
}

interface CompiledRule {
  readonly rule: Rule;
  readonly test: (event: unknown) => boolean;
}

/** An event bus with its rules and queues, in this process. */
export function createBus(options: BusOptions): Bus {
  return new LocalBus(options);
}

class LocalBus implements Bus {
  readonly app: Hono;
  readonly sqs: Hono;
  readonly weather: BusWeather;
  readonly #name: string;
  readonly #rules: CompiledRule[] = [];
  readonly #queues: Queue[] = [];
  readonly #eventListeners: ((event: BusEvent, matchedRules: readonly string[]) => void)[] = [];
  readonly #failureListeners: ((failure: DeliveryFailure) => void)[] = [];
  readonly #outstanding = new Outstanding();
  readonly #closing = new AbortController();
  #isClosed = false;
  readonly #surroundings: Surroundings;
  readonly #delivery: Delivery;
  readonly #scheduleIds: Chance;

  constructor(options: BusOptions) {
    const { account, region, now, partition = 'aws', name = 'default', sleep = timerSleep } = options;
    const { chance = trueChance(), weather = {} } = options;
    this.#name = name;
    this.weather = { ...fairWeather(), ...weather };
    this.#scheduleIds = chance.fork('schedules');
    this.#surroundings = {
      place: { partition, region, account },
      now,
      sleep,
      ids: chance.fork('messages'),
      weather: this.weather,
      faults: chance.fork('queue faults'),
      outstanding: this.#outstanding,
      onFailure: (failure) => {
        for (const listener of this.#failureListeners) listener(failure);
      },
    };
    this.#delivery = new Delivery({
      weather: this.weather,
      faults: chance.fork('delivery faults'),
      sleep,
      outstanding: this.#outstanding,
      closing: this.#closing.signal,
    });
    const accept = (event: BusEvent): void => {
      this.put(event);
    };
    this.app = putEventsApp({ account, region, busName: name, now, accept, ids: chance.fork('events') });
    const queueNamed = (wanted: string): Queue | undefined =>
      this.#closing.signal.aborted ? undefined : this.#queues.find((queue) => queue.name === wanted);
    this.sqs = sqsApp({ account, queueNamed, ids: chance.fork('answers') });
  }

  put(event: BusEvent): void {
    if (this.#isClosed) throw new Error(`event bus \`${this.#name}\` is closed; put events before \`close\``);
    const matched = this.#rules.filter(({ test }) => test(event)).map(({ rule }) => rule);
    // The calls that are under way while it closes still put events. Whom they would wake takes nothing more.
    if (!this.#closing.signal.aborted) {
      for (const { target } of matched) this.#delivery.deliver(target, JSON.stringify(event));
    }
    this.#tell(
      event,
      matched.map((rule) => rule.name),
    );
  }

  addQueue(options: QueueOptions): Queue {
    const queue = new Queue(options, this.#surroundings);
    this.#queues.push(queue);
    return queue;
  }

  addRule(rule: Rule): void {
    this.#checkTarget('rule', rule);
    this.#rules.push({ rule, test: eventTestOf(rule.pattern) });
  }

  addSchedule(schedule: Schedule): void {
    this.#checkTarget('schedule', schedule);
    if (!(schedule.everyMs > 0)) {
      throw new Error(`schedule \`${schedule.name}\`: \`everyMs\` is \`${schedule.everyMs}\`; write more than 0`);
    }
    void this.#run(schedule);
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#queues.flatMap((queue) => queue.deadLetters());
  }

  idle(): Promise<void> {
    return this.#outstanding.none();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#queues.map((queue) => queue.close()));
    this.#isClosed = true;
    const waiting = `${this.#outstanding.count} messages waiting`;
    this.#outstanding.abandon(new Error(`event bus \`${this.#name}\` was closed with ${waiting}`));
  }

  onEvent(listener: (event: BusEvent, matchedRules: readonly string[]) => void): void {
    this.#eventListeners.push(listener);
  }

  onFailure(listener: (failure: DeliveryFailure) => void): void {
    this.#failureListeners.push(listener);
  }

  #tell(event: BusEvent, matchedRules: readonly string[]): void {
    for (const listener of this.#eventListeners) listener(event, matchedRules);
  }

  #checkTarget(what: string, { name, target }: { readonly name: string; readonly target: Queue }): void {
    if (this.#queues.includes(target)) return;
    throw new Error(`${what} \`${name}\`: target \`${target.name}\` is not a queue of this bus; use \`addQueue\``);
  }

  async #run(schedule: Schedule): Promise<void> {
    const { sleep } = this.#surroundings;
    const { signal } = this.#closing;
    for (;;) {
      try {
        await sleep(schedule.everyMs, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      if (signal.aborted) return;
      this.#wake(schedule);
    }
  }

  #wake({ name, shape, target }: Schedule): void {
    const { now, place } = this.#surroundings;
    const id = this.#scheduleIds.uuid();
    switch (shape) {
      case 'rule': {
        const event = ruleEvent(name, place, id, now());
        this.#delivery.deliver(target, JSON.stringify(event));
        this.#tell(event, [name]);
        return;
      }
      case 'scheduler':
        // Scheduler calls its target itself, so that no bus hears of it.
        this.#delivery.deliver(target, JSON.stringify(schedulerEvent(name, place, id, now())));
    }
  }
}

async function timerSleep(delayMs: number, signal: AbortSignal): Promise<void> {
  await timer(delayMs, undefined, { signal });
}
