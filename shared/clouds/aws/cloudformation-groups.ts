// Security groups of a template, with the rules in them and those that are resources of their own -> declared groups.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction, Unread } from '../../core/model/firewall.ts';
import { ruleOf, textIn } from './cloudformation-rules.ts';
import type { NamedGroup } from './cloudformation-rules.ts';
import { own, resourceText } from './cloudformation-values.ts';
import type { Values, Worth } from './cloudformation-values.ts';
import type { DeclaredGroup, DeclaredNetwork, DeclaredRule, OutsideGroup, Surroundings } from './declared.ts';

export const GROUP = 'AWS::EC2::SecurityGroup';
const RULES: ReadonlyMap<string, Direction> = new Map([
  ['AWS::EC2::SecurityGroupIngress', 'ingress'],
  ['AWS::EC2::SecurityGroupEgress', 'egress'],
]);
const INLINE: Readonly<Record<Direction, string>> = { ingress: 'SecurityGroupIngress', egress: 'SecurityGroupEgress' };

interface Written {
  readonly rules: readonly DeclaredRule[];
  readonly unread: readonly Unread[];
}

/** Everything that groups are put together from. */
export interface Parts {
  readonly values: Values;
  /** The ids of all resources. */
  readonly ids: readonly string[];
  readonly networks: readonly DeclaredNetwork[];
  readonly surroundings: Surroundings;
}

export function ofType({ values, ids }: Parts, type: string): readonly string[] {
  return ids.filter((id) => values.typeOf(id) === type);
}

/** The group of the template that has a name. */
function groupNamedIn(parts: Parts): NamedGroup {
  const named = ofType(parts, GROUP).flatMap((id) => {
    const name = textIn(parts.values.worthOf(parts.values.propertyOf(id, 'GroupName')));
    return name === undefined ? [] : [[name, id] as const];
  });
  const ids = new Map(named);
  return (name) => ids.get(name);
}

function writtenOf(read: readonly ReturnType<typeof ruleOf>[]): Written {
  return {
    rules: read.flatMap((one) => (one.kind === 'rule' ? [one.rule] : [])),
    unread: read.flatMap((one) => (one.kind === 'unread' ? [one.unread] : [])),
  };
}

function inlineRules({ values }: Parts, id: string, direction: Direction, groupNamed: NamedGroup): Written {
  const property = INLINE[direction];
  const worth = values.worthOf(values.propertyOf(id, property));
  const unread = (rule: string, why: string): Written => ({ rules: [], unread: [{ direction, rule, why }] });
  if (worth.kind === 'absent') return { rules: [], unread: [] };
  if (worth.kind === 'unknown') return unread(`${id} ${property}`, worth.why);
  // One rule may stand in the place of a list of one.
  const items = worth.kind === 'list' ? worth.items : worth.kind === 'map' ? [worth.fields] : undefined;
  if (items === undefined) return unread(`${id} ${property}`, 'expected a list of rules');
  const read = items.flatMap((item, index) => {
    const place = `${id} ${property}[${String(index)}]`;
    const one = values.worthOf(item);
    if (one.kind === 'absent') return [];
    if (one.kind === 'map') return [ruleOf({ place, direction, values, groupNamed }, one.fields)];
    const why = one.kind === 'unknown' ? one.why : 'expected the properties of a rule';
    return [{ kind: 'unread', unread: { direction, rule: place, why } } as const];
  });
  return writtenOf(read);
}

/** Rules that are resources of their own, by the group that they are of. */
export interface OwnRules {
  readonly byGroup: ReadonlyMap<string, readonly (Written & { readonly direction: Direction })[]>;
  /** Those of which nobody can say a group. */
  readonly orphans: readonly string[];
}

function groupOfRule({ values }: Parts, id: string, groupNamed: NamedGroup): string | undefined {
  const group = textIn(values.worthOf(values.propertyOf(id, 'GroupId')));
  const name = textIn(values.worthOf(values.propertyOf(id, 'GroupName')));
  return group ?? (name === undefined ? undefined : groupNamed(name));
}

export function ownRulesIn(parts: Parts): OwnRules {
  const groupNamed = groupNamedIn(parts);
  const byGroup = new Map<string, (Written & { readonly direction: Direction })[]>();
  const orphans: string[] = [];
  for (const id of parts.ids) {
    const direction = RULES.get(parts.values.typeOf(id));
    if (direction === undefined) continue;
    const group = groupOfRule(parts, id, groupNamed);
    if (group === undefined) {
      orphans.push(id);
      continue;
    }
    const fields = parts.values.fieldsOf(id);
    const read = writtenOf([ruleOf({ place: id, direction, values: parts.values, groupNamed }, fields)]);
    byGroup.set(group, [...(byGroup.get(group) ?? []), { ...read, direction }]);
  }
  return { byGroup, orphans };
}

const EVERYTHING = { direction: 'egress', protocol: '-1', from: undefined, to: undefined, tags: {} } as const;

