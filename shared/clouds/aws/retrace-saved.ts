// Elements of saved answers -> SavedGroup[]. That the answers are well formed is checked by whoever decodes them.
import type { Direction } from '../../core/model/firewall.ts';
import type { Target } from '../../core/model/target.ts';
import { isFields } from './fields.ts';
import type { SavedGroup } from './retrace-opening.ts';
import { ruleOfFields, rulesOfPermissions, tagsOf } from './retrace-rule.ts';
import type { TracedRule } from './retrace-rule.ts';

export interface SavedAnswers {
  /** Of DescribeSecurityGroups. */
  readonly groups: readonly unknown[];
  /** Of DescribeSecurityGroupRules. */
  readonly rules: readonly unknown[];
}

function groupIdOf(element: unknown): string {
  const id = isFields(element) ? element['GroupId'] : undefined;
  return typeof id === 'string' ? id : '';
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function inPermissions(element: unknown): readonly TracedRule[] {
  if (!isFields(element)) return [];
  const of = (field: string, direction: Direction): readonly TracedRule[] =>
    rulesOfPermissions(element[field], direction);
  return [...of('IpPermissions', 'ingress'), ...of('IpPermissionsEgress', 'egress')];
}

/** Groups with the rows of the same groups, which have ids. A group without any row is as its own answer shows it. */
export function savedGroupsOf({ groups, rules }: SavedAnswers, targets: readonly Target[]): readonly SavedGroup[] {
  const described = new Map(groups.map((element) => [groupIdOf(element), element]));
  const rows = Map.groupBy(rules, groupIdOf);
  return targets.map((target) => {
    const element = described.get(target.id);
    const own = rows.get(target.id);
    const shown = own === undefined ? inPermissions(element) : own.map((row) => ruleOfFields(row));
    if (!isFields(element)) return { target, name: undefined, tags: undefined, network: undefined, rules: shown };
    const name = typeof element['GroupName'] === 'string' ? element['GroupName'] : '';
    return { target, name, tags: tagsOf(element['Tags']), network: textOr(element['VpcId']), rules: shown };
  });
}
