// Firewall x Desired -> the limits that it passes.
import type { Desired } from './effective.ts';
import { surelyOpen } from './exposure.ts';
import type { LimitFinding } from './model/finding.ts';
import type { Firewall } from './model/firewall.ts';
import type { Policy } from './model/policy.ts';
import { INTERNET } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import { extentOf } from './peers.ts';
import { hasPorts, runsOf, ANY_PROTOCOL } from './space/slots.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';

/** Protocol and port pairs: a port counts 1, a whole protocol with ports 65,536, one without ports 1. */
function pairsIn(slots: Slots): number {
  const portless = new Set<number>();
  let ports = 0;
  for (const { protocol, from, end } of runsOf(slots)) {
    if (hasPorts(protocol)) ports += end - from;
    else portless.add(protocol);
  }
  return ports + portless.size;
}

/** Every policy with `openPorts` says so for itself: the limit is about what anybody on the internet may reach. */
export function limitsPassed(firewall: Firewall, desired: Desired): readonly LimitFinding[] {
  const limited = desired.policies.filter(
    (policy): policy is Policy & { readonly openPorts: number } => policy.openPorts !== undefined,
  );
  if (limited.length === 0) return [];
  const internet = traffic.trafficOf(ANY_PROTOCOL, extentOf(INTERNET, firewall).most);
  const open = traffic.intersection(surelyOpen(firewall, 'ingress'), internet);
  const count = pairsIn(traffic.slotsOf(open));
  return limited
    .filter(({ openPorts }) => count > openPorts)
    .map((policy) => ({
      kind: 'limit',
      id: `${targetKey(firewall.target)}/ingress/limit/${policy.name}/limits/openPorts`,
      target: firewall.target,
      direction: 'ingress',
      certainty: 'proven',
      policies: [policy.name],
      clause: `${policy.name}/limits/openPorts`,
      place: policy.place,
      why: undefined,
      mode: policy.mode,
      handling: policy.handling,
      traffic: open,
      count,
      limit: policy.openPorts,
    }));
}
