// Unknown JSON of the describe calls -> groups and entries, checked field by field. What they mean is read in decode.ts.
import { z } from 'zod';
import { Fault } from '../../base/fault.ts';
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import { isFields } from './fields.ts';
import type { GroupPair } from './peer.ts';
import { GROUP_ID } from './traits.ts';

export type Source =
  | { readonly kind: 'cidr'; readonly family: 4 | 6; readonly cidr: string }
  | { readonly kind: 'prefix list'; readonly id: string }
  | { readonly kind: 'group'; readonly pair: GroupPair };

/** What a rule says, in the words of EC2, with its one source. */
export interface Stated {
  readonly protocol: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly source: Source;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One rule of an answer, or why its fields are not those of a rule. */
export interface Entry {
  readonly direction: Direction;
  /** EC2's id; only DescribeSecurityGroupRules says it. */
  readonly id: string | undefined;
  /** Where in the answer it stands. */
  readonly where: string;
  readonly stated: Stated | { readonly problem: string };
}

/** A group without its rules. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: string | undefined;
  readonly owner: string | undefined;
  readonly region: string | undefined;
}

/** A group of DescribeSecurityGroups, with its rules as they are answered: lists of permissions that nobody has read. */
export interface ShownGroup extends Group {
  /** Where in the answer it stands. */
  readonly where: string;
  readonly permissions: Readonly<Record<Direction, readonly unknown[]>>;
}

/** A group with its rows of DescribeSecurityGroupRules. */
export interface RowsOfGroup extends Group {
  readonly entries: readonly Entry[];
}

const text = z.string().nullish();
const number = z.int().nullish();
const list = z.array(z.unknown()).nullish();
const tagList = z.array(z.object({ Key: z.string(), Value: text })).nullish();
const pairShape = z.object({
  GroupId: text,
  UserId: text,
  VpcId: text,
  VpcPeeringConnectionId: text,
  PeeringStatus: text,
});
const groupShape = z.object({
  GroupId: z.string().regex(GROUP_ID, 'expected an id such as `sg-0123456789abcdef0`'),
  GroupName: text,
  VpcId: text,
  OwnerId: text,
  SecurityGroupArn: text,
  Tags: tagList,
  IpPermissions: list,
  IpPermissionsEgress: list,
});
const permissionShape = z.object({
  IpProtocol: z.string(),
  FromPort: number,
  ToPort: number,
  IpRanges: list,
  Ipv6Ranges: list,
  PrefixListIds: list,
  UserIdGroupPairs: list,
});
const described = { Description: text };
const sourceShapes = {
  IpRanges: z
    .object({ CidrIp: z.string(), ...described })
    .transform((range) => ({ source: cidrSource(4, range.CidrIp), description: range.Description })),
  Ipv6Ranges: z
    .object({ CidrIpv6: z.string(), ...described })
    .transform((range) => ({ source: cidrSource(6, range.CidrIpv6), description: range.Description })),
  PrefixListIds: z
    .object({ PrefixListId: z.string(), ...described })
    .transform((prefixes) => ({ source: listSource(prefixes.PrefixListId), description: prefixes.Description })),
  UserIdGroupPairs: pairShape
    .extend(described)
    .transform((pair) => ({ source: groupSource(pair), description: pair.Description })),
} as const;
const SOURCES = ['IpRanges', 'Ipv6Ranges', 'PrefixListIds', 'UserIdGroupPairs'] as const;
const rowShape = z.object({
  SecurityGroupRuleId: z.string().regex(/^sgr-[0-9a-f]{1,40}$/, 'expected an id such as `sgr-0123456789abcdef0`'),
  IpProtocol: z.string(),
  FromPort: number,
  ToPort: number,
  CidrIpv4: text,
  CidrIpv6: text,
  PrefixListId: text,
  ReferencedGroupInfo: pairShape.nullish(),
  Description: text,
  Tags: tagList,
});
const idShape = z.object({ SecurityGroupRuleId: z.string() });
const directionShape = z.object({ IsEgress: z.boolean() });
const ownerShape = z.object({
  GroupId: groupShape.shape.GroupId,
  GroupOwnerId: text,
  SecurityGroupRuleArn: text,
});

function cidrSource(family: 4 | 6, cidr: string): Source {
  return { kind: 'cidr', family, cidr };
}

function listSource(id: string): Source {
  return { kind: 'prefix list', id };
}

function groupSource(pair: GroupPair): Source {
  return { kind: 'group', pair };
}

/** The first thing wrong with a value, in one line. */
function problemOf(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = issue?.path
    .map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`))
    .join('');
  const message = (issue?.message ?? 'not understood').replace(/\s+/g, ' ');
  const said = message.charAt(0).toLowerCase() + message.slice(1);
  return path === undefined || path === '' ? said : `\`${path.replace(/^\./, '')}\`: ${said}`;
}

/** The fault for an answer that is none, with the place and what is wrong there. */
export function malformed(where: string, problem: string): Fault {
  return new Fault('malformed', `answer of a describe call, \`${where}\`: ${problem}`);
}

/** A value of a shape, or a fault that names the field. */
export function parsed<T>(shape: z.ZodType<T>, value: unknown, where: string): T {
  const read = shape.safeParse(value);
  if (!read.success) throw malformed(where, problemOf(read.error));
  return read.data;
}

/** Making a shape takes longer than reading a short answer with it. */
const listShapes = new Map<string, z.ZodType<Readonly<Record<string, unknown[]>>>>();

function listShape(field: string): z.ZodType<Readonly<Record<string, unknown[]>>> {
  const known = listShapes.get(field);
  if (known !== undefined) return known;
  const shape = z.object({ [field]: z.array(z.unknown(), `expected the list that EC2 answers`) });
  listShapes.set(field, shape);
  return shape;
}

/** The elements of `{ [field]: [...] }`. */
export function elementsOf(answer: unknown, field: string): readonly unknown[] {
  return parsed(listShape(field), answer, 'whole answer')[field] ?? [];
}

function tagsOf(tags: z.infer<typeof tagList>): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
}

