import { setTimeout as timer } from 'node:timers/promises';
import { SimulatedTime } from '../local/simulated-time.ts';

/** The time in which calls take theirs. */
export interface TollTime {
  now(): Date;
  sleep(ms: number): Promise<void>;
  /** Work that ends by itself in real time, outside of this process. */
  outside<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Lets time go on until the work ends. */
  finish<T>(work: Promise<T>): Promise<T>;
}

/** On this clock nothing takes time but what sleeps: so every run counts the same calls. */
export function simulatedTime(): TollTime {
  return new SimulatedTime({ start: new Date('2026-11-24T08:00:00Z') });
}

export const REAL_TIME: TollTime = {
  now: () => new Date(),
  sleep: async (ms) => {
    await timer(ms, undefined, { ref: false });
  },
  outside: (_name, work) => work(),
  finish: (work) => work,
};
