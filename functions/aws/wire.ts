import { systemClock } from '../../shared/base/clock.ts';
import { Fault } from '../../shared/base/fault.ts';
import { jsonLog } from '../../shared/base/log.ts';
import type { Log } from '../../shared/base/log.ts';
import { settingsOf } from '../../shared/base/settings.ts';
import type { Environment, TicketsSetting } from '../../shared/base/settings.ts';
import type { FileTicketDeps } from '../../shared/app/file-ticket.ts';
import type { ReconcileDeps } from '../../shared/app/reconcile.ts';
import { statedEndpoint } from '../../shared/clouds/aws/endpoint.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import type { Heard } from '../../shared/clouds/contract.ts';
import { openCloud } from '../../shared/clouds/index.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { readPolicyFiles } from '../../shared/policy/files.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { EventBridgePublisher } from '../../shared/publish/eventbridge.ts';
import type { Tickets } from '../../shared/tickets/contract.ts';
import { MemoryTickets } from '../../shared/tickets/memory.ts';
import { ServiceNowTickets } from '../../shared/tickets/servicenow.ts';

/** Everything that the functions need, made from settings once per process. */
export interface Wiring {
  readonly log: Log;
  readonly hear: (event: unknown) => Heard;
  readonly reconcile: ReconcileDeps;
  readonly fileTicket: FileTicketDeps | undefined;
}

// The functions' timeout of 60 s, and 30 s more, so that no live worker loses its lease.
const LEASE_MS = 90_000;

function ticketsOf(setting: TicketsSetting): Tickets | undefined {
  switch (setting.kind) {
    case 'servicenow':
      return new ServiceNowTickets(setting);
    case 'memory':
      return new MemoryTickets();
    case 'none':
      return undefined;
  }
}

async function desiredOf(policyPath: string): Promise<DesiredBook> {
  const loaded = loadPolicy(await readPolicyFiles([policyPath]), systemClock.now());
  if (loaded.kind === 'policy') return new DesiredBook(loaded.set);
  throw new Fault('malformed', loaded.problems.map(({ message }) => message).join('\n'));
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: Credentials;
}

/** A variable that is set to nothing is not given, as the SDK's own chain has it. */
function statedCredentials(environment: Environment): Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    AWS_SESSION_TOKEN: sessionToken = '',
  } = environment;
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

/** Endpoint and credentials where the environment states them; else the SDK's own chain finds them. */
function clientConfig(environment: Environment, region: string, service: string): ClientConfig {
  const endpoint = statedEndpoint(environment, [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL']);
  const credentials = statedCredentials(environment);
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** A host's log service takes what the process prints, a line an event. */
const lambdaLog = jsonLog(
  (line) => process.stdout.write(line),
  () => systemClock.now(),
);

/** Turns settings into constructed parts. Throws a `Fault` that names every setting and policy line that is wrong. */
export async function wire(environment: Environment, log: Log = lambdaLog): Promise<Wiring> {
  const settings = settingsOf(environment);
  const { region } = settings;
  const ledger = new MemoryLedger(systemClock);
  const tickets = ticketsOf(settings.tickets);
  const desired = await desiredOf(settings.policyPath);
  return {
    log,
    hear: heardFrom,
    reconcile: {
      cloud: await openCloud('aws', clientConfig(environment, region, 'EC2')),
      ledger,
      publisher: new EventBridgePublisher({
        client: clientConfig(environment, region, 'EVENTBRIDGE'),
        bus: settings.eventBus,
        clock: systemClock,
      }),
      desired,
      limits: desired.limits,
      clock: systemClock,
      leaseMs: LEASE_MS,
    },
    fileTicket: tickets === undefined ? undefined : { ledger, tickets, leaseMs: LEASE_MS },
  };
}

let wired: Promise<Wiring> | undefined;

/** The wiring of this process, made when the first event needs it. A failure is not kept: the next event tries again. */
export function processWiring(): Promise<Wiring> {
  wired ??= wire(process.env).catch((error: unknown) => {
    wired = undefined;
    throw error;
  });
  return wired;
}
