// Question x what a firewall knows of names -> Asked: the traffic that is meant there.
import type { Direction } from '../model/firewall.ts';
import type { Question } from '../model/question.ts';
import { INTERNET, NETWORK } from '../model/rule.ts';
import type { PeerName } from '../model/rule.ts';
import { extentOf, isExact } from '../peers.ts';
import type { Names } from '../peers.ts';
import * as line from '../space/line.ts';
import type { Slots } from '../space/slots.ts';
import * as traffic from '../space/traffic.ts';
import type { Traffic } from '../space/traffic.ts';

/** The same in one firewall. */
export interface Asked {
  readonly direction: Direction;
  readonly slots: Slots;
  /** The peer as rules write it; undefined for addresses, to which `internet` and a known `network` come down. */
  readonly peer: PeerName | undefined;
  /** Whether all addresses of the peer are known. */
  readonly isExact: boolean;
  /** All that is meant; of a peer by name, the most that it can be. */
  readonly traffic: Traffic;
}

/** How much of it. `possibly`: nothing for sure, and something depending on who a named peer is. */
export type Share = 'all' | 'part' | 'none' | 'possibly';

export function askedOf({ direction, slots, peer }: Question, known: Names): Asked {
  if (peer.kind === 'addresses') {
    return { direction, slots, peer: undefined, isExact: true, traffic: traffic.trafficOf(slots, peer.addresses) };
  }
  const { name } = peer;
  const extent = extentOf(name, known);
  const isWord = (name === INTERNET || name === NETWORK) && isExact(extent);
  return {
    direction,
    slots,
    peer: isWord ? undefined : (known.aliases.get(name) ?? name),
    isExact: isExact(extent),
    traffic: traffic.trafficOf(slots, extent.most),
  };
}

/** The part of it that lies in a set, whoever the peer is: of a peer that is not known exactly, whole slots only. */
export function surelyIn(asked: Asked, set: Traffic): Traffic {
  const inside = traffic.intersection(asked.traffic, set);
  if (asked.isExact) return inside;
  const lacking = traffic.slotsOf(traffic.difference(asked.traffic, set));
  return traffic.onSlots(inside, line.difference(asked.slots, lacking));
}

/** How much of it lies in a set of which these are the least and the most. */
export function shareOf(asked: Asked, least: Traffic, most: Traffic): Share {
  const inside = surelyIn(asked, least);
  if (!traffic.isNothing(inside)) return traffic.equal(inside, asked.traffic) ? 'all' : 'part';
  return traffic.isNothing(traffic.intersection(asked.traffic, most)) ? 'none' : 'possibly';
}
