// PolicySet x Firewall x time -> Desired. Exceptions and times edit what is desired, here and nowhere else.
import { Demand, IN_ADDRESSES, strictness } from './demand.ts';
import type { Counting, Requirement, Sight } from './demand.ts';
import { isLive } from './during.ts';
import { exceptionOf, liveFor } from './grants.ts';
import { limitsOf } from './model/guard.ts';
import type { Guard, Limits } from './model/guard.ts';
import { matches } from './match.ts';
import { DIRECTIONS } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Grant } from './model/grant.ts';
import { clausesOf } from './model/policy.ts';
import type { Clause, Clauses, Exception, Place, Policy, PolicySet } from './model/policy.ts';
import { INTERNET, NETWORK } from './model/rule.ts';
import type { PeerName } from './model/rule.ts';
import { doubtfulFor, extentOf, NOTHING_KNOWN, writtenFor } from './peers.ts';
import type { Names } from './peers.ts';
import { addressesKey, flowsText, trafficText, wantedText } from './spell.ts';
import * as addresses from './space/addresses.ts';
import * as line from './space/line.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

/** What the policies that govern a firewall ask of it at one moment. */
export interface Desired {
  readonly policies: readonly Policy[];
  /** The names that their clauses use, as they write them. */
  readonly written: readonly PeerName[];
  readonly ingress: Demand;
  readonly egress: Demand;
  /** What one policy requires and another forbids, as text for people. */
  readonly contradictions: readonly string[];
}

function placeText(place: Place): string {
  return `\`${place.file}\` line ${String(place.line)}`;
}

function contradictionText(
  requirement: Requirement,
  against: { clause: string; place: Place },
  overlap: string,
): string {
  return (
    `\`${requirement.clause.id}\` (${placeText(requirement.clause.place)}) requires ${overlap}, and ` +
    `\`${against.clause}\` (${placeText(against.place)}) forbids it; change one of the two`
  );
}

/** What a `require` asks in addresses, and a policy surely forbids. */
function contradictionIn(demand: Demand, requirement: Requirement, direction: Direction): readonly string[] {
  const { prohibitions } = demand.seenAs(IN_ADDRESSES);
  const overlapWith = (forbidden: Traffic): Traffic => traffic.intersection(forbidden, requirement.traffic);
  const against = prohibitions.find((one) => !traffic.isNothing(overlapWith(one.traffic)));
  if (against === undefined) return [];
  const overlap = trafficText(overlapWith(against.traffic), direction === 'ingress' ? 'from' : 'to');
  return [contradictionText(requirement, against, overlap)];
}

/** All names that stand for one peer. */
function sameAs(name: PeerName, { aliases }: Names): readonly PeerName[] {
  const first = aliases.get(name);
  return [...aliases].filter(([, other]) => other === first).map(([written]) => written);
}

/** What a `require` asks of a peer by name, and a policy forbids whoever the peer is, or forbids of what it surely is. */
function contradictionsOfNames(
  demand: Demand,
  requirement: Requirement,
  direction: Direction,
  known: Names,
): readonly string[] {
  return requirement.named.flatMap((name) => {
    const view = demand.seenAs({ written: sameAs(name, known), doubtful: [] });
    const { least, most } = extentOf(name, known);
    const could = traffic.trafficOf(requirement.clause.slots, most);
    const doubtful = traffic.slotsOf(traffic.difference(could, view.forbidden));
    const whole = traffic.onSlots(could, line.difference(traffic.slotsOf(could), doubtful));
    const surely = traffic.intersection(traffic.trafficOf(requirement.clause.slots, least), view.forbidden);
    const forbidden = traffic.union(whole, surely);
    const against = view.prohibitions.find((one) => !traffic.isNothing(traffic.intersection(one.traffic, forbidden)));
    if (against === undefined) return [];
    const slots = traffic.slotsOf(forbidden);
    return [contradictionText(requirement, against, flowsText(direction, { kind: 'named', peer: name, slots }))];
  });
}

