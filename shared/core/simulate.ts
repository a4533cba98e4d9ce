// Firewall x Change[] -> Firewall, as the cloud would leave it.
import { rulesIn } from './model/firewall.ts';
import type { Direction, Firewall, Layer } from './model/firewall.ts';
import type { Change } from './model/plan.ts';
import type { Rule } from './model/rule.ts';
import { contentKey } from './spell.ts';

/** What a change writes. A rule that does not exist yet is known by what it says. */
function rulesWritten(change: Change): readonly Rule[] {
  if (change.kind === 'remove') return [];
  return change.becomes.map((content) => ({ ...content, id: contentKey(change.direction, content) }));
}

function changed(layers: readonly Layer[], changes: readonly Change[]): readonly Layer[] {
  const replaced = new Map<string, readonly Rule[]>();
  const added: Rule[] = [];
  for (const change of changes) {
    if (change.kind === 'add') added.push(...rulesWritten(change));
    else replaced.set(change.rule.id, rulesWritten(change));
  }
  const kept = layers.map((layer) => ({
    ...layer,
    rules: rulesIn(layer).flatMap((rule) => replaced.get(rule.id) ?? [rule]),
  }));
  if (added.length === 0) return kept;
  const [first = { combine: 'union' as const, rules: [] }, ...others] = kept;
  return [{ ...first, rules: [...first.rules, ...added] }, ...others];
}

/** The firewall after these changes. Its version is that of the snapshot, since no cloud has given it another. */
export function simulate(firewall: Firewall, changes: readonly Change[]): Firewall {
  const after = (direction: Direction): readonly Layer[] =>
    changed(
      firewall[direction],
      changes.filter((change) => change.direction === direction),
    );
  return { ...firewall, ingress: after('ingress'), egress: after('egress') };
}
