import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { sweepPart } from '../../functions/aws/sweep-part.ts';
import { sweep } from '../../functions/aws/sweep.ts';
import type { Wiring } from '../../functions/aws/wire.ts';
import { createLocalEc2 } from '../../local/ec2/server.ts';
import type { LocalGroup } from '../../local/ec2/start.ts';
import { ACCOUNT, CALLERS, PORTCULLIS, REGION, VPC } from '../../local/people.ts';
import type { Log } from '../../shared/base/log.ts';
import { AwsCloud } from '../../shared/clouds/aws/api.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import { NoOrderBook } from '../../shared/grants/none.ts';
import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { MemoryPublisher } from '../../shared/publish/memory.ts';
import type { Queues } from '../../shared/queues/contract.ts';
import { MemoryTickets } from '../../shared/tickets/memory.ts';
import { answeredBy } from '../../local/sdk-handler.ts';
import { setOf } from '../policy/policies.ts';
import { guarded, NO_SSH } from './stage.ts';

const GROUPS = 20_000;
/** One in so many has its SSH port open to everywhere. */
const OPEN_EVERY = 500;
const MEGABYTE = 1024 * 1024;
/** How much the heap may grow from the first thousand groups to the last: the ledger of what was reverted grows too. */
const MOST_GROWTH = 16 * MEGABYTE;

setFlagsFromString('--expose_gc');
const collect: unknown = runInNewContext('gc');

function heapAfterCollection(): number {
  if (typeof collect !== 'function') throw new Error('no garbage collection on demand');
  Reflect.apply(collect, undefined, []);
  return process.memoryUsage().heapUsed;
}

function groupOf(number: number): LocalGroup {
  const isOpen = number % OPEN_EVERY === 0;
  const tcp = (port: number, cidr: string): NonNullable<LocalGroup['rules']>[number] => ({
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    peer: { kind: 'ipv4', cidr },
  });
  const rules = [tcp(443, '0.0.0.0/0'), tcp(8443, '10.0.0.0/8'), tcp(5432, `10.0.${String(number % 256)}.0/24`)];
  return {
    name: `web-${String(number)}`,
    vpcId: VPC,
    tags: [{ key: 'guarded', value: 'yes' }],
    rules: isOpen ? [...rules, tcp(22, '0.0.0.0/0')] : rules,
  };
}

interface Figures {
  calls: number;
  unseen: number;
  readonly heaps: number[];
}

/** The functions on a local EC2 of that many groups, without a socket; a part is worked on as soon as it is sent. */
function largeHouse(figures: Figures): Wiring {
  const clock = { now: () => new Date() };
  const { app } = createLocalEc2({
    account: ACCOUNT,
    region: REGION,
    callers: CALLERS,
    vpcs: [{ id: VPC, isDefault: true, cidrs: ['10.0.0.0/16'], ipv6Cidrs: [] }],
    fleet: Array.from({ length: GROUPS }, (_, number) => groupOf(number)),
    quotas: { groupsPerRegion: GROUPS + 10 },
    now: clock.now,
    record: () => undefined,
  });
  const cloud = new AwsCloud({
    region: REGION,
    endpoint: 'http://127.0.0.1:1',
    credentials: PORTCULLIS,
    attempts: 1,
    requestHandler: answeredBy((request) => {
      figures.calls += 1;
      return app.fetch(request);
    }),
  });
  const log: Log = {
    info: () => undefined,
    error: (message, keys) => {
      figures.unseen += 1;
      console.error(message, keys);
    },
  };
  const ledger = new MemoryLedger(clock);
  const lease = { ledger, clock, leaseMs: 90_000 };
  let parts = 0;
  const queues: Queues = {
    send: async (_queue, bodies) => {
      for (const body of bodies) {
        await sweepPart(body, wiring);
        parts += 1;
        if (parts % 20 === 0) figures.heaps.push(heapAfterCollection());
      }
    },
    postpone: () => Promise.resolve(),
  };
  const wiring: Wiring = {
    log,
    hear: heardFrom,
    reconcile: {
      ...lease,
      cloud,
      publisher: new MemoryPublisher(),
      orders: new NoOrderBook(),
      desired: new DesiredBook(setOf(guarded(...NO_SSH))),
      limits: { ...LIMITS, changesPerRun: 1000 },
    },
    lookAgain: { queues, changeQueue: 'change', clock },
    sweep: { cloud, ledger, queues, clock, partQueue: 'part' },
    fileTicket: { ...lease, tickets: new MemoryTickets() },
    answer: { log, queues, chance: () => 0.5 },
  };
  return wiring;
}

it('a sweep of 20,000 groups sees them all, closes what is open, and needs no more memory at its end than at its start', async () => {
  const figures: Figures = { calls: 0, unseen: 0, heaps: [] };
  const wiring = largeHouse(figures);
  const tick = {
    source: 'aws.scheduler',
    'detail-type': 'Scheduled Event',
    account: ACCOUNT,
    region: REGION,
    time: '2026-11-24T08:00:00Z',
    detail: '{}',
  };
  const before = heapAfterCollection();
  const started = performance.now();
  await sweep(tick, wiring);
  const seconds = (performance.now() - started) / 1000;
  const { publisher } = wiring.reconcile;
  const reverted = publisher instanceof MemoryPublisher ? publisher.notices.length : 0;
  const [first = 0] = figures.heaps;
  const most = Math.max(...figures.heaps);
  const inMegabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`;
  console.info(
    `sweep of ${String(GROUPS)} groups: ${seconds.toFixed(1)} s, ${String(figures.calls)} calls to EC2, ` +
      `${String(reverted)} reverted; heap ${inMegabytes(before)} before (the local EC2 is in it), ` +
      `${inMegabytes(first)} after the first 1,000 groups, ${inMegabytes(most)} at most, ${inMegabytes(figures.heaps.at(-1) ?? 0)} at the end`,
  );
  expect(figures.unseen).toBe(0);
  expect(reverted).toBe(GROUPS / OPEN_EVERY);
  expect(most - first).toBeLessThan(MOST_GROWTH);
});
