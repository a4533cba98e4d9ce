import { systemClock } from '../../shared/base/clock.ts';
import { Fault } from '../../shared/base/fault.ts';
import { jsonLog } from '../../shared/base/log.ts';
import type { Log } from '../../shared/base/log.ts';
import { settingsOf } from '../../shared/base/settings.ts';
import type { AnswerDeps } from './answer.ts';
import type { Environment, TicketsSetting } from '../../shared/base/settings.ts';
import type { FileTicketDeps } from '../../shared/app/file-ticket.ts';
import type { LookAgainDeps } from '../../shared/app/look-again.ts';
import type { ReconcileDeps } from '../../shared/app/reconcile.ts';
import type { SweepDeps } from '../../shared/app/sweep.ts';
import { statedEndpoint } from '../../shared/clouds/aws/endpoint.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import type { Heard } from '../../shared/clouds/contract.ts';
import { openCloud } from '../../shared/clouds/index.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { openOrders } from '../../shared/grants/index.ts';
import { openLedger } from '../../shared/ledger/index.ts';
import { readPolicyFiles } from '../../shared/policy/files.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { SqsQueues } from '../../shared/queues/sqs.ts';
import { EventBridgePublisher } from '../../shared/publish/eventbridge.ts';
import type { Tickets } from '../../shared/tickets/contract.ts';
import { MemoryTickets } from '../../shared/tickets/memory.ts';
import { ServiceNowTickets } from '../../shared/tickets/servicenow.ts';

/** Everything that the functions need, made from settings once per process. */
export interface Wiring {
  readonly log: Log;
  readonly hear: (event: unknown) => Heard;
  readonly reconcile: ReconcileDeps;
  readonly lookAgain: LookAgainDeps;
  readonly sweep: SweepDeps;
  readonly fileTicket: FileTicketDeps;
  readonly answer: AnswerDeps;
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
  const { region, ...settings } = settingsOf(environment);
  const clock = systemClock;
  const desired = await desiredOf(settings.policyPath);
  const cloud = await openCloud('aws', {
    ...clientConfig(environment, region, 'EC2'),
    rulesPerDirection: settings.rulesPerGroup,
  });
  const ledger = await openLedger(settings.ledger, { clock, ...clientConfig(environment, region, 'DYNAMODB') });
  const orders = await openOrders(settings.orders, { clock, ...clientConfig(environment, region, 'DYNAMODB') });
  const queues = new SqsQueues(clientConfig(environment, region, 'SQS'));
  const publisher = new EventBridgePublisher({
    client: clientConfig(environment, region, 'EVENTBRIDGE'),
    bus: settings.eventBus,
    clock,
  });
  const lease = { ledger, clock, leaseMs: LEASE_MS };
  return {
    log,
    hear: heardFrom,
    reconcile: { ...lease, cloud, publisher, desired, limits: desired.limits, orders },
    lookAgain: { queues, changeQueue: settings.changeQueue, clock },
    sweep: { cloud, ledger, queues, clock, partQueue: settings.sweepQueue },
    fileTicket: { ...lease, tickets: ticketsOf(settings.tickets) },
    answer: { log, queues, chance: Math.random },
  };
}

/** The same parts, judging by another policy. */
export function withDesired(wiring: Wiring, desired: DesiredBook): Wiring {
  return { ...wiring, reconcile: { ...wiring.reconcile, desired, limits: desired.limits } };
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
