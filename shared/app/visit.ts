import type { Log } from '../base/log.ts';
import { targetKey } from '../core/model/target.ts';
import { inTurn } from './in-turn.ts';
import { lookAgain, passOn } from './look-again.ts';
import type { LookAgainDeps } from './look-again.ts';
import { reconcile } from './reconcile.ts';
import type { ReconcileDeps } from './reconcile.ts';
import { noteFailure } from './retry.ts';
import type { Run } from './settle.ts';
import type { Visit } from './visits.ts';

export interface VisitDeps {
  readonly log: Log;
  readonly reconcile: ReconcileDeps;
  readonly lookAgain: LookAgainDeps;
}

/** One look at one firewall, and the next one where this read may have been stale. */
async function visit<M>({ target, hint, look }: Visit<M>, run: Run, deps: VisitDeps): Promise<void> {
  const settled = await reconcile({ target, hint, quiet: look > 0 }, run, deps.reconcile);
  deps.log.info('firewall reconciled', {
    target: targetKey(target),
    outcome: settled.entry?.body.kind ?? 'nothing new',
    sequence: settled.entry?.sequence,
    eventId: hint.eventId,
  });
  await lookAgain(settled, { target, hint, look }, deps.lookAgain);
}

/**
 * How many firewalls one run works on: about as many as its time is enough for. An event may name thousands, such as one
 * of a prefix list that a policy names.
 */
const MOST_VISITS = 50;

/**
 * Brings each firewall back to its policies. What is over the most is left to other runs first, since this one may come to
 * the end of its time. A message goes into `failures` with why a firewall that it named did not get there.
 */
export async function visitAll<M>(
  visits: readonly Visit<M>[],
  failures: Map<M, unknown>,
  run: Run,
  deps: VisitDeps,
): Promise<void> {
  const fail = ({ messages }: Visit<M>, error: unknown): void => {
    for (const message of messages) noteFailure(failures, message, error);
  };
  const over = visits.slice(MOST_VISITS);
  try {
    await passOn(over, deps.lookAgain);
    if (over.length > 0) deps.log.info('more firewalls than one run looks at', { passedOn: over.length });
  } catch (error) {
    for (const one of over) fail(one, error);
  }
  const failed = await inTurn(visits.slice(0, MOST_VISITS), run, (one) => visit(one, run, deps));
  for (const [one, error] of failed) fail(one, error);
}
