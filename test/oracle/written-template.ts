import type { DeclaredLine, DeclaredWorld } from './declared-world.ts';

/**
 * A world as a CloudFormation template. EC2 adds rules to a group that states no egress, so a group without any states
 * one that is for nobody's address, as the Cloud Development Kit does; `NOBODY_OUT` is left out when it is compared.
 */

type Fields = Readonly<Record<string, unknown>>;

export const NOBODY_OUT = '255.255.255.255/32';

function groupLogical(number: number): string {
  return `Group${String(number)}`;
}

function sourceOf({ direction, peer }: DeclaredLine): Fields {
  const prefix = direction === 'ingress' ? 'Source' : 'Destination';
  switch (peer.kind) {
    case 'ipv4':
      return { CidrIp: peer.cidr };
    case 'ipv6':
      return { CidrIpv6: { 'Fn::Sub': peer.cidr } };
    case 'list':
      return { [`${prefix}PrefixListId`]: peer.id };
    case 'group':
      return { [`${prefix}SecurityGroupId`]: { 'Fn::GetAtt': [groupLogical(peer.group), 'GroupId'] } };
    case 'foreign':
      // Nothing says the account of a group that egress names.
      return direction === 'ingress'
        ? { SourceSecurityGroupId: peer.id, SourceSecurityGroupOwnerId: peer.account }
        : { DestinationSecurityGroupId: peer.id };
  }
}

function ruleOf(line: DeclaredLine): Fields {
  const { protocol, from, to } = line;
  const isNamed = [6, 17, 1, 58].includes(protocol);
  return { IpProtocol: protocol, ...(isNamed ? { FromPort: from, ToPort: String(to) } : {}), ...sourceOf(line) };
}

/** Rules of the first egress are always in the group, so that EC2 adds none. */
function isInline({ direction, own }: DeclaredLine): boolean {
  return direction === 'egress' || own === 0;
}

export function templateWritten({ groups, vpcs }: DeclaredWorld): Fields {
  const resources = new Map<string, Fields>();
  for (const [number, [first, ...more]] of vpcs.entries()) {
    const vpc = `Vpc${String(number)}`;
    resources.set(vpc, { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: first } });
    for (const [at, cidr] of more.entries()) {
      const Properties = { VpcId: { Ref: vpc }, CidrBlock: cidr };
      resources.set(`${vpc}Range${String(at)}`, { Type: 'AWS::EC2::VPCCidrBlock', Properties });
    }
  }
  for (const [number, { name, tags, vpc, lines }] of groups.entries()) {
    const inline = (direction: string): readonly Fields[] =>
      lines.filter((line) => line.direction === direction && isInline(line)).map(ruleOf);
    const out = inline('egress');
    resources.set(groupLogical(number), {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupName: name,
        VpcId: { Ref: `Vpc${String(vpc)}` },
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        SecurityGroupIngress: inline('ingress'),
        SecurityGroupEgress:
          out.length > 0 ? out : [{ IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: NOBODY_OUT }],
      },
    });
    for (const [at, line] of lines.entries()) {
      if (isInline(line)) continue;
      const Properties = { GroupId: { Ref: groupLogical(number) }, ...ruleOf(line) };
      resources.set(`Rule${String(number)}x${String(at)}`, { Type: 'AWS::EC2::SecurityGroupIngress', Properties });
    }
  }
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: Object.fromEntries(resources) };
}

/** The numbers of groups by the ids that a template has for them. */
export function groupsOfTemplate({ groups }: DeclaredWorld): ReadonlyMap<string, number> {
  return new Map(groups.map((_, number) => [groupLogical(number), number]));
}
