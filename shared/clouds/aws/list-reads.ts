// Reads of the prefix lists that policies and rules name, beside reads of groups.
import type { Firewall } from '../../core/model/firewall.ts';
import type { PeerName } from '../../core/model/rule.ts';
import { bothOf, listsNamedBy, withPrefixLists } from './prefix-lists.ts';
import type { AskedLists, PrefixLists } from './prefix-lists.ts';
import type { Surroundings } from './surroundings.ts';

/** Of how many groups it is kept which lists their rules named. */
const MOST_KEPT = 200;

/** Lists that were asked for, and what was shown of them. */
interface Shown {
  readonly asked: AskedLists;
  readonly lists: PrefixLists;
}

export class ListReads {
  readonly #surroundings: Surroundings;
  /** The lists that the rules of a group named when it was last read: mostly they still do. */
  readonly #namedIn = new Map<string, readonly string[]>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** What can be asked for before a group is read: the lists that policies name, and those that it named before. */
  async beforehand(written: readonly PeerName[], group?: string): Promise<Shown> {
    const named = listsNamedBy([], written);
    const inRules = (group === undefined ? undefined : this.#namedIn.get(group)) ?? [];
    const asked = { ...named, ids: [...new Set([...named.ids, ...inRules])] };
    return { asked, lists: await this.#surroundings.prefixLists(asked) };
  }

  /** The firewalls with the entries of all lists that they or policies name. What was not asked for beforehand is asked for now. */
  async into(
    firewalls: readonly Firewall[],
    written: readonly PeerName[],
    { asked, lists }: Shown,
  ): Promise<readonly Firewall[]> {
    const known = new Set([...asked.ids, ...lists.found.map(({ id }) => id)]);
    const ids = listsNamedBy(firewalls, []).ids.filter((id) => !known.has(id));
    const all = bothOf(lists, await this.#surroundings.prefixLists({ ids, names: [] }));
    return firewalls.map((firewall) => withPrefixLists(firewall, written, all));
  }

  /** Keeps which lists a group names, for its next read. */
  keep(firewall: Firewall): void {
    const { id } = firewall.target;
    const { ids } = listsNamedBy([firewall], []);
    this.#namedIn.delete(id);
    if (ids.length === 0) return;
    this.#namedIn.set(id, ids);
    const [oldest] = this.#namedIn.keys();
    if (this.#namedIn.size > MOST_KEPT && oldest !== undefined) this.#namedIn.delete(oldest);
  }
}
