import { Fault } from '../../shared/base/fault.ts';
import type { Log } from '../../shared/base/log.ts';
import { firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { awsTraits } from '../../shared/clouds/aws/traits.ts';
import type { Cloud, Lead, Read, ReadOfMany } from '../../shared/clouds/contract.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import type { Limits } from '../../shared/core/model/guard.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import type { LedgerBody } from '../../shared/core/model/ledger.ts';
import type { Outcome, Plan } from '../../shared/core/model/plan.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { NoOrderBook } from '../../shared/grants/none.ts';
import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { MemoryQueues } from '../../shared/queues/memory.ts';
import { MemoryPublisher } from '../../shared/publish/memory.ts';
import { MemoryTickets } from '../../shared/tickets/memory.ts';
import type { Wiring } from '../../functions/aws/wire.ts';
import { ACCOUNT, context, groupsAnswer, REGION, rulesAnswer, textOf } from '../clouds/sample.ts';
import { setOf } from '../policy/policies.ts';

export const NOW = new Date('2026-11-24T12:00:00Z');
export const CHANGE_QUEUE = 'change';
export const PART_QUEUE = 'part';

export const HTTPS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0' };
export const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' };
export const RDP = { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, CidrIpv4: '0.0.0.0/0' };

const POLICY = `version: 1
policies:
  - name: web
    mode: enforce
    ingress:
      allow:
        - { service: tcp/443, from: anywhere }
`;

export function groupId(number: number): string {
  return `sg-${number.toString(16).padStart(17, '0')}`;
}

export function targetOf(number: number): Target {
  return { cloud: 'aws', account: ACCOUNT, region: REGION, id: groupId(number) };
}

/** A cloud that keeps its firewalls in the process, by id. It counts reads, and fails where it is told to. */
class ProcessCloud implements Cloud {
  readonly traits = awsTraits;
  readonly firewalls = new Map<string, Firewall>();
  /** What `read` of an id, or `find` of a name, meets instead of an answer. */
  readonly failures = new Map<string, Error>();
  readonly reads: string[] = [];
  readonly finds: string[] = [];
  /** Ids of the firewalls that were written to, once for each write. */
  readonly writes: string[] = [];
  /** What every read waits for. */
  gate: Promise<void> = Promise.resolve();

  find(leads: readonly Lead[]): Promise<readonly (readonly Target[])[]> {
    this.finds.push(...leads.map(({ id }) => id));
    const failure = leads.map(({ id }) => this.failures.get(id)).find((one) => one !== undefined);
    if (failure !== undefined) return Promise.reject(failure);
    const all = [...this.firewalls.values()];
    const foundBy = ({ kind, id }: Lead): readonly Firewall[] =>
      kind === 'name' ? all.filter((firewall) => firewall.name === id) : all.filter(({ tags }) => tags[kind] === id);
    return Promise.resolve(leads.map((lead) => foundBy(lead).map(({ target }) => target)));
  }

  /** One call for all of them, which is not counted in `reads`. */
  readAll(targets: readonly Target[]): Promise<readonly ReadOfMany[]> {
    return Promise.resolve(
      targets.map(({ id }): ReadOfMany => {
        const failure = this.failures.get(id);
        if (failure instanceof Fault) return { kind: 'fault', fault: failure };
        const firewall = this.firewalls.get(id);
        return firewall === undefined ? { kind: 'gone' } : { kind: 'firewall', firewall };
      }),
    );
  }

  async *targets(): AsyncIterable<readonly Target[]> {
    const all = [...this.firewalls.values()];
    for (const one of all) yield await Promise.resolve([one.target]);
  }

  async read({ id }: Target): Promise<Read> {
    this.reads.push(id);
    await this.gate;
    const failure = this.failures.get(id);
    if (failure !== undefined) throw failure;
    const firewall = this.firewalls.get(id);
    return firewall === undefined ? { kind: 'gone' } : { kind: 'firewall', firewall };
  }

  list(): Promise<readonly Firewall[]> {
    return Promise.resolve([...this.firewalls.values()]);
  }

  apply(plan: Plan, before: Firewall): Promise<Outcome> {
    const firewall = this.firewalls.get(plan.target.id);
    if (firewall === undefined) return Promise.resolve({ kind: 'gone' });
    if (firewall.version !== before.version) {
      return Promise.resolve({ kind: 'conflict', why: 'it moved', requestIds: [] });
    }
    this.writes.push(plan.target.id);
    this.firewalls.set(plan.target.id, { ...simulate(firewall, plan.changes), version: `${firewall.version}+` });
    return Promise.resolve({ kind: 'applied', requestIds: ['request-1'] });
  }
}

/** A line of the log, with its level. */
interface Line {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly keys: Readonly<Record<string, unknown>>;
}

/** The parts of the functions in this process, with a cloud, a ledger and tickets that a test can look into. */
export class House {
  readonly cloud = new ProcessCloud();
  /** What time it is: a test may move it. */
  nowMs = NOW.getTime();
  readonly clock = { now: () => new Date(this.nowMs) };
  readonly ledger = new MemoryLedger(this.clock);
  readonly queues = new MemoryQueues();
  readonly publisher = new MemoryPublisher();
  readonly tickets = new MemoryTickets();
  readonly lines: Line[] = [];
  readonly wiring: Wiring;

  constructor(limits: Limits = LIMITS) {
    const { cloud, ledger, publisher, tickets, queues, clock } = this;
    const lease = { ledger, clock, leaseMs: 90_000 };
    const log: Log = {
      info: (message, keys) => this.lines.push({ level: 'info', message, keys }),
      error: (message, keys) => this.lines.push({ level: 'error', message, keys }),
    };
    this.wiring = {
      log,
      hear: heardFrom,
      reconcile: {
        ...lease,
        cloud,
        publisher,
        orders: new NoOrderBook(),
        desired: new DesiredBook(setOf(POLICY)),
        limits,
      },
      lookAgain: { queues, changeQueue: CHANGE_QUEUE, clock },
      sweep: { cloud, ledger, queues, clock, partQueue: PART_QUEUE },
      fileTicket: { ...lease, tickets },
      answer: { log, queues, chance: () => 0.5 },
    };
  }

  /** A group with these rules; its name is its number unless one is given. */
  add(number: number, rows: readonly object[], name = `group ${String(number)}`): void {
    const GroupId = groupId(number);
    const groups = groupsAnswer({ GroupId, GroupName: name });
    const rules = rulesAnswer(...rows.map((row) => ({ ...row, GroupId })));
    const [firewall] = firewallsOf({ groups, rules }, context);
    if (firewall === undefined) throw new Error('expected a group');
    this.cloud.firewalls.set(GroupId, firewall);
  }

  /** What a group lets in, in words. */
  rules(number: number): readonly string[] {
    const firewall = this.cloud.firewalls.get(groupId(number));
    if (firewall === undefined) throw new Error(`no group ${String(number)}`);
    return textOf({ ...firewall, egress: [] });
  }

  ruleCount(number: number): number {
    const firewall = this.cloud.firewalls.get(groupId(number));
    return firewall === undefined ? 0 : rulesOf(firewall, 'ingress').length;
  }

  async kinds(number: number): Promise<readonly LedgerBody['kind'][]> {
    return (await this.ledger.entries(targetOf(number))).map(({ body }) => body.kind);
  }

  linesOf(level: Line['level']): readonly Line[] {
    return this.lines.filter((line) => line.level === level);
  }
}

export interface CallOptions {
  readonly name?: string;
  readonly at?: string;
  readonly eventId?: string;
  readonly record?: object;
}

/** An EventBridge event of a call that names its group in this way. */
export function callEvent(requestParameters: object, options: CallOptions = {}): object {
  const { name = 'AuthorizeSecurityGroupIngress', at = '2026-11-24T11:59:00Z', eventId = 'event-1' } = options;
  return {
    version: '0',
    id: `envelope of ${eventId}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: ACCOUNT,
    time: at,
    region: REGION,
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: { type: 'IAMUser', userName: 'alex' },
      eventTime: at,
      eventSource: 'ec2.amazonaws.com',
      eventName: name,
      awsRegion: REGION,
      sourceIPAddress: '198.51.100.7',
      userAgent: 'aws-cli',
      requestParameters,
      responseElements: { _return: true },
      eventID: eventId,
      recipientAccountId: ACCOUNT,
      ...options.record,
    },
  };
}

/** An event that somebody changed this group. */
export function changed(number: number, options: CallOptions = {}): object {
  return callEvent({ groupId: groupId(number) }, options);
}

/** An SQS batch of bodies: text as it is, anything else as JSON. Ids are `m1`, `m2` and so on. */
export function batchOf(...bodies: readonly unknown[]): { readonly Records: readonly unknown[] } {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m${String(index + 1)}`,
      receiptHandle: 'handle',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: ['arn', 'aws', 'sqs', REGION, ACCOUNT, 'change'].join(':'),
      awsRegion: REGION,
    })),
  };
}

