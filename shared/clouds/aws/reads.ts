// Reads of groups: of one, of several, of all.
import type { EC2Client, SecurityGroup } from '@aws-sdk/client-ec2';
import { Fault } from '../../base/fault.ts';
import type { Firewall } from '../../core/model/firewall.ts';
import type { PeerName } from '../../core/model/rule.ts';
import type { Target } from '../../core/model/target.ts';
import type { Listing, Read, ReadOfMany, Scope } from '../contract.ts';
import { aside } from './aside.ts';
import { asFault, checkRegion } from './connection.ts';
import type { Connection } from './connection.ts';
import { disagreements, firewallsOf } from './decode.ts';
import { describeGroup, describeGroups, describeGroupsBy, describeRules } from './describe.ts';
import type { GroupsAnswer, RulesAnswer } from './describe.ts';
import { failureOf } from './failure.ts';
import { ListReads } from './list-reads.ts';
import type { Beside } from './names.ts';
import { portionsOf } from './paging.ts';
import { CLOUD } from './traits.ts';

/** How often a read is made again where two answers do not agree, or do not show the last write yet. */
export const MOST_READS = 5;
export const PAUSE_MS = 200;
/** How many groups are read by themselves at once. */
const READS_AT_ONCE = 5;

/** What a read of some groups together showed of one; `moved` where it has to be read by itself. Not shown: gone. */
type Shown = ReadonlyMap<string, Firewall | 'moved'>;

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

/** A read, or the fault that it met: of this group alone, so the others go on. */
async function told(read: () => Promise<Read>): Promise<ReadOfMany> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault) return { kind: 'fault', fault: error };
    throw error;
  }
}

/**
 * Whether it may be one of several groups that spoils an answer, or the number of them that EC2 does not take: then each
 * is read by itself. Credentials and a lack of answers are no group's fault.
 */
function mayBeOneOfThem(error: unknown): boolean {
  if (error instanceof Fault) return error.kind === 'malformed';
  const kind = failureOf(error)?.kind;
  return kind === 'refused' || kind === 'not found' || kind === 'bad id';
}

/** A rule of a group is one peer of a permission. */
function ruleCountOf({ IpPermissions = [], IpPermissionsEgress = [] }: SecurityGroup): number {
  return [...IpPermissions, ...IpPermissionsEgress].reduce(
    (sum, { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }) =>
      sum + IpRanges.length + Ipv6Ranges.length + PrefixListIds.length + UserIdGroupPairs.length,
    0,
  );
}

/** All groups and all rules, side by side. */
async function listedBy(
  client: EC2Client,
  watch: ((listing: Listing) => void) | undefined,
): Promise<readonly [GroupsAnswer, RulesAnswer]> {
  let [firewalls, rules, inGroups] = [0, 0, 0];
  let ofRules: number | undefined;
  const tell = (): void => watch?.({ firewalls, rules, ofRules });
  const groupsSeen = (page: readonly SecurityGroup[]): void => {
    firewalls += page.length;
    for (const group of page) inGroups += ruleCountOf(group);
    tell();
  };
  const rulesSeen = (page: readonly unknown[]): void => {
    rules += page.length;
    tell();
  };
  const groups = describeGroups(client, groupsSeen).then((answer) => {
    ofRules = inGroups;
    return answer;
  });
  return Promise.all([groups, describeRules(client, undefined, rulesSeen)]);
}