function contradictionsOf(demand: Demand, direction: Direction, known: Names): readonly string[] {
  return demand.requirements.flatMap((requirement) => [
    ...contradictionIn(demand, requirement, direction),
    ...contradictionsOfNames(demand, requirement, direction, known),
  ]);
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

function allClauses(clauses: Clauses): readonly Clause[] {
  return [...(clauses.allow ?? []), ...clauses.deny, ...clauses.require];
}

function clausesIn({ policies, exceptions }: Pick<Counting, 'policies' | 'exceptions'>): readonly Clause[] {
  return DIRECTIONS.flatMap((direction) => [
    ...policies.flatMap((policy) => allClauses(clausesOf(policy, direction))),
    ...exceptions.flatMap((exception) => exception[direction]),
  ]);
}

function namesIn(clauses: readonly Clause[]): readonly PeerName[] {
  return [...new Set(clauses.flatMap(({ peers, within }) => [...peers.names, ...(within?.names ?? [])]))];
}

/** Throws `PolicyTooLarge`: what cannot be judged exactly is not judged approximately. */
function compile(counting: Counting): Desired {
  try {
    const ingress = new Demand(counting, 'ingress');
    const egress = new Demand(counting, 'egress');
    const { policies, known } = counting;
    return {
      policies,
      written: namesIn(clausesIn(counting)),
      ingress,
      egress,
      contradictions: [...contradictionsOf(ingress, 'ingress', known), ...contradictionsOf(egress, 'egress', known)],
    };
  } catch (error) {
    throw error instanceof traffic.TooLarge ? new PolicyTooLarge(counting.policies, { cause: error }) : error;
  }
}

function hasTimes(clauses: readonly Clause[]): boolean {
  return clauses.some(({ during }) => during !== undefined);
}

function liveOf(clauses: readonly Clause[], at: Date): readonly Clause[] {
  return hasTimes(clauses) ? clauses.filter(({ during }) => isLive(during, at)) : clauses;
}

function livePolicy(policy: Policy, at: Date): Policy {
  if (!DIRECTIONS.some((direction) => hasTimes(allClauses(policy[direction])))) return policy;
  const live = ({ allow, deny, require, place }: Clauses): Clauses => ({
    allow: allow === undefined ? undefined : liveOf(allow, at),
    deny: liveOf(deny, at),
    require: liveOf(require, at),
    place,
  });
  return { ...policy, ingress: live(policy.ingress), egress: live(policy.egress) };
}

function liveException(exception: Exception, at: Date): Exception {
  const { ingress, egress } = exception;
  return hasTimes([...ingress, ...egress])
    ? { ...exception, ingress: liveOf(ingress, at), egress: liveOf(egress, at) }
    : exception;
}

/** What one `require` clause asks for and its own policy forbids. */
export interface Overlap {
  readonly clause: Clause;
  /** The traffic, in words. */
  readonly text: string;
}

/** The slots of a name on which a demand forbids all that anybody could be. */
function slotsForbidden(demand: Demand, slots: Slots, name: PeerName): Slots {
  const { forbidden } = demand.seenAs({ written: [name], doubtful: [] });
  const all = traffic.trafficOf(slots, addresses.ANYWHERE);
  return line.difference(traffic.slotsOf(all), traffic.slotsOf(traffic.difference(all, forbidden)));
}

function overlapsIn(demand: Demand, direction: Direction): readonly Overlap[] {
  const { forbidden } = demand.seenAs(IN_ADDRESSES);
  return demand.requirements.flatMap(({ clause, traffic: asked }): readonly Overlap[] => {
    const inAddresses = traffic.intersection(asked, forbidden);
    const named = clause.peers.names
      .filter((name) => name !== INTERNET)
      .map((name) => ({ kind: 'named' as const, peer: name, slots: slotsForbidden(demand, clause.slots, name) }))
      .filter(({ slots }) => slots.length > 0);
    if (traffic.isNothing(inAddresses) && named.length === 0) return [];
    return [{ clause, text: wantedText(direction, { traffic: inAddresses, named }) }];
  });
}

/**
 * Where a policy requires what it forbids itself at this moment, whoever else governs the firewall and whoever the peers
 * are that it names. Throws `PolicyTooLarge`.
 */
export function overlapsOf(policy: Policy, at: Date): readonly Overlap[] {
  const alone = compile({ policies: [livePolicy(policy, at)], exceptions: [], known: NOTHING_KNOWN });
  return DIRECTIONS.flatMap((direction) => overlapsIn(alone[direction], direction));
}

/** A firewall that a service tends is only reported on, unless a policy means it by its id. A pattern means no firewall. */
function asTended(policies: readonly Policy[], { managedBy, target }: Firewall): readonly Policy[] {
  const isMeant = policies.some(({ match }) => match.id?.includes(target.id) === true);
  if (managedBy === undefined || isMeant) return policies;
  return policies.map((policy) =>
    strictness(policy.mode) <= strictness('report') ? policy : { ...policy, mode: 'report' },
  );
}

/**
 * What a firewall knows of some names, and nothing else of it: firewalls that know the same share a page. An alias is the
 * first of the names that stand for one peer, since `self` is another group in each firewall.
 */
function knowledgeOf(written: readonly PeerName[], firewall: Firewall): Names {
  const peerOf = (name: PeerName): PeerName => firewall.aliases.get(name) ?? name;
  const names = new Map(written.map((name) => [name, extentOf(name, firewall)]));
  const network = firewall.names.get(NETWORK);
  if (written.includes(INTERNET) && network !== undefined) names.set(NETWORK, network);
  const aliases = written.map((name) => [name, written.find((one) => peerOf(one) === peerOf(name)) ?? name] as const);
  const unresolved = new Set(written.filter((name) => firewall.unresolved.has(name)));
  return { names, aliases: new Map(aliases), unresolved };
}

function knowledgeKey({ names, aliases, unresolved }: Names): unknown {
  const extents = [...names].map(([name, { least, most }]) => [name, addressesKey(least), addressesKey(most)]);
  return [extents, [...aliases.values()], [...unresolved]];
}

/** Which clauses are left of one whose times may have passed. */
function timesKey(clauses: readonly Clause[]): readonly string[] {
  return clauses.filter(({ during }) => during !== undefined).map(({ id }) => id);
}

/**
 * A policy set, compiled once for each set of clauses that turn out to count together with the same knowledge of the
 * names in them, and asked many times. A fleet of thousands of firewalls has few such sets.
 */
export class DesiredBook {
  readonly #set: PolicySet;
  readonly #pages = new Map<string, Desired>();
  /** Every name that some clause uses: what a read has to find out about. */
  readonly written: readonly PeerName[];

  constructor(set: PolicySet) {
    this.#set = set;
    this.written = namesIn(clausesIn(set));
  }

  /** What holds a run back. */
  get limits(): Limits {
    return limitsOf(this.#set);
  }

  /** What bounds what is made at run time. */
  get guard(): Guard {
    return this.#set.guard;
  }

  /** What is desired of this firewall at this moment, with these grants. Throws `PolicyTooLarge`. */
  for(firewall: Firewall, at: Date, grants: readonly Grant[] = []): Desired {
    const matching = this.#set.policies
      .filter(({ match }) => matches(match, firewall))
      .map((policy) => livePolicy(policy, at));
    const policies = asTended(matching, firewall);
    const stated = this.#set.exceptions
      .filter(({ match, until }) => at.getTime() < until.getTime() && matches(match, firewall))
      .map((exception) => liveException(exception, at));
    const granted = liveFor(firewall, grants, this.guard, at);
    const exceptions = [...stated, ...granted.map((grant) => exceptionOf(grant, this.guard))];
    const clauses = clausesIn({ policies, exceptions });
    const written = namesIn(clauses);
    const known = knowledgeOf(written, firewall);
    const key = JSON.stringify([
      policies.map(({ name, mode }) => [name, mode]),
      stated.map(({ name }) => name),
      granted,
      timesKey(clauses),
      knowledgeKey(known),
    ]);
    const page = this.#pages.get(key) ?? compile({ policies, exceptions, known });
    this.#pages.set(key, page);
    return page;
  }
}

/** How the rules that name a peer are seen by the clauses; those in addresses, of none. */
export function sightOf({ written }: Desired, peer: PeerName | undefined, known: Names): Sight {
  if (peer === undefined) return IN_ADDRESSES;
  return { written: writtenFor(peer, written, known), doubtful: doubtfulFor(peer, written, known) };
}

/** What is forbidden of a rule, by how policies write its peer. */
export function viewFor(
  desired: Desired,
  direction: Direction,
  peer: PeerName | undefined,
  known: Names,
): ReturnType<Demand['seenAs']> {
  return desired[direction].seenAs(sightOf(desired, peer, known));
}
