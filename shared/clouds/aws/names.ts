// Names that rules and policies use -> what a firewall knows of them.
import { INTERNET, NETWORK, peerName, SELF } from '../../core/model/rule.ts';
import type { Extent, PeerName } from '../../core/model/rule.ts';
import { ANYWHERE, NOBODY, union, unionOf } from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import { groupsIn } from './answers.ts';
import type { ReadPeer } from './peer.ts';
import { AWS_OWNER, GROUP_ID, PREFIX_LIST_ID } from './traits.ts';

/** A peer as a policy writes it, for the cloud to look up. */
export type Written =
  | { readonly kind: 'group'; readonly id: string; readonly account: string | undefined }
  | { readonly kind: 'group name'; readonly name: string }
  | { readonly kind: 'prefix list'; readonly id: string }
  | { readonly kind: 'prefix list name'; readonly owner: string; readonly name: string };

/** Undefined for the language's own names, and for those of other clouds. */
export function writtenPeer(written: PeerName): Written | undefined {
  if (written === NETWORK || written === INTERNET || written === SELF) return undefined;
  const [, kind, rest = ''] = /^([a-z-]+):(.+)$/s.exec(written) ?? [];
  // The part before a slash, if there is one: a group's own name may have slashes, too.
  const [, first = '', second = ''] = /^([^/]*)\/(.*)$/s.exec(rest) ?? [];
  if (kind === 'sg') {
    if (GROUP_ID.test(rest)) return { kind: 'group', id: rest, account: undefined };
    if (/^\d{12}$/.test(first) && GROUP_ID.test(second)) return { kind: 'group', id: second, account: first };
    return { kind: 'group name', name: rest };
  }
  if (kind !== 'prefix-list') return undefined;
  if (PREFIX_LIST_ID.test(rest)) return { kind: 'prefix list', id: rest };
  if (first === '' || second === '') return undefined;
  // The owner of AWS's own lists is `AWS`, and a filter of EC2 minds the case.
  return { kind: 'prefix list name', owner: first.toLowerCase() === 'aws' ? AWS_OWNER : first, name: second };
}

/** The names and the ids by which policies name groups. */
export function groupsNamedBy(written: readonly PeerName[]): {
  readonly names: readonly string[];
  readonly ids: readonly string[];
} {
  const peers = written.map(writtenPeer);
  return {
    names: [...new Set(peers.flatMap((peer) => (peer?.kind === 'group name' ? [peer.name] : [])))],
    ids: [...new Set(peers.flatMap((peer) => (peer?.kind === 'group' ? [peer.id] : [])))],
  };
}

/** A group and where it is. None of this ever changes, as long as the group exists. */
export interface GroupPlace {
  readonly id: string;
  readonly name: string;
  readonly owner: string | undefined;
  readonly network: string | undefined;
}

/** The groups of an answer of DescribeSecurityGroups, without their rules. */
export function placesIn(answer: unknown): readonly GroupPlace[] {
  return groupsIn(answer).map(({ id, name, owner, network }) => ({ id, name, owner, network }));
}

/** The VPCs that groups are in beside their own, by group; `unknown` where that could not be read. */
export type Associations = ReadonlyMap<string, readonly string[]> | 'unknown';

/** What is known beside the answers that show the groups to read. All of it may be left out. */
export interface Beside {
  /** Groups that are there now and are not in the answers. */
  readonly others?: readonly GroupPlace[] | undefined;
  /** Whether a group with a written name that is shown nowhere does not exist. Saved answers never say so. */
  readonly isWhole?: boolean | undefined;
  /** Groups that policies name by id, whether they are still there or not. */
  readonly places?: readonly GroupPlace[] | undefined;
  readonly associations?: Associations | undefined;
}

/** The VPCs that a group is in, as far as that is known, and the addresses that its members may have. */
interface Whereabouts {
  readonly networks: readonly string[];
  readonly extent: Extent;
}

