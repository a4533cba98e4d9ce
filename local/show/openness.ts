// Firewall x Desired -> what is open to the internet, and what of that should not be.
import { viewFor } from '../../shared/core/effective.ts';
import type { Desired } from '../../shared/core/effective.ts';
import { surelyOpen } from '../../shared/core/exposure.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { INTERNET } from '../../shared/core/model/rule.ts';
import { extentOf } from '../../shared/core/peers.ts';
import { ANY_PROTOCOL } from '../../shared/core/space/slots.ts';
import * as traffic from '../../shared/core/space/traffic.ts';
import type { Traffic } from '../../shared/core/space/traffic.ts';

export interface Openness {
  readonly name: string;
  /** What surely comes in from some address of the internet. */
  readonly open: Traffic;
  /** Of that, what a policy forbids and Portcullis takes away. */
  readonly enforced: Traffic;
  /** Of that, what a policy forbids and Portcullis only tells of. */
  readonly reported: Traffic;
}

/** `internet` is what the policy language means by it: anywhere but private ranges and those of the firewall's networks. */
export function opennessOf(firewall: Firewall, desired: Desired): Openness {
  const internet = traffic.trafficOf(ANY_PROTOCOL, extentOf(INTERNET, firewall).least);
  const open = traffic.intersection(surelyOpen(firewall, 'ingress'), internet);
  const { levels, forbidden } = viewFor(desired, 'ingress', undefined, firewall);
  const strictest = levels.find(({ mode }) => mode === 'enforce')?.forbidden ?? traffic.NOTHING;
  const enforced = traffic.intersection(open, strictest);
  const reported = traffic.difference(traffic.intersection(open, forbidden), enforced);
  return { name: firewall.name, open, enforced, reported };
}

/** What all firewalls of a place let in from the internet, and how many of them do. */
export interface OpenPlace {
  readonly groups: number;
  /** Groups that are open to somebody on the internet. */
  readonly open: number;
  /** Of those, the ones that a policy forbids something of. */
  readonly against: number;
  /** Of those, the ones of which nothing is taken away, since the policies only tell of it. */
  readonly onlyReported: number;
  readonly enforced: Traffic;
  readonly reported: Traffic;
  readonly allowed: Traffic;
}

/** All firewalls of a place together. */
export function openPlaceOf(all: readonly Openness[]): OpenPlace {
  const isOpen = (part: Traffic): boolean => !traffic.isNothing(part);
  const against = all.filter(({ enforced, reported }) => isOpen(enforced) || isOpen(reported));
  const fine = all.map(({ open, enforced, reported }) =>
    traffic.difference(traffic.difference(open, enforced), reported),
  );
  return {
    groups: all.length,
    open: all.filter(({ open }) => isOpen(open)).length,
    against: against.length,
    onlyReported: against.filter(({ enforced }) => !isOpen(enforced)).length,
    enforced: traffic.unionOf(all.map(({ enforced }) => enforced)),
    reported: traffic.unionOf(all.map(({ reported }) => reported)),
    allowed: traffic.unionOf(fine),
  };
}
