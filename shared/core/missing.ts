// Demand x Firewall after its revert -> what each `require` clause asks, and what of it would not pass.
import type { Requirement } from './demand.ts';
import { viewFor } from './effective.ts';
import type { Desired } from './effective.ts';
import { surelyOpen, surelyOpenTo } from './exposure.ts';
import { isEnforced } from './model/finding.ts';
import type { Excess, Missing, NamedFlows, Wanted } from './model/finding.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { PeerName } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import type { Traits } from './model/traits.ts';
import { extentOf, isPrefixList } from './peers.ts';
import { revertsFor } from './reverts.ts';
import { simulate } from './simulate.ts';
import * as line from './space/line.ts';
import { reachesInternet } from './space/private.ts';
import * as traffic from './space/traffic.ts';

/** What of it a firewall surely does not let through. */
export function lackOf(wanted: Wanted, firewall: Firewall, direction: Direction): Wanted {
  return {
    traffic: traffic.difference(wanted.traffic, surelyOpen(firewall, direction)),
    named: wanted.named
      .map((flows) => ({
        ...flows,
        slots: line.difference(flows.slots, surelyOpenTo(firewall, direction, flows.peer)),
      }))
      .filter(({ slots }) => slots.length > 0),
  };
}

/** Which clause may forbid what is asked, depending on who the peers are that it, or the `require`, names. */
function perhapsForbidden(requirement: Requirement, direction: Direction, asked: Asked): string | undefined {
  const { firewall, desired } = asked;
  const { clause, named } = requirement;
  const inAddresses = viewFor(desired, direction, undefined, firewall).prohibitions.find(
    (one) => !traffic.isNothing(traffic.intersection(one.could, requirement.traffic)),
  );
  if (inAddresses !== undefined) return `\`${inAddresses.clause}\` may forbid it, depending on whom it names`;
  for (const name of named) {
    const peer = firewall.aliases.get(name) ?? name;
    const could = traffic.trafficOf(clause.slots, extentOf(name, firewall).most);
    const { prohibitions } = viewFor(desired, direction, peer, firewall);
    const against = prohibitions.find((one) => !traffic.isNothing(traffic.intersection(one.could, could)));
    if (against !== undefined) return `\`${against.clause}\` may forbid it, depending on who \`${name}\` is`;
  }
  return undefined;
}

function withheldOf(requirement: Requirement, wanted: Wanted, direction: Direction, asked: Asked): string | undefined {
  const { firewall } = asked;
  const { clause, unknown, named } = requirement;
  if (unknown !== undefined) return `nobody knows the addresses of \`${unknown}\` here`;
  const nameless = named.find((name) => !firewall.aliases.has(name));
  if (nameless !== undefined) return `nobody knows which peer \`${nameless}\` is here, so no rule can name it`;
  const forbidden = perhapsForbidden(requirement, direction, asked);
  if (forbidden !== undefined || clause.open) return forbidden;
  const isOpening =
    wanted.traffic.some(({ who }) => reachesInternet(who)) ||
    named.some((name) => isList(name) && reachesInternet(extentOf(name, firewall).most));
  return isOpening ? 'it reaches the internet, and the clause has no `open: true`' : undefined;
}

/** A group is made of members of networks; a list of addresses may hold anybody. */
function isList(name: PeerName): boolean {
  return isPrefixList(name) || name.startsWith('tag:');
}

interface Asked {
  readonly firewall: Firewall;
  readonly desired: Desired;
}

/** What each `require` clause asks, and what of it the firewall would not let through after the revert. */
export function requirementsOf(
  asked: Asked,
  direction: Direction,
  excess: readonly Excess[],
  traits: Traits,
): readonly Missing[] {
  const { firewall, desired } = asked;
  const { requirements } = desired[direction];
  if (requirements.length === 0) return [];
  const reverts = revertsFor(firewall, direction, excess.filter(isEnforced), traits);
  const after = simulate(firewall, reverts.changes);
  return requirements.map((requirement): Missing => {
    const { policy, clause } = requirement;
    // `self` and the group's own name are one peer, and no rule is written twice.
    const peers = new Set(requirement.named.map((name) => firewall.aliases.get(name) ?? name));
    const named = [...peers].map((peer): NamedFlows => ({ kind: 'named', peer, slots: clause.slots }));
    const required = { traffic: requirement.traffic, named };
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
      missing: lackOf(required, after, direction),
      required,
      withheld: withheldOf(requirement, required, direction, asked),
    };
  });
}
