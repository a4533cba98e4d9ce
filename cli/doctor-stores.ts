// Record, orders and ticketing: whether what the settings name is there and answers.
import { stat } from 'node:fs/promises';
import { systemClock } from '../shared/base/clock.ts';
import { Fault } from '../shared/base/fault.ts';
import { ledgerSettingOf, ordersSettingOf, ticketsSettingOf } from '../shared/base/settings.ts';
import type { Environment } from '../shared/base/settings.ts';
import { statedEndpoint } from '../shared/clouds/aws/endpoint.ts';
import { openOrders } from '../shared/grants/index.ts';
import { openLedger } from '../shared/ledger/index.ts';
import { ServiceNowTickets } from '../shared/tickets/servicenow.ts';
import { checkupsOf } from './checkup.ts';
import type { Checkup } from './checkup.ts';
import { counted } from './words.ts';

const store = checkupsOf('stores');

/** A setting that cannot be read is told of among the settings; a fault of what it names is what was found. */
async function looked<S>(
  name: string,
  mend: string,
  read: (environment: Environment) => S,
  environment: Environment,
  look: (setting: S) => Promise<Checkup>,
): Promise<Checkup> {
  let setting: S;
  try {
    setting = read(environment);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return store(name, 'not checked', 'its setting cannot be read');
  }
  try {
    return await look(setting);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return store(name, 'failed', error.message, mend);
  }
}

function isSet(environment: Environment, name: string): boolean {
  return (environment[name] ?? '') !== '';
}

function place(environment: Environment, region: string): { readonly region: string; readonly endpoint?: string } {
  const endpoint = statedEndpoint(environment, ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL']);
  return { region, ...(endpoint === undefined ? {} : { endpoint }) };
}

/** Opening a database makes its file, and a doctor makes nothing. */
async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function ledgerCheckup(environment: Environment, region: string): Promise<Checkup> {
  const name = 'ledger';
  if (!isSet(environment, 'PORTCULLIS_LEDGER')) {
    return store(
      name,
      'not checked',
      'PORTCULLIS_LEDGER is not set; the functions need it, and what changes rules by hand',
    );
  }
  return looked(
    name,
    'see PORTCULLIS_LEDGER, and whether the table or the file may be read and written',
    ledgerSettingOf,
    environment,
    async (setting) => {
      if (setting.kind === 'memory') {
        return store(name, 'warning', '`memory:` is gone with the process', 'write `sqlite:FILE` or `dynamodb:TABLE`');
      }
      if (setting.kind === 'sqlite' && !(await isThere(setting.file))) {
        return store(name, 'warning', `\`${setting.file}\` is not there yet; the first run makes it`);
      }
      const ledger = await openLedger(setting, { clock: systemClock, ...place(environment, region) });
      const { rows, next } = await ledger.due(systemClock.now());
      const due = `${counted(rows.length, 'entry')}${next === undefined ? '' : ' and more'}`;
      return store(name, 'ok', `answers; ${due} with something due, such as a ticket to file`);
    },
  );
}

async function ordersCheckup(environment: Environment, region: string): Promise<Checkup> {
  const name = 'grants';
  if (!isSet(environment, 'PORTCULLIS_GRANTS')) {
    return store(name, 'not checked', 'PORTCULLIS_GRANTS is not set: no grants and no pause at run time');
  }
  return looked(
    name,
    'see PORTCULLIS_GRANTS and PORTCULLIS_GRANTS_KEY',
    ordersSettingOf,
    environment,
    async (setting) => {
      if (setting.kind === 'sqlite' && !(await isThere(setting.file))) {
        return store(name, 'warning', `\`${setting.file}\` is not there yet; the first grant or pause makes it`);
      }
      const orders = await openOrders(setting, { clock: systemClock, ...place(environment, region) });
      const { grants, pause, rejected } = await orders.standing();
      const found = `${counted(grants.length, 'grant')}, ${pause === undefined ? 'no pause' : 'a pause: nothing is changed'}`;
      if (rejected.length === 0) return store(name, pause === undefined ? 'ok' : 'warning', `answers; ${found}`);
      const forged = `${counted(rejected.length, 'order')} that the key did not sign, and that count for nothing`;
      return store(name, 'warning', `answers; ${found}, and ${forged}`, 'find out who wrote them, and revoke them');
    },
  );
}

/** An id that no breach has: the question is whether the instance answers, and whether it does so with JSON. */
const NO_BREACH = 'portcullis-doctor';

async function ticketsCheckup(environment: Environment): Promise<Checkup> {
  const name = 'tickets';
  if (!isSet(environment, 'PORTCULLIS_TICKETS')) {
    return store(name, 'not checked', 'PORTCULLIS_TICKETS is not set; only the functions file tickets');
  }
  const mend = 'see PORTCULLIS_TICKETS and PORTCULLIS_SERVICENOW_SECRET, and the roles of that user';
  return looked(name, mend, ticketsSettingOf, environment, async (setting) => {
    switch (setting.kind) {
      case 'none':
        return store(name, 'warning', '`none`: no tickets are filed');
      case 'memory':
        return store(name, 'warning', '`memory:` is gone with the process, and nobody reads it');
      case 'servicenow':
        await new ServiceNowTickets(setting).find(NO_BREACH);
        return store(name, 'ok', `${setting.instance.host} takes the login, and shows incidents to it`);
    }
  });
}

export async function storeCheckups(environment: Environment, stated: string | undefined): Promise<readonly Checkup[]> {
  const region = stated ?? environment['AWS_REGION'] ?? '';
  return Promise.all([
    ledgerCheckup(environment, region),
    ordersCheckup(environment, region),
    ticketsCheckup(environment),
  ]);
}
