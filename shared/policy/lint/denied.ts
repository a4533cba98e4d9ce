// Policy -> the `allow` clauses that its own `deny` clauses hit, whole or in part.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import type { Policy } from '../../core/model/policy.ts';
import { flowsText } from '../../core/spell.ts';
import * as addresses from '../../core/space/addresses.ts';
import { PRIVATE } from '../../core/space/private.ts';
import { ANY_PROTOCOL } from '../../core/space/slots.ts';
import * as traffic from '../../core/space/traffic.ts';
import type { Traffic } from '../../core/space/traffic.ts';
import { quoted, shortened } from '../problem.ts';
import { isLiveWith, leftOf, mayMeet, reachOf } from './reach.ts';
import type { Reach, View } from './reach.ts';
import { clauseText, listText } from './remark.ts';
import type { Effort, Remark } from './remark.ts';

const INSIDE = traffic.trafficOf(ANY_PROTOCOL, PRIVATE);
const V4_ANYWHERE = { v4: addresses.ANYWHERE.v4, v6: [] };

/** A part of an `allow` that a `deny` takes back. */
interface Hit {
  readonly allow: Reach;
  readonly view: View;
  readonly part: Traffic;
}

/** The denies that are live whenever an `allow` is, and may meet it. */
function againstOf(allow: Reach, denies: readonly Reach[], effort: Effort): readonly Reach[] {
  effort.spend(denies.length);
  return denies.filter((deny) => mayMeet(allow, deny) && isLiveWith(deny.clause, allow.clause));
}

/** The denies that together forbid all of an `allow`; undefined where something is left of it. */
function killersOf(allow: Reach, denies: readonly Reach[], effort: Effort): readonly Reach[] | undefined {
  const killers = new Set<Reach>();
  const isDead = allow.views.every((view) => {
    const said = allow.says(view, 'most');
    const takes = (deny: Reach): Traffic => {
      const taken = traffic.intersection(said, deny.says(view, 'least'));
      if (!traffic.isNothing(taken)) killers.add(deny);
      return taken;
    };
    return traffic.isNothing(leftOf(said, denies, takes, effort));
  });
  return isDead && killers.size > 0 ? [...killers] : undefined;
}

/**
 * What a `deny` surely takes of an `allow`. Of a peer by its name only where it takes all of the peer: some addresses of
 * nobody knows whom are no part that a person could name.
 */
function hitsOn(allow: Reach, deny: Reach, effort: Effort): readonly Hit[] {
  effort.spend(allow.views.length * (allow.edges + deny.edges));
  return allow.views.flatMap((view) => {
    const said = traffic.intersection(allow.says(view, 'least'), deny.says(view, 'least'));
    const part = view === undefined || allow.clause.within !== undefined ? said : onWholePeer(said);
    return traffic.isNothing(part) ? [] : { allow, view, part };
  });
}

function onWholePeer(said: Traffic): Traffic {
  const doubtful = traffic.difference(traffic.trafficOf(traffic.slotsOf(said), addresses.ANYWHERE), said);
  return traffic.difference(said, traffic.onSlots(said, traffic.slotsOf(doubtful)));
}

function isAnywhere({ clause }: Reach): boolean {
  return addresses.covers(clause.peers.addresses, V4_ANYWHERE);
}

function isInside(view: View, part: Traffic): boolean {
  return view !== undefined || traffic.isNothing(traffic.difference(part, INSIDE));
}

function peerKeyOf(direction: Direction): string {
  return direction === 'ingress' ? 'from' : 'to';
}

function deadRemark(allow: Reach, killers: readonly Reach[], direction: Direction): Remark {
  const { id, place } = allow.clause;
  const isClassic = killers.every(isAnywhere) && allow.views.every((view) => isInside(view, allow.says(view, 'most')));
  const advice = isClassic ? `write \`${peerKeyOf(direction)}: internet\` there` : 'let it forbid less';
  const whose = listText(killers.map(({ clause }) => clauseText(clause, place)));
  const verb = killers.length === 1 ? 'forbids' : 'together forbid';
  return {
    place,
    what: `${quoted(id)} allows nothing, since ${whose} ${verb} all of it; ${advice}, or remove this clause`,
  };
}

function partText(direction: Direction, { view, part }: Hit): string {
  const text =
    view === undefined
      ? flowsText(direction, { kind: 'addresses', traffic: part })
      : flowsText(direction, { kind: 'named', peer: view, slots: traffic.slotsOf(part) });
  return shortened(text);
}

/** The part that is inside: what a `deny` from anywhere most often hits by mistake. */
function insideOf(hit: Hit): readonly Hit[] {
  if (hit.view !== undefined) return [hit];
  const part = traffic.intersection(hit.part, INSIDE);
  return traffic.isNothing(part) ? [] : [{ ...hit, part }];
}

function partRemark(deny: Reach, hits: readonly Hit[], direction: Direction): Remark {
  const { id, place } = deny.clause;
  const inside = isAnywhere(deny) ? hits.flatMap(insideOf) : [];
  const [shown = hits[0]] = inside;
  const allows = [...new Set(hits.map(({ allow }) => allow))];
  const whose = listText(allows.map(({ clause }) => clauseText(clause, place)));
  const part = shown === undefined ? '' : `: ${partText(direction, shown)}${hits.length > 1 ? ' and more' : ''}`;
  const verb = allows.length === 1 ? 'allows' : 'allow';
  const internet = `write \`${peerKeyOf(direction)}: internet\` if what is inside may`;
  const advice = inside.length === 0 ? 'forbid less here, or allow less there' : internet;
  return { place, what: `${quoted(id)} takes back a part of what ${whose} ${verb}${part}; ${advice}` };
}

/**
 * Whether all that a `deny` forbids is allowed otherwise. Then it is an exception from a wide `allow`, which is what a
 * `deny` is for; one that reaches beyond was probably written with something else in mind.
 */
function isCutOut(deny: Reach, allows: readonly Reach[], effort: Effort): boolean {
  const near = allows.filter((allow) => mayMeet(deny, allow) && isLiveWith(allow.clause, deny.clause));
  effort.spend(allows.length);
  return deny.views.every((view) =>
    traffic.isNothing(leftOf(deny.says(view, 'most'), near, (allow) => allow.says(view, 'least'), effort)),
  );
}

function remarksIn(policy: Policy, direction: Direction, effort: Effort): readonly Remark[] {
  const { allow = [], deny } = policy[direction];
  const allows = allow.map(reachOf);
  const denies = deny.map(reachOf);
  const dead = new Map<Reach, readonly Reach[]>();
  const hits = new Map<Reach, readonly Hit[]>();
  for (const one of allows) {
    const against = againstOf(one, denies, effort);
    const killers = killersOf(one, against, effort);
    if (killers !== undefined) dead.set(one, killers);
    // `firm` says that nothing whatever gets through, so it is meant.
    else
      for (const other of against.filter(({ clause }) => !clause.firm))
        hits.set(other, [...(hits.get(other) ?? []), ...hitsOn(one, other, effort)]);
  }
  return [
    ...[...dead].map(([one, killers]) => deadRemark(one, killers, direction)),
    ...[...hits]
      .filter(([other, parts]) => parts.length > 0 && !isCutOut(other, allows, effort))
      .map(([other, parts]) => partRemark(other, parts, direction)),
  ];
}

/** What a policy allows and forbids in one breath. Throws `TooMuchWork` and `TooLarge`. */
export function deniedIn(policy: Policy, effort: Effort): readonly Remark[] {
  return DIRECTIONS.flatMap((direction) => remarksIn(policy, direction, effort));
}
