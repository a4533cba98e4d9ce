// Firewalls one after the other, each by its own order -> what became of each.
import { carryOut } from '../shared/app/by-hand.ts';
import type { ByHandDeps } from '../shared/app/by-hand.ts';
import { Fault, isThrottled } from '../shared/base/fault.ts';
import type { Orderer } from '../shared/core/model/order.ts';
import type { PlanRecord } from '../shared/core/model/record.ts';
import { failureOf, outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export interface Applied {
  readonly outcomes: readonly Outcome[];
  /** Whether something went wrong that was no refusal of ours or of the cloud's. */
  readonly isBroken: boolean;
}

/**
 * Carries out each plan as it was shown, and nothing of one that does not fit any more. What fails at one firewall keeps
 * no other from its turn, unless it is that the cloud wants to be left in peace.
 */
export async function applyEach(
  plans: readonly PlanRecord[],
  orderer: Orderer,
  handsFor: (region: string) => Promise<ByHandDeps>,
): Promise<Applied> {
  const outcomes: Outcome[] = [];
  const run = { changes: 0 };
  let isBroken = false;
  let stopped: string | undefined;
  for (const expected of plans) {
    const { cloud, account, region, id } = expected.target;
    const target = { cloud, account, region, id };
    if (stopped !== undefined) {
      outcomes.push(failureOf(target, stopped));
      continue;
    }
    try {
      const order = { kind: 'apply', ...orderer, expected } as const;
      outcomes.push(outcomeOf(target, await carryOut(order, target, run, await handsFor(region))));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      isBroken = true;
      outcomes.push(failureOf(target, error.message));
      if (isThrottled(error)) stopped = 'not tried: the cloud asked for fewer calls; apply again in a while';
    }
  }
  return { outcomes, isBroken };
}
