import { familyOf, prefixOf, rangeOf } from './plain-address.ts';
import type { PlainDirection, PlainPeer, PlainRule, PlainService } from './plain-case.ts';

/** Rules as DescribeSecurityGroupRules answers them, read by nothing of the project's own. */

export interface RawRule {
  readonly SecurityGroupRuleId?: string | undefined;
  readonly GroupOwnerId?: string | undefined;
  readonly IsEgress?: boolean | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIpv4?: string | undefined;
  readonly CidrIpv6?: string | undefined;
  readonly PrefixListId?: string | undefined;
  readonly ReferencedGroupInfo?:
    { readonly GroupId?: string | undefined; readonly UserId?: string | undefined } | undefined;
  readonly Description?: string | undefined;
  readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
}

/** What one rule of the group is: what it says, and what people wrote beside it. */
export interface HeldRule {
  readonly plain: PlainRule;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

function serviceOf({ IpProtocol = '', FromPort = -1, ToPort = -1 }: RawRule): PlainService {
  if (IpProtocol === '-1') return { protocol: 'any' };
  const protocol = NUMBERS[IpProtocol] ?? Number(IpProtocol);
  if (protocol === 6 || protocol === 17) return { protocol, ports: [FromPort, ToPort] };
  if (protocol !== 1 && protocol !== 58) return { protocol };
  if (FromPort === -1) return { protocol };
  return ToPort === -1 ? { protocol, type: FromPort } : { protocol, type: FromPort, code: ToPort };
}

function peerOf({ GroupOwnerId, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo: group }: RawRule): PlainPeer {
  const cidr = CidrIpv4 ?? CidrIpv6;
  if (cidr !== undefined) return { cidr };
  if (PrefixListId !== undefined) return { named: `prefix-list:${PrefixListId}` };
  if (group?.GroupId === undefined) throw new Error('a rule without a peer');
  const account = group.UserId === undefined || group.UserId === GroupOwnerId ? '' : `${group.UserId}/`;
  return { named: `sg:${account}${group.GroupId}` };
}

export function heldRuleOf(raw: RawRule): HeldRule {
  return {
    plain: {
      id: raw.SecurityGroupRuleId ?? '',
      direction: raw.IsEgress === true ? 'egress' : 'ingress',
      service: serviceOf(raw),
      peer: peerOf(raw),
    },
    description: raw.Description ?? '',
    tags: Object.fromEntries((raw.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

function serviceSaid(service: PlainService): string {
  if ('ports' in service) {
    const [first, last] = service.ports;
    // All ports and the whole protocol are one service.
    return first === 0 && last === 65535
      ? String(service.protocol)
      : `${String(service.protocol)} ${String(first)}-${String(last)}`;
  }
  if ('type' in service) return `${String(service.protocol)} ${String(service.type)}.${String(service.code ?? 'any')}`;
  return String(service.protocol);
}

export function peerSaid(peer: PlainPeer): string {
  if ('named' in peer) return peer.named;
  const { family, first } = rangeOf(peer.cidr);
  return `v${String(family)} ${String(first)}/${String(prefixOf(peer.cidr))}`;
}

/** One text for all rules that say the same, however they spell it. */
export function saidBy({ direction, service, peer }: Omit<PlainRule, 'id'>): string {
  return `${direction} ${serviceSaid(service)} ${peerSaid(peer)}`;
}

/** Rules a direction and family may have (VPC quotas). A group counts in both, a list as often as it may have entries. */
export const ROOM = 60;

/** How full the fullest family of a direction is. */
export function fullness(
  rules: readonly PlainRule[],
  direction: PlainDirection,
  sizeOfList: (name: string) => number,
): number {
  const counts = { 4: 0, 6: 0 };
  for (const { peer } of rules.filter((rule) => rule.direction === direction)) {
    if ('cidr' in peer) counts[familyOf(peer.cidr)] += 1;
    else {
      const weight = peer.named.startsWith('prefix-list:') ? sizeOfList(peer.named) : 1;
      counts[4] += weight;
      counts[6] += weight;
    }
  }
  return Math.max(counts[4], counts[6]);
}
