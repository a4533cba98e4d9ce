// Answers of the describe calls -> Firewall[].
import { createHash } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import { DIRECTIONS, rulesIn } from '../../core/model/firewall.ts';
import type { Direction, Firewall, Unread } from '../../core/model/firewall.ts';
import { peerName } from '../../core/model/rule.ts';
import type { PeerName, Rule, RuleContent } from '../../core/model/rule.ts';
import * as addresses from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import { ALL_PORTS } from '../../core/space/slots.ts';
import { entriesOf, groupsIn, rowsIn } from './answers.ts';
import type { Entry, Group, ShownGroup, Source } from './answers.ts';
import { cleanText } from './fields.ts';
import { Directory, namesFor, rulePeer } from './names.ts';
import type { Beside, RulePeer } from './names.ts';
import { cidrRead, groupRead, peerWritten, prefixListRead } from './peer.ts';
import type { ReadPeer, Referrer } from './peer.ts';
import { outlineOf, Wire } from './outline.ts';
import { rangesOfVpcs } from './ranges.ts';
import { slotsRead, unread as unreadable } from './service.ts';
import type { Reading } from './service.ts';
import { keyOf, spelled } from './spelled.ts';
import { CLOUD, MANAGED_NAMES, MANAGED_TAGS } from './traits.ts';

/** What the describe calls answered: the output of the AWS command line and of the SDK, all pages in one. */
export interface Answers {
  /** DescribeSecurityGroups: names, tags, VPCs; rules without ids. */
  readonly groups?: unknown;
  /** DescribeSecurityGroupRules: rules with their ids and tags. */
  readonly rules?: unknown;
  /** DescribeVpcs: the address ranges of networks. */
  readonly vpcs?: unknown;
}

export interface Context extends Beside {
  /** Where it is absent, the answers say it; where they do not, it is blank. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly readAt: Date;
  /** Address ranges of VPCs by id, beside those in `vpcs`. */
  readonly ranges: ReadonlyMap<string, Addresses>;
  /** The names that policies use. What is known of each, by the answers and by what is beside them, is in the firewall. */
  readonly written: readonly PeerName[];
}

interface ReadRule {
  readonly direction: Direction;
  readonly rule: Rule;
  readonly key: string;
  readonly reach: ReadPeer['reach'];
}

interface Rules {
  readonly read: readonly ReadRule[];
  readonly unread: readonly Unread[];
}

interface ReadContent {
  readonly content: RuleContent;
  readonly reach: ReadPeer['reach'];
}

function peerRead(source: Source, referrer: Referrer): Reading<ReadPeer> {
  switch (source.kind) {
    case 'cidr':
      return cidrRead(source.family, source.cidr);
    case 'prefix list':
      return prefixListRead(source.id);
    case 'group':
      return groupRead(source.pair, referrer);
  }
}

function contentRead({ stated }: Entry, referrer: Referrer): Reading<ReadContent> {
  if ('problem' in stated) return unreadable(stated.problem);
  const slots = slotsRead(stated.protocol, stated.from, stated.to);
  if (!slots.ok) return slots;
  const peer = peerRead(stated.source, referrer);
  if (!peer.ok) return peer;
  // A security group's rule says nothing of source ports, nor of single members: it is full on both.
  const box = { slots: slots.value, sourcePorts: ALL_PORTS, peer: peer.value.peer, own: addresses.ANYWHERE };
  const content = { box, description: stated.description, tags: stated.tags };
  return { ok: true, value: { content, reach: peer.value.reach } };
}

/** Entries as rules. Where EC2's id is missing, the rule as it is spelled is its id. */
function rulesRead(entries: readonly Entry[], referrer: Referrer): Rules {
  const unread: Unread[] = [];
  const byId = new Map<string, ReadRule>();
  for (const entry of entries) {
    const { direction } = entry;
    const content = contentRead(entry, referrer);
    if (!content.ok) {
      unread.push({ direction, rule: entry.id ?? entry.where, why: content.why });
      continue;
    }
    const rule = { ...content.value.content, id: entry.id ?? spelled(direction, content.value.content.box) };
    const key = keyOf(direction, rule.box);
    const twin = byId.get(rule.id);
    if (twin !== undefined && twin.key !== key) {
      unread.push({ direction, rule: rule.id, why: 'shown twice with different contents' });
      continue;
    }
    // Pages of a listing that moves may show one rule twice; it is one rule, and its peer the widest that was shown.
    const reach = twin?.reach === 'anywhere' ? 'anywhere' : content.value.reach;
    byId.set(rule.id, { direction, rule, key, reach });
  }
  return { read: [...byId.values()], unread };
}

