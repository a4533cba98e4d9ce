// Firewall x Desired x Traits -> Drift: every breach, each proven or possible, each under the clause that decides.
import type { Demand, Desired, Prohibition } from './effective.ts';
import { flowsOf, mostOf, surelyOpen, UNKNOWN } from './exposure.ts';
import { isEnforced } from './model/finding.ts';
import type { Drift, Excess, Flows, Missing, UnreadFinding } from './model/finding.ts';
import { DIRECTIONS, rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Mode } from './model/policy.ts';
import type { Rule } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import type { Traits } from './model/traits.ts';
import { revertsFor } from './reverts.ts';
import { simulate } from './simulate.ts';
import * as line from './space/line.ts';
import { reachesInternet } from './space/private.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

interface Judged {
  readonly firewall: Firewall;
  readonly direction: Direction;
  readonly demand: Demand;
}

/** The names of all policies that forbid some of this traffic, the deciding one first. */
function forbidders(demand: Demand, deciding: Prohibition, excess: Traffic): readonly string[] {
  const others = demand.prohibitions.filter((one) => !traffic.isNothing(traffic.intersection(one.traffic, excess)));
  return [...new Set([deciding, ...others].map(({ policy }) => policy.name))];
}

function excessBy(judged: Judged, rule: Rule, by: Prohibition, mode: Mode, flows: Flows, excess: Traffic): Excess {
  const { firewall, direction, demand } = judged;
  return {
    kind: 'excess',
    id: `${targetKey(firewall.target)}/${direction}/excess/${by.clause}/${rule.id}`,
    target: firewall.target,
    direction,
    certainty: 'proven',
    policies: forbidders(demand, by, excess),
    clause: by.clause,
    place: by.place,
    why: by.why,
    mode,
    handling: by.policy.handling,
    rule,
    flows,
  };
}

/** A rule in addresses: each forbidden piece goes to the first prohibition, in deciding order, that it falls under. */
function excessOfAddresses(judged: Judged, rule: Rule, open: Traffic): readonly Excess[] {
  const found: Excess[] = [];
  let rest = traffic.intersection(open, judged.demand.forbidden);
  for (const by of judged.demand.prohibitions) {
    if (traffic.isNothing(rest)) break;
    const piece = traffic.intersection(rest, by.traffic);
    if (traffic.isNothing(piece)) continue;
    found.push(excessBy(judged, rule, by, by.policy.mode, { kind: 'addresses', traffic: piece }, piece));
    rest = traffic.difference(rest, by.traffic);
  }
  return found;
}

/**
 * A rule that names a peer, slot by slot: fine where nothing that the peer can be is forbidden, proven where all of it
 * is, possible in between. `could` is all that the rule lets through if the peer is the most that it can be.
 * INVARIANT: what several prohibitions forbid only together is judged together; judged one by one it would look possible.
 */
function excessOfNamed(
  judged: Judged,
  rule: Rule,
  could: Traffic,
  flowsOn: (slots: Slots) => Flows,
): readonly Excess[] {
  const { demand } = judged;
  const found: Excess[] = [];
  let judgedSlots: Slots = [];
  const settle = (slots: Slots, mode: Mode | undefined, certainty: Excess['certainty']): void => {
    let rest = line.difference(slots, judgedSlots);
    judgedSlots = line.union(judgedSlots, slots);
    for (const by of demand.prohibitions) {
      if (mode !== undefined && by.policy.mode !== mode) continue;
      const excess = traffic.intersection(traffic.onSlots(could, rest), by.traffic);
      const hit = traffic.slotsOf(excess);
      if (hit.length === 0) continue;
      rest = line.difference(rest, hit);
      const one = excessBy(judged, rule, by, by.policy.mode, flowsOn(hit), excess);
      // One rule may be proven on some slots and possible on others, under one clause: two findings, two ids.
      found.push(certainty === 'proven' ? one : { ...one, id: `${one.id}/possible`, certainty });
    }
  };
  const open = traffic.slotsOf(could);
  for (const { mode, forbidden } of demand.levels) {
    settle(line.difference(open, traffic.slotsOf(traffic.difference(could, forbidden))), mode, 'proven');
  }
  settle(traffic.slotsOf(traffic.intersection(could, demand.forbidden)), undefined, 'possible');
  return found;
}

function excessOf(judged: Judged, rule: Rule): readonly Excess[] {
  const flows = flowsOf(rule.box);
  if (flows.kind === 'addresses') return excessOfAddresses(judged, rule, flows.traffic);
  const could = mostOf(rule.box, judged.firewall.names.get(flows.peer) ?? UNKNOWN);
  return excessOfNamed(judged, rule, could, (slots) => ({ ...flows, slots }));
}

/** What each `require` clause asks, and what of it the firewall would not let through after the revert. */
function requirementsOf(judged: Judged, excess: readonly Excess[], traits: Traits): readonly Missing[] {
  const { firewall, direction, demand } = judged;
  if (demand.requirements.length === 0) return [];
  const reverts = revertsFor(firewall, direction, excess.filter(isEnforced), traits);
  const stays = surelyOpen(simulate(firewall, reverts.changes), direction);
  return demand.requirements.map(({ policy, clause, traffic: required }) => {
    const opensInternet = required.some(({ who }) => reachesInternet(who));
    return {
      kind: 'missing',
      id: `${targetKey(firewall.target)}/${direction}/missing/${clause.id}`,
      target: firewall.target,
      direction,
      certainty: 'proven',
      policies: [policy.name],
      clause: clause.id,
      place: clause.place,
      why: clause.why,
      mode: policy.mode,
      handling: policy.handling,
      traffic: traffic.difference(required, stays),
      required,
      withheld:
        opensInternet && !clause.open ? 'it reaches the internet, and the clause has no `open: true`' : undefined,
    };
  });
}

/** What could not be read may let anything through: the strictest governing policy has to say so. */
function unreadIn(firewall: Firewall, desired: Desired): readonly UnreadFinding[] {
  return firewall.unread.flatMap(({ direction, rule, why }): readonly UnreadFinding[] => {
    const by = desired[direction].prohibitions[0];
    if (by === undefined) return [];
    return [
      {
        kind: 'unread',
        id: `${targetKey(firewall.target)}/${direction}/unread/${by.clause}/${rule}`,
        target: firewall.target,
        direction,
        certainty: 'possible',
        policies: [...new Set(desired[direction].prohibitions.map(({ policy }) => policy.name))],
        clause: by.clause,
        place: by.place,
        why: by.why,
        mode: by.policy.mode,
        handling: by.policy.handling,
        rule,
        problem: why,
      },
    ];
  });
}

export function driftOf(firewall: Firewall, desired: Desired, traits: Traits): Drift {
  const excess: Excess[] = [];
  const requirements: Missing[] = [];
  for (const direction of DIRECTIONS) {
    const judged = { firewall, direction, demand: desired[direction] };
    const found = rulesOf(firewall, direction).flatMap((rule) => excessOf(judged, rule));
    excess.push(...found);
    requirements.push(...requirementsOf(judged, found, traits));
  }
  const missing = requirements.filter((one) => !traffic.isNothing(one.traffic));
  return {
    target: firewall.target,
    version: firewall.version,
    governed: desired.policies.length > 0,
    findings: [...excess, ...missing, ...unreadIn(firewall, desired)],
    requirements,
    contradictions: desired.contradictions,
  };
}
