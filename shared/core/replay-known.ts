// PolicySet x what is known of a firewall -> the policies that can be decided about it.
import { matches } from './match.ts';
import type { Firewall } from './model/firewall.ts';
import type { Clauses, Exception, Match, Policy, PolicySet } from './model/policy.ts';

/** What is not known of a firewall that was put together from events. */
export interface Unknown {
  readonly name: boolean;
  /** Whether it may have other tags than those that are known. */
  readonly tags: boolean;
  readonly network: boolean;
  /** Whether it may have rules that no event shows. */
  readonly rules: boolean;
  /** What else nobody can say, for people. */
  readonly gaps: readonly string[];
}

type Fit = 'yes' | 'no' | 'perhaps';

/** Both have to hold: one that surely does not is enough. */
function both(fits: readonly Fit[]): Fit {
  if (fits.includes('no')) return 'no';
  return fits.includes('perhaps') ? 'perhaps' : 'yes';
}

function sure(isTrue: boolean): Fit {
  return isTrue ? 'yes' : 'no';
}

function negated(fit: Fit): Fit {
  if (fit === 'perhaps') return 'perhaps';
  return fit === 'yes' ? 'no' : 'yes';
}

function tagFits(tags: NonNullable<Match['tags']>, firewall: Firewall, unknown: Unknown): readonly Fit[] {
  return Object.entries(tags).map(([key, globs]) => {
    if (unknown.tags && !Object.hasOwn(firewall.tags, key)) return 'perhaps';
    return sure(matches({ tags: { [key]: globs } }, firewall));
  });
}

function fitOf(match: Match, firewall: Firewall, unknown: Unknown): Fit {
  const { name, network, tags, not, ...others } = match;
  return both([
    sure(matches(others, firewall)),
    ...(name === undefined ? [] : [unknown.name ? 'perhaps' : sure(matches({ name }, firewall))]),
    ...(network === undefined ? [] : [unknown.network ? 'perhaps' : sure(matches({ network }, firewall))]),
    ...(tags === undefined ? [] : tagFits(tags, firewall, unknown)),
    ...(not === undefined ? [] : [negated(fitOf(not, firewall, unknown))]),
  ]);
}

/** What can be decided, and the names of the policies and exceptions about which nobody can say whether they fit. */
export interface Decidable {
  readonly set: PolicySet;
  readonly undecided: readonly string[];
  /** The same for every firewall that has the same set. */
  readonly key: string;
}

function withoutRequire(policy: Policy): Policy {
  const without = (clauses: Clauses): Clauses => ({ ...clauses, require: [] });
  return { ...policy, ingress: without(policy.ingress), egress: without(policy.egress) };
}

function requires({ ingress, egress }: Policy): boolean {
  return ingress.require.length + egress.require.length > 0;
}

/**
 * The policies that surely govern a firewall, or surely do not. One that may govern it is left out and named. An
 * exception that may fit counts, since a replay is to claim no revert that it would have held back; and where rules are
 * unknown, what is required may be among them.
 */
export function decidableOf(set: PolicySet, firewall: Firewall, unknown: Unknown): Decidable {
  if (!(unknown.name || unknown.tags || unknown.network || unknown.rules)) return { set, undecided: [], key: '' };
  const perhaps = (match: Match): boolean => fitOf(match, firewall, unknown) === 'perhaps';
  const undecided = set.policies.filter(({ match }) => perhaps(match));
  const surely = set.policies.filter((policy) => !undecided.includes(policy));
  const doubtful = set.exceptions.filter(({ match }) => perhaps(match));
  const asItself = (exception: Exception): Exception =>
    doubtful.includes(exception) ? { ...exception, match: { id: [firewall.target.id] } } : exception;
  const policies = unknown.rules ? surely.map(withoutRequire) : surely;
  const requiring = unknown.rules ? surely.filter((policy) => requires(policy) && matches(policy.match, firewall)) : [];
  const left = undecided.map(({ name }) => `policy \`${name}\``);
  const loose = doubtful.map(({ name }) => `exception \`${name}\``);
  return {
    set: { ...set, policies, exceptions: set.exceptions.map(asItself) },
    undecided: [...left, ...loose, ...requiring.map(({ name }) => `what policy \`${name}\` requires`)],
    key: JSON.stringify([unknown.rules, left, loose, loose.length === 0 ? '' : firewall.target.id]),
  };
}
