// What is read beside the groups themselves: VPCs, groups that policies name, prefix lists.
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { PeerName } from '../../core/model/rule.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import { aside } from './aside.ts';
import * as describe from './describe.ts';
import { failureOf } from './failure.ts';
import { groupsNamedBy, placesIn } from './names.ts';
import type { Associations, Beside, GroupPlace } from './names.ts';
import { entriesIn, prefixListsIn } from './prefix-lists.ts';
import type { AskedLists, PrefixList, PrefixLists } from './prefix-lists.ts';
import { associationsIn, rangesOfVpcs } from './ranges.ts';

/** VPCs and associations change rarely; asking at every read would cost two calls more. */
const NETWORKS_FRESH_MS = 5 * 60_000;
/** The same after an event has said that they changed: EC2's answers may lag for minutes, and a later look must see it. */
const UNSETTLED_FRESH_MS = 30_000;
/** How many calls for entries are under way at once. */
const CALLS_AT_ONCE = 5;

interface Networks {
  readonly ranges: ReadonlyMap<string, Addresses>;
  readonly associations: Associations;
}

/**
 * The answer of a call without which a read is still worth something, and undefined where EC2 refuses it. Where EC2
 * cannot answer now, it may answer soon, so the read fails and is made again.
 */
export async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const failure = error instanceof Fault ? undefined : failureOf(error);
    if (failure === undefined) throw error;
    switch (failure.kind) {
      case 'denied':
      case 'refused':
      case 'not found':
      case 'bad id':
      case 'moved':
        return undefined;
      case 'throttled':
      case 'unavailable':
      case 'bad credentials':
        throw error;
    }
  }
}

export class Surroundings {
  readonly #client: EC2Client;
  readonly #clock: Clock;
  #networks: (Networks & { readonly at: Date }) | undefined;
  /** When an event last said that VPCs or associations changed, and how often one did. */
  #changedAt: Date | undefined;
  #changes = 0;
  /** Where groups are never changes, so what was found once is not asked for again. */
  readonly #places = new Map<string, GroupPlace>();
  /** The last version of each list that was read. What a version of a list holds never changes. */
  readonly #entries = new Map<string, { readonly version: number; readonly entries: Addresses }>();
  /** Lists without versions, which are AWS's own: their entries need not wait for what is shown of the list. */
  readonly #unversioned = new Set<string>();

  constructor(client: EC2Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Drops what is known of VPCs and associations: an event said that it is not so any more. */
  forgetNetworks(): void {
    this.#networks = undefined;
    this.#changedAt = this.#clock.now();
    this.#changes += 1;
  }

  /** Reads VPCs again where what is kept of them is too old. Beside a read of groups it costs no round trip. */
  async refreshNetworks(): Promise<void> {
    if (this.#freshNetworks() === undefined) await this.#readNetworks();
  }

  /** The ranges of VPCs, cached; a VPC that the cache does not know is asked for at once. */
  async networksFor({ SecurityGroups }: describe.GroupsAnswer): Promise<Networks> {
    const kept = this.#freshNetworks();
    const isKnown = ({ VpcId }: { VpcId?: string | undefined }): boolean =>
      VpcId === undefined || kept?.ranges.has(VpcId) === true;
    return kept !== undefined && SecurityGroups.every(isKnown) ? kept : this.#readNetworks();
  }

  #freshNetworks(): Networks | undefined {
    const now = this.#clock.now();
    const sinceMs = (then: Date | undefined): number =>
      then === undefined ? Infinity : now.getTime() - then.getTime();
    const freshMs = sinceMs(this.#changedAt) < NETWORKS_FRESH_MS ? UNSETTLED_FRESH_MS : NETWORKS_FRESH_MS;
    return sinceMs(this.#networks?.at) < freshMs ? this.#networks : undefined;
  }

  async #readNetworks(): Promise<Networks> {
    const at = this.#clock.now();
    const changes = this.#changes;
    const [vpcs, associations] = await Promise.all([
      describe.describeVpcs(this.#client),
      unlessRefused(describe.describeAssociations(this.#client)),
    ]);
    const networks = {
      at,
      ranges: rangesOfVpcs(vpcs),
      associations: associations === undefined ? 'unknown' : associationsIn(associations),
    } as const;
    // What was asked before an event came in is not kept past it.
    if (changes === this.#changes) this.#networks = networks;
    return networks;
  }

  /** The groups that policies name: by name as they are now, by id where they are. */
  async groupsFor(written: readonly PeerName[]): Promise<Pick<Beside, 'others' | 'places' | 'isWhole'>> {
    const { names, ids } = groupsNamedBy(written);
    const unknown = ids.filter((id) => !this.#places.has(id));
    const [named, placed] = await Promise.all([
      unlessRefused(describe.describeGroupsBy(this.#client, 'group-name', names)),
      unlessRefused(describe.describeGroupsBy(this.#client, 'group-id', unknown)),
    ]);
    for (const place of placed === undefined ? [] : placesIn(placed)) this.#places.set(place.id, place);
    const places = ids.flatMap((id) => this.#places.get(id) ?? []);
    return { others: named === undefined ? [] : placesIn(named), places, isWhole: named !== undefined };
  }

  /** The prefix lists that are asked for, as far as these credentials may read them. */
  async prefixLists({ ids, names }: AskedLists): Promise<PrefixLists> {
    const unversioned = ids.filter((id) => this.#unversioned.has(id)).slice(0, CALLS_AT_ONCE);
    const begun = new Map(unversioned.map((id) => [id, aside(this.#entriesNow({ id, version: undefined }))]));
    const answers = await Promise.all([
      unlessRefused(describe.describePrefixLists(this.#client, ids)),
      unlessRefused(describe.describePrefixListsNamed(this.#client, names)),
    ]);
    const found = new Map(answers.flatMap(prefixListsIn).map((list) => [list.id, list]));
    const wanted = [...found.values()].filter(
      (list) => ids.includes(list.id) || names.some(({ owner, name }) => list.owner === owner && list.name === name),
    );
    const entries = new Map<string, Addresses>();
    for (let from = 0; from < wanted.length; from += CALLS_AT_ONCE) {
      const some = wanted.slice(from, from + CALLS_AT_ONCE);
      const read = await Promise.all(some.map((list) => this.#entriesOf(list, begun.get(list.id))));
      for (const [index, list] of some.entries()) {
        const one = read[index];
        if (one !== undefined) entries.set(list.id, one);
      }
    }
    return { found: wanted, isWhole: answers[1] !== undefined, entries };
  }

  async #entriesOf(
    list: PrefixList,
    begun: Promise<() => Addresses | undefined> | undefined,
  ): Promise<Addresses | undefined> {
    const { id, version } = list;
    if (version === undefined) {
      this.#unversioned.add(id);
      return begun === undefined ? this.#entriesNow(list) : (await begun)();
    }
    const known = this.#entries.get(id);
    if (known?.version === version) return known.entries;
    const entries = await this.#entriesNow(list);
    if (entries !== undefined) this.#entries.set(id, { version, entries });
    return entries;
  }

  async #entriesNow(list: Pick<PrefixList, 'id' | 'version'>): Promise<Addresses | undefined> {
    const answer = await unlessRefused(describe.getEntries(this.#client, list));
    return answer === undefined ? undefined : entriesIn(answer);
  }
}
