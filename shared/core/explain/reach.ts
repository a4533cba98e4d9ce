// Clause x how rules write a peer x names -> Reach: what the clause speaks of.
import { meantBy } from '../demand.ts';
import type { Sight as Seen } from '../demand.ts';
import type { Clause, Peers } from '../model/policy.ts';
import type { PeerName } from '../model/rule.ts';
import { boundsOf, extentOf, isExact, isPrefixList } from '../peers.ts';
import type { Names } from '../peers.ts';
import * as addresses from '../space/addresses.ts';
import type { Addresses } from '../space/addresses.ts';
import * as traffic from '../space/traffic.ts';
import type { Traffic } from '../space/traffic.ts';

/** The rules that a question is about: by how policies write the peer that they name, or in addresses where by none. */
export interface Sight extends Seen {
  readonly known: Names;
}

export interface Reach {
  /** What the clause means whoever the peers are that it names, and all that it can mean. */
  readonly least: Traffic;
  readonly most: Traffic;
  /** What only `within` leaves out of the peers that it names. */
  readonly cut: Traffic;
}

function cutBy(
  { peers, within }: { readonly peers: Peers; readonly within: Peers },
  least: Addresses,
  sight: Sight,
): Addresses {
  const lists = { addresses: addresses.NOBODY, names: peers.names.filter(isPrefixList) };
  const uncut = meantBy({ peers: lists, within: undefined }, sight, sight.known).most;
  return addresses.difference(addresses.difference(uncut, boundsOf(within, sight.known).least), least);
}

export function reachOf(clause: Clause, sight: Sight): Reach {
  const { slots, peers, within } = clause;
  const { least, most } = meantBy(clause, sight, sight.known);
  return {
    least: traffic.trafficOf(slots, least),
    most: traffic.trafficOf(slots, most),
    cut: within === undefined ? traffic.NOTHING : traffic.trafficOf(slots, cutBy({ peers, within }, least, sight)),
  };
}

/** The peers of a clause on whose identity it depends whether the clause means some of this traffic. */
export function namesInDoubt({ peers, slots }: Clause, sight: Sight, part: Traffic): readonly PeerName[] {
  return peers.names.filter((name) => {
    const extent = extentOf(name, sight.known);
    const could = traffic.trafficOf(slots, extent.most);
    return !sight.written.includes(name) && !isExact(extent) && !traffic.isNothing(traffic.intersection(could, part));
  });
}
