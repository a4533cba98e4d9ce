import { systemClock } from '../shared/base/clock.ts';
import { Fault } from '../shared/base/fault.ts';
import { ledgerSettingOf, ordersSettingOf } from '../shared/base/settings.ts';
import { statedEndpoint } from '../shared/clouds/aws/endpoint.ts';
import type { OrderBook } from '../shared/grants/contract.ts';
import { openOrders } from '../shared/grants/index.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import { openLedger } from '../shared/ledger/index.ts';

/** Where the record is, for verbs that read it or add to it. */
export interface LedgerOptions {
  readonly ledger?: string;
}

const LEDGER_INSTEAD = 'set `PORTCULLIS_LEDGER` to what the functions use, or write `--ledger sqlite:FILE`';
const GRANTS_INSTEAD = 'set `PORTCULLIS_GRANTS` and `PORTCULLIS_GRANTS_KEY` to what the functions use';

/** Region and endpoint of a store in a cloud. It is where the functions are, whatever firewalls are asked about. */
function storeOptions(): { readonly region: string; readonly endpoint?: string | undefined } {
  const endpoint = statedEndpoint(process.env, ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL']);
  return { region: process.env['AWS_REGION'] ?? '', endpoint };
}

function hasRegion(kind: string): void {
  if (kind !== 'dynamodb' || (process.env['AWS_REGION'] ?? '') !== '') return;
  throw new Fault('malformed', 'no region for the table; set AWS_REGION to where the functions run');
}

function settingOf(stated: string | undefined): ReturnType<typeof ledgerSettingOf> {
  if (stated === undefined) return ledgerSettingOf(process.env);
  try {
    return ledgerSettingOf({ PORTCULLIS_LEDGER: stated });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const message = error.message.replace('setting `PORTCULLIS_LEDGER`', '--ledger');
    throw new Fault(error.kind, message, { cause: error });
  }
}

export function hasLedger({ ledger }: LedgerOptions): boolean {
  return (ledger ?? process.env['PORTCULLIS_LEDGER'] ?? '') !== '';
}

/** Opens the record. `why` says what a verb needs it for. Throws a `Fault` where there is none that lasts. */
export async function openRecord(options: LedgerOptions, why: string): Promise<Ledger> {
  if (!hasLedger(options)) throw new Fault('malformed', `no ledger; ${why}; ${LEDGER_INSTEAD}`);
  const setting = settingOf(options.ledger);
  if (setting.kind === 'memory') {
    throw new Fault('unsupported', `the ledger \`memory:\` ends with this command; ${why}; ${LEDGER_INSTEAD}`);
  }
  hasRegion(setting.kind);
  return openLedger(setting, { clock: systemClock, ...storeOptions() });
}

export const RECORDED = 'what is done by hand is recorded, or it is not done';

export function hasOrderBook(): boolean {
  return (process.env['PORTCULLIS_GRANTS'] ?? '') !== '';
}

/** Grants and the pause, where they are set up; else a book in which nothing stands and nothing can be ordered. */
export async function openOrderBook(): Promise<OrderBook> {
  const setting = ordersSettingOf(process.env);
  hasRegion(setting.kind);
  return openOrders(setting, { clock: systemClock, ...storeOptions() });
}

/** The same for a verb that cannot do without. */
export async function needOrderBook(): Promise<OrderBook> {
  const setting = ordersSettingOf(process.env);
  if (setting.kind === 'none') {
    throw new Fault('malformed', `no store for grants and the pause; ${GRANTS_INSTEAD}`);
  }
  if (setting.kind === 'memory') {
    const what = 'the store `memory:` for grants and the pause ends with this command';
    throw new Fault('unsupported', `${what}; ${GRANTS_INSTEAD}`);
  }
  return openOrderBook();
}
