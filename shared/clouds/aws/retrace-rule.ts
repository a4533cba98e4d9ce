// Rules as records, requests and answers write them -> TracedRule -> a row as DescribeSecurityGroupRules answers it.
import type { Direction } from '../../core/model/firewall.ts';
import type { RuleContent } from '../../core/model/rule.ts';
import { addressesKey } from '../../core/spell.ts';
import { elementsOf, fieldOf, isFields } from './fields.ts';
import type { Fields } from './fields.ts';
import type { WirePeer } from './peer.ts';
import { cidrRead } from './peer.ts';
import { wireOf } from './requests.ts';
import { slotsRead } from './service.ts';

/** A rule with one source, as far as a record tells of it. */
export interface TracedRule {
  /** EC2's id. Old records and requests have none. */
  readonly id: string | undefined;
  /** Undefined where only the id of a rule that was never shown tells. */
  readonly direction: Direction | undefined;
  /** The fields of a row of DescribeSecurityGroupRules, but for the ids. What cannot be read stays as it is written. */
  readonly row: Fields;
  /** One text for the same direction, service and source, however they are spelled: EC2 holds no two such rules. */
  readonly key: string;
}

const RULE_ID = /^sgr-[0-9a-f]{1,39}$/;

export function ruleIdOf(value: unknown): string | undefined {
  return typeof value === 'string' && RULE_ID.test(value) ? value : undefined;
}

/** Records that went through XML write numbers as text now and then. */
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,6}$/.test(value) ? Number(value) : (value ?? undefined);
}

