// One rule minus its excess -> what becomes of it: few rules that let through the rest, or a reason why not.
import { flowsOf } from './exposure.ts';
import type { Excess, Flows } from './model/finding.ts';
import { peerOfBlock, withBox } from './model/rule.ts';
import type { Rule, RuleContent } from './model/rule.ts';
import type { Traits } from './model/traits.ts';
import { coverOf } from './pieces.ts';
import { sayableOf } from './sayable.ts';
import * as line from './space/line.ts';
import { ANY_PROTOCOL } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import { serviceText, trafficText } from './spell.ts';

/** A rule and what of it is to go, in deciding order: the first excess says how. */
export interface Revert {
  readonly rule: Rule;
  readonly excess: readonly [Excess, ...Excess[]];
}

export type Remainder =
  | {
      readonly kind: 'rules';
      /** What the rule becomes. None where it goes whole. */
      readonly becomes: readonly RuleContent[];
      /** Legitimate flows that close with it, and whether the policy accepts that. */
      readonly collateral: { readonly flows: Flows; readonly accepted: boolean } | undefined;
    }
  /** It cannot be made exactly. */
  | { readonly kind: 'held'; readonly reason: string };

function lessFlows(flows: Flows, gone: Flows): Flows {
  if (flows.kind === 'named') {
    return { ...flows, slots: line.difference(flows.slots, gone.kind === 'named' ? gone.slots : []) };
  }
  return gone.kind === 'named' ? flows : { ...flows, traffic: traffic.difference(flows.traffic, gone.traffic) };
}

function isEmpty(flows: Flows): boolean {
  return flows.kind === 'named' ? flows.slots.length === 0 : traffic.isNothing(flows.traffic);
}

function rules(becomes: readonly RuleContent[], closed: Flows, accepted: boolean): Remainder {
  return { kind: 'rules', becomes, collateral: isEmpty(closed) ? undefined : { flows: closed, accepted } };
}

/** The rule goes whole, with whatever legitimate traffic it lets through. */
function nothingOf({ excess: [first] }: Revert, stays: Flows): Remainder {
  return rules([], stays, first.handling.collateral === 'allow');
}

/** What cannot be made exactly is held, or goes whole where the policy prefers that. */
function overflow(revert: Revert, stays: Flows, reason: string): Remainder {
  const { handling } = revert.excess[0];
  return handling.overflow === 'remove' ? nothingOf(revert, stays) : { kind: 'held', reason };
}

function tooMany(revert: Revert, stays: Flows): Remainder {
  const { maxFragments } = revert.excess[0].handling;
  const what = `what stays of \`${revert.rule.id}\` would take more than ${String(maxFragments)} rules`;
  return overflow(revert, stays, `${what}; raise \`maxFragments\`, widen the \`allow\`, or set \`overflow: remove\``);
}

function unsayable(revert: Revert, stays: Flows, rest: string): Remainder {
  const what = `no rule of this cloud can say ${rest}, which stays of \`${revert.rule.id}\``;
  return overflow(revert, stays, `${what}; allow or forbid the whole protocol, or set \`overflow: remove\``);
}

/**
 * Few rules that let through exactly what stays. A rule for every protocol may lose the protocol numbers that no cloud
 * can spare beside an excess: that is the one collateral that needs no leave.
 */
function narrowed(revert: Revert, stays: Flows, traits: Traits): Remainder {
  const { rule, excess } = revert;
  const { maxFragments } = excess[0].handling;
  const everyProtocol = line.equal(rule.box.slots, ANY_PROTOCOL);
  if (stays.kind === 'named') {
    const said = sayableOf(stays.slots, everyProtocol, traits, maxFragments);
    if (said === undefined) return tooMany(revert, stays);
    if (said.unsaid.length > 0) return unsayable(revert, stays, `${serviceText(said.unsaid)} for ${stays.peer}`);
    const becomes = said.runs.map((slots) => withBox(rule, { slots }));
    return rules(becomes, { ...stays, slots: said.unnamed }, true);
  }
  const wanted = { needed: stays.traffic, fine: stays.traffic };
  const cover = coverOf(wanted, everyProtocol, traits, maxFragments);
  if (cover === undefined) return tooMany(revert, stays);
  if (!traffic.isNothing(cover.unsaid)) return unsayable(revert, stays, trafficText(cover.unsaid));
  const becomes = cover.pieces.map(({ slots, block }) => withBox(rule, { slots, peer: peerOfBlock(block) }));
  return rules(becomes, { kind: 'addresses', traffic: cover.unnamed }, true);
}

export function remainderOf(revert: Revert, traits: Traits): Remainder {
  const stays = revert.excess.reduce((rest, { flows }) => lessFlows(rest, flows), flowsOf(revert.rule.box));
  if (revert.excess[0].handling.revert === 'remove' || isEmpty(stays)) return nothingOf(revert, stays);
  return narrowed(revert, stays, traits);
}
