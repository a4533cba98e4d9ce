// One rule minus its excess -> what becomes of it: few rules that let through the rest, or a reason why not.
import { flowsOf } from './exposure.ts';
import type { Excess, Flows } from './model/finding.ts';
import { MOST_FRAGMENTS } from './model/policy.ts';
import { peerOfBlock, withBox } from './model/rule.ts';
import type { Rule, RuleContent } from './model/rule.ts';
import type { Traits } from './model/traits.ts';
import { coverOf } from './pieces.ts';
import { sayableOf } from './sayable.ts';
import * as line from './space/line.ts';
import { ANY_PROTOCOL } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';
import { rulesText, serviceText, trafficText } from './spell.ts';

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

/** The rule goes whole, with whatever legitimate traffic it lets through, as the policy behind `by` lets it. */
function nothingOf(by: Excess, stays: Flows): Remainder {
  return rules([], stays, by.handling.collateral === 'allow');
}

function tooMany({ rule, excess: [{ handling }] }: Revert): Remainder {
  const { maxFragments } = handling;
  const what = `what stays of \`${rule.id}\` would take more than ${rulesText(maxFragments)}`;
  const raise = maxFragments < MOST_FRAGMENTS ? 'raise `maxFragments`, ' : '';
  return { kind: 'held', reason: `${what}; ${raise}widen the \`allow\`, or set \`overflow: remove\`` };
}

function unsayable({ rule }: Revert, rest: string): Remainder {
  const what = `no rule of this cloud can say ${rest}, which stays of \`${rule.id}\``;
  return { kind: 'held', reason: `${what}; allow or forbid the whole protocol, or set \`overflow: remove\`` };
}

/**
 * Few rules that let through exactly what stays, `elsewhere` taken as open whatever becomes of this rule. A rule for
 * every protocol may lose the protocol numbers that no cloud can spare beside an excess: that is the one collateral that
 * needs no leave.
 */
function narrowed(revert: Revert, stays: Flows, elsewhere: Traffic, traits: Traits): Remainder {
  const { rule, excess } = revert;
  const { maxFragments } = excess[0].handling;
  const everyProtocol = line.equal(rule.box.slots, ANY_PROTOCOL);
  if (stays.kind === 'named') {
    const said = sayableOf(stays.slots, everyProtocol, traits, maxFragments);
    if (said === undefined) return tooMany(revert);
    if (said.unsaid.length > 0) return unsayable(revert, `${serviceText(said.unsaid)} for ${stays.peer}`);
    const becomes = said.runs.map((slots) => withBox(rule, { slots }));
    return rules(becomes, { ...stays, slots: said.unnamed }, true);
  }
  const wanted = { needed: traffic.difference(stays.traffic, elsewhere), fine: stays.traffic };
  const cover = coverOf(wanted, everyProtocol, traits, maxFragments);
  if (cover === undefined) return tooMany(revert);
  if (!traffic.isNothing(cover.unsaid)) return unsayable(revert, trafficText(cover.unsaid));
  const becomes = cover.pieces.map(({ slots, block }) => withBox(rule, { slots, peer: peerOfBlock(block) }));
  return rules(becomes, { kind: 'addresses', traffic: cover.unnamed }, true);
}

/** An excess of a part of a named peer's addresses, which no rule can leave out. */
export function isPart({ flows }: Excess): boolean {
  return flows.kind === 'named' && flows.part !== undefined;
}

/**
 * The excess for which a rule goes whole, if it does. Each part has its own say: it is still there when the rest of what
 * is forbidden is gone, and a second run must not find that the first has left something out.
 */
function takingWhole({ excess }: Revert): Excess | undefined {
  const [first] = excess;
  if (first.handling.revert === 'remove') return first;
  return excess.find((one) => isPart(one) && (one.handling.overflow === 'remove' || one.handling.revert === 'remove'));
}

/** Whether something can be done about the rule: what is forbidden to a part of its peer is left as it is. */
export function canLose(revert: Revert): boolean {
  return takingWhole(revert) !== undefined || !revert.excess.every(isPart);
}

/** What stays of the rule once what is forbidden of it is gone, by addresses or by the whole of its peer's name. */
function staysOf({ rule, excess }: Revert): Flows {
  const whole = excess.filter((one) => !isPart(one));
  return whole.reduce((rest, { flows }) => lessFlows(rest, flows), flowsOf(rule.box));
}

/** What becomes of a rule for whose pieces the cloud has no room: it stays, or goes whole where the policy says so. */
export function remainderWithoutRoom(revert: Revert, reason: string): Remainder {
  const [first] = revert.excess;
  if (first.handling.overflow === 'remove') return nothingOf(first, staysOf(revert));
  return { kind: 'held', reason: `${reason}, or set \`overflow: remove\`` };
}

/**
 * What becomes of the rule by itself. What other rules let through, too, it keeps all the same: they may go tomorrow.
 * Only where that cannot be made, it loses what is open `elsewhere`, by rules that stay. `isLast` says that no rule more
 * will be drawn beside it, so that now it may go whole for want of room.
 */
export function remainderOf(revert: Revert, elsewhere: () => Traffic, traits: Traits, isLast: boolean): Remainder {
  const stays = staysOf(revert);
  const [first] = revert.excess;
  const by = takingWhole(revert);
  if (by !== undefined || isEmpty(stays)) return nothingOf(by ?? first, stays);
  const alone = narrowed(revert, stays, traffic.NOTHING, traits);
  if (alone.kind === 'rules') return alone;
  const beside = narrowed(revert, stays, elsewhere(), traits);
  if (beside.kind === 'rules') return beside;
  return isLast && first.handling.overflow === 'remove' ? nothingOf(first, stays) : alone;
}
