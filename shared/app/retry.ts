import { Fault } from '../base/fault.ts';

const LONGEST_MS = 15 * 60_000;

/**
 * When a message should come back: after twice as long each time, half of it by chance, or sooner where whoever refused
 * it says that it will be free. What is malformed gets no better by waiting and goes to the dead letters at once.
 */
export function comesBackInMs(error: unknown, receives: number, chance: () => number): number {
  if (isMalformed(error)) return 0;
  const longest = Math.min(2 ** receives * 1000, LONGEST_MS);
  const backoffMs = longest / 2 + (longest / 2) * chance();
  // A lease is mostly given back long before it runs out, so that is the latest moment, not the best.
  return Math.min(backoffMs, (error instanceof Fault ? error.retryInMs : undefined) ?? LONGEST_MS);
}

function isMalformed(error: unknown): boolean {
  return error instanceof Fault && error.kind === 'malformed';
}

/**
 * Notes why a message failed. It may fail for several firewalls: then it is tried again as long as one of them may get
 * better, and what is malformed does not send it to the dead letters.
 */
export function noteFailure<M>(failures: Map<M, unknown>, message: M, error: unknown): void {
  if (!failures.has(message) || isMalformed(failures.get(message))) failures.set(message, error);
}
