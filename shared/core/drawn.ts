// Wanted traffic x Traits -> the few rules that let it through, or why no rules can.
import type { NamedFlows } from './model/finding.ts';
import { peerOfBlock, withBox } from './model/rule.ts';
import type { RuleContent } from './model/rule.ts';
import type { Traits } from './model/traits.ts';
import { coverOf } from './pieces.ts';
import { sayableOf } from './sayable.ts';
import { ANYWHERE } from './space/addresses.ts';
import * as line from './space/line.ts';
import { ALL_PORTS, ANY_PROTOCOL } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';
import { rulesText, serviceText, trafficText } from './spell.ts';

const BLANK: RuleContent = {
  box: { slots: [], sourcePorts: ALL_PORTS, peer: { kind: 'addresses', addresses: ANYWHERE }, own: ANYWHERE },
  description: '',
  tags: {},
};

/** The rules that are to be, or why there are none. */
export type Drawn = { readonly becomes: readonly RuleContent[] } | { readonly reason: string };

function tooMany(limit: number): Drawn {
  return { reason: `it would take more than ${rulesText(limit)}` };
}

/** Rules that let through what is needed, and nothing but what is fine. */
export function drawnInAddresses(needed: Traffic, fine: Traffic, traits: Traits, mostRules: number): Drawn {
  const cover = coverOf({ needed, fine }, traffic.isEveryProtocol(fine), traits, mostRules);
  if (cover === undefined) return tooMany(mostRules);
  const unsaid = traffic.union(cover.unsaid, cover.unnamed);
  if (!traffic.isNothing(unsaid)) return { reason: `no rule of this cloud can say ${trafficText(unsaid)}` };
  return { becomes: cover.pieces.map(({ slots, block }) => withBox(BLANK, { slots, peer: peerOfBlock(block) })) };
}

/** Rules that name a peer. */
export function drawnForName({ peer, slots }: NamedFlows, traits: Traits, mostRules: number): Drawn {
  const said = sayableOf(slots, line.equal(slots, ANY_PROTOCOL), traits, mostRules);
  if (said === undefined) return tooMany(mostRules);
  const unsaid = line.union(said.unsaid, said.unnamed);
  if (unsaid.length > 0) return { reason: `no rule of this cloud can say ${serviceText(unsaid)} for \`${peer}\`` };
  return { becomes: said.runs.map((run) => withBox(BLANK, { slots: run, peer: { kind: 'named', name: peer } })) };
}
