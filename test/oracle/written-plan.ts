import type { DeclaredLine, DeclaredWorld } from './declared-world.ts';

/**
 * A world as `terraform show -json` prints a plan that is to make it: nothing exists, so nothing has an id, and who is
 * meant stands in the configuration. Rules that name a group of the world are always resources of their own.
 */

type Fields = Readonly<Record<string, unknown>>;

interface Planned {
  readonly type: string;
  readonly name: string;
  readonly after: Fields;
  readonly unknown: Fields;
  readonly written: Fields;
}

function reference(address: string): Fields {
  return { references: [`${address}.id`, address] };
}

function groupAddress(number: number): string {
  return `aws_security_group.g${String(number)}`;
}

function isInline({ own, peer }: DeclaredLine): boolean {
  return own === 0 && peer.kind !== 'group';
}

function blockOf({ protocol, from, to, peer }: DeclaredLine): Fields {
  return {
    protocol: protocol === -1 ? 'all' : String(protocol),
    from_port: from,
    to_port: to,
    self: false,
    description: '',
    cidr_blocks: peer.kind === 'ipv4' ? [peer.cidr] : [],
    ipv6_cidr_blocks: peer.kind === 'ipv6' ? [peer.cidr] : [],
    prefix_list_ids: peer.kind === 'list' ? [peer.id] : [],
    security_groups: peer.kind === 'foreign' ? [`${peer.account}/${peer.id}`] : [],
  };
}

/** `own` 2: the newer resource, one for each direction. */
function ruleOf(line: DeclaredLine, group: number, number: number): Planned {
  const { direction, protocol, from, to, peer, own } = line;
  const source = own === 2 ? 'referenced_security_group_id' : 'source_security_group_id';
  const isOfWorld = peer.kind === 'group';
  const foreign = peer.kind === 'foreign' ? { [source]: `${peer.account}/${peer.id}` } : {};
  const name = `r${String(group)}_${String(number)}`;
  // The provider fills the older resource's source in, stated or not, unless its value is known.
  const isUnknown = isOfWorld || (own !== 2 && peer.kind !== 'foreign');
  const shared = {
    unknown: { id: true, security_group_id: true, ...(isUnknown ? { [source]: true } : {}) },
    written: {
      security_group_id: reference(groupAddress(group)),
      ...(isOfWorld ? { [source]: reference(groupAddress(peer.group)) } : {}),
    },
  };
  if (own === 2) {
    const after = {
      ip_protocol: String(protocol),
      from_port: from,
      to_port: to,
      ...(peer.kind === 'ipv4' ? { cidr_ipv4: peer.cidr } : {}),
      ...(peer.kind === 'ipv6' ? { cidr_ipv6: peer.cidr } : {}),
      ...(peer.kind === 'list' ? { prefix_list_id: peer.id } : {}),
      ...foreign,
    };
    return { type: `aws_vpc_security_group_${direction}_rule`, name, after, ...shared };
  }
  const after = {
    type: direction,
    protocol: String(protocol),
    from_port: from,
    to_port: to,
    self: false,
    cidr_blocks: peer.kind === 'ipv4' ? [peer.cidr] : null,
    ipv6_cidr_blocks: peer.kind === 'ipv6' ? [peer.cidr] : null,
    prefix_list_ids: peer.kind === 'list' ? [peer.id] : null,
    ...foreign,
  };
  return { type: 'aws_security_group_rule', name, after, ...shared };
}

function plannedIn({ groups, vpcs }: DeclaredWorld): readonly Planned[] {
  const networks = vpcs.flatMap(([first, ...more], number): readonly Planned[] => [
    {
      type: 'aws_vpc',
      name: `v${String(number)}`,
      after: { cidr_block: first },
      unknown: { id: true, ipv6_cidr_block: true, default_security_group_id: true },
      written: {},
    },
    ...more.map((cidr, at) => ({
      type: 'aws_vpc_ipv4_cidr_block_association',
      name: `v${String(number)}_${String(at)}`,
      after: { cidr_block: cidr },
      unknown: { id: true, vpc_id: true },
      written: { vpc_id: reference(`aws_vpc.v${String(number)}`) },
    })),
  ]);
  const made = groups.map(({ name, tags, vpc, lines }, number): Planned => {
    const blocks = (direction: string): readonly Fields[] =>
      lines.filter((line) => line.direction === direction && isInline(line)).map(blockOf);
    const stated = Object.fromEntries(
      ['ingress', 'egress'].flatMap((direction) => {
        const some = blocks(direction);
        return some.length === 0 ? [] : [[direction, some] as const];
      }),
    );
    const computed = Object.fromEntries(['ingress', 'egress'].flatMap((one) => (one in stated ? [] : [[one, true]])));
    return {
      type: 'aws_security_group',
      name: `g${String(number)}`,
      after: { name, tags, tags_all: tags, ...stated },
      unknown: { id: true, arn: true, vpc_id: true, tags: {}, tags_all: {}, ...computed },
      written: {
        vpc_id: reference(`aws_vpc.v${String(vpc)}`),
        ...Object.fromEntries(Object.entries(stated).map(([one, value]) => [one, { constant_value: value }])),
      },
    };
  });
  const rules = groups.flatMap(({ lines }, group) =>
    lines.flatMap((line, number) => (isInline(line) ? [] : [ruleOf(line, group, number)])),
  );
  return [...networks, ...made, ...rules];
}

export function planWritten(world: DeclaredWorld): Fields {
  const planned = plannedIn(world);
  const said = ({ type, name }: Planned): Fields => ({ address: `${type}.${name}`, mode: 'managed', type, name });
  return {
    format_version: '1.2',
    terraform_version: '1.13.4',
    planned_values: { root_module: { resources: planned.map((one) => ({ ...said(one), values: one.after })) } },
    resource_changes: planned.map((one) => ({
      ...said(one),
      change: { actions: ['create'], before: null, after: one.after, after_unknown: one.unknown },
    })),
    configuration: {
      provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-central-1' } } } },
      root_module: {
        resources: planned.map((one) => ({ ...said(one), provider_config_key: 'aws', expressions: one.written })),
      },
    },
  };
}

/** The numbers of groups by the ids that a plan has for them. */
export function groupsOfPlan({ groups }: DeclaredWorld): ReadonlyMap<string, number> {
  return new Map(groups.map((_, number) => [groupAddress(number), number]));
}
