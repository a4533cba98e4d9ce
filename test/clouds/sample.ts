import type { Context } from '../../shared/clouds/aws/decode.ts';
import { firewallsOf } from '../../shared/clouds/aws/decode.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { PeerName, RuleContent } from '../../shared/core/model/rule.ts';
import { addressesText, contentKey, ruleText } from '../../shared/core/spell.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'eu-central-1';
export const GROUP = 'sg-0123456789abcdef0';
export const PEER_GROUP = 'sg-0fedcba9876543210';
export const VPC = 'vpc-0bbbbbbbbbbbbbbb2';

export const context: Context = { readAt: new Date('2026-11-24T08:00:00Z'), ranges: new Map(), written: [] };

/** Answers that hold one group, as the AWS command line writes them. */
export function groupsAnswer(fields: object): object {
  return {
    SecurityGroups: [
      {
        GroupId: GROUP,
        GroupName: 'web',
        Description: 'web servers',
        OwnerId: ACCOUNT,
        VpcId: VPC,
        SecurityGroupArn: `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${GROUP}`,
        Tags: [{ Key: 'role', Value: 'web' }],
        IpPermissions: [],
        IpPermissionsEgress: [],
        ...fields,
      },
    ],
  };
}

export function ruleId(number: number): string {
  return `sgr-${number.toString(16).padStart(17, '0')}`;
}

/** An answer that holds these rules of the one group; ids count from 1 where none is given. */
export function rulesAnswer(...rows: readonly object[]): object {
  return {
    SecurityGroupRules: rows.map((row, index) => ({
      SecurityGroupRuleId: ruleId(index + 1),
      GroupId: GROUP,
      GroupOwnerId: ACCOUNT,
      IsEgress: false,
      ...row,
    })),
  };
}

/** The one group of these answers. */
export function firewallIn(groups: unknown, rules?: unknown, more: Partial<Context> = {}): Firewall {
  const [firewall, ...others] = firewallsOf({ groups, rules }, { ...context, ...more });
  if (firewall === undefined || others.length > 0) throw new Error('expected one group');
  return firewall;
}

export function firewallOfRows(...rows: readonly object[]): Firewall {
  return firewallIn(groupsAnswer({}), rulesAnswer(...rows));
}

/** What a row says, as a plan would carry it. */
export function contentOf(row: object, direction: Direction = 'ingress'): RuleContent {
  const [read] = firewallsOf({ rules: rulesAnswer({ ...row, IsEgress: direction === 'egress' }) }, context);
  const [rule] = read === undefined ? [] : rulesOf(read, direction);
  if (rule === undefined) throw new Error(`not a rule: ${JSON.stringify(row)}`);
  return { box: rule.box, description: rule.description, tags: rule.tags };
}

/** All rules as text, for people who read a failed test. */
export function textOf(firewall: Firewall): readonly string[] {
  return DIRECTIONS.flatMap((direction) =>
    rulesOf(firewall, direction).map((rule) => ruleText(direction, rule)),
  ).sort();
}

/** What a firewall lets through, whatever the ids and the number of rules that say so. */
export function keysOf(firewall: Firewall): readonly string[] {
  const keys = DIRECTIONS.flatMap((direction) =>
    rulesOf(firewall, direction).map((rule) => contentKey(direction, rule)),
  );
  return [...new Set(keys)].sort();
}

/** What is known of a name: one set where it is known exactly, else from the least to the most that it can be. */
export function extentText({ names }: Firewall, name: PeerName): string | undefined {
  const extent = names.get(name);
  if (extent === undefined) return undefined;
  const [least, most] = [extent.least, extent.most].map((addresses) => addressesText(addresses) || 'nobody');
  return least === most ? most : `${String(least)} to ${String(most)}`;
}
