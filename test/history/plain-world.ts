import type { Rule, SecurityGroup, World } from '../../local/ec2/world.ts';
import type { RuleRecord, RulesRecord } from '../../shared/core/model/record.ts';
import type { PlainGroup, PlainWorld } from '../oracle/history-world.ts';
import type { PlainDirection, PlainRule, PlainService } from '../oracle/plain-case.ts';
import { heldRuleOf } from '../oracle/raw-rules.ts';
import { LIST_NAME } from './policies.ts';

/** What the local EC2 holds, and what the ledger keeps of it, in the plain words of the judge. */

function plainRuleOf({ id, direction, traffic, peer }: Rule): PlainRule {
  const { protocol: IpProtocol, fromPort: FromPort, toPort: ToPort } = traffic;
  const raw = { SecurityGroupRuleId: id, IsEgress: direction === 'egress', IpProtocol, FromPort, ToPort };
  switch (peer.kind) {
    case 'ipv4':
      return heldRuleOf({ ...raw, CidrIpv4: peer.cidr }).plain;
    case 'ipv6':
      return heldRuleOf({ ...raw, CidrIpv6: peer.cidr }).plain;
    case 'prefixList':
      return heldRuleOf({ ...raw, PrefixListId: peer.id }).plain;
    case 'group':
      return heldRuleOf({ ...raw, ReferencedGroupInfo: { GroupId: peer.id } }).plain;
  }
}

/** The local EC2 never changes a group in place, so one that is the same is the same here too. */
const known = new WeakMap<SecurityGroup, PlainGroup>();

function plainGroupOf(group: SecurityGroup): PlainGroup {
  const before = known.get(group);
  if (before !== undefined) return before;
  const { id, name, tags, rules } = group;
  const role = tags.find(({ key }) => key === 'role')?.value;
  const plain: PlainGroup = { id, name, role, rules: rules.map(plainRuleOf) };
  known.set(group, plain);
  return plain;
}

/** `namesList`: whether the policies name the list of partners. */
export function worldOf(world: World, namesList: boolean): PlainWorld {
  const lists = new Map(
    [...world.prefixLists.values()].map(({ id, name, versions }) => [
      id,
      { name, cidrs: (versions.at(-1) ?? []).map(({ cidr }) => cidr) },
    ]),
  );
  const partners = [...lists.values()].find(({ name }) => name === LIST_NAME)?.cidrs;
  return {
    groups: [...world.groups.values()].map(plainGroupOf),
    lists,
    partners: namesList ? (partners ?? []) : [],
  };
}

const NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  esp: 50,
  ah: 51,
  gre: 47,
  sctp: 132,
};

function serviceOf({ protocol: named, ports, icmp }: RuleRecord): PlainService {
  if (named === 'any') return { protocol: 'any' };
  const protocol = typeof named === 'number' ? named : (NUMBERS[named] ?? Number(named));
  if (icmp !== undefined) return { protocol, ...icmp };
  return ports === undefined ? { protocol } : { protocol, ports };
}

function ruleOf(record: RuleRecord, direction: PlainDirection): PlainRule {
  const peer = /^(sg|prefix-list):/.test(record.peer) ? { named: record.peer } : { cidr: record.peer };
  return { id: record.id ?? '', direction, service: serviceOf(record), peer };
}

export function plainRulesOf({ ingress, egress }: RulesRecord): readonly PlainRule[] {
  return [...ingress.map((one) => ruleOf(one, 'ingress')), ...egress.map((one) => ruleOf(one, 'egress'))];
}
