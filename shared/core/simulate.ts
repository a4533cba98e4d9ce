// Firewall x Change[] -> Firewall, as the cloud would leave it.
import type { Direction, Firewall, Layer } from './model/firewall.ts';
import type { Change } from './model/plan.ts';
import type { Rule, RuleContent } from './model/rule.ts';
import { contentKey } from './spell.ts';

/** A rule that does not exist yet is known by what it says. */
function asRule(direction: Direction, content: RuleContent): Rule {
  return { ...content, id: contentKey(direction, content) };
}

function changed(layers: readonly Layer[], change: Change): readonly Layer[] {
  const becomes = change.kind === 'remove' ? [] : change.becomes.map((content) => asRule(change.direction, content));
  if (change.kind === 'add') {
    const [first = { combine: 'union', rules: [] }, ...others] = layers;
    return [{ ...first, rules: [...first.rules, ...becomes] }, ...others];
  }
  return layers.map((layer) => ({
    ...layer,
    rules: layer.rules.flatMap((rule) => (rule.id === change.rule.id ? becomes : [rule])),
  }));
}

/** The firewall after these changes. Its version is that of the snapshot, since no cloud has given it another. */
export function simulate(firewall: Firewall, changes: readonly Change[]): Firewall {
  return changes.reduce<Firewall>(
    (after, change) => ({ ...after, [change.direction]: changed(after[change.direction], change) }),
    firewall,
  );
}
