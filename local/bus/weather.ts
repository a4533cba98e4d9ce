/**
 * What is wrong with the bus and its queues just now: chances from 0 (never) to 1 (always), all 0 unless given. They may
 * be changed between any two events. One draw decides for one delivery, that is one event on its way to one target.
 */
export interface BusWeather {
  /** A delivery never comes: CloudTrail and most services deliver by best effort. */
  lost: number;
  /** A delivery comes twice, as two messages with one event in them. Each may be late by itself. */
  doubled: number;
  /** A delivery is late, so that others overtake it. */
  late: number;
  lateAtMostMs: number;
  /** A queue hands out what waits in another order than it came. */
  shuffled: number;
  /** The deletion of a message that is done with is lost, so it is received again, with a higher count. */
  redelivered: number;
  /** How long that takes in a queue without a visibility timeout of its own. */
  redeliveredAfterMs: number;
}

/** Nothing is wrong; a late delivery would be up to five minutes late, and a redelivery come after 30 seconds. */
export function fairWeather(): BusWeather {
  return {
    lost: 0,
    doubled: 0,
    late: 0,
    lateAtMostMs: 300_000,
    shuffled: 0,
    redelivered: 0,
    redeliveredAfterMs: 30_000,
  };
}