/** The answer that names these messages as failed. */
export function failed(...ids: readonly string[]): object {
  return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Events with `Records` that are no SQS batch. */
export const NO_BATCHES: readonly [what: string, event: unknown][] = [
  ['an S3 notification', { Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'log.json.gz' } } }] }],
  ['an SNS notification', { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm1', Message: '{}' } }] }],
  ['a stream', { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'e30=' } }] }],
  ['a log file of CloudTrail', { Records: [{ eventName: 'AuthorizeSecurityGroupIngress' }] }],
  ['no message', { Records: [] }],
  ['no list', { Records: {} }],
  ['nothing', { Records: null }],
  ['a message without an id', { Records: [{ body: '{}', eventSource: 'aws:sqs' }] }],
  ['a message with an empty id', { Records: [{ messageId: '', body: '{}', eventSource: 'aws:sqs' }] }],
  ['a message of another queue service', { Records: [{ messageId: 'm1', body: '{}', eventSource: 'aws:mq' }] }],
];

/** An SQS batch with another record in it, at this place. */
export function batchWith(record: unknown, at: number, ...bodies: readonly unknown[]): object {
  const { Records } = batchOf(...bodies);
  return { Records: Records.toSpliced(at, 0, record) };
}

/** Records of SQS that are no whole message; each could come back as `bad`. */
export const BAD_RECORDS: readonly [what: string, record: object][] = [
  ['a body that is no text', { messageId: 'bad', body: {}, eventSource: 'aws:sqs' }],
  ['an event as its body', { messageId: 'bad', body: changed(1), eventSource: 'aws:sqs' }],
  ['no body', { messageId: 'bad', eventSource: 'aws:sqs' }],
];

/** Records that no answer can name. */
export const NAMELESS_RECORDS: readonly [what: string, record: unknown][] = [
  ['no id', { body: '{}', eventSource: 'aws:sqs' }],
  ['an empty id', { messageId: '', body: '{}', eventSource: 'aws:sqs' }],
  ['an id that is no text', { messageId: 1, body: '{}', eventSource: 'aws:sqs' }],
  ['another sender', { messageId: 'bad', body: '{}', eventSource: 'aws:mq' }],
  ['nothing in it', null],
];

export function fault(kind: Fault['kind'], message = 'not now'): Fault {
  return new Fault(kind, message);
}
