import type { Clock } from '../base/clock.ts';
import type { Cloud, Scope } from '../clouds/contract.ts';
import { targetKey } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Queues } from '../queues/contract.ts';
import { portionsOf } from './portions.ts';

export interface SweepDeps {
  readonly cloud: Cloud;
  readonly ledger: Ledger;
  readonly queues: Queues;
  readonly clock: Clock;
  /** The queue of the function that works on the parts. */
  readonly partQueue: string;
}

/** One firewall to look at, and its ledger entries that have something due. */
export interface Stop {
  readonly target: Target;
  readonly owed: readonly number[];
}

/** What one message asks for. */
export interface Part {
  readonly stops: readonly Stop[];
}

/** What a sweep has handed out. */
export interface Swept {
  firewalls: number;
  /** Ledger entries with something due: untold, unverified, or of a run that died. */
  owed: number;
}

const STOPS_IN_PART = 50;

/** Puts firewalls into the queue of the parts, in parts that fit a message. */
async function handOut(stops: readonly Stop[], { queues, partQueue }: SweepDeps): Promise<void> {
  const parts = portionsOf(stops, STOPS_IN_PART).map((some): Part => ({ stops: some }));
  if (parts.length > 0) await queues.send(partQueue, parts);
}

/** What is due in the ledger comes first: there people have not heard of something, or a run has died. */
async function handOutOwed(scope: Scope, swept: Swept, deps: SweepDeps): Promise<void> {
  const now = deps.clock.now();
  let page: string | undefined;
  do {
    const { rows, next } = await deps.ledger.due(now, page);
    const own = rows.filter(({ target }) => target.account === scope.account && target.region === scope.region);
    const stops = [...Map.groupBy(own, ({ target }) => targetKey(target)).values()].flatMap((alike) => {
      const [first] = alike;
      return first === undefined ? [] : [{ target: first.target, owed: alike.map(({ sequence }) => sequence) }];
    });
    await handOut(stops, deps);
    swept.owed += own.length;
    page = next;
  } while (page !== undefined);
}

/**
 * Hands out every firewall of an account and region, page by page, in parts that fit a message; and whatever the ledger
 * has due. A ledger that cannot say what is due keeps no firewall from being looked at, but the sweep fails all the same.
 * `swept` counts while it goes, so that a sweep that fails can say how far it came.
 */
export async function sweep(scope: Scope, swept: Swept, deps: SweepDeps): Promise<void> {
  const owed = await Promise.allSettled([handOutOwed(scope, swept, deps)]);
  for await (const targets of deps.cloud.targets(scope)) {
    const stops = targets.map((target) => ({ target, owed: [] }));
    await handOut(stops, deps);
    swept.firewalls += stops.length;
  }
  for (const one of owed) if (one.status === 'rejected') throw one.reason;
}
