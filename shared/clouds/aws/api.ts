// EC2 over its API: reads, and writes that check before and between.
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Clock } from '../../base/clock.ts';
import { systemClock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { Firewall } from '../../core/model/firewall.ts';
import type { Outcome, Plan } from '../../core/model/plan.ts';
import type { PeerName } from '../../core/model/rule.ts';
import { targetKey } from '../../core/model/target.ts';
import type { Target } from '../../core/model/target.ts';
import type { Cloud, NamedTarget, Read } from '../contract.ts';
import { ec2Client } from './client.ts';
import type { ClientOptions } from './client.ts';
import { disagreements, firewallsOf } from './decode.ts';
import { describeGroup, describeGroups, describeGroupsBy, describeRules } from './describe.ts';
import { afterRequest, isAsExpected, requestsFor } from './encode.ts';
import { failureOf, faultOf } from './failure.ts';
import { listsNamedBy, withPrefixLists } from './prefix-lists.ts';
import { Surroundings } from './surroundings.ts';
import { awsTraits, CLOUD } from './traits.ts';
import { write } from './write.ts';
import type { Met } from './write.ts';

export interface AwsOptions extends ClientOptions {
  readonly clock?: Clock;
  /** Waits between reads that do not agree yet; a test does not. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** How old the read may be that a first write trusts. */
const FRESH_MS = 2_000;
/** How often a read is made again where two answers do not agree, or do not show the last write yet. */
const MOST_READS = 5;
const PAUSE_MS = 200;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** An error of a call as a `Fault`; any other error as it is. */
function asFault(error: unknown, doing: string): unknown {
  const failure = error instanceof Fault ? undefined : failureOf(error);
  return failure === undefined ? error : faultOf(failure, doing, error);
}

export class AwsCloud implements Cloud {
  readonly traits = awsTraits;
  readonly #client: EC2Client;
  readonly #region: string;
  readonly #clock: Clock;
  readonly #pause: (ms: number) => Promise<void>;
  readonly #surroundings: Surroundings;

  constructor(options: AwsOptions) {
    this.#client = ec2Client(options);
    this.#region = options.region;
    this.#clock = options.clock ?? systemClock;
    this.#pause = options.pause ?? sleep;
    this.#surroundings = new Surroundings(this.#client, this.#clock);
  }

  async find(named: NamedTarget): Promise<readonly Target[]> {
    this.#checkRegion(named.region);
    const { account, region, name } = named;
    try {
      const { SecurityGroups } = await describeGroupsBy(this.#client, 'group-name', [name]);
      return SecurityGroups.flatMap(({ GroupId, GroupName, OwnerId = account }) =>
        GroupId !== undefined && GroupName === name && OwnerId === account
          ? [{ cloud: CLOUD, account, region, id: GroupId }]
          : [],
      );
    } catch (error) {
      throw asFault(error, `find the security group \`${name}\``);
    }
  }

  async read(target: Target, written: readonly PeerName[]): Promise<Read> {
    return this.#readAgreeing(target, written);
  }

  /** Without names nothing is looked up beside the group: enough to compare its rules. */
  async #readAgreeing(target: Target, written: readonly PeerName[] | undefined): Promise<Read> {
    this.#checkRegion(target.region);
    for (let reads = 1; reads <= MOST_READS; reads += 1) {
      const read = await this.#readOnce(target, written);
      if (read !== 'disagreeing') return read;
      await this.#pause(PAUSE_MS * reads);
    }
    throw new Fault(
      'unavailable',
      `read \`${target.id}\`: describe-security-groups and describe-security-group-rules show different rules; read again later`,
    );
  }

  async list(
    scope: { readonly account: string; readonly region: string },
    written: readonly PeerName[],
  ): Promise<readonly Firewall[]> {
    this.#checkRegion(scope.region);
    try {
      const readAt = this.#clock.now();
      const [groups, rules] = await Promise.all([describeGroups(this.#client), describeRules(this.#client)]);
      const networks = await this.#surroundings.networksFor(groups);
      const moved = new Set(disagreements(groups, rules));
      // These are all the groups that there are, so a name that none of them has is nobody's.
      const context = { region: scope.region, readAt, ...networks, written, isWhole: true };
      const all = await this.#withPrefixLists(firewallsOf({ groups, rules }, context), written);
      const firewalls = all.filter(({ target }) => !moved.has(target.id));
      for (const id of moved) {
        // A group of which two listings differ has moved while they were read, so it is read by itself.
        const { account } = all.find(({ target }) => target.id === id)?.target ?? scope;
        const read = await this.read({ cloud: CLOUD, account, region: scope.region, id }, written);
        if (read.kind === 'firewall') firewalls.push(read.firewall);
      }
      return firewalls.sort((a, b) => (a.target.id < b.target.id ? -1 : 1));
    } catch (error) {
      throw asFault(error, `list the security groups of \`${scope.region}\``);
    }
  }

  async apply(plan: Plan, before: Firewall): Promise<Outcome> {
    this.#checkRegion(plan.target.region);
    if (targetKey(plan.target) !== targetKey(before.target)) {
      throw new Error(`plan \`${plan.id}\` is for \`${plan.target.id}\`, not for \`${before.target.id}\``);
    }
    if (plan.version !== before.version) return conflict('the plan was made for another version of the group', []);
    const requestIds: string[] = [];
    let expected = before;
    let previous: Firewall | undefined;
    for (const request of requestsFor(plan, before)) {
      if (previous !== undefined || !this.#isFresh(before)) {
        const found = await this.#whetherAsExpected(expected, previous);
        if (found === 'gone') return { kind: 'gone' };
        if (found === 'moved') return conflict('somebody changed the group meanwhile', requestIds);
      }
      const written = await write(this.#client, request);
      if (written.kind !== 'written') return this.#outcomeOf(written, plan.target, requestIds);
      requestIds.push(written.requestId);
      previous = expected;
      expected = afterRequest(expected, request);
    }
    return { kind: 'applied', requestIds };
  }

  #checkRegion(region: string): void {
    if (region === this.#region) return;
    throw new Fault(
      'unsupported',
      `region \`${region}\` is not \`${this.#region}\`, which this connection is for; open one for it`,
    );
  }

  #isFresh({ readAt }: Firewall): boolean {
    const ageMs = this.#clock.now().getTime() - readAt.getTime();
    return ageMs >= 0 && ageMs <= FRESH_MS;
  }

  async #readOnce(target: Target, written: readonly PeerName[] | undefined): Promise<Read | 'disagreeing'> {
    const readAt = this.#clock.now();
    try {
      const [groups, rules, beside] = await Promise.all([
        describeGroup(this.#client, target.id),
        describeRules(this.#client, target.id),
        this.#surroundings.groupsFor(written ?? []),
      ]);
      if (groups.SecurityGroups.length === 0) return { kind: 'gone' };
      if (disagreements(groups, rules).length > 0) return 'disagreeing';
      const networks = await this.#surroundings.networksFor(groups);
      const context = { region: target.region, readAt, ...networks, ...beside, written: written ?? [] };
      const read = firewallsOf({ groups, rules }, context);
      const [firewall] = written === undefined ? read : await this.#withPrefixLists(read, written);
      return firewall === undefined ? { kind: 'gone' } : { kind: 'firewall', firewall: owned(firewall, target) };
    } catch (error) {
      if (failureOf(error)?.kind === 'not found') return { kind: 'gone' };
      throw asFault(error, `read the security group \`${target.id}\``);
    }
  }

  /** The firewalls with the entries of the prefix lists that they or policies name, as they are now. */
  async #withPrefixLists(firewalls: readonly Firewall[], written: readonly PeerName[]): Promise<readonly Firewall[]> {
    const lists = await this.#surroundings.prefixLists(listsNamedBy(firewalls, written));
    return firewalls.map((firewall) => withPrefixLists(firewall, written, lists));
  }

  /**
   * Reads before a write. EC2's describe calls may lag behind its writes, so a read that still shows the state before
   * our last write is no sign that somebody moved it, and is made again.
   */
  async #whetherAsExpected(expected: Firewall, previous: Firewall | undefined): Promise<'expected' | 'moved' | 'gone'> {
    for (let reads = 1; reads <= MOST_READS; reads += 1) {
      const now = await this.#readAgreeing(expected.target, undefined);
      if (now.kind === 'gone') return 'gone';
      if (isAsExpected(now.firewall, expected)) return 'expected';
      if (previous === undefined || !isAsExpected(now.firewall, previous)) return 'moved';
      await this.#pause(PAUSE_MS * reads);
    }
    throw new Fault(
      'unavailable',
      `write to \`${expected.target.id}\`: reads do not show the last write yet; read again later`,
    );
  }

  async #outcomeOf(met: Met, target: Target, requestIds: readonly string[]): Promise<Outcome> {
    switch (met.kind) {
      case 'moved':
        return conflict(met.why, requestIds);
      case 'not found': {
        // The group itself, or one that a rule names: the same code says both.
        const now = await this.#readAgreeing(target, undefined);
        return now.kind === 'gone' ? { kind: 'gone' } : { kind: 'refused', why: met.why, requestIds };
      }
      case 'denied':
      case 'refused':
        return { kind: 'refused', why: met.why, requestIds };
    }
  }
}

function conflict(why: string, requestIds: readonly string[]): Outcome {
  return { kind: 'conflict', why, requestIds };
}

/** A group that is shared with these credentials is guarded in its owner's account, not here. */
function owned(firewall: Firewall, target: Target): Firewall {
  const { account } = firewall.target;
  if (account === target.account) return firewall;
  if (account === '') return { ...firewall, target: { ...firewall.target, account: target.account } };
  throw new Fault(
    'forbidden',
    `security group \`${target.id}\` belongs to the account \`${account}\`, not to \`${target.account}\`; use credentials of its owner`,
  );
}
