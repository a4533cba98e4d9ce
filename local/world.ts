import { randomUUID } from 'node:crypto';
import { listen } from '../functions/aws/listen.ts';
import { sweepPart } from '../functions/aws/sweep-part.ts';
import { sweep } from '../functions/aws/sweep.ts';
import { ticket } from '../functions/aws/ticket.ts';
import { wire } from '../functions/aws/wire.ts';
import type { Wiring } from '../functions/aws/wire.ts';
import { PATTERNS } from '../shared/clouds/aws/patterns.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import type { Log } from '../shared/base/log.ts';
import { createBus } from './bus/bus.ts';
import type { Bus } from './bus/bus.ts';
import { cloudTrailEventOf } from './bus/cloudtrail.ts';
import type { Caller } from './ec2/callers.ts';
import { createLocalEc2 } from './ec2/server.ts';
import { serveOnLoopback } from './loopback.ts';
import type { LoopbackServer } from './loopback.ts';
import { ACCOUNT, CALLERS, PORTCULLIS, REGION, SERVICENOW_PASSWORD, SERVICENOW_USER, VPC } from './people.ts';
import { createLocalServiceNow } from './servicenow/server.ts';
import type { LocalServiceNow } from './servicenow/server.ts';

export interface WorldOptions {
  readonly policyPath: string;
  readonly log: Log;
  /** The port of the first server; the others take the next ones. Free ports where it is not given. */
  readonly port?: number | undefined;
  /** How the bus and its queues wait. Default: as long as they say. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Who may call EC2, where it is not the usual people. */
  readonly callers?: ReadonlyMap<string, Caller>;
}

/** The local cloud with the real functions on it, in one process. */
export interface World {
  readonly ec2Url: string;
  readonly serviceNowUrl: string;
  readonly eventsUrl: string;
  readonly queuesUrl: string;
  readonly bus: Bus;
  readonly serviceNow: LocalServiceNow;
  readonly ledger: Ledger;
  close(): Promise<void>;
}

const CHANGE_QUEUE = 'portcullis-change';
const PART_QUEUE = 'portcullis-sweep-part';
const SWEEP_EVERY_MS = 15 * 60_000;

const VPCS = [{ id: VPC, isDefault: true, cidrs: ['10.0.0.0/16'], ipv6Cidrs: ['2001:db8:1234:1a00::/56'] }];

/** The settings of a deployed function, pointed at the local cloud. */
function environment(
  { ec2, events, queues, serviceNow }: Readonly<Record<'ec2' | 'events' | 'queues' | 'serviceNow', LoopbackServer>>,
  policyPath: string,
): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: PORTCULLIS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: PORTCULLIS.secretAccessKey,
    AWS_ENDPOINT_URL_EC2: ec2.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: events.url,
    AWS_ENDPOINT_URL_SQS: queues.url,
    PORTCULLIS_CHANGE_QUEUE: CHANGE_QUEUE,
    PORTCULLIS_SWEEP_QUEUE: PART_QUEUE,
    PORTCULLIS_POLICY: policyPath,
    PORTCULLIS_LEDGER: 'memory:',
    PORTCULLIS_TICKETS: `servicenow:${serviceNow.url}`,
    PORTCULLIS_SERVICENOW_SECRET: 'env:SERVICENOW_LOGIN',
    SERVICENOW_LOGIN: JSON.stringify({ username: SERVICENOW_USER, password: SERVICENOW_PASSWORD }),
  };
}

/** The functions behind their queues, woken as they are where they are deployed. */
function subscribe(bus: Bus, wiring: Wiring): void {
  const heard = (event: unknown): Promise<unknown> => listen(event, wiring);
  const change = bus.addQueue({ name: CHANGE_QUEUE, handler: heard });
  const instance = bus.addQueue({ name: 'portcullis-instance', handler: heard });
  const sweeps = bus.addQueue({ name: 'portcullis-sweep', handler: (event) => sweep(event, wiring) });
  const tickets = bus.addQueue({ name: 'portcullis-ticket', handler: (event) => ticket(event, wiring) });
  bus.addQueue({ name: PART_QUEUE, handler: (event) => sweepPart(event, wiring) });
  const targets = { change, instance };
  for (const name of ['change', 'instance'] as const) {
    for (const pattern of PATTERNS[name]) bus.addRule({ name, pattern: { ...pattern }, target: targets[name] });
  }
  bus.addRule({ name: 'ticket', pattern: { source: ['portcullis'] }, target: tickets });
  bus.addSchedule({ name: 'sweep', everyMs: SWEEP_EVERY_MS, shape: 'scheduler', target: sweeps });
}

/**
 * Starts EC2, ServiceNow and the event bus on loopback, and the functions behind the bus. Every write to EC2 becomes
 * its CloudTrail event, an instance tells its states, the event wakes `change`, and what `change` publishes wakes `ticket`; a clock wakes `sweep`.
 */
export async function startWorld({ policyPath, log, port, sleep, callers = CALLERS }: WorldOptions): Promise<World> {
  const now = (): Date => new Date();
  const bus = createBus({ account: ACCOUNT, region: REGION, now, ...(sleep === undefined ? {} : { sleep }) });
  const ec2App = createLocalEc2({
    account: ACCOUNT,
    region: REGION,
    callers,
    vpcs: VPCS,
    now,
    record: (record) => {
      bus.put(cloudTrailEventOf(record));
    },
    notify: (notice) => {
      bus.put({ version: '0', id: randomUUID(), ...notice });
    },
  });
  const serviceNowApp = createLocalServiceNow({ user: SERVICENOW_USER, password: SERVICENOW_PASSWORD, now });
  const next = (offset: number): number | undefined => (port === undefined ? undefined : port + offset);
  const servers: LoopbackServer[] = [];
  const close = async (): Promise<void> => {
    await bus.close();
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const ec2 = await serveOnLoopback(ec2App.app, next(0));
    servers.push(ec2);
    const serviceNow = await serveOnLoopback(serviceNowApp.app, next(1));
    servers.push(serviceNow);
    const events = await serveOnLoopback(bus.app, next(2));
    servers.push(events);
    const queues = await serveOnLoopback(bus.sqs, next(3));
    servers.push(queues);
    const wiring = await wire(environment({ ec2, events, queues, serviceNow }, policyPath), log);
    subscribe(bus, wiring);
    return {
      ec2Url: ec2.url,
      serviceNowUrl: serviceNow.url,
      eventsUrl: events.url,
      queuesUrl: queues.url,
      bus,
      serviceNow: serviceNowApp,
      ledger: wiring.reconcile.ledger,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