/** Everything by which names are looked up, for all the groups of one read. */
export class Directory {
  readonly #current: ReadonlyMap<string, GroupPlace>;
  readonly #byId: ReadonlyMap<string, GroupPlace>;
  /** Made when a policy first names a group by its name. */
  #byName: ReadonlyMap<string, readonly string[]> | undefined;
  /** Of the groups of one VPC that are in no other: nearly all. */
  readonly #inOneNetwork = new Map<string | undefined, Whereabouts>();
  readonly #ranges: ReadonlyMap<string, Addresses>;
  readonly #associations: Associations;
  readonly isWhole: boolean;

  constructor(shown: readonly GroupPlace[], ranges: ReadonlyMap<string, Addresses>, beside: Beside) {
    this.#ranges = ranges;
    this.#associations = beside.associations ?? new Map();
    this.isWhole = beside.isWhole === true;
    this.#current = placesById([...shown, ...(beside.others ?? [])]);
    this.#byId =
      beside.places === undefined ? this.#current : placesById([...beside.places, ...this.#current.values()]);
  }

  /** The ids of the groups with this name in the account and the VPC of a group; undefined where these are not known. */
  named(name: string, near: GroupPlace): readonly string[] | undefined {
    const key = nameKey(near, name);
    this.#byName ??= idsByName(this.#current.values());
    return key === undefined ? undefined : (this.#byName.get(key) ?? []);
  }

  isNear(id: string, near: GroupPlace): boolean {
    const place = this.#byId.get(id);
    const isKnown = place?.owner !== undefined && place.network !== undefined;
    return isKnown && place.owner === near.owner && place.network === near.network;
  }

  /** Every VPC that a group is in, as far as that is known. */
  networksOf({ id, network }: Pick<GroupPlace, 'id' | 'network'>): readonly string[] {
    return this.#whereabouts(id, network).networks;
  }

  /** The ranges of the VPCs that a group is in, as far as they are known; anywhere else, where some are not. */
  extentOf({ id, network }: Pick<GroupPlace, 'id' | 'network'>): Extent {
    return this.#whereabouts(id, network).extent;
  }

  #whereabouts(id: string, network: string | undefined): Whereabouts {
    const further = this.#associations === 'unknown' ? undefined : this.#associations.get(id);
    if (further !== undefined) return this.#within(network, further);
    const known = this.#inOneNetwork.get(network);
    if (known !== undefined) return known;
    const whereabouts = this.#within(network, []);
    this.#inOneNetwork.set(network, whereabouts);
    return whereabouts;
  }

  #within(network: string | undefined, further: readonly string[]): Whereabouts {
    const networks = [...new Set([...(network === undefined ? [] : [network]), ...further])];
    const ranges = networks.map((one) => this.#ranges.get(one)).filter((range) => range !== undefined);
    const least = unionOf(ranges);
    const isWhole = network !== undefined && this.#associations !== 'unknown' && ranges.length === networks.length;
    return { networks, extent: { least, most: isWhole ? least : ANYWHERE } };
  }

  /** Whether a group is known to be of another VPC or account than another one. */
  isElsewhere(id: string, near: GroupPlace): boolean {
    const place = this.#byId.get(id);
    if (place?.network === undefined || near.network === undefined) return false;
    return place.network !== near.network || place.owner !== near.owner;
  }

  /** The most that a group in the VPC of another one can be: its members have addresses of its own VPCs only. */
  mostOf(id: string, near: GroupPlace): Addresses {
    const others = this.#whereabouts(id, near.network).extent;
    return union(this.extentOf(near).most, others.most);
  }
}

function placesById(places: readonly GroupPlace[]): ReadonlyMap<string, GroupPlace> {
  return new Map(places.map((place) => [place.id, place]));
}

function idsByName(places: Iterable<GroupPlace>): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const place of places) {
    const key = nameKey(place, place.name);
    if (key !== undefined) ids.set(key, [...(ids.get(key) ?? []), place.id]);
  }
  return ids;
}

