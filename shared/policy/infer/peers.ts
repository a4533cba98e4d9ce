// A rule's peer -> how a policy writes it.
import type { Firewall } from '../../core/model/firewall.ts';
import type { PeerName } from '../../core/model/rule.ts';
import { namedPeerForm } from '../named-peer.ts';

/** Where a name of a firewall counts: names are unique there, whatever their case. */
function placeOf({ target, networks }: Firewall): string | undefined {
  const [network, ...more] = networks;
  return network === undefined || more.length > 0 ? undefined : `${target.account} ${network}`;
}

/** Whether a policy may call a firewall by this name and be read as meaning just that. */
function isSayable(name: string): boolean {
  const form = namedPeerForm(`sg:${name}`);
  return form?.kind === 'meaning' && form.value === `sg:${name}` && !/^sg-|\//.test(name);
}

/** How policies may call the firewalls that rules name by id. */
export class Callings {
  readonly #byId = new Map<string, Firewall>();
  readonly #counts = new Map<string, number>();

  constructor(firewalls: readonly Firewall[]) {
    for (const firewall of firewalls) {
      this.#byId.set(firewall.target.id, firewall);
      const key = `${placeOf(firewall) ?? ''} ${firewall.name.toLowerCase()}`;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /**
   * `self` for the firewall itself; the name of one beside it, since that also fits its twin in another network; else as
   * the rule names it.
   */
  of(peer: PeerName, own: Firewall): string {
    const [, id = ''] = /^sg:(?:\d{12}\/)?(sg-[0-9a-f]+)$/.exec(peer) ?? [];
    if (id === own.target.id) return 'self';
    const other = this.#byId.get(id);
    const place = placeOf(own);
    if (other === undefined || place === undefined || placeOf(other) !== place) return peer;
    const isUnique = this.#counts.get(`${place} ${other.name.toLowerCase()}`) === 1;
    return isUnique && isSayable(other.name) ? `sg:${other.name}` : peer;
  }
}
