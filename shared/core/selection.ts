// PolicySet x Firewall x time -> Selection: the clauses that count for it now, and what it knows of the names in them.
import { strictness } from './demand.ts';
import type { Counting } from './demand.ts';
import { isLive } from './during.ts';
import { exceptionOf, liveFor } from './grants.ts';
import { matches } from './match.ts';
import { DIRECTIONS } from './model/firewall.ts';
import type { Firewall } from './model/firewall.ts';
import type { Grant } from './model/grant.ts';
import { clausesOf } from './model/policy.ts';
import type { Clause, Clauses, Exception, Policy, PolicySet } from './model/policy.ts';
import { INTERNET, NETWORK } from './model/rule.ts';
import type { Extent, PeerName } from './model/rule.ts';
import { extentOf, NOTHING_KNOWN } from './peers.ts';
import type { Names } from './peers.ts';
import { addressesKey } from './spell.ts';
import * as addresses from './space/addresses.ts';
import type { Addresses } from './space/addresses.ts';

function allClauses(clauses: Clauses): readonly Clause[] {
  return [...(clauses.allow ?? []), ...clauses.deny, ...clauses.require];
}

export function clausesIn({ policies, exceptions }: Pick<Counting, 'policies' | 'exceptions'>): readonly Clause[] {
  return DIRECTIONS.flatMap((direction) => [
    ...policies.flatMap((policy) => allClauses(clausesOf(policy, direction))),
    ...exceptions.flatMap((exception) => exception[direction]),
  ]);
}

export function namesIn(clauses: readonly Clause[]): readonly PeerName[] {
  return [...new Set(clauses.flatMap(({ peers, within }) => [...peers.names, ...(within?.names ?? [])]))];
}

function hasTimes(clauses: readonly Clause[]): boolean {
  return clauses.some(({ during }) => during !== undefined);
}

function liveOf(clauses: readonly Clause[], at: Date): readonly Clause[] {
  return hasTimes(clauses) ? clauses.filter(({ during }) => isLive(during, at)) : clauses;
}

