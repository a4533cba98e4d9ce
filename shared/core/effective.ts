// PolicySet x Firewall x time -> Desired. Exceptions edit what is desired, here and nowhere else.
import { matches } from './match.ts';
import { DIRECTIONS } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import { clausesOf, MODES } from './model/policy.ts';
import type { Clause, Exception, Mode, Place, Policy, PolicySet } from './model/policy.ts';
import { trafficText } from './spell.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

/** What one clause forbids, exceptions taken out. */
export interface Prohibition {
  readonly policy: Policy;
  /** The clause's id; `POLICY/ingress/allow` for what no clause allows. */
  readonly clause: string;
  readonly place: Place;
  readonly why: string | undefined;
  readonly traffic: Traffic;
}

/** What one `require` clause asks for. */
export interface Requirement {
  readonly policy: Policy;
  readonly clause: Clause;
  readonly traffic: Traffic;
}

/** What all policies of this mode and of stricter ones forbid together. */
export interface Level {
  readonly mode: Mode;
  readonly forbidden: Traffic;
}

/** What is desired of one direction of a firewall. */
export interface Demand {
  readonly forbidden: Traffic;
  /** In deciding order: strictest mode first, then by file and position, denies before what no clause allows. */
  readonly prohibitions: readonly Prohibition[];
  /** From strict to mild, only modes that some prohibition has. */
  readonly levels: readonly Level[];
  readonly requirements: readonly Requirement[];
}

/** What the policies that govern a firewall ask of it at one moment. */
export interface Desired {
  readonly policies: readonly Policy[];
  readonly ingress: Demand;
  readonly egress: Demand;
  /** What one policy requires and another forbids, as text for people. */
  readonly contradictions: readonly string[];
}

function strictness(mode: Mode): number {
  return MODES.length - MODES.indexOf(mode);
}

function clauseTraffic(clause: Clause): Traffic {
  return traffic.trafficOf(clause.slots, clause.peers);
}

/** What the clauses leave out of all traffic that can exist. */
function leftOut(clauses: readonly Clause[]): Traffic {
  return traffic.difference(traffic.WORLD, traffic.unionOf(clauses.map(clauseTraffic)));
}

/** The `allow` clauses that count for a policy: those of policies at least as strict, so that no trial widens an enforced one. */
function countingAllows(policy: Policy, policies: readonly Policy[], direction: Direction): readonly Clause[] {
  return policies
    .filter((other) => strictness(other.mode) >= strictness(policy.mode))
    .flatMap((other) => clausesOf(other, direction).allow ?? []);
}

function prohibitionsOf(policy: Policy, allows: readonly Clause[], direction: Direction): readonly Prohibition[] {
  const { allow, deny, place } = clausesOf(policy, direction);
  const denied = deny.map((clause) => ({
    policy,
    clause: clause.id,
    place: clause.place,
    why: clause.why,
    traffic: clauseTraffic(clause),
  }));
  if (allow === undefined) return denied;
  const clause = `${policy.name}/${direction}/allow`;
  return [...denied, { policy, clause, place, why: undefined, traffic: leftOut(allows) }];
}

function levelsOf(prohibitions: readonly Prohibition[]): readonly Level[] {
  const modes = MODES.filter((mode) => prohibitions.some(({ policy }) => policy.mode === mode));
  return modes.map((mode) => ({
    mode,
    forbidden: traffic.unionOf(
      prohibitions.filter(({ policy }) => strictness(policy.mode) >= strictness(mode)).map((one) => one.traffic),
    ),
  }));
}

