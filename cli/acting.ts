import type { Command } from 'commander';
import type { ByHandDeps } from '../shared/app/by-hand.ts';
import { systemClock } from '../shared/base/clock.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { OrderBook } from '../shared/grants/contract.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import { openLive } from './live.ts';
import { addPolicyPath, JSON_HELP } from './options.ts';
import type { OperatorOptions } from './operator.ts';
import type { LedgerOptions } from './stores.ts';

/** Options of every verb that changes a firewall. */
export interface ActingOptions extends OperatorOptions, LedgerOptions {
  readonly policy?: readonly string[];
  readonly region?: string;
  readonly account?: string;
  readonly json?: true;
}

export function addLedgerOption(verb: Command): Command {
  return verb.option('--ledger <STORE>', 'the record: `dynamodb:TABLE` or `sqlite:FILE` (default: PORTCULLIS_LEDGER)');
}

export function addOperatorOption(verb: Command): Command {
  return verb.option('--by <NAME>', 'who asks for it (default: the user of this machine)');
}

export function addActingOptions(verb: Command): Command {
  addOperatorOption(addLedgerOption(addPolicyPath(verb)));
  return verb
    .option('--region <REGION>', 'the region of the firewalls (default: AWS_REGION)')
    .option('--account <ID>', 'the account of the firewalls')
    .option('--json', JSON_HELP);
}

/** A command that waits for nobody holds a firewall for as long as a function does: its timeout, and 30 s more. */
const LEASE_MS = 90_000;

/** Everything that is needed to act in one region. */
export async function handsIn(
  region: string,
  policy: PolicySet,
  stores: { readonly ledger: Ledger; readonly orders: OrderBook },
): Promise<ByHandDeps> {
  const desired = new DesiredBook(policy);
  const cloud = await openLive(region);
  return { ...stores, cloud, desired, limits: desired.limits, clock: systemClock, leaseMs: LEASE_MS };
}
