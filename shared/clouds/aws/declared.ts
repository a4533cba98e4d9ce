// What infrastructure as code declares -> answers of the describe calls, with stand-ins for the ids that do not exist yet.
import { createHash } from 'node:crypto';
import type { Direction, Unread } from '../../core/model/firewall.ts';
import { cleanText } from './fields.ts';
import type { Fields } from './fields.ts';
import { GROUP_ID, PREFIX_LIST_ID } from './traits.ts';

/** The other side of a declared rule. `id` is EC2's id, or the place where what has none yet is declared. */
export type DeclaredSource =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix list'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly account?: string | undefined };

/** One rule, as EC2 will hold it. */
export interface DeclaredRule {
  /** Where it is declared, for people: `aws_security_group.web ingress[0]`. No two rules of a group have the same. */
  readonly place: string;
  readonly direction: Direction;
  /** As EC2 spells them. */
  readonly protocol: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly source: DeclaredSource;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DeclaredGroup {
  /** EC2's id, or the place where a group that does not exist yet is declared. */
  readonly id: string;
  /** Where it is declared. */
  readonly place: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The id of its VPC, or the place where that is declared. */
  readonly network: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly rules: readonly DeclaredRule[];
  readonly unread: readonly Unread[];
}

/** A VPC of which all ranges are known. */
export interface DeclaredNetwork {
  readonly id: string;
  readonly cidrs: readonly string[];
}

/** Rules of a group that is not declared beside them: nothing else of it is known. */
export type OutsideGroup = Pick<DeclaredGroup, 'id' | 'account' | 'region' | 'rules' | 'unread'>;

/** All that a document declares of firewalls. */
export interface Declared {
  /** What the document is, with its article: `a Terraform plan`. */
  readonly what: string;
  /** What resources it has, of whatever kind: `2 \`aws_instance\`, 1 \`aws_vpc\``; nothing where it has none. */
  readonly holds: string;
  readonly groups: readonly DeclaredGroup[];
  readonly outside: readonly OutsideGroup[];
  readonly networks: readonly DeclaredNetwork[];
  /** What was not judged, or could not be known, for people; one line each. */
  readonly notes: readonly string[];
}

const MOST_NAMED = 5;

/** `a`, `b`, `c` and 12 others */
function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `\`${cleanText(name).replaceAll('`', "'")}\``);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${String(more)} others` : ''}`;
}

/** A note about some names, or none where there are none. */
export function noted(names: readonly string[], text: (names: string) => string): readonly string[] {
  return names.length === 0 ? [] : [text(named(names))];
}

const MOST_COUNTED = 5;

