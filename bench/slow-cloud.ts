// The functions on a local cloud in this process in which each call takes its time.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AuthorizeSecurityGroupIngressCommand, CreateManagedPrefixListCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IpPermission } from '@aws-sdk/client-ec2';
import dynalite from 'dynalite';
import { listen } from '../functions/aws/listen.ts';
import { sweepPart } from '../functions/aws/sweep-part.ts';
import type { Wiring } from '../functions/aws/wire.ts';
import { createBus } from '../local/bus/bus.ts';
import type { Bus } from '../local/bus/bus.ts';
import { sqsEventOf } from '../local/bus/batch.ts';
import { cloudTrailEventOf } from '../local/bus/cloudtrail.ts';
import type { CloudTrailRecord } from '../local/ec2/cloudtrail.ts';
import { createLocalEc2 } from '../local/ec2/server.ts';
import type { LocalGroup } from '../local/ec2/start.ts';
import { ACCOUNT, ALEX, CALLERS, PORTCULLIS, REGION, VPC } from '../local/people.ts';
import { answeredBy } from '../local/sdk-handler.ts';
import { AwsCloud } from '../shared/clouds/aws/api.ts';
import { heardFrom } from '../shared/clouds/aws/events.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import { TABLE_DEFINITION as GRANTS_DEFINITION } from '../shared/grants/dynamodb-definition.ts';
import { DynamoDbRows } from '../shared/grants/dynamodb.ts';
import { SignedOrders } from '../shared/grants/signed.ts';
import type { Seal } from '../shared/grants/seal.ts';
import { DynamoDbLedger } from '../shared/ledger/dynamodb.ts';
import { TABLE_DEFINITION as LEDGER_DEFINITION } from '../shared/ledger/dynamodb-definition.ts';
import { loadPolicy } from '../shared/policy/load.ts';
import { EventBridgePublisher } from '../shared/publish/eventbridge.ts';
import { SqsQueues } from '../shared/queues/sqs.ts';
import { MemoryTickets } from '../shared/tickets/memory.ts';
import { Tolls } from './tolls.ts';
import type { CloudCall } from './tolls.ts';
import type { TollTime } from './toll-time.ts';

const NOWHERE = 'http://127.0.0.1:1';
const CHANGE_QUEUE = 'portcullis-change';
const TABLE = 'ledger';
const GRANTS_TABLE = 'grants';
/** Nothing is ordered here, so nothing is ever signed. */
const NO_SEAL: Seal = { mac: () => Promise.resolve(''), isGenuine: () => Promise.resolve(false) };
const PLACE = { partition: 'aws', account: ACCOUNT, region: REGION };
const VPCS = [{ id: VPC, isDefault: true, cidrs: ['10.0.0.0/16'], ipv6Cidrs: [] }];

/** What the handling of one event came to. */
export interface Handled {
  /** Every call to a cloud, in the order in which they ended. */
  readonly calls: readonly CloudCall[];
  readonly beganMs: number;
  /** When EC2 had lost the opening; undefined where it still has it. */
  readonly closedMs: number | undefined;
  /** The entries that came of it, oldest first. */
  readonly entries: readonly LedgerEntry[];
}

function bookOf(text: string, now: Date): DesiredBook {
  const loaded = loadPolicy([{ name: 'bench.yaml', text }], now);
  if (loaded.kind === 'policy') return new DesiredBook(loaded.set);
  throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
}

/** DynamoDB on loopback, with a table for the ledger and one for grants. */
async function localTable(): Promise<{ readonly endpoint: string; readonly close: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const client = new DynamoDBClient({ region: REGION, endpoint, credentials: PORTCULLIS });
  await client.send(new CreateTableCommand({ ...LEDGER_DEFINITION, TableName: TABLE }));
  await client.send(new CreateTableCommand({ ...GRANTS_DEFINITION, TableName: GRANTS_TABLE }));
  client.destroy();
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { endpoint, close };
}

/** One process of the functions: its first event is a cold one. */
export class SlowCloud {
  readonly #time: TollTime;
  readonly #tolls: Tolls;
  readonly #bus: Bus;
  readonly #ec2: ReturnType<typeof createLocalEc2>;
  readonly #person: EC2Client;
  readonly #ledger: DynamoDbLedger;
  readonly #orders: SignedOrders;
  readonly #wiring: Wiring;
  readonly #closeTable: () => Promise<void>;
  #record: CloudTrailRecord | undefined;
  #closedMs: number | undefined;
  #watched: { readonly group: string; readonly port: number } | undefined;

