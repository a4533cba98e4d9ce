// Groups of a plan or a state, with the rules in them and those that are resources of their own -> declared groups.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import type { DeclaredGroup, OutsideGroup } from './declared.ts';
import type { Configuration } from './terraform-configuration.ts';
import { GROUP_TYPES } from './terraform-ids.ts';
import type { Ids } from './terraform-ids.ts';
import type { OwnRules } from './terraform-own-rules.ts';
import type { Places } from './terraform-places.ts';
import { idOf, isKnown } from './terraform-references.ts';
import { fieldsOf, listOf, own, textOf } from './terraform-resources.ts';
import type { Resource, Resources } from './terraform-resources.ts';
import { AFTER_APPLY, rulesOfBlock, sameness, tagsOf } from './terraform-rules.ts';
import type { Block, Written } from './terraform-rules.ts';
import { DEFAULT_GROUP } from './traits.ts';

export function isGroup({ type }: Resource): boolean {
  return GROUP_TYPES.includes(type);
}

/** `after_unknown` has the elements of sets, too, in the order of `after` (omitUnknowns of Terraform, read 2026-11-24). */
function blocksOf({ address, values, unknown }: Resource, direction: Direction): readonly Block[] {
  const unknowns = listOf(own(unknown, direction));
  return listOf(own(values, direction)).map((block, index) => ({
    place: `${address} ${direction}[${String(index)}]`,
    direction,
    values: fieldsOf(block),
    unknown: fieldsOf(unknowns[index]),
  }));
}

/** How many unknown ids the one block has that has any; nothing where several blocks have some, or nobody knows. */
function countIn(blocks: readonly Block[], argument: string): number {
  const [only, ...more] = blocks.filter(({ unknown }) => !isKnown(own(unknown, argument)));
  return more.length > 0 ? 0 : listOf(own(only?.unknown, argument)).length;
}

/** Everything that groups are put together from. */
export interface Parts {
  readonly resources: Resources;
  readonly configuration: Configuration;
  readonly ids: Ids;
  readonly ownRules: OwnRules;
  readonly places: Places;
}

/** Whether the configuration writes rules in the group, as far as a plan shows it: it shows no `dynamic` blocks. */
export function isWrittenIn({ configuration }: Parts, group: Resource, direction: Direction): boolean {
  return configuration.expressionOf(group, direction) !== undefined;
}

/**
 * The rules in a group's own resource. Where none are written, a new group has none: the provider takes away the ones
 * that EC2 makes (resourceSecurityGroupCreate, and the documentation of aws_default_security_group, read 2026-11-24).
 * In one that exists they are then all rules that there were, those of other resources too.
 */
function inlineRules(parts: Parts, group: Resource, direction: Direction): Written {
  const isWritten = isWrittenIn(parts, group, direction);
  if (own(group.unknown, direction) === true) {
    const why = `\`${direction}\` is ${AFTER_APPLY}`;
    return { rules: [], unread: isWritten ? [{ direction, rule: `${group.address} ${direction}`, why }] : [] };
  }
  const blocks = blocksOf(group, direction);
  const lookUp = parts.ids.ofBlock(group, direction, (argument) => countIn(blocks, argument));
  const written = blocks.map((block) => rulesOfBlock(block, idOf(group), lookUp));
  const unread = written.flatMap((one) => one.unread);
  const rules = written.flatMap((one) => one.rules);
  if (isWritten) return { rules, unread };
  const { written: own_, former } = parts.ownRules;
  const said = new Set((own_.get(idOf(group)) ?? []).flatMap((one) => one.rules.map(sameness)));
  const goes = former.get(idOf(group));
  return {
    rules: rules.filter((rule) => !said.has(sameness(rule)) && goes?.has(sameness(rule)) !== true),
    unread,
  };
}

function nameIn({ type, values }: Resource): string {
  return textOf(own(values, 'name')) ?? (type === 'aws_default_security_group' ? DEFAULT_GROUP : '');
}

function groupOf(parts: Parts, group: Resource): DeclaredGroup {
  const inline = DIRECTIONS.map((direction) => inlineRules(parts, group, direction));
  const all = [...inline, ...(parts.ownRules.written.get(idOf(group)) ?? [])];
  const network = parts.ids.single(group, 'vpc_id', ['aws_vpc', 'aws_default_vpc']);
  return {
    id: idOf(group),
    place: group.address,
    name: nameIn(group),
    tags: tagsOf(group.values, group.unknown),
    network: 'id' in network ? network.id : undefined,
    ...parts.places.of(group),
    rules: all.flatMap(({ rules }) => rules),
    unread: all.flatMap(({ unread }) => unread),
  };
}

export function groupsIn(parts: Parts): readonly DeclaredGroup[] {
  return parts.resources.present.filter(isGroup).map((group) => groupOf(parts, group));
}

/** Groups of which nothing is in the document but rules that are added to them. */
export function outsideIn(parts: Parts): readonly OutsideGroup[] {
  const inside = new Set(parts.resources.present.filter(isGroup).map(idOf));
  return [...parts.ownRules.written].flatMap(([id, written]) => {
    const [first] = written;
    if (inside.has(id) || first === undefined) return [];
    return [
      {
        id,
        ...parts.places.of(first.resource),
        rules: written.flatMap(({ rules }) => rules),
        unread: written.flatMap(({ unread }) => unread),
      },
    ];
  });
}
