import type { Chance } from '../chance.ts';
import { Ec2Error } from './errors.ts';
import { longestLagMs, type Ec2Weather } from './weather.ts';

/** What the weather has in store for one call. */
export interface Fate {
  readonly isThrottled: boolean;
  /** Comes instead of carrying the call out. */
  readonly refusal: Ec2Error | undefined;
  /** Comes after carrying the call out, instead of its answer. */
  readonly loss: 'cut' | Ec2Error | undefined;
  readonly delayBeforeMs: number;
  readonly delayAfterMs: number;
  /** How old the world is that a read sees. */
  readonly lagMs: number;
  /** How old the world is that a write is checked against as well. */
  readonly writeLagMs: number;
}

export function throttling(): Ec2Error {
  return new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503);
}

/**
 * Draws the fate of the next call. The draws are always the same ones, whatever is switched on, so that what one fault
 * does to a history does not depend on the others.
 */
export function drawFate(weather: Ec2Weather, chance: Chance): Fate {
  const draw = {
    throttled: chance.happens(weather.throttled),
    refused: chance.happens(weather.refused),
    refusal: chance.next(),
    lost: chance.happens(weather.answersLost),
    loss: chance.next(),
    slow: chance.happens(weather.slow),
    delayMs: chance.between(1, weather.slowAtMostMs),
    isSlowBefore: chance.happens(0.5),
    stale: chance.happens(weather.stale),
    lagMs: chance.between(0, checkedLag(weather.staleAtMostMs)),
    staleWrite: chance.happens(weather.staleWrites),
  };
  return {
    isThrottled: draw.throttled,
    refusal: draw.refused ? serverErrorOf(draw.refusal) : undefined,
    loss: draw.lost ? lossOf(draw.loss) : undefined,
    delayBeforeMs: draw.slow && draw.isSlowBefore ? draw.delayMs : 0,
    delayAfterMs: draw.slow && !draw.isSlowBefore ? draw.delayMs : 0,
    lagMs: draw.stale ? draw.lagMs : 0,
    writeLagMs: draw.staleWrite ? draw.lagMs : 0,
  };
}

/** Half of the losses are a cut connection. */
function lossOf(draw: number): 'cut' | Ec2Error {
  return draw < 0.5 ? 'cut' : serverErrorOf(draw * 2 - 1);
}

function serverErrorOf(draw: number): Ec2Error {
  return draw < 0.5
    ? new Ec2Error('InternalError', 'An internal error has occurred', 500)
    : new Ec2Error('Unavailable', 'The service is unavailable. Please try again shortly.', 503);
}

function checkedLag(staleAtMostMs: number): number {
  if (staleAtMostMs >= 0 && staleAtMostMs <= longestLagMs) return staleAtMostMs;
  throw new Error(`weather: \`staleAtMostMs\` is \`${staleAtMostMs}\`; write 0 to ${longestLagMs}`);
}