  private constructor(
    policy: string,
    time: TollTime,
    table: { readonly endpoint: string; readonly close: () => Promise<void> },
    fleet: readonly LocalGroup[],
  ) {
    this.#time = time;
    this.#tolls = new Tolls(time);
    this.#closeTable = table.close;
    this.#bus = createBus({ ...PLACE, now: () => time.now(), sleep: (ms) => time.sleep(ms) });
    this.#bus.addQueue({ name: CHANGE_QUEUE, handler: () => undefined });
    this.#ec2 = createLocalEc2({
      ...PLACE,
      callers: CALLERS,
      vpcs: VPCS,
      fleet,
      now: () => time.now(),
      record: (record) => {
        this.#record = record;
      },
    });
    const inProcess = { region: REGION, endpoint: NOWHERE, maxAttempts: 1 };
    const asPerson = answeredBy((request) => this.#ec2.app.fetch(request));
    this.#person = new EC2Client({ ...inProcess, credentials: ALEX, requestHandler: asPerson });
    const clock = { now: () => time.now() };
    const behindToll = (cloud: 'ledger' | 'grants') => ({
      region: REGION,
      endpoint: table.endpoint,
      credentials: PORTCULLIS,
      requestHandler: answeredBy(
        this.#tolls.before(cloud, (request) => time.outside(cloud, () => fetch(new Request(table.endpoint, request)))),
      ),
    });
    this.#ledger = new DynamoDbLedger({ table: TABLE, ...behindToll('ledger') }, clock);
    this.#orders = new SignedOrders(new DynamoDbRows({ table: GRANTS_TABLE, ...behindToll('grants') }), NO_SEAL);
    this.#wiring = this.#wired(bookOf(policy, time.now()));
  }

  static async open(policy: string, time: TollTime, fleet: readonly LocalGroup[]): Promise<SlowCloud> {
    return new SlowCloud(policy, time, await localTable(), fleet);
  }

  /** The parts that `wire.ts` makes, each with its call to a cloud behind the toll. */
  #wired(desired: DesiredBook): Wiring {
    const clock = { now: () => this.#time.now() };
    const inProcess = { region: REGION, endpoint: NOWHERE, credentials: PORTCULLIS };
    const cloud = new AwsCloud({
      ...inProcess,
      clock,
      pause: (ms) => this.#time.sleep(ms),
      attempts: 1,
      requestHandler: answeredBy(
        this.#tolls.before(
          'ec2',
          (request) => this.#ec2.app.fetch(request),
          ({ endedMs }) => {
            if (!this.#isOpen()) this.#closedMs ??= endedMs;
          },
        ),
      ),
    });
    const busHandler = answeredBy(this.#tolls.before('bus', (request) => this.#bus.app.fetch(request)));
    const publisher = new EventBridgePublisher({
      client: { ...inProcess, maxAttempts: 1, requestHandler: busHandler },
      bus: 'default',
      clock,
    });
    const queueHandler = answeredBy(this.#tolls.before('queue', (request) => this.#bus.sqs.fetch(request)));
    const queues = new SqsQueues({ ...inProcess, maxAttempts: 1, requestHandler: queueHandler });
    const log = { info: () => undefined, error: console.error };
    const lease = { ledger: this.#ledger, clock, leaseMs: 90_000 };
    return {
      log,
      hear: heardFrom,
      reconcile: { ...lease, cloud, publisher, orders: this.#orders, desired, limits: desired.limits },
      lookAgain: { queues, changeQueue: CHANGE_QUEUE, clock },
      sweep: { cloud, ledger: this.#ledger, queues, clock, partQueue: 'portcullis-sweep-part' },
      fileTicket: { ...lease, tickets: new MemoryTickets() },
      answer: { log, queues, chance: () => 0.5 },
    };
  }

  /** Whether the port that a person opened is open to everywhere. */
  #isOpen(): boolean {
    if (this.#watched === undefined) return false;
    const { group, port } = this.#watched;
    const rules = this.#ec2.world().groups.get(group)?.rules ?? [];
    return rules.some(({ direction, peer, traffic }) => {
      const isEverywhere = peer.kind === 'ipv4' && peer.cidr === '0.0.0.0/0';
      const isCovered = traffic.fromPort <= port && port <= traffic.toPort;
      return direction === 'ingress' && isEverywhere && isCovered;
    });
  }

  async makeList(name: string, cidrs: readonly string[]): Promise<void> {
    const Entries = cidrs.map((Cidr) => ({ Cidr }));
    const input = { PrefixListName: name, AddressFamily: 'IPv4', MaxEntries: 10, Entries };
    await this.#person.send(new CreateManagedPrefixListCommand(input));
  }

  /** A person opens a group, and the function hears of it through its queue. `port` is one that must not stay open. */
  async opened(group: string, permission: IpPermission, port: number): Promise<Handled> {
    await this.#person.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [permission] }));
    if (this.#record === undefined) throw new Error('the local EC2 recorded no call');
    this.#watched = { group, port };
    this.#closedMs = undefined;
    this.#tolls.calls.length = 0;
    const beganMs = this.#time.now().getTime();
    const answer = await this.#time.finish(listen(this.#delivered(this.#record), this.#wiring));
    if (answer.batchItemFailures.length > 0) throw new Error('the function did not take the event');
    const calls = [...this.#tolls.calls];
    const target = { cloud: 'aws', account: ACCOUNT, region: REGION, id: group };
    const entries = await this.#time.finish(this.#ledger.entries(target));
    return { calls, beganMs, closedMs: this.#closedMs, entries };
  }

  /** One part of a sweep, of these groups. */
  async swept(groups: readonly string[]): Promise<readonly CloudCall[]> {
    this.#tolls.calls.length = 0;
    const stops = groups.map((id) => ({ target: { cloud: 'aws', account: ACCOUNT, region: REGION, id }, owed: [] }));
    await this.#time.finish(sweepPart({ stops }, this.#wiring));
    return [...this.#tolls.calls];
  }

  #delivered(record: CloudTrailRecord): unknown {
    const now = this.#time.now();
    const body = JSON.stringify(cloudTrailEventOf(record));
    const message = { id: 'message-1', body, sentAt: now, firstReceivedAt: now, receiveCount: 1, receiptHandle: 'r' };
    return sqsEventOf([message], CHANGE_QUEUE, PLACE);
  }

  async close(): Promise<void> {
    await this.#bus.close();
    await this.#closeTable();
  }
}
