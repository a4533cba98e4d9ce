import type { Chance } from '../chance.ts';
import type { Outstanding } from './outstanding.ts';
import type { Queue } from './queue.ts';
import type { BusWeather } from './weather.ts';

export interface DeliveryOptions {
  readonly weather: BusWeather;
  readonly faults: Chance;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly outstanding: Outstanding;
  /** Aborted when the bus closes: what is still on its way then is forgotten. */
  readonly closing: AbortSignal;
}

/** Brings events to their targets, as well as the weather lets it. */
export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  deliver(target: Queue, body: string): void {
    const { weather, faults } = this.#options;
    // Always the same draws, whatever is switched on: the fate of later deliveries then does not depend on it.
    const [isLost, isDoubled] = [faults.happens(weather.lost), faults.happens(weather.doubled)];
    const delays = [this.#delayMs(), this.#delayMs()];
    if (isLost) return;
    for (const delayMs of isDoubled ? delays : delays.slice(0, 1)) {
      if (delayMs === 0) target.send(body);
      else void this.#deliverLater(target, body, delayMs);
    }
  }

  #delayMs(): number {
    const { weather, faults } = this.#options;
    const isLate = faults.happens(weather.late);
    const delayMs = faults.between(1, weather.lateAtMostMs);
    return isLate ? delayMs : 0;
  }

  async #deliverLater(target: Queue, body: string, delayMs: number): Promise<void> {
    const { sleep, outstanding, closing } = this.#options;
    outstanding.began();
    try {
      await sleep(delayMs, closing);
    } catch (error) {
      if (!closing.aborted) throw error;
    }
    if (closing.aborted) return;
    target.send(body);
    outstanding.ended();
  }
}