/**
 * A rule as both calls must show it. The account of a peer is left out: EC2 may drop it from one of the answers once
 * the group that is named is deleted.
 */
function shownAs({ direction, rule, key }: ReadRule): string {
  const written = rule.box.peer.kind === 'named' ? peerWritten(rule.box.peer) : undefined;
  if (written?.kind !== 'group' || written.account === undefined) return `${key} ${rule.description}`;
  const peer = { kind: 'named', name: peerName('sg', written.id) } as const;
  return `${keyOf(direction, { ...rule.box, peer })} ${rule.description}`;
}

/** What one call shows and the other does not. */
function unmatched(shown: Rules, other: Rules): readonly ReadRule[] {
  const known = new Set(other.read.map(shownAs));
  return shown.read.filter((rule) => !known.has(shownAs(rule)));
}

interface Both {
  readonly rules: Rules;
  /** Whether the two calls show the same rules. */
  readonly agree: boolean;
}

/**
 * The rules of a group from both answers: ids and tags are in the rows only. What only the other answer shows is not
 * dropped: it is unread, since the two were taken at different moments.
 */
function rulesOfBoth(group: ShownGroup, rows: readonly Entry[], referrer: Referrer): Both {
  const inRows = rulesRead(rows, referrer);
  const inGroup = rulesRead(entriesOf(group), referrer);
  const onlyInGroup = unmatched(inGroup, inRows);
  // A rule that one of the calls shows unreadably cannot be compared, and must not blind us to all the others.
  const isComparable = inRows.unread.length + inGroup.unread.length === 0;
  const agree = !isComparable || (onlyInGroup.length === 0 && unmatched(inRows, inGroup).length === 0);
  const why = 'shown by describe-security-groups but not by describe-security-group-rules; read both again';
  const missing = onlyInGroup.map(({ direction, rule }) => ({ direction, rule: rule.id, why }));
  return { rules: { read: inRows.read, unread: [...inRows.unread, ...missing] }, agree };
}

/** The service that made a group and tends it, by the sign of it: people's changes to such a group do not last. */
export function managedBy({ name, tags }: Pick<Group, 'name' | 'tags'>): string | undefined {
  const shown = (what: string, text: string): string => `${what} \`${cleanText(text).replaceAll('`', "'")}\``;
  const tag = Object.keys(tags).find((key) => MANAGED_TAGS.some((prefix) => key.startsWith(prefix)));
  if (tag !== undefined) return shown('tag', tag);
  return MANAGED_NAMES.some((pattern) => pattern.test(name)) ? shown('name', name) : undefined;
}

/** One digest for the same group in the same state, in whatever order and spelling EC2 answers it. */
function versionOf(group: Group, { unread, ...layers }: Pick<Firewall, Direction | 'unread'>): string {
  const sorted = (record: Readonly<Record<string, string>>): unknown =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const rules = DIRECTIONS.flatMap((direction) =>
    layers[direction]
      .flatMap(rulesIn)
      .map(({ id, box, description, tags }) => JSON.stringify([id, keyOf(direction, box), description, sorted(tags)])),
  ).sort();
  const problems = unread.map(({ direction, rule, why }) => JSON.stringify([direction, rule, why])).sort();
  const state = [group.id, group.name, group.network ?? '', sorted(group.tags), rules, problems];
  return createHash('sha256').update(JSON.stringify(state)).digest('hex');
}

/** The rules of a group as a firewall has them, and what goes with them. */
interface Content {
  readonly ingress: Firewall['ingress'];
  readonly egress: Firewall['egress'];
  /** The peers that they name. */
  readonly peers: readonly RulePeer[];
  readonly unread: readonly Unread[];
}

function contentOf(rules: Rules): Content {
  const layersOf = (direction: Direction): Firewall['ingress'] => [
    { combine: 'union', rules: rules.read.filter((rule) => rule.direction === direction).map(({ rule }) => rule) },
  ];
  const peers = rules.read.flatMap(({ rule: { box }, reach }): readonly RulePeer[] =>
    box.peer.kind === 'named' ? [rulePeer(box.peer.name, reach)] : [],
  );
  return { ingress: layersOf('ingress'), egress: layersOf('egress'), peers, unread: rules.unread };
}

