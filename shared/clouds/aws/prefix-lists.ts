// Answers of the calls about prefix lists -> which lists there are and who is in them.
import { z } from 'zod';
import type { Firewall } from '../../core/model/firewall.ts';
import { peersNamedIn } from '../../core/model/firewall.ts';
import { peerName } from '../../core/model/rule.ts';
import type { PeerName } from '../../core/model/rule.ts';
import { NOBODY, unionOf } from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../core/space/cidr.ts';
import { writtenPeer } from './names.ts';
import { PREFIX_LIST_ID } from './traits.ts';

/** A list as DescribeManagedPrefixLists shows it. */
export interface PrefixList {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  /**
   * Rises with every change of the entries. AWS's own lists have none (aws re:Post, "prefix list version required", and
   * the acceptance tests of terraform-provider-aws, which show them as 0; 2026-11-24).
   */
  readonly version: number | undefined;
}

/** The lists that firewalls and policies name. */
export interface AskedLists {
  readonly ids: readonly string[];
  readonly names: readonly { readonly owner: string; readonly name: string }[];
}

/** The lists that could be read. One that is not in here can be anybody or nobody. */
export interface PrefixLists {
  readonly found: readonly PrefixList[];
  /** Whether lists were looked for by name, so that one that was not found does not exist. */
  readonly isWhole: boolean;
  readonly entries: ReadonlyMap<string, Addresses>;
}

/** What two reads of lists show together. */
export function bothOf(one: PrefixLists, other: PrefixLists): PrefixLists {
  return {
    found: [...one.found, ...other.found],
    isWhole: one.isWhole && other.isWhole,
    entries: new Map([...one.entries, ...other.entries]),
  };
}

const listShape = z.object({
  PrefixListId: z.string().regex(PREFIX_LIST_ID),
  OwnerId: z.string(),
  PrefixListName: z.string(),
  Version: z.int().nullish(),
});
const listsShape = z.object({ PrefixLists: z.array(z.unknown()) });
const entriesShape = z.object({ Entries: z.array(z.object({ Cidr: z.string() })) });

/** The lists of an answer. One that cannot be read is left out, which means that nothing is known of it. */
export function prefixListsIn(answer: unknown): readonly PrefixList[] {
  const lists = listsShape.safeParse(answer);
  return (lists.data?.PrefixLists ?? []).flatMap((element) => {
    const { data } = listShape.safeParse(element);
    if (data === undefined) return [];
    const version = data.Version === null || data.Version === 0 ? undefined : data.Version;
    return [{ id: data.PrefixListId, owner: data.OwnerId, name: data.PrefixListName, version }];
  });
}

/** Everybody in a list, from all pages of GetManagedPrefixListEntries; undefined where one entry cannot be read. */
export function entriesIn(answer: unknown): Addresses | undefined {
  const entries = entriesShape.safeParse(answer);
  if (!entries.success) return undefined;
  const blocks = entries.data.Entries.map(({ Cidr }) => blockOf(Cidr)?.block);
  const known = blocks.filter((block) => block !== undefined);
  return known.length === blocks.length ? unionOf(known.map(addressesOfBlock)) : undefined;
}

/** The lists that the rules of firewalls name, and those that policies name. */
export function listsNamedBy(firewalls: readonly Firewall[], written: readonly PeerName[]): AskedLists {
  const inRules = firewalls.flatMap(peersNamedIn);
  const ids = new Set<string>();
  const names = new Map<string, { readonly owner: string; readonly name: string }>();
  for (const name of new Set([...inRules, ...written])) {
    const peer = writtenPeer(name);
    if (peer?.kind === 'prefix list') ids.add(peer.id);
    if (peer?.kind === 'prefix list name')
      names.set(`${peer.owner}/${peer.name}`, { owner: peer.owner, name: peer.name });
  }
  return { ids: [...ids], names: [...names.values()] };
}

/** The ids of the lists with a name. Names of lists need not be unique, and of two nobody knows which one is meant. */
function idsOf({ found }: PrefixLists, owner: string, name: string): readonly string[] {
  return [...new Set(found.filter((list) => list.owner === owner && list.name === name).map(({ id }) => id))];
}

/** The firewall with what is known of the lists that it names or that policies name: exactly their entries. */
export function withPrefixLists(firewall: Firewall, written: readonly PeerName[], lists: PrefixLists): Firewall {
  const names = new Map(firewall.names);
  const aliases = new Map(firewall.aliases);
  const unresolved = new Set(firewall.unresolved);
  const { ids } = listsNamedBy([firewall], written);
  const wanted = new Set(ids);
  for (const name of written) {
    const peer = writtenPeer(name);
    if (peer?.kind !== 'prefix list name') continue;
    const [id, ...more] = idsOf(lists, peer.owner, peer.name);
    const isNobody = id === undefined && lists.isWhole;
    if (isNobody) names.set(name, { least: NOBODY, most: NOBODY });
    if (more.length > 0 || (id === undefined && !isNobody)) unresolved.add(name);
    else unresolved.delete(name);
    if (id === undefined || more.length > 0) continue;
    aliases.set(name, peerName('prefix-list', id));
    wanted.add(id);
  }
  for (const id of wanted) {
    const entries = lists.entries.get(id);
    if (entries !== undefined) names.set(peerName('prefix-list', id), { least: entries, most: entries });
  }
  return { ...firewall, names, aliases, unresolved };
}
