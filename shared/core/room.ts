// Firewall x changes x limit -> the change that has to wait, because the cloud would have no room for its rules.
import { isGapless } from './gapless.ts';
import type { Directed } from './gapless.ts';
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Change } from './model/plan.ts';
import type { RuleContent } from './model/rule.ts';
import { contentKey } from './spell.ts';

const FAMILIES = ['v4', 'v6'] as const;
type Family = (typeof FAMILIES)[number];

/** A rule that names a peer counts in both families, whoever the peer is. */
function countsIn({ box: { peer } }: RuleContent, family: Family): boolean {
  return peer.kind === 'named' || peer.addresses[family].length > 0;
}

function countOf(contents: readonly RuleContent[], family: Family): number {
  return contents.filter((content) => countsIn(content, family)).length;
}

function writtenBy(change: Change): readonly RuleContent[] {
  return change.kind === 'remove' ? [] : change.becomes;
}

/** The rules that a change needs room for beside those that are there: one piece takes the place of its rule. */
function moreRules(change: Change, family: Family): number {
  const written = countOf(writtenBy(change), family);
  return (change.kind === 'narrow' || change.kind === 'restore') && countsIn(change.rule, family)
    ? Math.max(0, written - 1)
    : written;
}

/** The most rules there are while the changes are made: what is added is there before most of what goes. */
function peakOf(firewall: Firewall, direction: Direction, changes: readonly Change[], family: Family): number {
  const written = changes.flatMap((change) => writtenBy(change).map((content): Directed => ({ direction, content })));
  const first = changes.filter(
    (change) =>
      change.kind === 'remove' &&
      countsIn(change.rule, family) &&
      isGapless({ direction, content: change.rule }, written, firewall.names),
  );
  const more = changes.reduce((sum, change) => sum + moreRules(change, family), 0);
  return countOf(rulesOf(firewall, direction), family) - first.length + more;
}

/** What tells changes apart whatever the order of rules. */
function nameOf(change: Change): string {
  const contents = change.kind === 'add' ? change.becomes : [change.rule];
  return contents.map((content) => contentKey(change.direction, content)).join();
}

/**
 * The change that a full firewall has no room for, if there is one: the one that needs the most, so that few have to
 * wait. A firewall that holds more than the limit already shows that its limit is another one, which nobody knows.
 */
export function tooLargeFor(
  firewall: Firewall,
  direction: Direction,
  changes: readonly Change[],
  limit: number,
): { readonly change: Change; readonly free: number } | undefined {
  for (const family of FAMILIES) {
    const before = countOf(rulesOf(firewall, direction), family);
    if (before > limit || peakOf(firewall, direction, changes, family) <= limit) continue;
    const [change] = changes
      .filter((one) => moreRules(one, family) > 0)
      .sort((a, b) => moreRules(b, family) - moreRules(a, family) || (nameOf(a) < nameOf(b) ? -1 : 1));
    if (change !== undefined) return { change, free: Math.max(0, limit - before) };
  }
  return undefined;
}
