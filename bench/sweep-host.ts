// A process of its own: the local EC2 with a fleet, and the bus, so that their memory and time are none of ours.
import { Hono } from 'hono';
import { createBus } from '../local/bus/bus.ts';
import { createLocalEc2 } from '../local/ec2/server.ts';
import { serveOnLoopback } from '../local/loopback.ts';
import { ACCOUNT, CALLERS, REGION, VPC } from '../local/people.ts';
import { fleetOf } from './fleet.ts';

/** What the process tells once it listens. */
export interface Hosted {
  readonly ec2Url: string;
  readonly eventsUrl: string;
}

/** What it tells when it is asked, with any message. */
export interface HostFigures {
  readonly calls: number;
}

const now = (): Date => new Date();
const bus = createBus({ account: ACCOUNT, region: REGION, now });
const { app } = createLocalEc2({
  account: ACCOUNT,
  region: REGION,
  callers: CALLERS,
  vpcs: [{ id: VPC, isDefault: true, cidrs: ['10.0.0.0/16'], ipv6Cidrs: [] }],
  fleet: fleetOf(Number(process.argv[2])),
  now,
  record: () => undefined,
});
let calls = 0;
const counted = new Hono();
counted.all('*', (c) => {
  calls += 1;
  return app.fetch(c.req.raw, c.env);
});
const [ec2, events] = [await serveOnLoopback(counted), await serveOnLoopback(bus.app)];
const figures = (): HostFigures => ({ calls });
process.on('message', () => process.send?.(figures()));
// Whoever started it has gone.
process.on('disconnect', () => process.exit());
const hosted: Hosted = { ec2Url: ec2.url, eventsUrl: events.url };
process.send?.(hosted);
