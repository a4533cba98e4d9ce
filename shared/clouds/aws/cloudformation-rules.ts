// A rule as templates write it -> a declared rule, or why it cannot be read before it is deployed.
import type { Direction, Unread } from '../../core/model/firewall.ts';
import { resourceText } from './cloudformation-values.ts';
import type { Values, Worth } from './cloudformation-values.ts';
import type { DeclaredRule, DeclaredSource } from './declared.ts';
import type { Fields } from './fields.ts';

export type ReadRule =
  { readonly kind: 'rule'; readonly rule: DeclaredRule } | { readonly kind: 'unread'; readonly unread: Unread };

/** The declared group with a name, where there is one. */
export type NamedGroup = (name: string) => string | undefined;

type SourceOf = (id: string, account: string | undefined, groupNamed: NamedGroup) => DeclaredSource | undefined;

/** The properties that say the other side, for both directions (resource reference of the two rule types, 2026-11-24). */
const SOURCES: Readonly<Record<Direction, Readonly<Record<string, SourceOf>>>> = {
  ingress: {
    CidrIp: (cidr) => ({ kind: 'ipv4', cidr }),
    CidrIpv6: (cidr) => ({ kind: 'ipv6', cidr }),
    SourcePrefixListId: (id) => ({ kind: 'prefix list', id }),
    SourceSecurityGroupId: (id, account) => ({ kind: 'group', id, account }),
    SourceSecurityGroupName: (name, account, groupNamed) => {
      const id = groupNamed(name);
      return id === undefined ? undefined : { kind: 'group', id, account };
    },
  },
  egress: {
    CidrIp: (cidr) => ({ kind: 'ipv4', cidr }),
    CidrIpv6: (cidr) => ({ kind: 'ipv6', cidr }),
    DestinationPrefixListId: (id) => ({ kind: 'prefix list', id }),
    DestinationSecurityGroupId: (id, account) => ({ kind: 'group', id, account }),
  },
};

/** The text that a property comes to; for what a resource will have, its place. Undefined where it is not known, or absent. */
export function textIn(worth: Worth): string | undefined {
  if (worth.kind === 'resource') return resourceText(worth);
  return worth.kind === 'value' ? String(worth.value) || undefined : undefined;
}

/** Why a property that should be a text is none. */
function strangeness(worth: Worth): string | undefined {
  if (worth.kind === 'unknown') return worth.why;
  return worth.kind === 'list' || worth.kind === 'map' ? 'expected a text' : undefined;
}

/** Ports are numbers, or numbers in quotes; undefined also where it is neither. */
function numberIn(worth: Worth): number | undefined {
  const text = textIn(worth);
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Where a rule stands, and what is known beside it. */
export interface RulePlace {
  readonly place: string;
  readonly direction: Direction;
  readonly values: Values;
  readonly groupNamed: NamedGroup;
}

function sourcesOf(
  { direction, groupNamed }: RulePlace,
  worth: (name: string) => Worth,
): readonly (DeclaredSource | undefined)[] {
  const account = textIn(worth('SourceSecurityGroupOwnerId'));
  return Object.entries(SOURCES[direction]).flatMap(([name, sourceOf]) => {
    const text = textIn(worth(name));
    return text === undefined ? [] : [sourceOf(text, account, groupNamed)];
  });
}

const OTHERS = ['IpProtocol', 'FromPort', 'ToPort', 'SourceSecurityGroupOwnerId'];

/** What is wrong with a rule before anybody looks at what it means. */
function problemOf({ direction }: RulePlace, worth: (name: string) => Worth): string | undefined {
  for (const name of [...OTHERS, ...Object.keys(SOURCES[direction])]) {
    const strange = strangeness(worth(name));
    if (strange !== undefined) return `\`${name}\` is not known: ${strange}`;
  }
  return undefined;
}

/** One rule has one other side: "exactly one" of the properties that say it (resource reference, 2026-11-24). */
export function ruleOf(where: RulePlace, fields: Fields): ReadRule {
  const { place, direction, values } = where;
  const worth = (name: string): Worth => values.worthOf(Object.hasOwn(fields, name) ? fields[name] : undefined);
  const unread = (why: string): ReadRule => ({ kind: 'unread', unread: { direction, rule: place, why } });
  const problem = problemOf(where, worth);
  if (problem !== undefined) return unread(problem);
  const sources = sourcesOf(where, worth);
  const [source] = sources;
  if (sources.length !== 1) {
    const found = sources.length === 0 ? 'no source' : 'more than one source';
    return unread(
      `${found}; expected one of ${Object.keys(SOURCES[direction])
        .map((name) => `\`${name}\``)
        .join(', ')}`,
    );
  }
  if (source === undefined) return unread('`SourceSecurityGroupName` is no group of the template; its id is not known');
  return {
    kind: 'rule',
    rule: {
      place,
      direction,
      protocol: textIn(worth('IpProtocol'))?.toLowerCase() ?? '',
      from: numberIn(worth('FromPort')),
      to: numberIn(worth('ToPort')),
      source,
      description: textIn(worth('Description')) ?? '',
      tags: {},
    },
  };
}