/**
 * What EC2 adds to a group without egress rules: all IPv4, and all IPv6 ("we add egress rules that allow all outbound
 * IPv4 and IPv6 traffic", reference of AWS::EC2::SecurityGroup, 2026-11-24); the latter is not seen in a VPC without
 * IPv6 (aws-cloudformation/cloudformation-coverage-roadmap 2241, read the same day). With an egress rule that is a
 * resource of its own, people saw it go (aws/aws-cdk 987 and 3355, aws-cloudformation/cfn-language-discussion 157), and
 * no documentation says so: then nobody knows.
 */
function defaultEgress(id: string, network: DeclaredNetwork | undefined, hasOwn: boolean): Written {
  if (hasOwn) {
    const why =
      'without `SecurityGroupEgress` EC2 lets everything out at first, and it is not documented whether that stays ' +
      'beside egress rules of their own; state `SecurityGroupEgress`';
    return { rules: [], unread: [{ direction: 'egress', rule: `${id} default egress`, why }] };
  }
  const hasV6 = network?.cidrs.some((cidr) => cidr.includes(':')) ?? true;
  const description = 'added by EC2, since the template has no `SecurityGroupEgress`';
  const v4 = {
    ...EVERYTHING,
    description,
    place: `${id} default egress IPv4`,
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  } as const;
  const v6 = {
    ...EVERYTHING,
    description,
    place: `${id} default egress IPv6`,
    source: { kind: 'ipv6', cidr: '::/0' },
  } as const;
  return { rules: hasV6 ? [v4, v6] : [v4], unread: [] };
}

/** The VPC of a group: its id, its place in the template, or the parameter that will say it. */
export function networkOf({ values }: Parts, id: string): string | undefined {
  const worth = values.worthOf(values.propertyOf(id, 'VpcId'));
  return worth.kind === 'unknown' ? worth.parameter : textIn(worth);
}

interface Tag {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

function tagIn(values: Values, item: unknown): Tag {
  const worth: Worth = values.worthOf(item);
  const field = (name: string): string | undefined =>
    worth.kind === 'map' ? textOrBlank(values.worthOf(own(worth.fields, name))) : undefined;
  return { key: field('Key'), value: field('Value') };
}

function textOrBlank(worth: Worth): string | undefined {
  if (worth.kind === 'resource') return resourceText(worth);
  return worth.kind === 'value' ? String(worth.value) : undefined;
}

export interface Tags {
  readonly tags: Readonly<Record<string, string>>;
  readonly isWhole: boolean;
}

export function tagsOf({ values }: Parts, id: string): Tags {
  const worth = values.worthOf(values.propertyOf(id, 'Tags'));
  const read = worth.kind === 'list' ? worth.items.map((item) => tagIn(values, item)) : [];
  const whole = read.flatMap(({ key, value }) =>
    key === undefined || value === undefined ? [] : [[key, value] as const],
  );
  const isList = worth.kind === 'list' || worth.kind === 'absent';
  return { tags: Object.fromEntries(whole), isWhole: isList && whole.length === read.length };
}

/** Properties that are added when the template is deployed may be rules. */
function includedIn({ values }: Parts, id: string): readonly Unread[] {
  if (values.propertyOf(id, 'Fn::Transform') === undefined) return [];
  const why = '`Fn::Transform` may add rules when the template is deployed';
  return DIRECTIONS.map((direction) => ({ direction, rule: `${id} Fn::Transform`, why }));
}

function groupOf(parts: Parts, id: string, { byGroup }: OwnRules, groupNamed: NamedGroup): DeclaredGroup {
  const { values, networks, surroundings } = parts;
  const inline = DIRECTIONS.map((direction) => inlineRules(parts, id, direction, groupNamed));
  const attached = byGroup.get(id) ?? [];
  const network = networkOf(parts, id);
  const egress = inline[DIRECTIONS.indexOf('egress')];
  const isSilent = egress === undefined || egress.rules.length + egress.unread.length === 0;
  const hasOwn = attached.some(({ direction }) => direction === 'egress');
  const declared = networks.find((one) => one.id === network);
  const all = [...inline, ...attached, ...(isSilent ? [defaultEgress(id, declared, hasOwn)] : [])];
  return {
    id,
    place: id,
    name: textIn(values.worthOf(values.propertyOf(id, 'GroupName'))) ?? '',
    tags: tagsOf(parts, id).tags,
    network,
    account: surroundings.account,
    region: surroundings.region,
    rules: all.flatMap(({ rules }) => rules),
    unread: [...all.flatMap(({ unread }) => unread), ...includedIn(parts, id)],
  };
}

export function groupsIn(parts: Parts, ownRules: OwnRules): readonly DeclaredGroup[] {
  const groupNamed = groupNamedIn(parts);
  return ofType(parts, GROUP).map((id) => groupOf(parts, id, ownRules, groupNamed));
}

/** Groups elsewhere to which the template adds rules. */
export function outsideIn(parts: Parts, { byGroup }: OwnRules): readonly OutsideGroup[] {
  const { account, region } = parts.surroundings;
  return [...byGroup].flatMap(([id, written]) => {
    if (parts.values.typeOf(id) === GROUP) return [];
    const unread = written.flatMap((one) => one.unread);
    return [{ id, account, region, rules: written.flatMap(({ rules }) => rules), unread }];
  });
}