/** The most frequent of some kinds, counted: `2 \`aws_instance\`, 1 \`aws_vpc\``. */
export function countedKinds(kinds: readonly string[]): string {
  const counts = [...Map.groupBy(kinds, (kind) => kind)].map(([kind, { length }]) => ({ kind, length }));
  const shown = counts.toSorted((a, b) => b.length - a.length).slice(0, MOST_COUNTED);
  const more = counts.length > shown.length ? ' and other kinds' : '';
  return `${shown.map(({ kind, length }) => `${String(length)} \`${kind}\``).join(', ')}${more}`;
}

/** Where the account and the region of a document's groups are stated that does not say them itself. */
export interface Surroundings {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** A document in the words of the describe calls. */
export interface Translation {
  readonly groups: { readonly SecurityGroups: readonly Fields[] };
  readonly rules: { readonly SecurityGroupRules: readonly Fields[] };
  readonly vpcs: { readonly Vpcs: readonly Fields[] };
  /** Stand-ins of groups, rules and prefix lists -> what they stand for. */
  readonly standIns: ReadonlyMap<string, string>;
  /** What cannot be read, by the id that the answers have for the group. */
  readonly unread: ReadonlyMap<string, readonly Unread[]>;
  /** The places of groups that have an id already -> that id. */
  readonly places: ReadonlyMap<string, string>;
}

/** Ids of EC2 have 8 or 17 digits, so none is ever as long as a stand-in. */
const STAND_IN_DIGITS = 40;

/** Stand-ins are made from the places alone, so one place has one id in all documents. */
class StandIns {
  readonly shown = new Map<string, string>();

  #standIn(prefix: string, unique: string, shown: string): string {
    const id = `${prefix}-${createHash('sha256').update(unique).digest('hex').slice(0, STAND_IN_DIGITS)}`;
    this.shown.set(id, shown);
    return id;
  }

  group(id: string): string {
    return GROUP_ID.test(id) ? id : this.#standIn('sg', id, id);
  }

  list(id: string): string {
    return PREFIX_LIST_ID.test(id) ? id : this.#standIn('pl', id, id);
  }

  rule(group: string, place: string): string {
    return this.#standIn('sgr', `${group} ${place}`, place);
  }
}

/** The id that a place without an id of EC2 has on its way through the decoder. */
export function groupStandIn(place: string): string {
  return new StandIns().group(place);
}

function tagsWritten(tags: Readonly<Record<string, string>>): readonly Fields[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** `isKnown`: whether the group is declared beside the rule, so that its VPC is known. */
function sourceWritten(source: DeclaredSource, ids: StandIns, isKnown: (id: string) => boolean): Fields {
  switch (source.kind) {
    case 'ipv4':
      return { CidrIpv4: source.cidr };
    case 'ipv6':
      return { CidrIpv6: source.cidr };
    case 'prefix list':
      return { PrefixListId: ids.list(source.id) };
    case 'group': {
      const { id, account: UserId } = source;
      // EC2 says of a group elsewhere that it is peered; a document does not, so any group that is not in it may be.
      const status = isKnown(id) ? {} : { PeeringStatus: 'not known' };
      return { ReferencedGroupInfo: { GroupId: ids.group(id), UserId, ...status } };
    }
  }
}

function regionWritten({ account = '', region }: OutsideGroup, resource: string): Fields {
  // Only the fourth part is ever read. Which partition it is, nobody knows.
  return region === undefined ? {} : { [resource]: `arn::ec2:${region}:${account}:` };
}

function rowsWritten(group: OutsideGroup, ids: StandIns, isKnown: (id: string) => boolean): readonly Fields[] {
  const GroupId = ids.group(group.id);
  return group.rules.map((rule) => ({
    SecurityGroupRuleId: ids.rule(group.id, rule.place),
    GroupId,
    GroupOwnerId: group.account,
    ...regionWritten(group, 'SecurityGroupRuleArn'),
    IsEgress: rule.direction === 'egress',
    IpProtocol: rule.protocol,
    FromPort: rule.from,
    ToPort: rule.to,
    ...sourceWritten(rule.source, ids, isKnown),
    Description: rule.description,
    Tags: tagsWritten(rule.tags),
  }));
}

/** Rows without a source, which the decoder cannot read either: without any row it would not know of the group. */
function unreadRows(group: OutsideGroup, ids: StandIns): readonly Fields[] {
  const GroupId = ids.group(group.id);
  return group.unread.map(({ direction, rule }) => ({
    SecurityGroupRuleId: ids.rule(group.id, rule),
    GroupId,
    GroupOwnerId: group.account,
    ...regionWritten(group, 'SecurityGroupRuleArn'),
    IsEgress: direction === 'egress',
    IpProtocol: '-1',
  }));
}

function groupWritten(group: DeclaredGroup, ids: StandIns): Fields {
  return {
    GroupId: ids.group(group.id),
    GroupName: group.name,
    OwnerId: group.account,
    VpcId: group.network,
    ...regionWritten(group, 'SecurityGroupArn'),
    Tags: tagsWritten(group.tags),
  };
}

export function translationOf({ groups, outside, networks }: Declared): Translation {
  const ids = new StandIns();
  const known = new Set(groups.map(({ id }) => id));
  const isKnown = (id: string): boolean => known.has(id);
  const all: readonly OutsideGroup[] = [...groups, ...outside];
  const vpcs = networks.map(({ id, cidrs }) => ({
    VpcId: id,
    CidrBlockAssociationSet: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrBlock) => ({ CidrBlock })),
    Ipv6CidrBlockAssociationSet: cidrs.filter((cidr) => cidr.includes(':')).map((Ipv6CidrBlock) => ({ Ipv6CidrBlock })),
  }));
  return {
    groups: { SecurityGroups: groups.map((group) => groupWritten(group, ids)) },
    rules: {
      SecurityGroupRules: [
        ...all.flatMap((group) => rowsWritten(group, ids, isKnown)),
        ...outside.flatMap((group) => unreadRows(group, ids)),
      ],
    },
    vpcs: { Vpcs: vpcs },
    standIns: ids.shown,
    unread: new Map(all.map(({ id, unread }) => [ids.group(id), unread])),
    places: new Map(groups.flatMap(({ id, place }) => (id === place ? [] : [[place, id] as const]))),
  };
}