export class Reads {
  readonly #connection: Connection;
  readonly #lists: ListReads;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#lists = new ListReads(connection.surroundings);
  }

  /** Without names nothing is looked up beside the group: enough to compare its rules. */
  async one(target: Target, written: readonly PeerName[] | undefined): Promise<Read> {
    checkRegion(this.#connection, target.region);
    for (let reads = 1; reads <= MOST_READS; reads += 1) {
      const read = await this.#once(target, written);
      if (read !== 'disagreeing') return read.kind === 'gone' ? this.#gone(target) : read;
      await this.#connection.pause(PAUSE_MS * reads);
    }
    throw new Fault(
      'unavailable',
      `read \`${target.id}\`: describe-security-groups and describe-security-group-rules show different rules; read again later`,
    );
  }

  async several(targets: readonly Target[], written: readonly PeerName[]): Promise<readonly ReadOfMany[]> {
    for (const { region } of targets) checkRegion(this.#connection, region);
    const shown = await this.#shown([...new Set(targets.map(({ id }) => id))], written);
    const read = async (target: Target): Promise<Read> => {
      const firewall = shown.get(target.id);
      if (firewall === 'moved') return this.one(target, written);
      return firewall === undefined ? this.#gone(target) : { kind: 'firewall', firewall: owned(firewall, target) };
    };
    const reads: ReadOfMany[] = [];
    for (let from = 0; from < targets.length; from += READS_AT_ONCE) {
      const some = targets.slice(from, from + READS_AT_ONCE);
      reads.push(...(await Promise.all(some.map((target) => told(() => read(target))))));
    }
    return reads;
  }

  async all(
    scope: Scope,
    written: readonly PeerName[],
    watch?: (listing: Listing) => void,
  ): Promise<readonly Firewall[]> {
    const { client, clock, region, surroundings } = this.#connection;
    checkRegion(this.#connection, scope.region);
    try {
      const readAt = clock.now();
      const [groups, rules] = await listedBy(client, watch);
      const networks = await surroundings.networksFor(groups);
      const moved = new Set(disagreements(groups, rules));
      // These are all the groups that there are, so a name that none of them has is nobody's.
      const context = { region, readAt, ...networks, written, isWhole: true };
      const read = firewallsOf({ groups, rules }, context);
      const all = await this.#lists.into(read, written, await this.#lists.beforehand(written));
      const firewalls = all.filter(({ target }) => !moved.has(target.id));
      for (const id of moved) {
        // A group of which two listings differ has moved while they were read, so it is read by itself.
        const { account } = all.find(({ target }) => target.id === id)?.target ?? scope;
        const read = await this.one({ cloud: CLOUD, account, region, id }, written);
        if (read.kind === 'firewall') firewalls.push(read.firewall);
      }
      return firewalls.sort((a, b) => (a.target.id < b.target.id ? -1 : 1));
    } catch (error) {
      throw asFault(error, `list the security groups of \`${region}\``);
    }
  }

  /** Of another account EC2 shows nothing, whether it is there or not. */
  async #gone({ account, id }: Target): Promise<Read> {
    try {
      await this.#connection.ownAccount.check(account);
    } catch (error) {
      throw asFault(error, `read the security group \`${id}\``);
    }
    return { kind: 'gone' };
  }

  async #once(target: Target, written: readonly PeerName[] | undefined): Promise<Read | 'disagreeing'> {
    const { client, clock, surroundings } = this.#connection;
    const readAt = clock.now();
    try {
      // All that can be known beforehand is asked for in one go: a read is one round trip, as long as nothing is new.
      const [groups, rules, beside, refreshed, lists] = await Promise.all([
        describeGroup(client, target.id),
        describeRules(client, [target.id]),
        surroundings.groupsFor(written ?? []),
        aside(surroundings.refreshNetworks()),
        written === undefined ? undefined : aside(this.#lists.beforehand(written, target.id)),
      ]);
      if (groups.SecurityGroups.length === 0) return { kind: 'gone' };
      if (disagreements(groups, rules).length > 0) return 'disagreeing';
      refreshed();
      const networks = await surroundings.networksFor(groups);
      const context = { region: target.region, readAt, ...networks, ...beside, written: written ?? [] };
      const read = firewallsOf({ groups, rules }, context);
      const named = lists?.();
      const [firewall] = named === undefined ? read : await this.#lists.into(read, written ?? [], named);
      if (named !== undefined && firewall !== undefined) this.#lists.keep(firewall);
      return firewall === undefined ? { kind: 'gone' } : { kind: 'firewall', firewall: owned(firewall, target) };
    } catch (error) {
      if (failureOf(error)?.kind === 'not found') return { kind: 'gone' };
      throw asFault(error, `read the security group \`${target.id}\``);
    }
  }

  /** What is beside the groups is read once for all of them, and the groups as many at a time as a filter takes. */
  async #shown(ids: readonly string[], written: readonly PeerName[]): Promise<Shown> {
    if (ids.length === 0) return new Map();
    try {
      const [shown, lists] = await Promise.all([this.#portions(ids, written), aside(this.#lists.beforehand(written))]);
      const read = [...shown.values()].filter((firewall) => firewall !== 'moved');
      for (const firewall of await this.#lists.into(read, written, lists())) shown.set(firewall.target.id, firewall);
      return shown;
    } catch (error) {
      throw asFault(error, `read ${String(ids.length)} security groups`);
    }
  }

  async #portions(ids: readonly string[], written: readonly PeerName[]): Promise<Map<string, Firewall | 'moved'>> {
    const beside = this.#connection.surroundings.groupsFor(written);
    const shown = new Map<string, Firewall | 'moved'>();
    for (const some of portionsOf(ids)) {
      for (const [id, firewall] of await this.#portion(some, written, beside)) shown.set(id, firewall);
    }
    return shown;
  }

  async #portion(ids: readonly string[], written: readonly PeerName[], others: Promise<Beside>): Promise<Shown> {
    const { client, clock, region, surroundings } = this.#connection;
    const readAt = clock.now();
    try {
      const [groups, rules, beside, refreshed] = await Promise.all([
        describeGroupsBy(client, 'group-id', ids),
        describeRules(client, ids),
        others,
        aside(surroundings.refreshNetworks()),
      ]);
      refreshed();
      const networks = await surroundings.networksFor(groups);
      const firewalls = firewallsOf({ groups, rules }, { region, readAt, ...networks, ...beside, written });
      const shown = new Map<string, Firewall | 'moved'>(firewalls.map((firewall) => [firewall.target.id, firewall]));
      for (const id of disagreements(groups, rules)) shown.set(id, 'moved');
      return shown;
    } catch (error) {
      if (!mayBeOneOfThem(error)) throw error;
      return new Map(ids.map((id) => [id, 'moved']));
    }
  }
}
