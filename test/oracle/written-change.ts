import { WORLD_ACCOUNT } from './declared-world.ts';
import type { DeclaredLine, DeclaredWorld } from './declared-world.ts';
import { liveGroupId, liveVpcId } from './written-answers.ts';

/**
 * A plan that turns one world into another with the same groups. All rules are resources of their own, so each group still
 * shows those of before, as the provider read them last; only the rules say what will be.
 */

type Fields = Readonly<Record<string, unknown>>;
type Lines = ReadonlyMap<string, Fields>;

function idOf({ peer }: DeclaredLine): string | null {
  if (peer.kind === 'group') return liveGroupId(peer.group);
  return peer.kind === 'foreign' ? `${peer.account}/${peer.id}` : null;
}

function shownIn(line: DeclaredLine): Fields {
  const id = idOf(line);
  return {
    protocol: String(line.protocol),
    from_port: line.from,
    to_port: line.to,
    cidr_blocks: line.peer.kind === 'ipv4' ? [line.peer.cidr] : [],
    ipv6_cidr_blocks: line.peer.kind === 'ipv6' ? [line.peer.cidr] : [],
    prefix_list_ids: line.peer.kind === 'list' ? [line.peer.id] : [],
    security_groups: id === null ? [] : [id],
    self: false,
  };
}

/** Rules by address: every second one is of the newer kind, of which the address says the direction. */
function linesOf({ groups }: DeclaredWorld): Lines {
  const lines = new Map<string, Fields>();
  for (const [group, { lines: own }] of groups.entries()) {
    for (const [at, line] of own.entries()) {
      const name = `r${String(group)}_${String(at)}`;
      const shared = { security_group_id: liveGroupId(group), from_port: line.from, to_port: line.to };
      if (at % 2 === 0) {
        const block = { ...shownIn(line), security_groups: undefined };
        const values = { ...block, ...shared, type: line.direction, source_security_group_id: idOf(line) };
        lines.set(`aws_security_group_rule.${name}`, values);
      } else {
        lines.set(`aws_vpc_security_group_${line.direction}_rule.${name}`, {
          ...shared,
          ip_protocol: String(line.protocol),
          cidr_ipv4: line.peer.kind === 'ipv4' ? line.peer.cidr : null,
          cidr_ipv6: line.peer.kind === 'ipv6' ? line.peer.cidr : null,
          prefix_list_id: line.peer.kind === 'list' ? line.peer.id : null,
          referenced_security_group_id: idOf(line),
        });
      }
    }
  }
  return lines;
}

function actionsOf(address: string, before: Fields | undefined, after: Fields | undefined): readonly string[] {
  if (before === undefined) return ['create'];
  if (after === undefined) return ['delete'];
  if (JSON.stringify(before) === JSON.stringify(after)) return ['no-op'];
  return address.startsWith('aws_security_group_rule') ? ['delete', 'create'] : ['update'];
}

function said(address: string): Fields {
  const [type, name] = address.split('.');
  return { address, mode: 'managed', type, name };
}

export function changeWritten(before: DeclaredWorld, after: DeclaredWorld): Fields {
  const [old, young] = [linesOf(before), linesOf(after)];
  const groups = before.groups.map(({ name, tags, vpc, lines }, number) => {
    const of = (direction: string): readonly Fields[] =>
      lines.filter((line) => line.direction === direction).map(shownIn);
    const place = { id: liveGroupId(number), vpc_id: liveVpcId(vpc), owner_id: WORLD_ACCOUNT };
    const values = { ...place, name, tags, tags_all: tags, ingress: of('ingress'), egress: of('egress') };
    return { ...said(`aws_security_group.g${String(number)}`), values };
  });
  const vpcs = before.vpcs.flatMap((ranges, number) =>
    ranges.map((cidr, at) =>
      at === 0
        ? { ...said(`aws_vpc.v${String(number)}`), values: { id: liveVpcId(number), cidr_block: cidr } }
        : {
            ...said(`aws_vpc_ipv4_cidr_block_association.v${String(number)}_${String(at)}`),
            values: { vpc_id: liveVpcId(number), cidr_block: cidr },
          },
    ),
  );
  const changes = [...new Set([...old.keys(), ...young.keys()])].map((address) => ({
    ...said(address),
    change: {
      actions: actionsOf(address, old.get(address), young.get(address)),
      before: old.get(address) ?? null,
      after: young.get(address) ?? null,
      after_unknown: {},
    },
  }));
  const rules = [...young].map(([address, values]) => ({ ...said(address), values }));
  const written = [...vpcs, ...groups, ...rules].map((one) => ({ ...one, values: undefined }));
  return {
    format_version: '1.2',
    terraform_version: '1.13.4',
    planned_values: { root_module: { resources: [...vpcs, ...groups, ...rules] } },
    resource_changes: changes,
    configuration: { root_module: { resources: written } },
  };
}
