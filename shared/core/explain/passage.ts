// Asked x Firewall -> which rules let it through, and how much of it passes.
import { mostOf, surelyOpen, surelyThrough } from '../exposure.ts';
import type { Certainty } from './decider.ts';
import { rulesOf } from '../model/firewall.ts';
import type { Firewall } from '../model/firewall.ts';
import type { Box, Extent, PeerName, Rule } from '../model/rule.ts';
import { extentOf } from '../peers.ts';
import * as addresses from '../space/addresses.ts';
import * as traffic from '../space/traffic.ts';
import type { Traffic } from '../space/traffic.ts';
import { shareOf, surelyIn } from './asked.ts';
import type { Asked, Share } from './asked.ts';

/** A rule that lets some of the traffic through: `surely`, or only depending on who a named peer is. */
export interface Passage {
  readonly rule: Rule;
  readonly certainty: Certainty;
  /** The part of the traffic that it lets through; where it is possible only, the most that it can be. */
  readonly traffic: Traffic;
}

const ANYBODY: Extent = { least: addresses.ANYWHERE, most: addresses.ANYWHERE };

export function namedIn({ peer }: Box): PeerName | undefined {
  return peer.kind === 'named' ? peer.name : undefined;
}

/** All that a rule can let through of it. A rule that names the very peer lets through all of that peer. */
function couldThrough(box: Box, asked: Asked, firewall: Firewall): Traffic {
  const name = namedIn(box);
  if (name === undefined) return surelyThrough(box, firewall.names);
  return mostOf(box, name === asked.peer ? ANYBODY : extentOf(name, firewall));
}

function surelyThroughFor(box: Box, asked: Asked, firewall: Firewall): Traffic {
  const isAsked = asked.peer !== undefined && namedIn(box) === asked.peer;
  return isAsked ? mostOf(box, ANYBODY) : surelyThrough(box, firewall.names);
}

/** The rules that let some of it through; those that surely do first. */
export function passagesOf(firewall: Firewall, asked: Asked): readonly Passage[] {
  const passages = rulesOf(firewall, asked.direction).flatMap((rule): readonly Passage[] => {
    const sure = surelyIn(asked, surelyThroughFor(rule.box, asked, firewall));
    if (!traffic.isNothing(sure)) return [{ rule, certainty: 'surely', traffic: sure }];
    const could = traffic.intersection(asked.traffic, couldThrough(rule.box, asked, firewall));
    return traffic.isNothing(could) ? [] : [{ rule, certainty: 'possibly', traffic: could }];
  });
  const of = (certainty: Certainty): readonly Passage[] => passages.filter((one) => one.certainty === certainty);
  return [...of('surely'), ...of('possibly')];
}

/** What surely passes of it, by all rules together. */
export function surelyPassing(firewall: Firewall, asked: Asked): Traffic {
  const byName = rulesOf(firewall, asked.direction).filter(({ box }) => namedIn(box) === asked.peer);
  const named = asked.peer === undefined ? [] : byName.map(({ box }) => mostOf(box, ANYBODY));
  return traffic.unionOf([surelyOpen(firewall, asked.direction), ...named]);
}

export function passesOf(firewall: Firewall, asked: Asked, passages: readonly Passage[]): Share {
  const isUnread = firewall.unread.some(({ direction }) => direction === asked.direction);
  const could = isUnread ? asked.traffic : traffic.unionOf(passages.map((passage) => passage.traffic));
  return shareOf(asked, surelyPassing(firewall, asked), could);
}
