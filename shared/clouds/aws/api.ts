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
import type { Traits } from '../../core/model/traits.ts';
import type { Cloud, Lead, Listing, Read, ReadOfMany, Scope } from '../contract.ts';
import { ec2Client } from './client.ts';
import type { ClientOptions } from './client.ts';
import { asFault, checkRegion } from './connection.ts';
import type { Connection } from './connection.ts';
import { groupPages } from './describe.ts';
import { afterRequest, isAsExpected, requestsFor } from './encode.ts';
import { groupsFoundBy } from './find.ts';
import { OwnAccount } from './own-account.ts';
import { MOST_READS, PAUSE_MS, Reads } from './reads.ts';
import { Surroundings } from './surroundings.ts';
import { awsTraitsWith, CLOUD } from './traits.ts';
import { write } from './write.ts';
import type { Met } from './write.ts';

export interface AwsOptions extends ClientOptions {
  /** The quota of rules of one direction of a group, where it was raised. */
  readonly rulesPerDirection?: number | undefined;
  /** Instead of one that is made from the other options. */
  readonly client?: EC2Client;
  readonly clock?: Clock;
  /** Waits between reads that do not agree yet; a test does not. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** How old the read may be that a first write trusts. */
const FRESH_MS = 2_000;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export class AwsCloud implements Cloud {
  readonly traits: Traits;
  readonly #connection: Connection;
  readonly #reads: Reads;

  constructor(options: AwsOptions) {
    const { region, rulesPerDirection, clock = systemClock, pause = sleep, client = ec2Client(options) } = options;
    this.traits = awsTraitsWith(rulesPerDirection);
    const [surroundings, ownAccount] = [new Surroundings(client, clock), new OwnAccount(client)];
    this.#connection = { client, region, clock, pause, surroundings, ownAccount };
    this.#reads = new Reads(this.#connection);
  }

  async find(leads: readonly Lead[], written: readonly PeerName[]): Promise<readonly (readonly Target[])[]> {
    return groupsFoundBy(leads, written, this.#connection);
  }

  async read(target: Target, written: readonly PeerName[]): Promise<Read> {
    return this.#reads.one(target, written);
  }

  async readAll(targets: readonly Target[], written: readonly PeerName[]): Promise<readonly ReadOfMany[]> {
    return this.#reads.several(targets, written);
  }

  async *targets({ account, region }: Scope): AsyncGenerator<readonly Target[]> {
    checkRegion(this.#connection, region);
    const { client, ownAccount } = this.#connection;
    try {
      let isShown = false;
      for await (const page of groupPages(client)) {
        // Groups of other accounts may be shared with this one; they are gone through where they belong.
        const own = page.flatMap(({ GroupId, OwnerId = account }) =>
          GroupId !== undefined && OwnerId === account ? [{ cloud: CLOUD, account, region, id: GroupId }] : [],
        );
        isShown ||= own.length > 0;
        if (own.length > 0) yield own;
      }
      if (!isShown) await ownAccount.check(account);
    } catch (error) {
      throw asFault(error, `go through the security groups of \`${region}\``);
    }
  }

  async list(
    scope: Scope,
    written: readonly PeerName[],
    watch?: (listing: Listing) => void,
  ): Promise<readonly Firewall[]> {
    return this.#reads.all(scope, written, watch);
  }

  async apply(plan: Plan, before: Firewall): Promise<Outcome> {
    checkRegion(this.#connection, plan.target.region);
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
      const written = await write(this.#connection.client, request);
      if (written.kind !== 'written') return this.#outcomeOf(written, plan.target, requestIds);
      requestIds.push(written.requestId);
      previous = expected;
      expected = afterRequest(expected, request);
    }
    return { kind: 'applied', requestIds };
  }

  #isFresh({ readAt }: Firewall): boolean {
    const ageMs = this.#connection.clock.now().getTime() - readAt.getTime();
    return ageMs >= 0 && ageMs <= FRESH_MS;
  }

  /**
   * Reads before a write. EC2's describe calls may lag behind its writes, so a read that still shows the state before
   * our last write is no sign that somebody moved it, and is made again.
   */
  async #whetherAsExpected(expected: Firewall, previous: Firewall | undefined): Promise<'expected' | 'moved' | 'gone'> {
    for (let reads = 1; reads <= MOST_READS; reads += 1) {
      const now = await this.#reads.one(expected.target, undefined);
      if (now.kind === 'gone') return 'gone';
      if (isAsExpected(now.firewall, expected)) return 'expected';
      if (previous === undefined || !isAsExpected(now.firewall, previous)) return 'moved';
      await this.#connection.pause(PAUSE_MS * reads);
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
        const now = await this.#reads.one(target, undefined);
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
