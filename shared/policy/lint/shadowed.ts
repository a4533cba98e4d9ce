// Policy -> the clauses that another one of the same list says already.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Clause, Policy } from '../../core/model/policy.ts';
import { INTERNET, NETWORK } from '../../core/model/rule.ts';
import type { PeerName } from '../../core/model/rule.ts';
import * as traffic from '../../core/space/traffic.ts';
import { quoted } from '../problem.ts';
import { isLiveWith, mayCover, reachOf } from './reach.ts';
import type { Reach, View } from './reach.ts';
import { clauseText } from './remark.ts';
import type { Effort, Remark } from './remark.ts';

type Effect = 'allow' | 'deny' | 'require';

function isPeer(view: View): view is PeerName {
  return view !== undefined && view !== NETWORK && view !== INTERNET;
}

/** Whether what a clause says beside its traffic is said by the other one, too. */
function saysTermsOf(whole: Clause, part: Clause): boolean {
  return isLiveWith(whole, part) && whole.open === part.open && (whole.firm || !part.firm);
}

function covers(whole: Reach, part: Reach, effect: Effect, effort: Effort): boolean {
  if (!mayCover(whole, part) || !saysTermsOf(whole.clause, part.clause)) return false;
  effort.spend(part.views.length * (whole.edges + part.edges));
  return part.views.every((view) => {
    // A `require` that names a peer asks for a rule that names it, so no addresses stand in for it.
    if (effect === 'require' && isPeer(view) && !whole.clause.peers.names.includes(view)) return false;
    return traffic.isNothing(traffic.difference(part.says(view, 'most'), whole.says(view, 'least')));
  });
}

/** The clause that covers one of a list. Of two that say the same, the first stands. */
function covererOf(at: number, list: readonly Reach[], effect: Effect, effort: Effort): Reach | undefined {
  const part = list[at];
  if (part === undefined) return undefined;
  effort.spend(list.length);
  return list.find((whole, other) => {
    if (other === at || !covers(whole, part, effect, effort)) return false;
    return other < at || !covers(part, whole, effect, effort);
  });
}

function shadowRemark(part: Clause, whole: Clause, effect: Effect): Remark {
  const said = { allow: 'allows', deny: 'forbids', require: 'requires' }[effect];
  const what = `${quoted(part.id)} adds nothing: ${clauseText(whole, part.place)} ${said} all of it`;
  return { place: part.place, what: `${what}; remove this clause, or make that one narrower` };
}

function shadowedIn(clauses: readonly Clause[], effect: Effect, effort: Effort): readonly Remark[] {
  const list = clauses.map(reachOf);
  return list.flatMap((part, at) => {
    const whole = covererOf(at, list, effect, effort);
    return whole === undefined ? [] : shadowRemark(part.clause, whole.clause, effect);
  });
}

/** What a policy says twice. Throws `TooMuchWork`. */
export function shadowsIn(policy: Policy, effort: Effort): readonly Remark[] {
  return DIRECTIONS.flatMap((direction) => {
    const { allow = [], deny, require } = policy[direction];
    return [
      ...shadowedIn(allow, 'allow', effort),
      ...shadowedIn(deny, 'deny', effort),
      ...shadowedIn(require, 'require', effort),
    ];
  });
}
