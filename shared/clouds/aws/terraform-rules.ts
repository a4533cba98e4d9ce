// Rules as Terraform's resources write them -> one declared rule for each source.
import type { Direction, Unread } from '../../core/model/firewall.ts';
import type { DeclaredRule, DeclaredSource } from './declared.ts';
import type { Fields } from './fields.ts';
import { isKnown } from './terraform-references.ts';
import { fieldsOf, own, textOf } from './terraform-resources.ts';

/** One rule, or several with different sources, and what is not known of it. */
export interface Block {
  readonly place: string;
  readonly direction: Direction;
  readonly values: Fields;
  readonly unknown: Fields;
}

/** The ids behind an argument that is known after apply; or why nobody can say them. */
export type Looked = { readonly ids: readonly string[] } | { readonly why: string };
export type LookUp = (argument: string) => Looked;

export interface Written {
  readonly rules: readonly DeclaredRule[];
  readonly unread: readonly Unread[];
}

/** `all` and names in capitals are taken by the provider, and so are numbers (protocolForValue, read 2026-11-24). */
function protocolOf(value: unknown): string {
  const text = (typeof value === 'number' ? String(value) : (textOf(value) ?? '')).toLowerCase();
  return text === 'all' ? '-1' : text;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function tagsOf(values: Fields, unknown: Fields): Readonly<Record<string, string>> {
  // `tags_all` has the tags that the provider adds to all that it makes, too.
  const all = isKnown(own(unknown, 'tags_all')) ? own(values, 'tags_all') : undefined;
  const tags = fieldsOf(all ?? own(values, 'tags'));
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : [])),
  );
}

/** `sg-...`, or `111122223333/sg-...` for a group of another account. */
export function groupSource(id: string): DeclaredSource {
  const [, account, group] = /^(\d{12})\/(.*)$/s.exec(id) ?? [];
  return { kind: 'group', id: group ?? id, account };
}

interface Argument {
  readonly name: string;
  readonly sourceOf: (text: string) => DeclaredSource;
}

/** Every argument of any of the resources that says a source. */
const SOURCES: readonly Argument[] = [
  ...['cidr_blocks', 'cidr_ipv4'].map((name): Argument => ({ name, sourceOf: (cidr) => ({ kind: 'ipv4', cidr }) })),
  ...['ipv6_cidr_blocks', 'cidr_ipv6'].map((name): Argument => ({
    name,
    sourceOf: (cidr) => ({ kind: 'ipv6', cidr }),
  })),
  ...['prefix_list_ids', 'prefix_list_id'].map((name): Argument => ({
    name,
    sourceOf: (id) => ({ kind: 'prefix list', id }),
  })),
  ...['security_groups', 'source_security_group_id', 'referenced_security_group_id'].map((name): Argument => ({
    name,
    sourceOf: groupSource,
  })),
];

export const AFTER_APPLY = 'known after apply';

interface Part {
  /** `cidr_blocks[1]`, or nothing where the block has no other source. */
  readonly part: string;
  readonly source: DeclaredSource;
}

interface Sources {
  readonly parts: readonly Part[];
  readonly unread: readonly { readonly part: string; readonly why: string }[];
}

function sourcesOfArgument({ values, unknown }: Block, { name, sourceOf }: Argument, lookUp: LookUp): Sources {
  const value = own(values, name) ?? [];
  const texts: readonly unknown[] = Array.isArray(value) ? value : value === '' ? [] : [value];
  const parts = texts.flatMap((text, index): readonly Part[] =>
    typeof text === 'string'
      ? [{ part: Array.isArray(value) ? `${name}[${String(index)}]` : name, source: sourceOf(text) }]
      : [],
  );
  if (isKnown(own(unknown, name))) {
    const why = `\`${name}\` holds something that is no text`;
    return { parts, unread: parts.length === texts.length ? [] : [{ part: name, why }] };
  }
  const looked = lookUp(name);
  if ('why' in looked) return { parts, unread: [{ part: name, why: looked.why }] };
  return {
    parts: [
      ...parts,
      ...looked.ids.map((id, index) => ({ part: `${name}[${String(texts.length + index)}]`, source: sourceOf(id) })),
    ],
    unread: [],
  };
}

function selfOf({ values, unknown }: Block, self: string): Sources {
  if (!isKnown(own(unknown, 'self')))
    return { parts: [], unread: [{ part: 'self', why: `\`self\` is ${AFTER_APPLY}` }] };
  return own(values, 'self') === true
    ? { parts: [{ part: 'self', source: { kind: 'group', id: self } }], unread: [] }
    : { parts: [], unread: [] };
}

/** What is not known of a block as a whole: then none of its sources helps. */
function unknownOf({ unknown }: Block): string | undefined {
  return ['protocol', 'ip_protocol', 'from_port', 'to_port'].find((name) => !isKnown(own(unknown, name)));
}

/**
 * `self` is the id of the group that the block is of. A block without any source makes no rule (securityGroupExpandRules
 * of the provider, read 2026-11-24).
 */
export function rulesOfBlock(block: Block, self: string, lookUp: LookUp): Written {
  const { place, direction, values, unknown } = block;
  const whole = unknownOf(block);
  if (whole !== undefined) {
    return { rules: [], unread: [{ direction, rule: place, why: `\`${whole}\` is ${AFTER_APPLY}` }] };
  }
  const sources = [...SOURCES.map((argument) => sourcesOfArgument(block, argument, lookUp)), selfOf(block, self)];
  const parts = sources.flatMap((one) => one.parts);
  const unread = sources.flatMap((one) => one.unread);
  const isOne = parts.length + unread.length === 1;
  const placeOf = (part: string): string => (isOne ? place : `${place}.${part}`);
  const content = {
    direction,
    protocol: protocolOf(own(values, 'protocol') ?? own(values, 'ip_protocol')),
    from: numberOf(own(values, 'from_port')),
    to: numberOf(own(values, 'to_port')),
    description: textOf(own(values, 'description')) ?? '',
    tags: tagsOf(values, unknown),
  };
  return {
    rules: parts.map(({ part, source }) => ({ ...content, place: placeOf(part), source })),
    unread: unread.map(({ part, why }) => ({ direction, rule: placeOf(part), why })),
  };
}

/** One text for the same rule, in whatever resource it is written: a group's own resource shows those of others too. */
export function sameness({ direction, protocol, from, to, source }: DeclaredRule): string {
  const hasPorts = ['tcp', 'udp', 'icmp', 'icmpv6', '6', '17', '1', '58'].includes(protocol);
  const ports = hasPorts ? `${String(from)}-${String(to)}` : '';
  const who = 'cidr' in source ? source.cidr.toLowerCase() : source.id;
  return `${direction} ${NUMBERS.get(protocol) ?? protocol} ${ports} ${who}`;
}

const NUMBERS: ReadonlyMap<string, string> = new Map([
  ['tcp', '6'],
  ['udp', '17'],
  ['icmp', '1'],
  ['icmpv6', '58'],
]);
