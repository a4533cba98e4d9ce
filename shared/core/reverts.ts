// Excess of one firewall -> the changes that take it away, and nothing else.
import { surelyOpenFor } from './exposure.ts';
import type { Excess } from './model/finding.ts';
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Change, Collateral, Draft } from './model/plan.ts';
import type { Traits } from './model/traits.ts';
import { remainderOf } from './remainder.ts';
import type { Revert } from './remainder.ts';
import { simulate } from './simulate.ts';
import * as traffic from './space/traffic.ts';
import { contentKey } from './spell.ts';

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

interface Drawing {
  readonly direction: Direction;
  readonly traits: Traits;
  /** The rules that no revert speaks of, and what is drawn already. */
  settled: Firewall;
  /** What these rules say. No rule is written twice, and none that exists: a cloud would refuse the whole call. */
  readonly present: Set<string>;
}

/** Draws one rule anew, and settles it unless it is held. */
function draftOf(drawing: Drawing, revert: Revert): Draft {
  const { direction, settled, present } = drawing;
  const { rule } = revert;
  const remainder = remainderOf(revert, () => surelyOpenFor(settled, direction, rule.box), drawing.traits);
  if (remainder.kind === 'held') {
    return { changes: [], held: [{ kind: 'narrow', direction, rule, reason: remainder.reason }], collateral: [] };
  }
  const becomes = remainder.becomes.filter((content) => !present.has(contentKey(direction, content)));
  for (const content of becomes) present.add(contentKey(direction, content));
  drawing.settled = simulate(settled, [{ kind: 'add', direction, becomes }]);
  const change: Change =
    becomes.length === 0 ? { kind: 'remove', direction, rule } : { kind: 'narrow', direction, rule, becomes };
  const collateral = remainder.collateral === undefined ? [] : [{ direction, rule, ...remainder.collateral }];
  return { changes: [change], held: [], collateral };
}

/**
 * INVARIANT: a rule relies only on rules that no revert speaks of and on what is drawn before it, and changes are made
 * in this order, so that nothing is closed in between. What is held is tried again as long as others are drawn, so that
 * a second run finds nothing that the first left out. `collateral` is what each rule loses by itself: see `reallyClosed`.
 */
export function revertsFor(firewall: Firewall, direction: Direction, excess: readonly Excess[], traits: Traits): Draft {
  if (excess.length === 0) return { changes: [], held: [], collateral: [] };
  let waiting = byRule(excess);
  const settled = without(firewall, direction, waiting);
  const present = new Set(rulesOf(settled, direction).map((rule) => contentKey(direction, rule)));
  const drawing: Drawing = { direction, traits, settled, present };
  const drawn: Draft[] = [];
  for (;;) {
    const tried = waiting.map((revert) => ({ revert, draft: draftOf(drawing, revert) }));
    const held = tried.filter(({ draft }) => draft.held.length > 0);
    drawn.push(...tried.filter((one) => !held.includes(one)).map(({ draft }) => draft));
    if (held.length === 0 || held.length === waiting.length) {
      drawn.push(...held.map(({ draft }) => draft));
      break;
    }
    waiting = held.map(({ revert }) => revert);
  }
  return {
    changes: drawn.flatMap(({ changes }) => changes),
    held: drawn.flatMap(({ held }) => held),
    collateral: drawn.flatMap(({ collateral }) => collateral),
  };
}