export function livePolicy(policy: Policy, at: Date): Policy {
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

/** A firewall that a service tends is only reported on, unless a policy means it by its id. A pattern means no firewall. */
function asTended(policies: readonly Policy[], { managedBy, target }: Firewall): readonly Policy[] {
  const isMeant = policies.some(({ match }) => match.id?.includes(target.id) === true);
  if (managedBy === undefined || isMeant) return policies;
  return policies.map((policy) =>
    strictness(policy.mode) <= strictness('report') ? policy : { ...policy, mode: 'report' },
  );
}

/** What holds for every firewall that the same policies and exceptions speak of, at one moment. */
export interface Selection {
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
  /** The names that live clauses use. */
  readonly written: readonly PeerName[];
  /** Of these, the names that stand in no `deny`, `require` or `within`: they only permit. */
  readonly permitting: ReadonlySet<PeerName>;
  /** Tells the selections of one book apart, whatever the moment. */
  readonly key: string;
}

/** Names of which it matters who they may be, beside who they surely are. */
function namesForbidding(policies: readonly Policy[], exceptions: readonly Exception[]): ReadonlySet<PeerName> {
  const both = DIRECTIONS.flatMap((direction) =>
    policies.map((policy) => clausesOf(policy, direction)).flatMap(({ deny, require }) => [...deny, ...require]),
  );
  const within = clausesIn({ policies, exceptions }).flatMap((clause) => clause.within?.names ?? []);
  return new Set([...namesIn(both), ...within]);
}

function selectionOf(
  policies: readonly Policy[],
  exceptions: readonly Exception[],
  granted: readonly Grant[],
): Selection {
  const clauses = clausesIn({ policies, exceptions });
  const written = namesIn(clauses);
  const forbidding = namesForbidding(policies, exceptions);
  const key = JSON.stringify([
    policies.map(({ name, mode }) => [name, mode]),
    exceptions.map(({ name }) => name),
    granted,
    timesKey(clauses),
  ]);
  return {
    policies,
    exceptions,
    written,
    permitting: new Set(written.filter((name) => !forbidding.has(name))),
    key,
  };
}

/**
 * What a firewall knows of some names, and nothing else of it: firewalls that know the same share a page. An alias is the
 * first of the names that stand for one peer, since `self` is another group in each firewall. A permission speaks of
 * those alone that a name surely is, so who it may be is left open there.
 */
export function knowledgeOf({ written, permitting }: Selection, firewall: Firewall): Names {
  if (written.length === 0) return NOTHING_KNOWN;
  const names = new Map<PeerName, Extent>();
  const aliases = new Map<PeerName, PeerName>();
  const firstFor = new Map<PeerName, PeerName>();
  const unresolved = new Set<PeerName>();
  for (const name of written) {
    const extent = extentOf(name, firewall);
    names.set(name, permitting.has(name) ? { least: extent.least, most: addresses.ANYWHERE } : extent);
    const peer = firewall.aliases.get(name) ?? name;
    const first = firstFor.get(peer) ?? name;
    firstFor.set(peer, first);
    aliases.set(name, first);
    if (firewall.unresolved.has(name)) unresolved.add(name);
  }
  const network = firewall.names.get(NETWORK);
  if (written.includes(INTERNET) && network !== undefined) names.set(NETWORK, network);
  return { names, aliases, unresolved };
}

/** One text for each set of addresses. Firewalls of one network share the set, so it is mostly known. */
const addressesKeys = new WeakMap<Addresses, string>();

function keyOfAddresses(who: Addresses): string {
  const known = addressesKeys.get(who);
  if (known !== undefined) return known;
  const key = addressesKey(who);
  addressesKeys.set(who, key);
  return key;
}

/** One text for the same knowledge of the names of one selection. */
export function knowledgeKey({ names, aliases, unresolved }: Names): string {
  const order = new Map([...aliases.keys()].map((name, index) => [name, index]));
  const parts: (string | number | undefined)[] = [];
  for (const { least, most } of names.values()) parts.push(keyOfAddresses(least), keyOfAddresses(most));
  for (const name of aliases.values()) parts.push(order.get(name));
  for (const name of unresolved) parts.push(order.get(name));
  return parts.join(' ');
}

/** Which clauses are left of one whose times may have passed. */
function timesKey(clauses: readonly Clause[]): readonly string[] {
  return clauses.filter(({ during }) => during !== undefined).map(({ id }) => id);
}

/** The selections of a policy set, each made once for the moment that was last asked about. */
export class Selections {
  readonly #set: PolicySet;
  readonly #known = new Map<string, Selection>();
  #moment = Number.NaN;

  constructor(set: PolicySet) {
    this.#set = set;
  }

  for(firewall: Firewall, at: Date, grants: readonly Grant[]): Selection {
    const { policies, exceptions, guard } = this.#set;
    if (this.#moment !== at.getTime()) this.#known.clear();
    this.#moment = at.getTime();
    const matching = policies.filter(({ match }) => matches(match, firewall));
    const governing = asTended(matching, firewall);
    const excepting = exceptions.filter(
      ({ match, until }) => this.#moment < until.getTime() && matches(match, firewall),
    );
    const granted = liveFor(firewall, grants, guard, at);
    const what = [
      governing === matching ? 'own' : 'tended',
      ...matching.map((policy) => policies.indexOf(policy)),
      'but',
      ...excepting.map((exception) => exceptions.indexOf(exception)),
      // Almost no firewall has any.
      ...granted.map((grant) => JSON.stringify(grant)),
    ].join(' ');
    const known = this.#known.get(what);
    if (known !== undefined) return known;
    const selection = selectionOf(
      governing.map((policy) => livePolicy(policy, at)),
      [
        ...excepting.map((exception) => liveException(exception, at)),
        ...granted.map((grant) => exceptionOf(grant, guard)),
      ],
      granted,
    );
    this.#known.set(what, selection);
    return selection;
  }
}
