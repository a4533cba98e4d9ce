import { WORLD_ACCOUNT } from './declared-world.ts';
import type { DeclaredLine, DeclaredWorld, DeclaredWorldGroup } from './declared-world.ts';

/** A world as `terraform show -json` prints the state of it: everything exists, so everything has its id. */

type Fields = Readonly<Record<string, unknown>>;

function groupId(number: number): string {
  return `sg-00000000000000${String(100 + number)}`;
}

function vpcId(number: number): string {
  return `vpc-00000000000000${String(100 + number)}`;
}

function protocolOf(protocol: number): string {
  return protocol === 6 ? 'tcp' : protocol === 1 ? 'icmp' : protocol === 58 ? 'icmpv6' : String(protocol);
}

function peerId({ peer }: DeclaredLine): string {
  if (peer.kind === 'group') return groupId(peer.group);
  return peer.kind === 'foreign' ? `${peer.account}/${peer.id}` : 'cidr' in peer ? peer.cidr : peer.id;
}

function blockOf(line: DeclaredLine, self: number): Fields {
  const { protocol, from, to, peer } = line;
  const isSelf = peer.kind === 'group' && peer.group === self;
  return {
    cidr_blocks: peer.kind === 'ipv4' ? [peer.cidr] : [],
    description: '',
    from_port: from,
    ipv6_cidr_blocks: peer.kind === 'ipv6' ? [peer.cidr] : [],
    prefix_list_ids: peer.kind === 'list' ? [peer.id] : [],
    protocol: protocolOf(protocol),
    security_groups: (peer.kind === 'group' || peer.kind === 'foreign') && !isSelf ? [peerId(line)] : [],
    self: isSelf,
    to_port: to,
  };
}

function ruleResource(line: DeclaredLine, group: number, number: number): Fields {
  const { direction, protocol, from, to, peer, own } = line;
  const name = `r${String(group)}_${String(number)}`;
  if (own === 1) {
    const type = 'aws_security_group_rule';
    const block: Readonly<Record<string, unknown>> = blockOf(line, group);
    const [source = null] = block['security_groups'] as readonly string[];
    const values = {
      ...block,
      security_groups: undefined,
      type: direction,
      security_group_id: groupId(group),
      source_security_group_id: source,
    };
    return { address: `${type}.${name}`, mode: 'managed', type, name, values };
  }
  const type = `aws_vpc_security_group_${direction}_rule`;
  const values = {
    security_group_id: groupId(group),
    ip_protocol: protocolOf(protocol),
    from_port: protocol === -1 || protocol === 50 || protocol === 132 ? null : from,
    to_port: protocol === -1 || protocol === 50 || protocol === 132 ? null : to,
    cidr_ipv4: peer.kind === 'ipv4' ? peer.cidr : null,
    cidr_ipv6: peer.kind === 'ipv6' ? peer.cidr : null,
    prefix_list_id: peer.kind === 'list' ? peer.id : null,
    referenced_security_group_id: peer.kind === 'group' || peer.kind === 'foreign' ? peerId(line) : null,
  };
  return { address: `${type}.${name}`, mode: 'managed', type, name, values };
}

/** A group's own resource shows all its rules, those of other resources too. */
function groupResource({ name, tags, vpc, lines }: DeclaredWorldGroup, number: number): Fields {
  const of = (direction: string): readonly Fields[] =>
    lines.filter((line) => line.direction === direction).map((line) => blockOf(line, number));
  const values = {
    id: groupId(number),
    name,
    tags,
    tags_all: tags,
    owner_id: WORLD_ACCOUNT,
    vpc_id: vpcId(vpc),
    ingress: of('ingress'),
    egress: of('egress'),
  };
  const resource = `g${String(number)}`;
  return {
    address: `aws_security_group.${resource}`,
    mode: 'managed',
    type: 'aws_security_group',
    name: resource,
    values,
  };
}

export function stateWritten({ groups, vpcs }: DeclaredWorld): Fields {
  const networks = vpcs.flatMap(([first, ...more], number): readonly Fields[] => [
    {
      address: `aws_vpc.v${String(number)}`,
      mode: 'managed',
      type: 'aws_vpc',
      name: 'v',
      values: { id: vpcId(number), cidr_block: first },
    },
    ...more.map((cidr, at) => ({
      address: `aws_vpc_ipv4_cidr_block_association.v${String(number)}[${String(at)}]`,
      mode: 'managed',
      type: 'aws_vpc_ipv4_cidr_block_association',
      name: 'v',
      index: at,
      values: { vpc_id: vpcId(number), cidr_block: cidr },
    })),
  ]);
  const rules = groups.flatMap(({ lines }, group) =>
    lines.flatMap((line, number) => (line.own === 0 ? [] : [ruleResource(line, group, number)])),
  );
  const root = {
    resources: [...networks, ...rules],
    child_modules: [{ address: 'module.groups', resources: groups.map(groupResource) }],
  };
  return { format_version: '1.0', terraform_version: '1.13.4', values: { root_module: root } };
}

/** The numbers of groups by the ids that a state has for them. */
export function groupsOfState({ groups }: DeclaredWorld): ReadonlyMap<string, number> {
  return new Map(groups.map((_, number) => [groupId(number), number]));
}
