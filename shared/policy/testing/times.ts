// Firewall x PolicySet -> whether what is asked of it depends on the moment.
import { matches } from '../../core/match.ts';
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Firewall } from '../../core/model/firewall.ts';
import { clausesOf } from '../../core/model/policy.ts';
import type { Clause, PolicySet } from '../../core/model/policy.ts';
import { quoted } from '../problem.ts';

function timedIn(clauses: readonly Clause[]): string | undefined {
  return clauses.find(({ during }) => during !== undefined)?.id;
}

/** What of the policy is so at some moments only, for this firewall: a test that does not say when would pass by day only. */
export function momentaryIn(firewall: Firewall, set: PolicySet): string | undefined {
  const exception = set.exceptions.find(({ match }) => matches(match, firewall));
  if (exception !== undefined) return `exception ${quoted(exception.name)} ends`;
  const clauses = set.policies
    .filter(({ match }) => matches(match, firewall))
    .flatMap((policy) =>
      DIRECTIONS.flatMap((direction) => {
        const { allow = [], deny, require } = clausesOf(policy, direction);
        return [...allow, ...deny, ...require];
      }),
    );
  const timed = timedIn(clauses);
  return timed === undefined ? undefined : `clause ${quoted(timed)} has \`during\``;
}