/**
 * Undefined where nobody knows in which account or VPC the group is: then its name means nothing. Names of groups are
 * case-insensitive and unique in a VPC (EC2 API Reference, CreateSecurityGroup, 2026-11-24).
 */
function nameKey({ owner, network }: GroupPlace, name: string): string | undefined {
  return owner === undefined || network === undefined ? undefined : `${owner} ${network} ${name.toLowerCase()}`;
}

/** A peer that a rule names, and how far that rule says it may reach. */
export interface RulePeer {
  readonly name: PeerName;
  readonly reach: ReadPeer['reach'];
  /** The id of the group that it is; undefined where it is none. */
  readonly group: string | undefined;
}

export function rulePeer(name: PeerName, reach: RulePeer['reach']): RulePeer {
  const peer = writtenPeer(name);
  return { name, reach, group: peer?.kind === 'group' ? peer.id : undefined };
}

export interface KnownNames {
  readonly names: ReadonlyMap<PeerName, Extent>;
  readonly aliases: ReadonlyMap<PeerName, PeerName>;
  /** Written names that stand for some group here, and nobody knows for which. */
  readonly unresolved: ReadonlySet<PeerName>;
}

/** A group as the rules name it: with its account, where that is another. An id is of one account only. */
function inRulesById(
  inRules: readonly RulePeer[],
  { id, account }: { readonly id: string; readonly account: string | undefined },
): PeerName | undefined {
  const isIt = ({ name }: RulePeer): boolean => {
    const peer = writtenPeer(name);
    return peer?.kind === 'group' && peer.id === id && peer.account !== undefined;
  };
  return account === undefined ? inRules.find(isIt)?.name : undefined;
}

/**
 * What is known of the groups and networks that the rules of a group name, and of those that policies name. Entries of
 * prefix lists are not in here: they are read once it is known which lists there are.
 */
export function namesFor(
  own: GroupPlace,
  inRules: readonly RulePeer[],
  written: readonly PeerName[],
  directory: Directory,
): KnownNames {
  const names = new Map<PeerName, Extent>();
  const aliases = new Map<PeerName, PeerName>();
  const unresolved = new Set<PeerName>();
  const widen = (name: PeerName, most: Addresses): void => {
    const known = names.get(name);
    if (known?.most === most && known.least === NOBODY) return;
    names.set(name, { least: NOBODY, most: known === undefined ? most : union(known.most, most) });
  };
  const near = (id: string): void => {
    widen(peerName('sg', id), directory.mostOf(id, own));
  };
  for (const { name, reach, group } of inRules) {
    if (group === undefined) continue;
    const isNear = reach === 'own network' && !directory.isElsewhere(group, own);
    widen(name, isNear ? directory.mostOf(group, own) : ANYWHERE);
  }
  near(own.id);
  aliases.set(SELF, peerName('sg', own.id));
  names.set(NETWORK, directory.extentOf(own));

  for (const name of written) {
    const peer = writtenPeer(name);
    // Until somebody looks lists up: saved answers hold none.
    if (peer?.kind === 'prefix list name') unresolved.add(name);
    // An id is what a rule names, whoever it is.
    if (peer?.kind === 'prefix list' || peer?.kind === 'group') aliases.set(name, name);
    if (peer?.kind === 'group' && (peer.account === undefined || peer.account === own.owner)) {
      aliases.set(name, inRulesById(inRules, peer) ?? peerName('sg', peer.id));
      if (directory.isNear(peer.id, own)) near(peer.id);
    }
    if (peer?.kind === 'group name') {
      const [id, ...more] = directory.named(peer.name, own) ?? [];
      // EC2 lets a name be used once in a VPC; where saved answers show it twice, nobody knows which one is meant.
      if (id !== undefined && more.length === 0) {
        aliases.set(name, peerName('sg', id));
        near(id);
      } else if (id === undefined && directory.isWhole && directory.named(peer.name, own) !== undefined) {
        names.set(name, { least: NOBODY, most: NOBODY });
      } else unresolved.add(name);
    }
  }
  return { names, aliases, unresolved };
}
