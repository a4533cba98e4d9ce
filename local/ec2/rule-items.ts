import { arnOf, type Peer, type Permission, type Rule, type SecurityGroup, type Setting, type Tag } from './world.ts';
import type { Traffic } from './traffic.ts';
import type { XmlFields, XmlValue } from './xml.ts';

/** Tags as the service lists them. */
export function tagSet(tags: readonly Tag[]): XmlValue {
  return tags.map(({ key, value }) => ({ key, value }));
}

function rulePeer(peer: Peer, account: string): XmlFields {
  switch (peer.kind) {
    case 'ipv4':
      return { cidrIpv4: peer.cidr };
    case 'ipv6':
      return { cidrIpv6: peer.cidr };
    case 'prefixList':
      return { prefixListId: peer.id };
    case 'group':
      return { referencedGroupInfo: { groupId: peer.id, userId: account } };
  }
}

/** A rule as Authorize answers it; without tags there is no tag set (recorded in CloudTrail). */
export function ruleItem(setting: Setting, group: SecurityGroup, rule: Rule): XmlFields {
  return {
    groupOwnerId: setting.account,
    groupId: group.id,
    securityGroupRuleId: rule.id,
    securityGroupRuleArn: arnOf(setting, 'security-group-rule', rule.id),
    description: rule.description,
    isEgress: rule.direction === 'egress',
    ipProtocol: rule.traffic.protocol,
    fromPort: rule.traffic.fromPort,
    toPort: rule.traffic.toPort,
    ...rulePeer(rule.peer, setting.account),
    tagSet: rule.tags.length === 0 ? undefined : tagSet(rule.tags),
  };
}

/** A rule as Revoke answers it: here a group is `referencedGroupId` (the SDK's model of RevokedSecurityGroupRule). */
export function revokedItem(group: SecurityGroup, rule: Rule): XmlFields {
  return {
    securityGroupRuleId: rule.id,
    groupId: group.id,
    isEgress: rule.direction === 'egress',
    ipProtocol: rule.traffic.protocol,
    fromPort: rule.traffic.fromPort,
    toPort: rule.traffic.toPort,
    ...(rule.peer.kind === 'group' ? { referencedGroupId: rule.peer.id } : rulePeer(rule.peer, '')),
    description: rule.description,
  };
}

/** Ports as DescribeSecurityGroups shows them: not at all for protocols that have none. */
function writtenPorts({ protocol, fromPort, toPort }: Traffic): XmlFields {
  const hasPorts = ['tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol);
  return hasPorts ? { fromPort, toPort } : {};
}

function permissionItem(traffic: Traffic, permissions: readonly Permission[], account: string): XmlFields {
  const groups: XmlFields[] = [];
  const ipRanges: XmlFields[] = [];
  const ipv6Ranges: XmlFields[] = [];
  const prefixListIds: XmlFields[] = [];
  for (const { peer, description } of permissions) {
    switch (peer.kind) {
      case 'ipv4':
        ipRanges.push({ cidrIp: peer.cidr, description });
        break;
      case 'ipv6':
        ipv6Ranges.push({ cidrIpv6: peer.cidr, description });
        break;
      case 'prefixList':
        prefixListIds.push({ prefixListId: peer.id, description });
        break;
      case 'group':
        groups.push({ userId: account, groupId: peer.id, description });
        break;
    }
  }
  return { ipProtocol: traffic.protocol, ...writtenPorts(traffic), groups, ipRanges, ipv6Ranges, prefixListIds };
}

/** Permissions merged as DescribeSecurityGroups does it: one item for each protocol and port range. */
export function permissionItems(permissions: readonly Permission[], account: string): readonly XmlFields[] {
  const byTraffic = Map.groupBy(permissions, ({ traffic }) =>
    [traffic.protocol, traffic.fromPort, traffic.toPort].join(' '),
  );
  return [...byTraffic.values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [permissionItem(first.traffic, alike, account)];
  });
}
