// PolicySet -> enforced lists that would cut a network off from itself.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import type { Clause, Match, Policy, PolicySet } from '../../core/model/policy.ts';
import { INTERNET } from '../../core/model/rule.ts';
import * as addresses from '../../core/space/addresses.ts';
import * as line from '../../core/space/line.ts';
import { PRIVATE, reachesInternet } from '../../core/space/private.ts';
import { ANY_PROTOCOL, portSlots, TCP, UDP } from '../../core/space/slots.ts';
import { quoted } from '../problem.ts';
import { areApart } from './apart.ts';
import type { Effort, Remark } from './remark.ts';

/** A match that leaves no kind of firewall out, if perhaps some accounts and regions. */
function fitsEverything({ network, resourceGroup, id, name, tags }: Match): boolean {
  return [network, resourceGroup, id, name, tags].every((key) => key === undefined);
}

/** Whether a clause speaks of what is inside: by a name, or by addresses that are not simply all there are. */
function speaksOfInside({ peers, slots }: Clause): boolean {
  if (peers.names.some((name) => name !== INTERNET)) return true;
  const who = peers.addresses;
  const inside = addresses.intersection(who, PRIVATE);
  if (addresses.isNobody(inside)) return false;
  const isAll = line.equal(inside.v4, PRIVATE.v4) || line.equal(inside.v6, PRIVATE.v6);
  return !(isAll && reachesInternet(who)) || line.equal(slots, ANY_PROTOCOL);
}

const DNS = line.union(portSlots(TCP, 53, 53), portSlots(UDP, 53, 53));
const NTP = portSlots(UDP, 123, 123);

function looksUpNames({ slots }: Clause): boolean {
  return line.intersection(slots, line.union(DNS, NTP)).length > 0;
}

/** All `allow` clauses that count for every firewall that an enforced policy governs. */
function countingFor(policy: Policy, direction: Direction, set: PolicySet, effort: Effort): readonly Clause[] {
  const others = set.policies.filter((other) => {
    const isWide = other === policy || (other.mode === 'enforce' && fitsEverything(other.match));
    return isWide && !areApart(policy.match, other.match, effort);
  });
  return others.flatMap((other) => other[direction].allow ?? []);
}

function remarksIn(policy: Policy, direction: Direction, set: PolicySet, effort: Effort): readonly Remark[] {
  const { allow, place } = policy[direction];
  if (policy.mode !== 'enforce' || allow === undefined || !fitsEverything(policy.match)) return [];
  const counting = countingFor(policy, direction, set, effort);
  effort.spend(counting.length * 4);
  const isIngress = direction === 'ingress';
  const remarks: Remark[] = [];
  if (!counting.some(speaksOfInside)) {
    const all = isIngress ? 'from inside the network' : 'to the inside of the network';
    const but = counting.length === 0 ? '' : `, but what is allowed ${isIngress ? 'from' : 'to'} anywhere`;
    const why = 'no clause names `private`, `network`, a group, `self` or addresses of your own';
    const advice = `write \`{ service: any, ${isIngress ? 'from' : 'to'}: network }\` if firewalls are to keep talking to each other`;
    remarks.push({ place, what: `${quoted(policy.name)}: everything ${all} is forbidden${but}: ${why}; ${advice}` });
  }
  if (!isIngress && counting.length > 0 && !counting.some(looksUpNames)) {
    const what = `${quoted(policy.name)}: no clause lets out DNS, NTP or \`any\`, so resolvers and clocks of your own cannot be asked`;
    remarks.push({
      place,
      what: `${what}; write \`{ service: [tcp+udp/53, udp/123], to: network }\` if there are some`,
    });
  }
  return remarks;
}

/** What everything on a network would lose at once. Throws `TooMuchWork`. */
export function cutOffIn(set: PolicySet, effort: Effort): readonly Remark[] {
  return set.policies.flatMap((policy) => DIRECTIONS.flatMap((direction) => remarksIn(policy, direction, set, effort)));
}