/** `arn:aws:ec2:us-east-1:111122223333:security-group/sg-...` */
function regionOf(arn: string | null | undefined): string | undefined {
  return arn?.split(':')[3] || undefined;
}

/** A permission of DescribeSecurityGroups as one entry per source. */
function entriesOfPermission(value: unknown, direction: Direction, where: string): readonly Entry[] {
  const entry = (place: string, stated: Entry['stated']): Entry => ({ direction, id: undefined, where: place, stated });
  const permission = permissionShape.safeParse(value);
  if (!permission.success) return [entry(where, { problem: problemOf(permission.error) })];
  const { IpProtocol, FromPort, ToPort } = permission.data;
  const entries = SOURCES.flatMap((field) =>
    (permission.data[field] ?? []).map((element, index) => {
      const place = `${where}.${field}[${String(index)}]`;
      const read = sourceShapes[field].safeParse(element);
      if (!read.success) return entry(place, { problem: problemOf(read.error) });
      return entry(place, {
        protocol: IpProtocol,
        from: FromPort ?? undefined,
        to: ToPort ?? undefined,
        source: read.data.source,
        description: read.data.description ?? '',
        tags: {},
      });
    }),
  );
  return entries.length > 0
    ? entries
    : [entry(where, { problem: 'no source: neither addresses nor prefix list nor group' })];
}

type WireGroup = z.infer<typeof groupShape>;

/** The groups of an answer of DescribeSecurityGroups. */
export function groupsIn(answer: unknown): readonly ShownGroup[] {
  return elementsOf(answer, 'SecurityGroups').map((element, index) => {
    const where = `SecurityGroups[${String(index)}]`;
    const group: WireGroup = isPlainGroup(element) ? element : parsed(groupShape, element, where);
    return {
      id: group.GroupId,
      name: group.GroupName ?? '',
      tags: tagsOf(group.Tags),
      network: group.VpcId || undefined,
      owner: group.OwnerId || undefined,
      region: regionOf(group.SecurityGroupArn),
      where,
      permissions: { ingress: group.IpPermissions ?? [], egress: group.IpPermissionsEgress ?? [] },
    };
  });
}

const FIELDS = { ingress: 'IpPermissions', egress: 'IpPermissionsEgress' } as const;

/** The rules of a group, one entry for each source of a permission. */
export function entriesOf({ where, permissions }: ShownGroup): readonly Entry[] {
  return DIRECTIONS.flatMap((direction) =>
    permissions[direction].flatMap((permission, at) =>
      entriesOfPermission(permission, direction, `${where}.${FIELDS[direction]}[${String(at)}]`),
    ),
  );
}