function demandOf(policies: readonly Policy[], exceptions: readonly Exception[], direction: Direction): Demand {
  const excepted = traffic.unionOf(exceptions.flatMap((exception) => exception[direction].map(clauseTraffic)));
  const prohibitions = policies
    .toSorted((a, b) => strictness(b.mode) - strictness(a.mode))
    .flatMap((policy) => prohibitionsOf(policy, countingAllows(policy, policies, direction), direction))
    .map((one) => ({ ...one, traffic: traffic.difference(one.traffic, excepted) }));
  const requirements = policies.flatMap((policy) =>
    clausesOf(policy, direction).require.map((clause) => ({ policy, clause, traffic: clauseTraffic(clause) })),
  );
  const levels = levelsOf(prohibitions);
  return { forbidden: levels.at(-1)?.forbidden ?? traffic.NOTHING, prohibitions, levels, requirements };
}

function placeText(place: Place): string {
  return `\`${place.file}\` line ${String(place.line)}`;
}

function contradictionsOf(demand: Demand): readonly string[] {
  return demand.requirements.flatMap((requirement) => {
    const against = demand.prohibitions.find(
      (one) => !traffic.isNothing(traffic.intersection(one.traffic, requirement.traffic)),
    );
    if (against === undefined) return [];
    const overlap = trafficText(traffic.intersection(against.traffic, requirement.traffic));
    return [
      `\`${requirement.clause.id}\` (${placeText(requirement.clause.place)}) requires ${overlap}, and ` +
        `\`${against.clause}\` (${placeText(against.place)}) forbids it; change one of the two`,
    ];
  });
}

/** The policies that govern a firewall together cut traffic into more pieces than can be judged. */
export class PolicyTooLarge extends Error {
  constructor(policies: readonly Policy[], options: ErrorOptions) {
    const names = policies.map(({ name }) => `\`${name}\``).join(', ');
    super(
      `the addresses and ports in ${names} cut traffic into more pieces than can be judged, so nothing is judged by them; ` +
        'write neighbouring ranges as one, or move clauses to policies that match fewer firewalls',
      options,
    );
    this.name = 'PolicyTooLarge';
  }
}

/** Throws `PolicyTooLarge`: what cannot be judged exactly is not judged approximately. */
function compile(policies: readonly Policy[], exceptions: readonly Exception[]): Desired {
  try {
    const ingress = demandOf(policies, exceptions, 'ingress');
    const egress = demandOf(policies, exceptions, 'egress');
    return { policies, ingress, egress, contradictions: [...contradictionsOf(ingress), ...contradictionsOf(egress)] };
  } catch (error) {
    throw error instanceof traffic.TooLarge ? new PolicyTooLarge(policies, { cause: error }) : error;
  }
}

/** Where a policy requires what it forbids itself, whoever else governs the firewall. Throws `PolicyTooLarge`. */
export function overlapsOf(
  policy: Policy,
): readonly { readonly direction: Direction; readonly clause: Clause; readonly traffic: Traffic }[] {
  const alone = compile([policy], []);
  return DIRECTIONS.flatMap((direction) => {
    const { requirements, forbidden } = alone[direction];
    return requirements
      .map(({ clause, traffic: asked }) => ({ direction, clause, traffic: traffic.intersection(asked, forbidden) }))
      .filter((overlap) => !traffic.isNothing(overlap.traffic));
  });
}

/**
 * A policy set, compiled once for each set of policies and exceptions that turn out to govern some firewall together,
 * and asked many times. A fleet of thousands of firewalls has few such sets.
 */
export class DesiredBook {
  readonly #set: PolicySet;
  readonly #pages = new Map<string, Desired>();

  constructor(set: PolicySet) {
    this.#set = set;
  }

  /** What is desired of this firewall at this moment. */
  for(firewall: Firewall, at: Date): Desired {
    const policies = this.#set.policies.filter(({ match }) => matches(match, firewall));
    const exceptions = this.#set.exceptions.filter(
      ({ match, until }) => at.getTime() < until.getTime() && matches(match, firewall),
    );
    const key = JSON.stringify([policies.map(({ name }) => name), exceptions.map(({ name }) => name)]);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const desired = compile(policies, exceptions);
    this.#pages.set(key, desired);
    return desired;
  }
}