function firewallOf(
  group: Group,
  { ingress, egress, peers, unread }: Content,
  context: Context,
  directory: Directory,
): Firewall {
  const { names, aliases, unresolved } = namesFor(group, peers, context.written, directory);
  let version: string | undefined;
  return {
    target: {
      cloud: CLOUD,
      account: context.account ?? group.owner ?? '',
      region: context.region ?? group.region ?? '',
      id: group.id,
    },
    name: group.name,
    tags: group.tags,
    networks: directory.networksOf(group),
    // Made where somebody asks for it: only a firewall that is to be changed is compared with another read of it.
    get version() {
      version ??= versionOf(group, { ingress, egress, unread });
      return version;
    },
    readAt: context.readAt,
    ingress,
    egress,
    names,
    aliases,
    unresolved,
    managedBy: managedBy(group),
    unread,
  };
}

/** The rules of a group in plain numbers, where nothing about them is unusual. */
function outlined(group: ShownGroup, referrer: Referrer, wire: Wire): Content | undefined {
  const outline = outlineOf(group, referrer, wire);
  if (outline === undefined) return undefined;
  const { rules, peers } = outline;
  return {
    ingress: [{ combine: 'union', rules: rules.ingress }],
    egress: [{ combine: 'union', rules: rules.egress }],
    peers,
    unread: [],
  };
}

function referrerOf(group: Group): Referrer {
  return { owner: group.owner, network: group.network };
}

/**
 * The security groups in saved or live answers, in the order of the answer. With both answers the rows decide the
 * rules and the groups say name, tags and VPC; with groups only, a rule's id is the rule as spelled; with rows only,
 * name and tags are not known and are blank. What cannot be read of a group is in its `unread`; what is no answer of a
 * describe call is a `Fault` that names the field.
 */
export function firewallsOf(answers: Answers, context: Context): readonly Firewall[] {
  let wire = new Wire();
  return firewallsBy(answers, context, (group, referrer) => {
    if (wire.isFull) wire = new Wire();
    return outlined(group, referrer, wire);
  });
}

/** The same, with every rule made from a description of what the fields mean: slower, and what the other is tested by. */
export function firewallsClearlyOf(answers: Answers, context: Context): readonly Firewall[] {
  return firewallsBy(answers, context, () => undefined);
}

function firewallsBy(
  answers: Answers,
  context: Context,
  glance: (group: ShownGroup, referrer: Referrer) => Content | undefined,
): readonly Firewall[] {
  if (answers.groups === undefined && answers.rules === undefined) {
    throw new Fault('malformed', 'no answer of a describe call; expected `SecurityGroups` or `SecurityGroupRules`');
  }
  const groups = answers.groups === undefined ? [] : groupsIn(answers.groups);
  const rows = answers.rules === undefined ? [] : rowsIn(answers.rules);
  const ranges = new Map([...context.ranges, ...(answers.vpcs === undefined ? [] : rangesOfVpcs(answers.vpcs))]);
  const directory = new Directory(groups, ranges, context);
  const rowsOf = new Map(rows.map((group) => [group.id, group]));
  const contentShown = (group: ShownGroup): Content => {
    const referrer = referrerOf(group);
    if (answers.rules !== undefined)
      return contentOf(rulesOfBoth(group, rowsOf.get(group.id)?.entries ?? [], referrer).rules);
    return glance(group, referrer) ?? contentOf(rulesRead(entriesOf(group), referrer));
  };
  const described = groups.map((group) => firewallOf(group, contentShown(group), context, directory));
  const known = new Set(groups.map(({ id }) => id));
  const undescribed = rows.filter(({ id }) => !known.has(id));
  return [
    ...described,
    ...undescribed.map((group) =>
      firewallOf(group, contentOf(rulesRead(group.entries, referrerOf(group))), context, directory),
    ),
  ];
}

/**
 * The ids of the groups of which the two calls show different rules, or that only one of them shows: they are two reads,
 * and a group may have moved in between.
 */
export function disagreements(groupsAnswer: unknown, rulesAnswer: unknown): readonly string[] {
  const groups = groupsIn(groupsAnswer);
  const rows = new Map(rowsIn(rulesAnswer).map((group) => [group.id, group]));
  const known = new Set(groups.map(({ id }) => id));
  const differing = groups.filter(
    (group) => !rulesOfBoth(group, rows.get(group.id)?.entries ?? [], referrerOf(group)).agree,
  );
  return [...differing.map(({ id }) => id), ...[...rows.keys()].filter((id) => !known.has(id))];
}
