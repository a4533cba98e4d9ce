/**
 * What is wrong with the service just now. Chances go from 0 (never) to 1 (always) and count for each call; everything is
 * off unless given, and may be changed between any two calls.
 */
export interface Ec2Weather {
  /** The token buckets of AWS count, for each action by itself. */
  tokenBuckets: boolean;
  /** A call is throttled whatever it is. */
  throttled: number;
  /** A call is refused before anything is done: `InternalError` (500) or `Unavailable` (503). */
  refused: number;
  /** A call is carried out and its answer lost: the connection is cut, or 500 or 503 comes instead. */
  answersLost: number;
  /** A call takes long: before it is carried out, or after, so that the answer of a read is old when it comes. */
  slow: number;
  slowAtMostMs: number;
  /** A read shows the world as it was up to `staleAtMostMs` ago. Each read has a lag of its own. */
  stale: number;
  staleAtMostMs: number;
  /**
   * A read may show an older world than an earlier read of the same action did. Reads of different actions never bind each
   * other.
   */
  staleGoesBack: boolean;
  /** A write is checked against a stale world too, and fails with `InvalidGroup.NotFound` where that lacks the group. */
  staleWrites: number;
}

/** The longest lag that can be asked for: EC2's reads have lagged its writes by more than two minutes. */
export const longestLagMs = 150_000;

/** Nothing is wrong; what is switched on without more words is stale by up to 150 s and slow by up to 20 s. */
export function fairWeather(): Ec2Weather {
  return {
    tokenBuckets: false,
    throttled: 0,
    refused: 0,
    answersLost: 0,
    slow: 0,
    slowAtMostMs: 20_000,
    stale: 0,
    staleAtMostMs: longestLagMs,
    staleGoesBack: false,
    staleWrites: 0,
  };
}
