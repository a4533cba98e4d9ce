import { randomUUID } from 'node:crypto';
import { listen } from '../functions/aws/listen.ts';
import { sweepPart } from '../functions/aws/sweep-part.ts';
import { sweep } from '../functions/aws/sweep.ts';
import { ticket } from '../functions/aws/ticket.ts';
import { withDesired } from '../functions/aws/wire.ts';
import type { Wiring } from '../functions/aws/wire.ts';
import { PATTERNS } from '../shared/clouds/aws/patterns.ts';
import type { DesiredBook } from '../shared/core/effective.ts';
import { createBus } from './bus/bus.ts';
import type { Bus, BusOptions } from './bus/bus.ts';
import { cloudTrailEventOf } from './bus/cloudtrail.ts';
import type { Queue } from './bus/queue.ts';
import { schedulerEvent } from './bus/schedule.ts';
import { createLocalEc2 } from './ec2/server.ts';
import { CHANGE_QUEUE, PART_QUEUE } from './environment.ts';
import type { Site } from './site.ts';

const SWEEP_EVERY_MS = 15 * 60_000;

const now = (): Date => new Date();

/**
 * EC2 and the event bus of one account and region, with a stack of Portcullis' functions behind them, as one is deployed
 * there. Every write to EC2 becomes its CloudTrail event, an instance tells its states, the event wakes `change`, and what
 * `change` publishes wakes `ticket`; a clock wakes `sweep`.
 */
export class Place {
  readonly site: Site;
  readonly bus: Bus;
  readonly ec2: ReturnType<typeof createLocalEc2>;
  #wiring: Wiring | undefined;
  #sweeps: Queue | undefined;

  constructor(site: Site, sleep: BusOptions['sleep']) {
    const { account, region, staff, beginning, chance } = site;
    this.site = site;
    this.bus = createBus({ account, region, now, ...(sleep === undefined ? {} : { sleep }) });
    this.ec2 = createLocalEc2({
      account,
      region,
      callers: staff.callers,
      ...beginning,
      ...(chance === undefined ? {} : { chance }),
      now,
      record: (record) => {
        this.bus.put(cloudTrailEventOf(record));
      },
      notify: (notice) => {
        this.bus.put({ version: '0', id: randomUUID(), ...notice });
      },
    });
  }

  /** What the functions have: another one after each change of the policy. */
  get wiring(): Wiring {
    if (this.#wiring === undefined) throw new Error(`the functions of \`${this.site.name}\` are not there yet`);
    return this.#wiring;
  }

  /** Puts the functions behind their queues, to be woken as they are where they are deployed. */
  subscribe(wiring: Wiring): void {
    this.#wiring = wiring;
    const { bus } = this;
    const heard = (event: unknown): Promise<unknown> => listen(event, this.wiring);
    const change = bus.addQueue({ name: CHANGE_QUEUE, handler: heard });
    const instance = bus.addQueue({ name: 'portcullis-instance', handler: heard });
    const sweeps = bus.addQueue({ name: 'portcullis-sweep', handler: (event) => sweep(event, this.wiring) });
    const tickets = bus.addQueue({ name: 'portcullis-ticket', handler: (event) => ticket(event, this.wiring) });
    bus.addQueue({ name: PART_QUEUE, handler: (event) => sweepPart(event, this.wiring) });
    const targets = { change, instance };
    for (const name of ['change', 'instance'] as const) {
      for (const pattern of PATTERNS[name]) bus.addRule({ name, pattern: { ...pattern }, target: targets[name] });
    }
    bus.addRule({ name: 'ticket', pattern: { source: ['portcullis'] }, target: tickets });
    bus.addSchedule({ name: 'sweep', everyMs: SWEEP_EVERY_MS, shape: 'scheduler', target: sweeps });
    this.#sweeps = sweeps;
  }

  /** From now on the functions judge by this; a run that is under way ends by what it began with. */
  judgeBy(desired: DesiredBook): void {
    this.#wiring = withDesired(this.wiring, desired);
  }

  /** Lets the clock of the sweep tick once more, now. */
  sweep(): void {
    const { account, region } = this.site;
    const tick = schedulerEvent('sweep', { partition: 'aws', region, account }, randomUUID(), now());
    this.#sweeps?.send(JSON.stringify(tick), 0);
  }
}
