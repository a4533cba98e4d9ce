import { setTimeout as timer } from 'node:timers/promises';
import type { Hono } from 'hono';
import type { BusEvent } from './event.ts';
import { Outstanding } from './outstanding.ts';
import { eventTestOf } from './pattern.ts';
import { putEventsApp } from './put-events.ts';
import { Queue } from './queue.ts';
import type { DeadLetter, DeliveryFailure, QueueOptions, Surroundings } from './queue.ts';

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
  /** Brings an event onto the bus as a service of AWS would: `aws.` sources are welcome. */
  put(event: BusEvent): void;
  /** Makes a queue with its function. It may be the target of several rules, and may be sent to without any. */
  addQueue(options: QueueOptions): Queue;
  /** Throws where the pattern has a form that is not modelled. */
  addRule(rule: Rule): void;
  deadLetters(): readonly DeadLetter[];
  /** Resolves once no queue has anything to do, messages that wait for a retry included. */
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
  const { account, region, now, partition = 'aws', name = 'default', sleep = timerSleep } = options;
  const rules: CompiledRule[] = [];
  const queues: Queue[] = [];
  const eventListeners: ((event: BusEvent, matchedRules: readonly string[]) => void)[] = [];
  const failureListeners: ((failure: DeliveryFailure) => void)[] = [];
  const outstanding = new Outstanding();
  let closed = false;
  const surroundings: Surroundings = {
    place: { partition, region, account },
    now,
    sleep,
    outstanding,
    onFailure: (failure) => {
      for (const listener of failureListeners) listener(failure);
    },
  };

  const put = (event: BusEvent): void => {
    if (closed) throw new Error(`event bus \`${name}\` is closed; put events before \`close\``);
    const matched = rules.filter(({ test }) => test(event)).map(({ rule }) => rule);
    for (const { target } of matched) target.send(JSON.stringify(event));
    for (const listener of eventListeners)
      listener(
        event,
        matched.map((rule) => rule.name),
      );
  };

  return {
    app: putEventsApp({ account, region, busName: name, now, accept: put }),
    put,
    addQueue(queueOptions) {
      const queue = new Queue(queueOptions, surroundings);
      queues.push(queue);
      return queue;
    },
    addRule(rule) {
      if (!queues.includes(rule.target)) {
        throw new Error(
          `rule \`${rule.name}\`: target \`${rule.target.name}\` is not a queue of this bus; use \`addQueue\``,
        );
      }
      rules.push({ rule, test: eventTestOf(rule.pattern) });
    },
    deadLetters: () => queues.flatMap((queue) => queue.deadLetters()),
    idle: () => outstanding.none(),
    async close() {
      closed = true;
      await Promise.all(queues.map((queue) => queue.close()));
      outstanding.abandon(new Error(`event bus \`${name}\` was closed with ${outstanding.count} messages waiting`));
    },
    onEvent: (listener) => {
      eventListeners.push(listener);
    },
    onFailure: (listener) => {
      failureListeners.push(listener);
    },
  };
}

async function timerSleep(delayMs: number, signal: AbortSignal): Promise<void> {
  await timer(delayMs, undefined, { signal });
}