function isTextOrAbsent(value: unknown): boolean {
  return typeof value === 'string' || value === undefined || value === null;
}

function isListOrAbsent(value: unknown): boolean {
  return Array.isArray(value) || value === undefined || value === null;
}

function isPlainTag(tag: unknown): boolean {
  return isFields(tag) && typeof tag['Key'] === 'string' && isTextOrAbsent(tag['Value']);
}

/** Whether the shape surely takes a group as it is: the same checks, made fast. Where they fail, the shape says why. */
function isPlainGroup(element: unknown): element is WireGroup {
  if (!isFields(element)) return false;
  const { GroupId, GroupName, VpcId, OwnerId, SecurityGroupArn, Tags, IpPermissions, IpPermissionsEgress } = element;
  return (
    typeof GroupId === 'string' &&
    GROUP_ID.test(GroupId) &&
    isTextOrAbsent(GroupName) &&
    isTextOrAbsent(VpcId) &&
    isTextOrAbsent(OwnerId) &&
    isTextOrAbsent(SecurityGroupArn) &&
    (Tags === undefined || Tags === null || (Array.isArray(Tags) && Tags.every(isPlainTag))) &&
    isListOrAbsent(IpPermissions) &&
    isListOrAbsent(IpPermissionsEgress)
  );
}

function sourcesOfRow(row: z.infer<typeof rowShape>): readonly Source[] {
  return [
    ...(row.CidrIpv4 ? [cidrSource(4, row.CidrIpv4)] : []),
    ...(row.CidrIpv6 ? [cidrSource(6, row.CidrIpv6)] : []),
    ...(row.PrefixListId ? [listSource(row.PrefixListId)] : []),
    ...(row.ReferencedGroupInfo ? [groupSource(row.ReferencedGroupInfo)] : []),
  ];
}

function statedInRow(value: unknown): { readonly id: string | undefined; readonly stated: Entry['stated'] } {
  const read = rowShape.safeParse(value);
  if (!read.success) {
    const id = idShape.safeParse(value);
    return { id: id.success ? id.data.SecurityGroupRuleId : undefined, stated: { problem: problemOf(read.error) } };
  }
  const row = read.data;
  const [source, ...more] = sourcesOfRow(row);
  if (source === undefined || more.length > 0) {
    const problem = `${source === undefined ? 'no source' : 'more than one source'}; expected one of addresses, prefix list, group`;
    return { id: row.SecurityGroupRuleId, stated: { problem } };
  }
  const { IpProtocol: protocol, FromPort, ToPort } = row;
  const ports = { from: FromPort ?? undefined, to: ToPort ?? undefined };
  const stated = { protocol, ...ports, source, description: row.Description ?? '', tags: tagsOf(row.Tags) };
  return { id: row.SecurityGroupRuleId, stated };
}

function entriesOfRow(value: unknown, where: string): readonly Entry[] {
  const { id, stated } = statedInRow(value);
  const direction = directionShape.safeParse(value);
  if (direction.success) return [{ direction: direction.data.IsEgress ? 'egress' : 'ingress', id, where, stated }];
  // Nobody can say in which direction the rule opens the group, so neither direction is known in full.
  const problem = { problem: problemOf(direction.error) };
  return [
    { direction: 'ingress', id, where, stated: problem },
    { direction: 'egress', id, where, stated: problem },
  ];
}

/** The rows of an answer of DescribeSecurityGroupRules, by group. A row without a group would be lost, so it is refused. */
export function rowsIn(answer: unknown): readonly RowsOfGroup[] {
  const groups = new Map<string, Group & { readonly entries: Entry[] }>();
  for (const [index, element] of elementsOf(answer, 'SecurityGroupRules').entries()) {
    const where = `SecurityGroupRules[${String(index)}]`;
    const owner = parsed(ownerShape, element, where);
    const entries = entriesOfRow(element, where);
    const group = groups.get(owner.GroupId);
    if (group !== undefined) group.entries.push(...entries);
    else {
      groups.set(owner.GroupId, {
        id: owner.GroupId,
        name: '',
        tags: {},
        network: undefined,
        owner: owner.GroupOwnerId || undefined,
        region: regionOf(owner.SecurityGroupRuleArn),
        entries: [...entries],
      });
    }
  }
  return [...groups.values()];
}
