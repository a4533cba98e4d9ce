import type { World } from './world.ts';
import { longestLagMs } from './weather.ts';

interface Moment {
  readonly world: World;
  readonly sinceMs: number;
}

/**
 * The world as it is and, where stale reads are wanted, as it was: worlds are values, so an older one is only kept, never
 * copied. What is older than the longest lag is dropped.
 */
export class History {
  /** Oldest first; the last one is the world as it is. */
  #moments: readonly Moment[];
  /** For each action the time up to which its reads have shown the world. */
  readonly #shownMs = new Map<string, number>();

  constructor(world: World) {
    this.#moments = [{ world, sinceMs: Number.NEGATIVE_INFINITY }];
  }

  get current(): World {
    return this.#momentAt(Number.POSITIVE_INFINITY).world;
  }

  /** Older worlds are remembered only where that is asked for: a service that is filled at its start has many. */
  add(world: World, now: Date, isRemembering: boolean): void {
    const sinceMs = now.getTime();
    if (!isRemembering) {
      this.#moments = [{ world, sinceMs }];
      return;
    }
    const oldest = this.#moments.findLastIndex((moment) => moment.sinceMs <= sinceMs - longestLagMs);
    this.#moments = [...this.#moments.slice(Math.max(0, oldest)), { world, sinceMs }];
  }

  /** The world as it was then; the oldest one that is remembered, where it is not known any more. */
  at(now: Date, lagMs: number): World {
    return this.#momentAt(now.getTime() - lagMs).world;
  }

  /** What a read of the action sees, which is never older than what it saw before unless it may go back. */
  shownTo(action: string, now: Date, lagMs: number, goesBack: boolean): World {
    const wantedMs = now.getTime() - lagMs;
    const shownMs = goesBack ? wantedMs : Math.max(wantedMs, this.#shownMs.get(action) ?? Number.NEGATIVE_INFINITY);
    this.#shownMs.set(action, Math.max(shownMs, this.#shownMs.get(action) ?? Number.NEGATIVE_INFINITY));
    return this.#momentAt(shownMs).world;
  }

  #momentAt(timeMs: number): Moment {
    const found = this.#moments.findLast((moment) => moment.sinceMs <= timeMs) ?? this.#moments[0];
    if (found === undefined) throw new Error('a history has at least one world');
    return found;
  }
}
