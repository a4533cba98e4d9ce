// Excess of one firewall -> the changes that take it away, and nothing else.
import { surelyOpenFor } from './exposure.ts';
import type { Excess } from './model/finding.ts';
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Change, Collateral, Draft, HeldChange } from './model/plan.ts';
import type { RuleContent } from './model/rule.ts';
import type { Traits } from './model/traits.ts';
import { canLose, remainderOf, remainderWithoutRoom } from './remainder.ts';
import type { Revert } from './remainder.ts';
import { simulate } from './simulate.ts';
import * as traffic from './space/traffic.ts';
import { contentKey, trafficText } from './spell.ts';

/** A rule that names a peer is never rewritten into addresses, so what is forbidden to a part of the peer stays. */
function heldParts(direction: Direction, { rule, excess }: Revert): readonly HeldChange[] {
  return excess.flatMap(({ flows }) => {
    if (flows.kind === 'addresses' || flows.part === undefined) return [];
    const what = trafficText(flows.part, direction === 'ingress' ? 'from' : 'to');
    const advice = 'take them out of it, allow them, or have the rule name what may pass';
    const reason = `\`${flows.peer}\` holds addresses that are forbidden: ${what}; ${advice}`;
    return [{ kind: 'narrow', direction, rule, reason }];
  });
}

/** What one rule has to lose, by rule, in the order of the findings. */
function byRule(excess: readonly Excess[]): readonly Revert[] {
  const reverts = new Map<string, Revert>();
  for (const finding of excess) {
    const known = reverts.get(finding.rule.id);
    const all: Revert['excess'] = known === undefined ? [finding] : [...known.excess, finding];
    reverts.set(finding.rule.id, { rule: finding.rule, excess: all });
  }
  return [...reverts.values()];
}

/**
 * What the changes of a plan really close: what a rule loses and another lets through is no collateral. `after` is the
 * firewall once all of them are made.
 */
export function reallyClosed(after: Firewall, collateral: readonly Collateral[]): readonly Collateral[] {
  return collateral.flatMap((one) => {
    if (one.flows.kind === 'named') return [one];
    const closed = traffic.difference(one.flows.traffic, surelyOpenFor(after, one.direction, one.rule.box));
    return traffic.isNothing(closed) ? [] : [{ ...one, flows: { kind: 'addresses', traffic: closed } }];
  });
}

function without(firewall: Firewall, direction: Direction, reverts: readonly Revert[]): Firewall {
  const changes = reverts.map(({ rule }): Change => ({ kind: 'remove', direction, rule }));
  return simulate(firewall, changes);
}

/** What the rest of a plan means for reverts. */
export interface Beside {
  /** Rules that the plan adds; they are there before anything is taken away. */
  readonly added: readonly RuleContent[];
  /** Rules, by id, for whose pieces the cloud has no room, with the reason. */
  readonly cramped: ReadonlyMap<string, string>;
}

const NOTHING_BESIDE: Beside = { added: [], cramped: new Map() };

interface Drawing {
  readonly direction: Direction;
  readonly traits: Traits;
  /** The firewall with the rules alone that no revert speaks of, and with what is added. */
  readonly untouched: Firewall;
  readonly drawn: RuleContent[];
  /** What all of these say. No rule is written twice, and none that exists: a cloud would refuse the whole call. */
  readonly present: Set<string>;
  readonly cramped: Beside['cramped'];
}

/** Draws one rule anew, and settles it unless it is held. */
function draftOf(drawing: Drawing, revert: Revert, isLast: boolean): Draft {
  const { direction, untouched, drawn, present, traits } = drawing;
  const { rule } = revert;
  const settled = (): Firewall => simulate(untouched, [{ kind: 'add', direction, becomes: drawn }]);
  const noRoom = drawing.cramped.get(rule.id);
  const remainder =
    noRoom === undefined
      ? remainderOf(revert, () => surelyOpenFor(settled(), direction, rule.box), traits, isLast)
      : remainderWithoutRoom(revert, noRoom);
  if (remainder.kind === 'held') {
    return { changes: [], held: [{ kind: 'narrow', direction, rule, reason: remainder.reason }], collateral: [] };
  }
  const becomes = remainder.becomes.filter((content) => !present.has(contentKey(direction, content)));
  for (const content of becomes) present.add(contentKey(direction, content));
  drawn.push(...becomes);
  const change: Change =
    becomes.length === 0 ? { kind: 'remove', direction, rule } : { kind: 'narrow', direction, rule, becomes };
  const collateral = remainder.collateral === undefined ? [] : [{ direction, rule, ...remainder.collateral }];
  return { changes: [change], held: change.kind === 'remove' ? [] : heldParts(direction, revert), collateral };
}

/**
 * INVARIANT: a rule relies only on rules that no revert speaks of and on what is drawn before it, and changes are made
 * in this order, so that nothing is closed in between. What is held is tried again as long as others are drawn, so that
 * a second run finds nothing that the first left out; whether one goes whole for want of room is asked last, so that the
 * order of rules does not decide it. `added` is there before any of them. `collateral` is what each rule
 * loses by itself: see `reallyClosed`.
 */
export function revertsFor(
  firewall: Firewall,
  direction: Direction,
  excess: readonly Excess[],
  traits: Traits,
  { added, cramped }: Beside = NOTHING_BESIDE,
): Draft {
  if (excess.length === 0) return { changes: [], held: [], collateral: [] };
  const reverts = byRule(excess);
  let waiting = reverts.filter(canLose);
  // The others stay as they are, and a piece that says the same as one of them is not written once more.
  const left = reverts.filter((revert) => !canLose(revert));
  const untouched = simulate(without(firewall, direction, waiting), [{ kind: 'add', direction, becomes: added }]);
  const present = new Set(rulesOf(untouched, direction).map((rule) => contentKey(direction, rule)));
  const drawing: Drawing = { direction, traits, untouched, drawn: [], present, cramped };
  const drafts: Draft[] = [];
  for (;;) {
    const tried = waiting.map((revert) => ({ revert, draft: draftOf(drawing, revert, false) }));
    const held = tried.filter(({ draft }) => draft.changes.length === 0);
    drafts.push(...tried.filter((one) => !held.includes(one)).map(({ draft }) => draft));
    if (held.length === waiting.length) {
      drafts.push(...waiting.map((revert) => draftOf(drawing, revert, true)));
      break;
    }
    waiting = held.map(({ revert }) => revert);
  }
  return {
    changes: drafts.flatMap(({ changes }) => changes),
    held: [...drafts.flatMap(({ held }) => held), ...left.flatMap((one) => heldParts(direction, one))],
    collateral: drafts.flatMap(({ collateral }) => collateral),
  };
}
