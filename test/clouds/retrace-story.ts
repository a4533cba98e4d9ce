import { stepOf } from '../../shared/clouds/aws/retrace-call.ts';
import type { Step } from '../../shared/clouds/aws/retrace-call.ts';
import { Retrace } from '../../shared/clouds/aws/retrace.ts';
import type { Saved, Shown } from '../../shared/clouds/aws/retrace.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { ruleText } from '../../shared/core/spell.ts';

export const GROUP = 'sg-0123456789abcdef0';
export const OTHER = 'sg-0fedcba9876543210';
export const VPC = 'vpc-0123456789abcdef0';
export const LIST = 'pl-0123456789abcdef0';
export const RULE = 'sgr-0123456789abcdef0';
export const RULE_2 = 'sgr-0123456789abcdef1';

export type Json = Readonly<Record<string, unknown>>;

/** A record of CloudTrail; the second of the day is its time and its id. */
export function call(
  second: number,
  eventName: string,
  requestParameters: unknown,
  responseElements: unknown = {},
): Json {
  return {
    eventVersion: '1.10',
    eventTime: new Date(Date.UTC(2026, 10, 2, 8, 0, second)).toISOString().replace('.000Z', 'Z'),
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: 'eu-west-1',
    eventID: `event-${String(second).padStart(4, '0')}-${eventName}`,
    recipientAccountId: '111122223333',
    requestParameters,
    responseElements,
  };
}

export function target(id: string = GROUP): Target {
  return { cloud: 'aws', account: '111122223333', region: 'eu-west-1', id };
}

export function steps(calls: readonly Json[]): readonly Step[] {
  return calls.flatMap((one) => stepOf(one) ?? []);
}

/** The world after all these calls. */
export function after(calls: readonly Json[], saved: Partial<Saved> = {}): Retrace {
  const all = steps(calls);
  const retrace = new Retrace(all, { groups: [], ranges: new Map(), ...saved });
  for (const step of all) retrace.follow(step, undefined);
  return retrace;
}

export function show(retrace: Retrace, id: string = GROUP, written: readonly PeerName[] = []): Shown {
  return retrace.show(target(id), new Date(0), written);
}

/** `sgr-...: tcp/22 from 0.0.0.0/0`, in any order of rules; the id only where EC2 gave one. */
export function rulesIn({ firewall }: Shown): readonly string[] {
  return DIRECTIONS.flatMap((direction) =>
    rulesOf(firewall, direction).map((rule) => {
      const text = ruleText(direction, rule);
      return rule.id === text ? text : `${rule.id}: ${text}`;
    }),
  ).toSorted();
}

export function rulesAfter(calls: readonly Json[], saved: Partial<Saved> = {}): readonly string[] {
  return rulesIn(show(after(calls, saved)));
}

/** Groups are made with a rule that lets everything out; this takes it away, as Terraform does. */
export function made(second: number, id: string = GROUP, name = 'web'): readonly Json[] {
  const all = { ipProtocol: '-1', fromPort: 0, toPort: 0, groups: {}, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } };
  return [
    call(second, 'CreateSecurityGroup', { groupName: name, vpcId: VPC }, { groupId: id }),
    call(second, 'RevokeSecurityGroupEgress', { groupId: id, ipPermissions: { items: [all] } }),
  ];
}

export interface Port {
  readonly from: number;
  readonly to?: number;
  readonly protocol?: string;
}

export function permission({ from, to = from, protocol = 'tcp' }: Port, sources: Json): Json {
  return { ipProtocol: protocol, fromPort: from, toPort: to, groups: {}, ipRanges: {}, ...sources };
}

export function cidrs(...ranges: readonly string[]): Json {
  return { ipRanges: { items: ranges.map((cidrIp) => ({ cidrIp })) } };
}

/** One element of `securityGroupRuleSet`. */
export function shownRule(id: string, port: number, cidrIpv4: string): Json {
  const service = { ipProtocol: 'tcp', fromPort: port, toPort: port };
  return {
    securityGroupRuleId: id,
    groupId: GROUP,
    groupOwnerId: '111122223333',
    isEgress: false,
    ...service,
    cidrIpv4,
  };
}

/** Opens a port, with the id that EC2 gives the rule, or as old records tell it, without any. */
export function open(second: number, port: number, cidr: string, id?: string): Json {
  return call(
    second,
    'AuthorizeSecurityGroupIngress',
    { groupId: GROUP, ipPermissions: { items: [permission({ from: port }, cidrs(cidr))] } },
    id === undefined ? {} : { securityGroupRuleSet: { items: [shownRule(id, port, cidr)] } },
  );
}

export function close(second: number, port: number, cidr: string): Json {
  return call(second, 'RevokeSecurityGroupIngress', {
    groupId: GROUP,
    ipPermissions: { items: [permission({ from: port }, cidrs(cidr))] },
  });
}

export function closeById(second: number, id: string): Json {
  return call(second, 'RevokeSecurityGroupIngress', {
    groupId: GROUP,
    securityGroupRuleIds: { items: [{ securityGroupRuleId: id }] },
  });
}

export function modify(second: number, id: string, port: number, cidr: string): Json {
  return call(second, 'ModifySecurityGroupRules', {
    ModifySecurityGroupRulesRequest: {
      GroupId: GROUP,
      SecurityGroupRule: {
        SecurityGroupRuleId: id,
        tag: 1,
        SecurityGroupRule: { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: cidr },
      },
    },
  });
}

export const LIST_NAME = peerName('prefix-list', LIST);
