// Excess of one firewall -> the changes that take it away, and nothing else.
import { flowsOf } from './exposure.ts';
import type { Excess, Flows } from './model/finding.ts';
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Change, Collateral, Draft, HeldChange } from './model/plan.ts';
import { peerOfBlock, withBox } from './model/rule.ts';
import type { Rule, RuleContent } from './model/rule.ts';
import type { Traits } from './model/traits.ts';
import { coverOf } from './pieces.ts';
import { sayableOf } from './sayable.ts';
import * as line from './space/line.ts';
import { ANY_PROTOCOL } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import { contentKey, serviceText, trafficText } from './spell.ts';

/** What becomes of one rule. */
interface Remainder {
  readonly becomes: readonly RuleContent[];
  readonly collateral: { readonly flows: Flows; readonly accepted: boolean } | undefined;
  /** Why it cannot be made exactly, if it cannot. */
  readonly held: string | undefined;
}

function lessFlows(flows: Flows, gone: Flows): Flows {
  if (flows.kind === 'named') {
    return { ...flows, slots: line.difference(flows.slots, gone.kind === 'named' ? gone.slots : []) };
  }
  return gone.kind === 'named' ? flows : { ...flows, traffic: traffic.difference(flows.traffic, gone.traffic) };
}

function isEmpty(flows: Flows): boolean {
  return flows.kind === 'named' ? flows.slots.length === 0 : traffic.isNothing(flows.traffic);
}

/** `excess` is what one rule lets through and is to go, in deciding order: the first says how. */
interface Revert {
  readonly rule: Rule;
  readonly direction: Direction;
  readonly excess: readonly [Excess, ...Excess[]];
}

/** The rule goes whole, with whatever legitimate traffic it lets through. */
function whole(revert: Revert, stays: Flows): Remainder {
  const accepted = revert.excess[0].handling.collateral === 'allow';
  return { becomes: [], collateral: isEmpty(stays) ? undefined : { flows: stays, accepted }, held: undefined };
}

/** `left` are the protocol numbers that no cloud can spare beside an excess: the one collateral that needs no leave. */
function pieces(becomes: readonly RuleContent[], left: Flows): Remainder {
  return { becomes, collateral: isEmpty(left) ? undefined : { flows: left, accepted: true }, held: undefined };
}

function tooManyPieces(revert: Revert, stays: Flows): Remainder {
  const { overflow, maxFragments } = revert.excess[0].handling;
  if (overflow === 'remove') return whole(revert, stays);
  return {
    becomes: [],
    collateral: undefined,
    held:
      `what stays of \`${revert.rule.id}\` would take more than ${String(maxFragments)} rules; ` +
      'raise `maxFragments`, widen the `allow`, or set `overflow: remove`',
  };
}

function unsayable(revert: Revert, stays: Flows, rest: string): Remainder {
  if (revert.excess[0].handling.overflow === 'remove') return whole(revert, stays);
  return {
    becomes: [],
    collateral: undefined,
    held:
      `no rule of this cloud can say ${rest}, which stays of \`${revert.rule.id}\`; ` +
      'allow or forbid the whole protocol, or set `overflow: remove`',
  };
}

/** `narrow`: few rules that let through exactly what stays. */
function narrowed(revert: Revert, stays: Flows, traits: Traits): Remainder {
  const { rule, excess } = revert;
  const { maxFragments } = excess[0].handling;
  const everyProtocol = line.equal(rule.box.slots, ANY_PROTOCOL);
  if (stays.kind === 'named') {
    const said = sayableOf(stays.slots, everyProtocol, traits, maxFragments);
    if (said === undefined) return tooManyPieces(revert, stays);
    if (said.unsaid.length > 0) return unsayable(revert, stays, serviceText(said.unsaid));
    return pieces(
      said.runs.map((slots) => withBox(rule, { slots })),
      { ...stays, slots: said.unnamed },
    );
  }
  const wanted = { needed: stays.traffic, fine: stays.traffic };
  const cover = coverOf(wanted, everyProtocol, traits, maxFragments);
  if (cover === undefined) return tooManyPieces(revert, stays);
  if (!traffic.isNothing(cover.unsaid)) return unsayable(revert, stays, trafficText(cover.unsaid));
  return pieces(
    cover.pieces.map(({ slots, block }) => withBox(rule, { slots, peer: peerOfBlock(block) })),
    { kind: 'addresses', traffic: cover.unnamed },
  );
}

function remainderOf(revert: Revert, traits: Traits): Remainder {
  const stays = revert.excess.reduce((rest, { flows }) => lessFlows(rest, flows), flowsOf(revert.rule.box));
  if (revert.excess[0].handling.revert === 'remove' || isEmpty(stays)) return whole(revert, stays);
  return narrowed(revert, stays, traits);
}

/** What one rule has to lose, by rule, in the order of the findings. */
function byRule(excess: readonly Excess[], direction: Direction): readonly Revert[] {
  const reverts = new Map<string, Revert>();
  for (const finding of excess) {
    const known = reverts.get(finding.rule.id);
    const all: Revert['excess'] = known === undefined ? [finding] : [...known.excess, finding];
    reverts.set(finding.rule.id, { rule: finding.rule, direction, excess: all });
  }
  return [...reverts.values()];
}

/** No rule is written twice, and none that exists: a cloud would refuse the whole call. */
export function revertsFor(firewall: Firewall, direction: Direction, excess: readonly Excess[], traits: Traits): Draft {
  if (excess.length === 0) return { changes: [], held: [], collateral: [] };
  const changes: Change[] = [];
  const held: HeldChange[] = [];
  const collateral: Collateral[] = [];
  const drawn = byRule(excess, direction).map((revert) => ({ revert, remainder: remainderOf(revert, traits) }));
  const leaving = new Set(
    drawn.flatMap(({ revert, remainder }) => (remainder.held === undefined ? [revert.rule.id] : [])),
  );
  const written = new Set(
    rulesOf(firewall, direction)
      .filter(({ id }) => !leaving.has(id))
      .map((rule) => contentKey(direction, rule)),
  );
  for (const { revert, remainder } of drawn) {
    const { rule } = revert;
    if (remainder.held !== undefined) {
      held.push({ kind: 'narrow', direction, rule, reason: remainder.held });
      continue;
    }
    const becomes = remainder.becomes.filter((content) => !written.has(contentKey(direction, content)));
    for (const content of becomes) written.add(contentKey(direction, content));
    if (becomes.length === 0) changes.push({ kind: 'remove', direction, rule });
    else changes.push({ kind: 'narrow', direction, rule, becomes });
    if (remainder.collateral !== undefined) collateral.push({ direction, rule, ...remainder.collateral });
  }
  return { changes, held, collateral };
}
