// Excess of one firewall -> the changes that take it away, and nothing else.
import { surelyOpen } from './exposure.ts';
import type { Excess } from './model/finding.ts';
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Change, Collateral, Draft, HeldChange } from './model/plan.ts';
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

/** What a rule loses and another still lets through is not closed, so it is no collateral. */
function reallyClosed(after: Firewall, direction: Direction, collateral: readonly Collateral[]): readonly Collateral[] {
  if (collateral.length === 0) return [];
  const open = surelyOpen(after, direction);
  return collateral.flatMap((one) => {
    if (one.flows.kind === 'named') return [one];
    const closed = traffic.difference(one.flows.traffic, open);
    return traffic.isNothing(closed) ? [] : [{ ...one, flows: { kind: 'addresses', traffic: closed } }];
  });
}

/** No rule is written twice, and none that exists: a cloud would refuse the whole call. */
export function revertsFor(firewall: Firewall, direction: Direction, excess: readonly Excess[], traits: Traits): Draft {
  if (excess.length === 0) return { changes: [], held: [], collateral: [] };
  const changes: Change[] = [];
  const held: HeldChange[] = [];
  const collateral: Collateral[] = [];
  const drawn = byRule(excess).map((revert) => ({ revert, remainder: remainderOf(revert, traits) }));
  const leaving = new Set(
    drawn.flatMap(({ revert, remainder }) => (remainder.kind === 'rules' ? [revert.rule.id] : [])),
  );
  const written = new Set(
    rulesOf(firewall, direction)
      .filter(({ id }) => !leaving.has(id))
      .map((rule) => contentKey(direction, rule)),
  );
  for (const { revert, remainder } of drawn) {
    const { rule } = revert;
    if (remainder.kind === 'held') {
      held.push({ kind: 'narrow', direction, rule, reason: remainder.reason });
      continue;
    }
    const becomes = remainder.becomes.filter((content) => !written.has(contentKey(direction, content)));
    for (const content of becomes) written.add(contentKey(direction, content));
    if (becomes.length === 0) changes.push({ kind: 'remove', direction, rule });
    else changes.push({ kind: 'narrow', direction, rule, becomes });
    if (remainder.collateral !== undefined) collateral.push({ direction, rule, ...remainder.collateral });
  }
  return { changes, held, collateral: reallyClosed(simulate(firewall, changes), direction, collateral) };
}
