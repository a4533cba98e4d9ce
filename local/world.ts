import { wire } from '../functions/aws/wire.ts';
import type { Log } from '../shared/base/log.ts';
import type { DesiredBook } from '../shared/core/effective.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import type { Bus } from './bus/bus.ts';
import { doorOf, ec2Refusal, jsonRefusal } from './door.ts';
import type { Caller } from './ec2/callers.ts';
import { functionSettings } from './environment.ts';
import type { Common, OrderSettings } from './environment.ts';
import { serveOnLoopback } from './loopback.ts';
import type { LoopbackServer } from './loopback.ts';
import { ACCOUNT, CALLERS, REGION, SERVICENOW_PASSWORD, SERVICENOW_USER, staffOf, VPC } from './people.ts';
import { Place } from './place.ts';
import type { Site } from './site.ts';
import { createLocalServiceNow } from './servicenow/server.ts';
import type { LocalServiceNow } from './servicenow/server.ts';

export interface WorldOptions {
  readonly policyPath: string;
  readonly log: Log;
  /** The port of the first server; the others take the next ones. Free ports where it is not given. */
  readonly port?: number | undefined;
  /** How the buses and their queues wait. Default: as long as they say. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Who may call EC2 in the one empty place that there is where no places are given. Default: the usual people. */
  readonly callers?: ReadonlyMap<string, Caller>;
  /** At least one. Default: one without any group of its own. */
  readonly places?: readonly Site[];
  /** As in `PORTCULLIS_LEDGER`. Default `memory:`, of which each place has its own. */
  readonly ledger?: string;
  /** Default: nobody grants or pauses anything. */
  readonly orders?: OrderSettings;
}

/** The local cloud with the real functions on it, in one process. */
export interface World {
  readonly ec2Url: string;
  readonly serviceNowUrl: string;
  readonly eventsUrl: string;
  readonly queuesUrl: string;
  readonly common: Common;
  readonly serviceNow: LocalServiceNow;
  /** The first one is where a story plays that needs one place only. */
  readonly places: readonly [Place, ...Place[]];
  /** Of the first place. */
  readonly bus: Bus;
  readonly ledger: Ledger;
  /** Lets the functions of every place judge by another policy from now on. */
  judgeBy(desired: DesiredBook): void;
  close(): Promise<void>;
}

const VPCS = [{ id: VPC, isDefault: true, cidrs: ['10.0.0.0/16'], ipv6Cidrs: ['2001:db8:1234:1a00::/56'] }];

/** The account that has nothing but its default network. */
function emptySite(callers: ReadonlyMap<string, Caller>): Site {
  const staff = { ...staffOf(ACCOUNT, 1), callers };
  return { account: ACCOUNT, name: 'local', region: REGION, staff, beginning: { vpcs: VPCS } };
}

/** All places behind one address for each service. */
function doorsOf(places: readonly Place[]): Record<'ec2' | 'events' | 'queues', ReturnType<typeof doorOf>> {
  const accounts = new Map(
    places.flatMap(({ site }) => [...site.staff.callers.keys()].map((key) => [key, site.account] as const)),
  );
  const accountOf = (accessKeyId: string): string | undefined => accounts.get(accessKeyId);
  const roomsOf = (appOf: (place: Place) => Place['ec2']['app']) =>
    places.map((place) => ({ account: place.site.account, region: place.site.region, app: appOf(place) }));
  const ec2 = roomsOf((place) => place.ec2.app);
  return {
    ec2: doorOf(ec2, accountOf, ec2Refusal(ec2)),
    events: doorOf(
      roomsOf((place) => place.bus.app),
      accountOf,
      jsonRefusal,
    ),
    queues: doorOf(
      roomsOf((place) => place.bus.sqs),
      accountOf,
      jsonRefusal,
    ),
  };
}

/** Starts EC2, ServiceNow and the event bus on loopback, and behind them the functions of every place. */
export async function startWorld({
  policyPath,
  log,
  port,
  sleep,
  callers = CALLERS,
  places: sites = [emptySite(callers)],
  ledger = 'memory:',
  orders,
}: WorldOptions): Promise<World> {
  const [first, ...others] = sites.map((site) => new Place(site, sleep));
  if (first === undefined) throw new Error('the local cloud needs at least one place');
  const places: readonly [Place, ...Place[]] = [first, ...others];
  const serviceNow = createLocalServiceNow({
    user: SERVICENOW_USER,
    password: SERVICENOW_PASSWORD,
    now: () => new Date(),
  });
  const doors = doorsOf(places);
  const servers: LoopbackServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(places.map(({ bus }) => bus.close()));
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const serve = async (app: typeof doors.ec2): Promise<string> => {
      const server = await serveOnLoopback(app, port === undefined ? undefined : port + servers.length);
      servers.push(server);
      return server.url;
    };
    const addresses = {
      ec2: await serve(doors.ec2),
      serviceNow: await serve(serviceNow.app),
      events: await serve(doors.events),
      queues: await serve(doors.queues),
    };
    const common = { addresses, policyPath, ledger, orders };
    for (const place of places) place.subscribe(await wire(functionSettings(place.site, common), log));
    return {
      ec2Url: addresses.ec2,
      serviceNowUrl: addresses.serviceNow,
      eventsUrl: addresses.events,
      queuesUrl: addresses.queues,
      common,
      serviceNow,
      places,
      bus: first.bus,
      ledger: first.wiring.reconcile.ledger,
      judgeBy: (desired) => {
        for (const place of places) place.judgeBy(desired);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
