import type { Clock } from '../base/clock.ts';
import type { Lead } from '../clouds/contract.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Queues } from '../queues/contract.ts';
import { portionsOf } from './portions.ts';
import type { Settled } from './settle.ts';

export interface LookAgainDeps {
  readonly queues: Queues;
  /** The queue of the function that hears of changes. */
  readonly changeQueue: string;
  readonly clock: Clock;
}

/** What an event asks for, as a message of our own: its hint goes along, since it stands nowhere else yet. */
export interface LookRequest {
  readonly targets: readonly Target[];
  readonly leads: readonly Lead[];
  readonly hint: Hint;
  /** 0 for the look that the event asked for, 1 for the first one after it. */
  readonly look: number;
}

/** Describes of EC2 have lagged behind writes by more than this (PEERS of the field report it; 2026-11-24). */
const MAY_BE_STALE_MS = 2 * 60_000;
/** How long after a look the next one is made, and that there are two at most. */
const DELAYS_MS: readonly number[] = [60_000, 300_000];
/** So many targets fit a message many times over. */
const TARGETS_IN_REQUEST = 50;

/** Asks for the next look, where a read so soon after the event may have been stale. Of the event only the time is used. */
async function askAgain(request: LookRequest, { queues, changeQueue, clock }: LookAgainDeps): Promise<void> {
  const { hint, look } = request;
  const delayMs = DELAYS_MS[look];
  const ageMs = clock.now().getTime() - hint.at.getTime();
  if (delayMs === undefined || ageMs >= MAY_BE_STALE_MS) return;
  await queues.send(changeQueue, [{ ...request, look: look + 1 }], delayMs);
}

/** Looks again at a target in which nothing was to be done, or which has just been written to. */
export async function lookAgain(
  { wrote, left }: Settled,
  { target, hint, look }: { readonly target: Target; readonly hint: Hint; readonly look: number },
  deps: LookAgainDeps,
): Promise<void> {
  const isDoubtful = wrote || left === 'right' || left === 'gone';
  if (isDoubtful) await askAgain({ targets: [target], leads: [], hint, look }, deps);
}

/** Follows leads again by which nobody was found: what they name may be too new to be shown. */
export async function followAgain(
  leads: readonly Lead[],
  { hint, look }: { readonly hint: Hint; readonly look: number },
  deps: LookAgainDeps,
): Promise<void> {
  if (leads.length > 0) await askAgain({ targets: [], leads, hint, look }, deps);
}

/** Leaves targets to other runs of the same function, with the events that asked for them. */
export async function passOn(
  visits: readonly { readonly target: Target; readonly hint: Hint; readonly look: number }[],
  { queues, changeQueue }: LookAgainDeps,
): Promise<void> {
  const byEvent = Map.groupBy(visits, ({ hint, look }) => JSON.stringify([hint, look]));
  const portions = [...byEvent.values()].flatMap((alike) => portionsOf(alike, TARGETS_IN_REQUEST));
  const requests = portions.flatMap((some): readonly LookRequest[] => {
    const [first] = some;
    if (first === undefined) return [];
    return [{ targets: some.map(({ target }) => target), leads: [], hint: first.hint, look: first.look }];
  });
  if (requests.length > 0) await queues.send(changeQueue, requests);
}
