// PolicySet -> what one policy requires and another one, which may govern the same firewall, forbids.
import { strictness } from '../../core/demand.ts';
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import type { Clause, Place, Policy, PolicySet } from '../../core/model/policy.ts';
import { flowsText } from '../../core/spell.ts';
import * as addresses from '../../core/space/addresses.ts';
import * as traffic from '../../core/space/traffic.ts';
import type { Traffic } from '../../core/space/traffic.ts';
import { quoted, shortened } from '../problem.ts';
import { areApart } from './apart.ts';
import { isLiveWith, leftOf, mayMeet, reachOf } from './reach.ts';
import type { Reach, View } from './reach.ts';
import { clauseText } from './remark.ts';
import type { Effort, Remark } from './remark.ts';

/** What one policy says of one direction. */
interface Side {
  readonly policy: Policy;
  readonly denies: readonly Reach[];
  /** Undefined where nothing is forbidden by being left out. */
  readonly allows: readonly Reach[] | undefined;
  readonly requires: readonly Reach[];
  readonly place: Place;
}

/** What is forbidden of a `require`, and by what. */
interface Clash {
  readonly by: Pick<Clause, 'id' | 'place'>;
  readonly view: View;
  readonly part: Traffic;
}

function sideOf(policy: Policy, direction: Direction): Side {
  const { allow, deny, require, place } = policy[direction];
  return {
    policy,
    denies: deny.map(reachOf),
    allows: allow?.map(reachOf),
    requires: require.map(reachOf),
    place,
  };
}

/** What a `require` asks for in a view. For a rule that names a peer it asks whole, whoever the peer is. */
function askedOf(required: Reach, view: View): Traffic {
  return view === undefined
    ? required.says(view, 'least')
    : traffic.trafficOf(required.clause.slots, addresses.ANYWHERE);
}

/** A `require` in a view is forbidden by an address; in the view of a name, only where all of the peer is. */
function forbiddenPart(asked: Traffic, view: View, allowed: Traffic): Traffic {
  const left = traffic.difference(asked, allowed);
  if (view === undefined) return left;
  const possible = traffic.slotsOf(traffic.difference(asked, left));
  return traffic.difference(left, traffic.onSlots(left, possible));
}

function denialOf(required: Reach, other: Side, effort: Effort): Clash | undefined {
  for (const deny of other.denies) {
    effort.spend(1);
    if (!mayMeet(required, deny) || !isLiveWith(deny.clause, required.clause)) continue;
    effort.spend(required.edges + deny.edges);
    for (const view of required.views) {
      const asked = askedOf(required, view);
      const spared = traffic.difference(asked, deny.says(view, 'least'));
      const part = forbiddenPart(asked, view, spared);
      if (!traffic.isNothing(part)) return { by: deny.clause, view, part };
    }
  }
  return undefined;
}

/** What the other policy's `allow` leaves out, and the `allow` of the requiring one does not make up for. */
function leftOutOf(required: Reach, own: Side, other: Side, direction: Direction, effort: Effort): Clash | undefined {
  if (other.allows === undefined) return undefined;
  const counts = strictness(own.policy.mode) >= strictness(other.policy.mode);
  const allows = [...other.allows, ...(counts ? (own.allows ?? []) : [])];
  effort.spend(allows.length);
  const near = allows.filter((allow) => mayMeet(required, allow));
  for (const view of required.views) {
    const asked = askedOf(required, view);
    // A peer that an `allow` names may be anybody, so whatever it could allow is taken for allowed.
    const left = leftOf(asked, near, (allow) => allow.could, effort);
    const part = forbiddenPart(asked, view, traffic.difference(asked, left));
    const id = `${other.policy.name}/${direction}/allow`;
    if (!traffic.isNothing(part)) return { by: { id, place: other.place }, view, part };
  }
  return undefined;
}

function clashRemark(required: Clause, { by, view, part }: Clash, direction: Direction): Remark {
  const text =
    view === undefined
      ? flowsText(direction, { kind: 'addresses', traffic: part })
      : flowsText(direction, { kind: 'named', peer: view, slots: traffic.slotsOf(part) });
  const what = `${quoted(required.id)} requires ${shortened(text)}, and ${clauseText(by, required.place)} forbids it`;
  const advice = 'allow it there, or let the two policies match different firewalls';
  return { place: required.place, what: `${what}; a firewall that both govern is held whole; ${advice}` };
}

function clashesIn(direction: Direction, set: PolicySet, effort: Effort): readonly Remark[] {
  const sides = set.policies.map((policy) => sideOf(policy, direction));
  return sides
    .filter(({ requires }) => requires.length > 0)
    .flatMap((own) => {
      const others = sides.filter((other) => other !== own && !areApart(own.policy.match, other.policy.match, effort));
      return own.requires.flatMap((required) =>
        others.flatMap((other) => {
          effort.spend(1);
          const clash = denialOf(required, other, effort) ?? leftOutOf(required, own, other, direction, effort);
          return clash === undefined ? [] : clashRemark(required.clause, clash, direction);
        }),
      );
    });
}

/** Where policies contradict each other. Throws `TooMuchWork`. */
export function contradictionsIn(set: PolicySet, effort: Effort): readonly Remark[] {
  return DIRECTIONS.flatMap((direction) => clashesIn(direction, set, effort));
}
