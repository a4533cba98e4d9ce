import { Fault, isThrottled } from '../base/fault.ts';
import type { Run } from './settle.ts';

/** Why nothing more is begun in a run, if it is so. */
function endOf({ throttled, clock, until }: Run): Fault | undefined {
  if (throttled !== undefined) return throttled;
  if (clock.now() < until) return undefined;
  return new Fault('busy', 'the time of this run is over; what is left is for the next one');
}

/**
 * Does the work for each, one after the other, and gives what failed with why. A failure keeps no other from its turn,
 * but once the cloud throttles nobody else of the run is tried, since all calls of an account share one budget; nor once
 * its time is over, so that what is done can be answered for.
 */
export async function inTurn<T>(
  items: readonly T[],
  run: Run,
  work: (item: T) => Promise<void>,
): Promise<ReadonlyMap<T, unknown>> {
  const failures = new Map<T, unknown>();
  for (const item of items) {
    const end = endOf(run);
    if (end !== undefined) {
      failures.set(item, end);
      continue;
    }
    try {
      await work(item);
    } catch (error) {
      failures.set(item, error);
      if (isThrottled(error)) run.throttled = error;
    }
  }
  return failures;
}
