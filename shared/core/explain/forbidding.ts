// View x Asked -> everything that forbids some of it, and everything that requires some of it.
import type { Demand } from '../demand.ts';
import type { Prohibition, View } from '../model/view.ts';
import { clausesOf } from '../model/policy.ts';
import type { Clause } from '../model/policy.ts';
import type { PeerName } from '../model/rule.ts';
import type { Traffic } from '../space/traffic.ts';
import * as traffic from '../space/traffic.ts';
import type { Asked } from './asked.ts';
import { deciderOf } from './decider.ts';
import type { Decider } from './decider.ts';
import { namesInDoubt } from './reach.ts';
import type { Sight } from './reach.ts';

/** A `deny` clause decides by itself; what no clause allows stands where the direction does. */
function prohibitionDecider(
  by: Prohibition,
  deny: Clause | undefined,
  part: Traffic,
  depends: readonly PeerName[],
): Decider {
  const { policy, clause, place, why } = by;
  if (deny !== undefined)
    return deciderOf({ effect: 'deny', owner: { kind: 'policy', policy }, clause: deny }, part, depends);
  return {
    effect: 'left-out',
    clause,
    owner: policy.name,
    place,
    why,
    mode: policy.mode,
    until: undefined,
    during: undefined,
    firm: false,
    certainty: 'surely',
    depends,
    traffic: part,
  };
}

/** In deciding order: whoever wants it to pass has to deal with each of them. */
export function forbiddersOf(view: View, asked: Asked, sight: Sight): readonly Decider[] {
  return view.prohibitions.flatMap((by): readonly Decider[] => {
    const deny = clausesOf(by.policy, asked.direction).deny.find(({ id }) => id === by.clause);
    const sure = traffic.intersection(by.traffic, asked.traffic);
    const possible = traffic.difference(traffic.intersection(by.could, asked.traffic), by.traffic);
    const depends = deny === undefined ? [] : namesInDoubt(deny, sight, possible);
    return [
      ...(traffic.isNothing(sure) ? [] : [prohibitionDecider(by, deny, sure, [])]),
      ...(traffic.isNothing(possible) ? [] : [prohibitionDecider(by, deny, possible, depends)]),
    ];
  });
}

export function requirersOf({ requirements }: Demand, asked: Asked, sight: Sight): readonly Decider[] {
  return requirements.flatMap(({ policy, clause, traffic: required, named }) => {
    const isNamed = named.some((name) => sight.written.includes(name));
    const piece = isNamed
      ? traffic.onSlots(asked.traffic, clause.slots)
      : traffic.intersection(required, asked.traffic);
    if (traffic.isNothing(piece)) return [];
    return [deciderOf({ effect: 'require', owner: { kind: 'policy', policy }, clause }, piece)];
  });
}
