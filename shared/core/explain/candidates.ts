// Policies and exceptions -> the clauses of one direction that may decide something, each with what it belongs to.
import type { Direction } from '../model/firewall.ts';
import { clausesOf, MODES } from '../model/policy.ts';
import type { Clause, Exception, Policy } from '../model/policy.ts';
import type { Candidate, Effect } from './decider.ts';

function ofPolicy(policy: Policy, effect: Effect, clauses: readonly Clause[]): readonly Candidate[] {
  return clauses.map((clause) => ({ effect, owner: { kind: 'policy', policy }, clause }));
}

/** From strict to mild: the stricter the policy, the more an `allow` of it counts for. */
export function allows(policies: readonly Policy[], direction: Direction): readonly Candidate[] {
  return policies
    .toSorted((a, b) => MODES.indexOf(a.mode) - MODES.indexOf(b.mode))
    .flatMap((policy) => ofPolicy(policy, 'allow', clausesOf(policy, direction).allow ?? []));
}

export function excepts(exceptions: readonly Exception[], direction: Direction): readonly Candidate[] {
  return exceptions.flatMap((exception) =>
    exception[direction].map((clause): Candidate => ({
      effect: 'exception',
      owner: { kind: 'exception', exception },
      clause,
    })),
  );
}

export function denies(policies: readonly Policy[], direction: Direction): readonly Candidate[] {
  return policies.flatMap((policy) => ofPolicy(policy, 'deny', clausesOf(policy, direction).deny));
}

export function requires(policies: readonly Policy[], direction: Direction): readonly Candidate[] {
  return policies.flatMap((policy) => ofPolicy(policy, 'require', clausesOf(policy, direction).require));
}
