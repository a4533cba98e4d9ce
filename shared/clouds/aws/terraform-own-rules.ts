// Rules that are resources of their own -> what they add to the groups that they are of, and what a plan takes away.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import { GROUP_TYPES } from './terraform-ids.ts';
import type { Ids } from './terraform-ids.ts';
import { own, textOf } from './terraform-resources.ts';
import type { Resource, Resources } from './terraform-resources.ts';
import { AFTER_APPLY, rulesOfBlock, sameness } from './terraform-rules.ts';
import type { Written } from './terraform-rules.ts';

/** The types of such resources, and the direction where the type says it. */
export const RULE_TYPES: ReadonlyMap<string, Direction | undefined> = new Map([
  ['aws_security_group_rule', undefined],
  ['aws_vpc_security_group_ingress_rule', 'ingress'],
  ['aws_vpc_security_group_egress_rule', 'egress'],
]);

export interface OwnRules {
  /** What is written for each group, by its id, and the resource that writes it. */
  readonly written: ReadonlyMap<string, readonly (Written & { readonly resource: Resource })[]>;
  /** What the plan takes away from each group. */
  readonly former: ReadonlyMap<string, ReadonlySet<string>>;
  /** Resources of which nobody can say a group that they are of. */
  readonly orphans: readonly Resource[];
}

function directionOf({ type, values }: Pick<Resource, 'type' | 'values'>): Direction | undefined {
  const said = RULE_TYPES.get(type) ?? own(values, 'type');
  return said === 'ingress' || said === 'egress' ? said : undefined;
}

/** A rule with the groups that it is of, or may be of. */
function attachedOf(resource: Resource, ids: Ids): Written & { readonly groups: readonly string[] } {
  const { address: place, values, unknown } = resource;
  const meant = ids.single(resource, 'security_group_id', GROUP_TYPES);
  const groups = 'id' in meant ? [meant.id] : meant.candidates;
  const direction = directionOf(resource);
  if (direction === undefined) {
    const why = `\`type\` is ${AFTER_APPLY}; expected \`ingress\` or \`egress\``;
    return { groups, rules: [], unread: DIRECTIONS.map((either) => ({ direction: either, rule: place, why })) };
  }
  if (!('id' in meant)) {
    const why = `which group it is of is ${AFTER_APPLY}, and it may be this one`;
    return { groups, rules: [], unread: [{ direction, rule: place, why }] };
  }
  const { rules, unread } = rulesOfBlock({ place, direction, values, unknown }, meant.id, ids.ofRule(resource));
  // A resource stands for a rule; one without a source is none that the provider takes.
  const why = 'no source: neither addresses nor prefix list nor group';
  const isBlank = rules.length + unread.length === 0;
  return { groups, rules, unread: isBlank ? [{ direction, rule: place, why }] : unread };
}

/** What a rule was before the plan changes or deletes it. */
function formerOf({ type, address: place, before }: Resource): readonly string[] {
  const group = textOf(own(before, 'security_group_id'));
  const direction = before === undefined ? undefined : directionOf({ type, values: before });
  if (before === undefined || direction === undefined || group === undefined) return [];
  const block = { place, direction, values: before, unknown: {} };
  return rulesOfBlock(block, group, () => ({ ids: [] })).rules.map(sameness);
}

export function ownRulesIn({ present, gone }: Resources, ids: Ids): OwnRules {
  const isRule = ({ type }: Resource): boolean => RULE_TYPES.has(type);
  const written = new Map<string, (Written & { readonly resource: Resource })[]>();
  const former = new Map<string, Set<string>>();
  const orphans: Resource[] = [];
  for (const resource of present.filter(isRule)) {
    const { groups, rules, unread } = attachedOf(resource, ids);
    if (groups.length === 0) orphans.push(resource);
    for (const group of groups) {
      const known = written.get(group) ?? [];
      known.push({ rules, unread, resource });
      written.set(group, known);
    }
  }
  for (const resource of [...present, ...gone].filter(isRule)) {
    const group = textOf(own(resource.before, 'security_group_id'));
    if (group === undefined) continue;
    const known = former.get(group) ?? new Set();
    for (const key of formerOf(resource)) known.add(key);
    former.set(group, known);
  }
  return { written, former, orphans };
}
