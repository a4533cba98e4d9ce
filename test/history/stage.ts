import { listen } from '../../functions/aws/listen.ts';
import { sweepPart } from '../../functions/aws/sweep-part.ts';
import { sweep } from '../../functions/aws/sweep.ts';
import { ticket } from '../../functions/aws/ticket.ts';
import type { Wiring } from '../../functions/aws/wire.ts';
import { createBus } from '../../local/bus/bus.ts';
import type { Bus } from '../../local/bus/bus.ts';
import { cloudTrailEventOf } from '../../local/bus/cloudtrail.ts';
import type { Queue } from '../../local/bus/queue.ts';
import { seededChance } from '../../local/chance.ts';
import type { Chance } from '../../local/chance.ts';
import type { CloudTrailRecord } from '../../local/ec2/cloudtrail.ts';
import { createLocalEc2 } from '../../local/ec2/server.ts';
import { ACCOUNT, PORTCULLIS, REGION, SERVICENOW_PASSWORD, SERVICENOW_USER, VPC } from '../../local/people.ts';
import { createLocalServiceNow } from '../../local/servicenow/server.ts';
import { SimulatedTime } from '../../local/simulated-time.ts';
import { carryOut } from '../../shared/app/by-hand.ts';
import type { ByHand } from '../../shared/app/by-hand.ts';
import { AwsCloud } from '../../shared/clouds/aws/api.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { PATTERNS } from '../../shared/clouds/aws/patterns.ts';
import type { DesiredBook } from '../../shared/core/effective.ts';
import type { LedgerBody } from '../../shared/core/model/ledger.ts';
import type { Order } from '../../shared/core/model/order.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { MemoryRows } from '../../shared/grants/memory.ts';
import { SignedOrders } from '../../shared/grants/signed.ts';
import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { EventBridgePublisher } from '../../shared/publish/eventbridge.ts';
import type { Queues } from '../../shared/queues/contract.ts';
import { ServiceNowTickets } from '../../shared/tickets/servicenow.ts';
import { PLAIN_SEAL } from '../grants/plain-seal.ts';
import { answeredBy } from '../local-client.ts';
import { HistoryJudge } from '../oracle/history-judge.ts';
import { PEOPLE } from './callers.ts';
import { plainRulesOf, worldOf } from './plain-world.ts';
import { called, Process } from './process.ts';
import { QuickEc2Client } from './quick-client.ts';
import type { Fates } from './process.ts';

/** The local cloud of one history with the real functions on it, all in this process and on a clock of its own. */

const START = new Date('2026-11-24T08:00:00Z');
const SWEEP_EVERY_MS = 15 * 60_000;
const LEASE_MS = 90_000;
const CHANGE_QUEUE = 'portcullis-change';
const PART_QUEUE = 'portcullis-sweep-part';
const NOWHERE = 'http://127.0.0.1:1';
const VPCS = [{ id: VPC, isDefault: true, cidrs: ['10.0.0.0/16'], ipv6Cidrs: ['2001:db8:1234:1a00::/56'] }];

export interface StageOptions {
  readonly seed: number;
  readonly book: DesiredBook;
  /** Whether the policies name the list of partners. */
  readonly namesList: boolean;
  /** How old the state may be on which a write acts. */
  readonly windowMs: number;
}

interface Deployed {
  readonly name: string;
  readonly handler: (event: unknown, wiring: Wiring) => Promise<unknown>;
}

export class HistoryStage {
  readonly time = new SimulatedTime({ start: START, quietTurns: 2 });
  readonly chance: Chance;
  readonly fates: Fates;
  readonly ledger = new MemoryLedger(this.time);
  readonly serviceNow = createLocalServiceNow({
    user: SERVICENOW_USER,
    password: SERVICENOW_PASSWORD,
    now: this.time.now,
  });
  readonly ec2: ReturnType<typeof createLocalEc2>;
  readonly bus: Bus;
  readonly judge: HistoryJudge;
  /** What happened, a line each, for whoever reads a failure. */
  readonly story: string[] = [];
  readonly #orders = new SignedOrders(new MemoryRows(), PLAIN_SEAL);
  readonly #book: DesiredBook;
  readonly #namesList: boolean;
  readonly #trailIds: Chance;
  readonly #shape: Chance;
  readonly #queues = new Map<string, Queue>();
  readonly #idle: { readonly process: Process; readonly wiring: Wiring }[] = [];