function protocolOf(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

/** `[{ Key, Value }]`, as the describe calls answer tags, from any of the spellings. */
export function tagsOf(list: unknown): Readonly<Record<string, string>> {
  const tags = elementsOf(list).flatMap((tag): readonly (readonly [string, string])[] => {
    const key = fieldOf(tag, 'key');
    const value = fieldOf(tag, 'value');
    return typeof key === 'string' ? [[key, typeof value === 'string' ? value : '']] : [];
  });
  return Object.fromEntries(tags);
}

export function tagList(tags: Readonly<Record<string, string>>): readonly Fields[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function numbered(from: unknown, to: unknown): readonly [number | undefined, number | undefined] {
  return [typeof from === 'number' ? from : undefined, typeof to === 'number' ? to : undefined];
}

function serviceKey({ IpProtocol, FromPort, ToPort }: Fields): string {
  const slots = typeof IpProtocol === 'string' ? slotsRead(IpProtocol, ...numbered(FromPort, ToPort)) : undefined;
  return slots?.ok === true ? slots.value.join('-') : JSON.stringify([IpProtocol, FromPort, ToPort]);
}

function cidrKey(family: 4 | 6, cidr: unknown): string {
  const read = typeof cidr === 'string' ? cidrRead(family, cidr) : undefined;
  if (read?.ok !== true || read.value.peer.kind !== 'addresses') return JSON.stringify(cidr);
  return addressesKey(read.value.peer.addresses);
}

function sourceKey({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: Fields): string {
  if (CidrIpv4 !== undefined) return cidrKey(4, CidrIpv4);
  if (CidrIpv6 !== undefined) return cidrKey(6, CidrIpv6);
  if (PrefixListId !== undefined) return JSON.stringify(PrefixListId);
  const group = fieldOf(ReferencedGroupInfo, 'groupId');
  // An id is of one group wherever it is, and one of the two calls may leave out its account.
  return JSON.stringify(group ?? ReferencedGroupInfo ?? null);
}

export function tracedRule(id: string | undefined, direction: Direction | undefined, fields: Fields): TracedRule {
  const stated = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const row = Object.fromEntries(stated);
  const isEgress = direction === undefined ? {} : { IsEgress: direction === 'egress' };
  return {
    id,
    direction,
    row: { ...row, ...isEgress },
    key: `${direction ?? ''} ${serviceKey(row)} ${sourceKey(row)}`,
  };
}

/** A referenced group, in the words of the describe calls. */
function pairOf(group: unknown): Fields | undefined {
  if (!isFields(group)) return undefined;
  const names = ['GroupId', 'GroupName', 'UserId', 'VpcId', 'VpcPeeringConnectionId', 'PeeringStatus'];
  const stated = names.map((name) => [name, fieldOf(group, name.charAt(0).toLowerCase() + name.slice(1))] as const);
  return Object.fromEntries(stated.filter(([, value]) => value !== undefined && value !== null));
}

/** A rule with its one source in flat fields: an element of `securityGroupRuleSet`, of a request to modify, of an answer. */
export function ruleOfFields(item: unknown, stated?: Direction): TracedRule {
  const text = (name: string): unknown => fieldOf(item, name) ?? undefined;
  const isEgress = text('isEgress');
  const direction = stated ?? (typeof isEgress === 'boolean' ? (isEgress ? 'egress' : 'ingress') : undefined);
  const flat = text('referencedGroupId');
  const group = pairOf(text('referencedGroupInfo')) ?? (flat === undefined ? undefined : { GroupId: flat });
  return tracedRule(ruleIdOf(text('securityGroupRuleId')), direction, {
    IpProtocol: protocolOf(text('ipProtocol')),
    FromPort: numberOf(text('fromPort')),
    ToPort: numberOf(text('toPort')),
    CidrIpv4: text('cidrIpv4'),
    CidrIpv6: text('cidrIpv6'),
    PrefixListId: text('prefixListId'),
    ReferencedGroupInfo: group,
    Description: text('description'),
    Tags: tagList(tagsOf(text('tagSet') ?? text('tags'))),
  });
}

type SourceField = 'CidrIpv4' | 'CidrIpv6' | 'PrefixListId' | 'ReferencedGroupInfo';

/** Where a permission has its sources, in records and in answers. */
const SOURCES: readonly (readonly [list: string, field: SourceField, name: string])[] = [
  ['ipRanges', 'CidrIpv4', 'cidrIp'],
  ['ipv6Ranges', 'CidrIpv6', 'cidrIpv6'],
  ['prefixListIds', 'PrefixListId', 'prefixListId'],
  ['groups', 'ReferencedGroupInfo', ''],
  ['userIdGroupPairs', 'ReferencedGroupInfo', ''],
];

/** Every source of every permission as a rule of its own: `ipPermissions` of records, `IpPermissions` of answers. */
export function rulesOfPermissions(list: unknown, direction: Direction): readonly TracedRule[] {
  return elementsOf(list).flatMap((permission) => {
    const service = {
      IpProtocol: protocolOf(fieldOf(permission, 'ipProtocol')),
      FromPort: numberOf(fieldOf(permission, 'fromPort')),
      ToPort: numberOf(fieldOf(permission, 'toPort')),
    };
    return SOURCES.flatMap(([from, field, name]) =>
      elementsOf(fieldOf(permission, from)).map((source) =>
        tracedRule(undefined, direction, {
          ...service,
          [field]: name === '' ? pairOf(source) : fieldOf(source, name),
          Description: fieldOf(source, 'description'),
        }),
      ),
    );
  });
}

/** The flat form of a request: one service and one source beside `groupId`. */
export function ruleOfFlatRequest(request: unknown, direction: Direction): readonly TracedRule[] {
  const protocol = fieldOf(request, 'ipProtocol');
  if (protocol === undefined || protocol === null) return [];
  const name = fieldOf(request, 'sourceSecurityGroupName') ?? undefined;
  const owner = fieldOf(request, 'sourceSecurityGroupOwnerId') ?? undefined;
  const cidr = fieldOf(request, 'cidrIp') ?? undefined;
  const rule = tracedRule(undefined, direction, {
    IpProtocol: protocolOf(protocol),
    FromPort: numberOf(fieldOf(request, 'fromPort')),
    ToPort: numberOf(fieldOf(request, 'toPort')),
    CidrIpv4: cidr,
    ReferencedGroupInfo: name === undefined ? undefined : { GroupName: name, UserId: owner },
  });
  return [rule];
}

function sourceFields(peer: WirePeer): Fields {
  switch (peer.kind) {
    case 'ipv4':
      return { CidrIpv4: peer.cidr };
    case 'ipv6':
      return { CidrIpv6: peer.cidr };
    case 'prefix list':
      return { PrefixListId: peer.id };
    case 'group':
      return { ReferencedGroupInfo: { GroupId: peer.id, UserId: peer.account } };
  }
}

/** What a plan writes, as the row that EC2 would answer for it. */
export function ruleOfContent(direction: Direction, content: RuleContent, id?: string): TracedRule {
  const { service, peer } = wireOf(direction, content);
  return tracedRule(id, direction, {
    ...service,
    ...sourceFields(peer),
    Description: content.description,
    Tags: tagList(content.tags),
  });
}

/** The same rule in the direction that it has, which a request to modify does not say. */
export function inDirection(rule: TracedRule, direction: Direction | undefined): TracedRule {
  return direction === undefined ? rule : tracedRule(rule.id, direction, rule.row);
}

/** The same rule with other fields. */
export function withFields(rule: TracedRule, fields: Fields): TracedRule {
  return tracedRule(rule.id, rule.direction, { ...rule.row, ...fields });
}
