import type { Chance } from '../../local/chance.ts';
import { Fault } from '../../shared/base/fault.ts';
import type { Ledger } from '../../shared/ledger/contract.ts';
import type { Queues } from '../../shared/queues/contract.ts';
import type { Answering } from '../local-client.ts';

/** When the next process dies: at its so manieth effect from now, which is made or not. */
export interface Death {
  left: number;
  readonly when: 'before' | 'after';
}

/** What the machine does to processes. */
export interface Fates {
  /** Undefined where nobody has to die. */
  death: Death | undefined;
  /** How likely a call to the ledger is not answered. */
  ledgerFails: number;
  readonly chance: Chance;
  readonly tell: (line: string) => void;
  readonly now: () => Date;
}

/** Lambda ends a call that takes longer. */
const TIMEOUT_MS = 60_000;

/** Thrown to whoever works in a process that is dead. It is heard by nobody: a dead process does nothing more. */
class Died extends Error {}

/**
 * One process that runs functions. All that it does to the world goes through here, so that it can die at any of these
 * effects: before it, or after it with the answer lost. Code that still runs then, such as a `catch` that gives a lease
 * back, changes nothing any more.
 */
export class Process {
  #isDead = false;
  #untilMs = Number.POSITIVE_INFINITY;
  readonly #fates: Fates;

  constructor(fates: Fates) {
    this.#fates = fates;
  }

  isDead(): boolean {
    return this.#isDead;
  }

  begins(): void {
    this.#untilMs = this.#fates.now().getTime() + TIMEOUT_MS;
  }

  kill(why: string): void {
    this.#isDead = true;
    this.#fates.tell(`a process dies ${why}`);
  }

  async does<T>(what: string, effect: () => T | Promise<T>): Promise<T> {
    const death = this.#nextDeath();
    if (death === 'before') this.kill(`before ${what}`);
    if (this.isDead()) throw new Died();
    const result = await effect();
    if (!this.isDead() && this.#fates.now().getTime() > this.#untilMs) this.kill('at its timeout');
    if (death === 'after') this.kill(`after ${what}`);
    if (this.isDead()) throw new Died();
    return result;
  }

  #nextDeath(): Death['when'] | undefined {
    const { death } = this.#fates;
    if (death === undefined || this.isDead()) return undefined;
    death.left -= 1;
    if (death.left > 0) return undefined;
    this.#fates.death = undefined;
    return death.when;
  }

  answering(what: string, answer: Answering): Answering {
    return (request) => this.does(what, () => answer(request));
  }

  ledger(ledger: Ledger): Ledger {
    const asked = <T>(what: string, ask: () => Promise<T>): Promise<T> =>
      this.does(`ledger ${what}`, () => {
        if (this.#fates.chance.happens(this.#fates.ledgerFails)) {
          throw new Fault('unavailable', 'the ledger does not answer');
        }
        return ask();
      });
    return {
      lease: (key, forMs) => asked('lease', () => ledger.lease(key, forMs)),
      release: (lease) => asked('release', () => ledger.release(lease)),
      append: (target, hint, body, due) => asked(`append ${body.kind}`, () => ledger.append(target, hint, body, due)),
      entry: (target, sequence) => asked('entry', () => ledger.entry(target, sequence)),
      entries: (target) => asked('entries', () => ledger.entries(target)),
      newest: (target, limit, before) => asked('newest', () => ledger.newest(target, limit, before)),
      due: (by, page) => asked('due', () => ledger.due(by, page)),
      since: (time, page) => asked('since', () => ledger.since(time, page)),
      mark: (target, sequence, mark) => asked('mark', () => ledger.mark(target, sequence, mark)),
    };
  }

  queues(queues: Queues): Queues {
    return {
      send: (queue, bodies, delayMs) => this.does(`send to ${queue}`, () => queues.send(queue, bodies, delayMs)),
      postpone: (queue, receipt, forMs) => this.does('postpone', () => queues.postpone(queue, receipt, forMs)),
    };
  }
}

/** One call of a function in a process, which does nothing more once the time of the function is over. */
export async function called<T>(process: Process, work: () => Promise<T>): Promise<T> {
  process.begins();
  const result = await work();
  if (process.isDead()) throw new Died();
  return result;
}