  constructor({ seed, book, namesList, windowMs }: StageOptions) {
    this.chance = seededChance(seed);
    this.#book = book;
    this.#namesList = namesList;
    this.#trailIds = this.chance.fork('trail');
    this.#shape = this.chance.fork('shape');
    this.fates = {
      death: undefined,
      ledgerFails: 0,
      chance: this.chance.fork('ledger'),
      tell: (line) => {
        this.tell(line);
      },
      now: this.time.now,
    };
    const place = { account: ACCOUNT, region: REGION, now: this.time.now };
    this.bus = createBus({ ...place, sleep: this.time.sleep, chance: this.chance.fork('bus') });
    this.ec2 = createLocalEc2({
      ...place,
      callers: PEOPLE,
      vpcs: VPCS,
      sleep: this.time.sleep,
      chance: this.chance.fork('ec2'),
      record: (record) => {
        this.#recorded(record);
      },
      notify: (notice) => {
        this.bus.put({ version: '0', id: this.#trailIds.uuid(), ...notice });
      },
    });
    this.judge = new HistoryJudge(this.world(), this.time.now().getTime(), windowMs);
    this.#subscribe();
  }

  tell(line: string): void {
    this.story.push(`${this.time.now().toISOString().slice(11, 23)} ${line}`);
  }

  world(): ReturnType<typeof worldOf> {
    return worldOf(this.ec2.world(), this.#namesList);
  }

  /** Every group that is there now. */
  targets(): readonly Target[] {
    const place = { cloud: 'aws', account: ACCOUNT, region: REGION };
    return [...this.ec2.world().groups.values()].map(({ id }) => ({ ...place, id }));
  }

  /** What an operator does, in a process of its own. */
  async byHand(order: Order, target: Target): Promise<ByHand> {
    const { wiring } = this.#started();
    const work = carryOut(order, target, { changes: 0 }, wiring.reconcile);
    const over = work.then(
      () => true,
      () => true,
    );
    // Calls take their time, and there is none but this.
    do await this.time.advanceBy(100);
    while (!(await Promise.race([over, Promise.resolve(false)])));
    return work;
  }

  #recorded(record: CloudTrailRecord): void {
    const isOurs = JSON.stringify(record.userIdentity).includes(PORTCULLIS.accessKeyId);
    if (record.errorCode === undefined) {
      const who = isOurs ? 'portcullis' : 'people';
      this.judge.saw(this.world(), this.time.now().getTime(), who, record.eventName);
    }
    this.tell(
      `${isOurs ? 'portcullis' : 'people'} ${record.eventName} ${record.errorCode ?? ''} ${JSON.stringify(record.requestParameters)}`,
    );
    this.bus.put(cloudTrailEventOf(record, this.#trailIds.uuid()));
  }

  #subscribe(): void {
    const change = this.#queue({ name: CHANGE_QUEUE, handler: listen });
    const instance = this.#queue({ name: 'portcullis-instance', handler: listen });
    const sweeps = this.#queue({ name: 'portcullis-sweep', handler: sweep });
    const tickets = this.#queue({ name: 'portcullis-ticket', handler: ticket });
    this.#queue({ name: PART_QUEUE, handler: sweepPart });
    const targets = { change, instance };
    for (const name of ['change', 'instance'] as const) {
      for (const pattern of PATTERNS[name]) {
        this.bus.addRule({ name, pattern: { ...pattern }, target: targets[name] });
      }
    }
    this.bus.addRule({ name: 'ticket', pattern: { source: ['portcullis'] }, target: tickets });
    this.bus.addSchedule({ name: 'sweep', everyMs: SWEEP_EVERY_MS, shape: 'scheduler', target: sweeps });
  }

  #queue({ name, handler }: Deployed): Queue {
    const queue = this.bus.addQueue({
      name,
      // Small batches, so that messages about one firewall are worked on side by side.
      batchSize: [1, 1, 2, 10][this.#shape.between(0, 3)] ?? 1,
      concurrency: this.#shape.between(2, 4),
      handler: async (event) => {
        const host = this.#idle.pop() ?? this.#started();
        const answer = await called(host.process, () => handler(event, host.wiring));
        this.#idle.push(host);
        return answer;
      },
    });
    this.#queues.set(name, queue);
    return queue;
  }

  #started(): { readonly process: Process; readonly wiring: Wiring } {
    const process = new Process(this.fates);
    return { process, wiring: this.#wiringOf(process) };
  }

  #wiringOf(process: Process): Wiring {
    const clock = this.time;
    const credentials = PORTCULLIS;
    const ec2 = process.answering('a call to EC2', (request) => this.ec2.app.fetch(request));
    const cloud = new AwsCloud({
      region: REGION,
      client: new QuickEc2Client(credentials.accessKeyId, ec2),
      clock,
      pause: (ms) => process.does('a pause', () => clock.sleep(ms)),
    });
    const events = answeredBy(process.answering('an event', (request) => this.bus.app.fetch(request)));
    const publisher = new EventBridgePublisher({
      client: { region: REGION, endpoint: NOWHERE, credentials, maxAttempts: 1, requestHandler: events },
      bus: 'default',
      clock,
    });
    const ledger = process.ledger(this.#watched());
    const queues = process.queues(this.#sending());
    const lease = { ledger, clock, leaseMs: LEASE_MS };
    const tickets = new ServiceNowTickets({
      instance: new URL(NOWHERE),
      username: SERVICENOW_USER,
      password: SERVICENOW_PASSWORD,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        return process.does(`${request.method} to ServiceNow`, () => this.serviceNow.app.fetch(request));
      },
    });
    const log = { info: () => undefined, error: () => undefined };
    return {
      log: {
        ...log,
        error: (message, keys) => {
          this.tell(`log: ${message} ${JSON.stringify(keys)}`);
        },
      },
      hear: heardFrom,
      reconcile: {
        ...lease,
        cloud,
        publisher,
        orders: this.#orders,
        desired: this.#book,
        limits: this.#book.limits,
      },
      lookAgain: { queues, changeQueue: CHANGE_QUEUE, clock },
      sweep: { cloud, ledger, queues, clock, partQueue: PART_QUEUE },
      fileTicket: { ...lease, tickets },
      answer: { log, queues, chance: () => this.fates.chance.next() },
    };
  }

  /** The ledger, and the judge hears of what is intended. */
  #watched(): MemoryLedger {
    const { ledger } = this;
    const noted = (target: Target, body: LedgerBody): void => {
      this.tell(`ledger: ${body.kind} ${target.id}`);
      if (body.kind !== 'intended') return;
      const touches = body.changes.flatMap(({ rule }) => rule?.id ?? []);
      this.judge.intends({
        group: target.id,
        atMs: this.time.now().getTime(),
        before: plainRulesOf(body.before),
        touches,
      });
    };
    return new Proxy(ledger, {
      get: (of, property) => {
        if (property === 'append') {
          const append: MemoryLedger['append'] = async (target, hint, body, due) => {
            const entry = await of.append(target, hint, body, due);
            noted(target, body);
            return entry;
          };
          return append;
        }
        const member: unknown = Reflect.get(of, property, of);
        return typeof member === 'function' ? (member.bind(of) as unknown) : member;
      },
    });
  }

  #sending(): Queues {
    return {
      send: (name, bodies, delayMs = 0) => {
        for (const body of bodies) this.#queueNamed(name).send(JSON.stringify(body), Math.ceil(delayMs / 1000));
        return Promise.resolve();
      },
      postpone: (name, receipt, forMs) => {
        const queue = this.#queueNamed(name);
        if (queue.isInFlight(receipt)) queue.changeVisibility(receipt, Math.ceil(forMs / 1000));
        return Promise.resolve();
      },
    };
  }

  #queueNamed(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new Error(`no queue \`${name}\``);
    return queue;
  }
}
