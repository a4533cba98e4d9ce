import { describe, expect, test } from 'vitest';
import { stepOf } from '../../shared/clouds/aws/retrace-call.ts';
import type { SavedGroup } from '../../shared/clouds/aws/retrace-opening.ts';
import { toolOf } from '../../shared/clouds/aws/retrace-tool.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import { NETWORK, peerName } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { addressesText } from '../../shared/core/spell.ts';
import {
  after,
  call,
  cidrs,
  close,
  closeById,
  GROUP,
  LIST,
  LIST_NAME,
  made,
  modify,
  open,
  OTHER,
  permission,
  RULE,
  RULE_2,
  rulesAfter,
  rulesIn,
  show,
  shownRule,
  target,
  VPC,
} from './retrace-story.ts';

const ANYONE = '0.0.0.0/0';

describe('what is opened', () => {
  test('a new group lets everything out, and over IPv6 where its VPC has a range of it', () => {
    const create = call(1, 'CreateSecurityGroup', { groupName: 'web', vpcId: VPC }, { groupId: GROUP });
    const vpc = call(0, 'CreateVpc', {}, { vpc: { vpcId: VPC, cidrBlock: '10.0.0.0/16' } });
    const more = call(0, 'AssociateVpcCidrBlock', {
      AssociateVpcCidrBlockRequest: { VpcId: VPC, Ipv6CidrBlock: '2001:db8::/56' },
    });
    expect(rulesAfter([create])).toEqual(['any to 0.0.0.0/0']);
    expect(rulesAfter([vpc, more, create])).toEqual(['any to 0.0.0.0/0', 'any to ::/0']);
  });

  test('by the answer, which has ids, or by the request of an old record', () => {
    expect(rulesAfter([...made(1), open(2, 22, ANYONE, RULE)])).toEqual([`${RULE}: tcp/22 from 0.0.0.0/0`]);
    expect(rulesAfter([...made(1), open(2, 22, ANYONE)])).toEqual(['tcp/22 from 0.0.0.0/0']);
  });

  test('every source of every permission is a rule', () => {
    const sources = {
      ...cidrs('10.0.0.0/8', '192.0.2.0/24'),
      ipv6Ranges: { items: [{ cidrIpv6: '2001:db8::/32' }] },
      prefixListIds: { items: [{ prefixListId: LIST }] },
      groups: { items: [{ groupId: OTHER, userId: '111122223333' }] },
    };
    const items = [permission({ from: 443 }, sources), permission({ from: -1, protocol: 'icmp' }, cidrs(ANYONE))];
    const request = { groupId: GROUP, ipPermissions: { items } };
    expect(rulesAfter([...made(1), call(2, 'AuthorizeSecurityGroupIngress', request)])).toEqual([
      'icmp from 0.0.0.0/0',
      'tcp/443 from 10.0.0.0/8',
      'tcp/443 from 192.0.2.0/24',
      'tcp/443 from 2001:db8::/32',
      `tcp/443 from prefix-list:${LIST}`,
      `tcp/443 from sg:${OTHER}`,
    ]);
  });

  test('the flat form; a source by the name of its group', () => {
    const flat = { groupId: GROUP, ipPermissions: {}, ipProtocol: 'tcp', fromPort: '22', toPort: '22', cidrIp: ANYONE };
    const named = {
      groupId: GROUP,
      ipPermissions: { items: [permission({ from: 25 }, { groups: { items: [{ groupName: 'MAIL' }] } })] },
    };
    const mail = call(1, 'CreateSecurityGroup', { groupName: 'mail', vpcId: VPC }, { groupId: OTHER });
    expect(
      rulesAfter([
        ...made(1),
        mail,
        call(2, 'AuthorizeSecurityGroupIngress', flat),
        call(3, 'AuthorizeSecurityGroupIngress', named),
      ]),
    ).toEqual(['tcp/22 from 0.0.0.0/0', `tcp/25 from sg:${OTHER}`]);
  });

  test('what cannot be read is unread, and never harmless', () => {
    const odd = call(2, 'AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: { items: [permission({ from: 22, protocol: 'tpc' }, cidrs(ANYONE))] },
    });
    const unnamed = call(3, 'AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: { items: [permission({ from: 22 }, { groups: { items: [{ groupName: 'nobody knows' }] } })] },
    });
    const { firewall } = show(after([...made(1), odd, unnamed]));
    expect(firewall.unread.map(({ direction, rule }) => [direction, rule])).toEqual([
      ['ingress', 'a rule without an id'],
      ['ingress', 'a rule without an id'],
    ]);
  });

  test('failed calls and other services did nothing', () => {
    const failed = { ...open(2, 22, ANYONE), errorCode: 'Client.InvalidPermission.Duplicate' };
    const other = { ...open(2, 22, ANYONE), eventSource: 'rds.amazonaws.com' };
    expect(
      [failed, other, {}, 'text', undefined, [], { ...open(2, 22, ANYONE), eventTime: 'soon' }].map(stepOf),
    ).toEqual(Array.from({ length: 7 }, () => undefined));
  });
});

describe('what is closed', () => {
  const both = [...made(1), open(2, 22, ANYONE, RULE), open(3, 443, ANYONE, RULE_2)];
  const left = [`${RULE_2}: tcp/443 from 0.0.0.0/0`];
  const revoke = (request: object, answer: object = {}) =>
    call(4, 'RevokeSecurityGroupIngress', { groupId: GROUP, ...request }, answer);

  test.each([
    ['items of objects', { securityGroupRuleIds: { items: [{ securityGroupRuleId: RULE }] } }],
    ['items of texts', { securityGroupRuleIds: { items: [RULE] } }],
    ['a plain list', { securityGroupRuleIds: [RULE] }],
    ['one text', { securityGroupRuleIds: RULE }],
    ['another name', { securityGroupRuleId: RULE }],
  ])('by id: %s', (_name, request) => {
    expect(rulesAfter([...both, revoke(request)])).toEqual(left);
  });

  test.each([
    ['items', { items: [{ groupId: GROUP, securityGroupRuleId: RULE }] }],
    ['item', { item: { groupId: GROUP, securityGroupRuleId: RULE } }],
    ['a plain list', [{ groupId: GROUP, securityGroupRuleId: RULE }]],
    ['one element', { GroupId: GROUP, SecurityGroupRuleId: RULE }],
    ['the second of two', [{ securityGroupRuleId: RULE }, { groupId: GROUP, securityGroupRuleId: RULE }]],
  ])('by id without the group, which the answer says: %s', (_name, revokedSecurityGroupRuleSet) => {
    const request = { securityGroupRuleIds: { items: [{ securityGroupRuleId: RULE }] } };
    const byId = call(4, 'RevokeSecurityGroupIngress', request, { revokedSecurityGroupRuleSet });
    expect(rulesAfter([...both, byId])).toEqual(left);
  });

  test('by what it says, however that is spelled', () => {
    const flat = { ipPermissions: {}, ipProtocol: '6', fromPort: 22, toPort: 22, cidrIp: '1.2.3.4/0' };
    expect(rulesAfter([...both, revoke(flat)])).toEqual(left);
    expect(rulesAfter([...both, close(4, 22, ANYONE)])).toEqual(left);
  });

  test('by what the answer says; what it does not know stays', () => {
    const shown = { revokedSecurityGroupRuleSet: { items: [shownRule(RULE, 22, ANYONE)] } };
    expect(rulesAfter([...both, revoke({}, shown)])).toEqual(left);
    const items = [permission({ from: 22 }, cidrs(ANYONE)), permission({ from: 443 }, cidrs(ANYONE))];
    const unknown = { unknownIpPermissionSet: { items: [permission({ from: 443 }, cidrs(ANYONE))] } };
    expect(rulesAfter([...both, revoke({ ipPermissions: { items } }, unknown)])).toEqual(left);
  });

  test('a rule of the same words in the other direction stays', () => {
    const egress = call(3, 'AuthorizeSecurityGroupEgress', {
      groupId: GROUP,
      ipPermissions: { items: [permission({ from: 22 }, cidrs(ANYONE))] },
    });
    expect(rulesAfter([...made(1), open(2, 22, ANYONE), egress, close(4, 22, ANYONE)])).toEqual([
      'tcp/22 to 0.0.0.0/0',
    ]);
  });

  test('of one second nobody knows the order: a revoke that hits nothing came after', () => {
    expect(rulesAfter([...made(1), close(5, 22, ANYONE), open(5, 22, ANYONE)])).toEqual([]);
    expect(rulesAfter([...made(1), close(5, 22, ANYONE), open(6, 22, ANYONE)])).toEqual(['tcp/22 from 0.0.0.0/0']);
    expect(rulesAfter([...made(1), open(2, 22, ANYONE), close(5, 22, ANYONE), open(5, 22, ANYONE)])).toEqual([
      'tcp/22 from 0.0.0.0/0',
    ]);
  });
});

describe('what is changed', () => {
  test('one rule or several, in place; the direction stays', () => {
    const several = call(4, 'ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        GroupId: GROUP,
        SecurityGroupRule: [
          {
            SecurityGroupRuleId: RULE,
            tag: 1,
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: ANYONE },
          },
          { SecurityGroupRuleId: RULE_2, tag: 2, SecurityGroupRule: { IpProtocol: '-1', PrefixListId: LIST } },
        ],
      },
    });
    const both = [...made(1), open(2, 22, ANYONE, RULE), open(3, 443, ANYONE, RULE_2)];
    expect(rulesAfter([...both, modify(4, RULE, 23, '10.0.0.0/8')])).toEqual([
      `${RULE}: tcp/23 from 10.0.0.0/8`,
      `${RULE_2}: tcp/443 from 0.0.0.0/0`,
    ]);
    expect(rulesAfter([...both, several])).toEqual([
      `${RULE}: tcp/80 from 0.0.0.0/0`,
      `${RULE_2}: any from prefix-list:${LIST}`,
    ]);
  });

  test('descriptions and tags', () => {
    const described = call(3, 'UpdateSecurityGroupRuleDescriptionsIngress', {
      UpdateSecurityGroupRuleDescriptionsIngressRequest: {
        GroupId: GROUP,
        SecurityGroupRuleDescription: { SecurityGroupRuleId: RULE, Description: 'new', tag: 1 },
      },
    });
    const tag = (name: string, second: number, key: string, value?: string) =>
      call(second, name, {
        resourcesSet: { items: [{ resourceId: GROUP }, { resourceId: 'i-0123456789abcdef0' }] },
        tagSet: { items: [value === undefined ? { key } : { key, value }] },
      });
    const create = call(
      1,
      'CreateSecurityGroup',
      {
        groupName: 'web',
        vpcId: VPC,
        tagSpecificationSet: { items: [{ resourceType: 'security-group', tags: [{ key: 'a', value: '1' }] }] },
      },
      { groupId: GROUP },
    );
    const calls = [
      create,
      open(2, 22, ANYONE, RULE),
      described,
      tag('CreateTags', 4, 'b', '2'),
      tag('DeleteTags', 5, 'a'),
    ];
    const { firewall, unknown } = show(after(calls));
    expect(rulesOf(firewall, 'ingress').map(({ description }) => description)).toEqual(['new']);
    expect([firewall.name, firewall.tags, firewall.networks]).toEqual(['web', { b: '2' }, [VPC]]);
    expect(unknown).toEqual({ name: false, tags: false, network: false, rules: false, gaps: [] });
  });

  test('further VPCs; a deleted group; a group by its name', () => {
    const join = call(2, 'AssociateSecurityGroupVpc', { groupId: GROUP, vpcId: 'vpc-0fedcba9876543210' });
    expect(show(after([...made(1), join])).firewall.networks).toEqual([VPC, 'vpc-0fedcba9876543210']);
    const gone = after([...made(1), call(2, 'DeleteSecurityGroup', { groupName: 'web' })]);
    expect(gone.isGone(target())).toBe(true);
    expect(after([...made(1)]).isGone(target())).toBe(false);
  });
});

describe('after a revert', () => {
  const ALLOWED = '198.51.100.0/24';

  /** The world after these calls, where the one rule of the group was narrowed to some addresses. */
  function narrowed(calls: Parameters<typeof after>[0]): ReturnType<typeof after> {
    const retrace = after(calls);
    const shown = show(retrace);
    const [rule] = rulesOf(shown.firewall, 'ingress');
    const [piece] = rulesOf(show(after([...made(1), open(2, 22, ALLOWED)])).firewall, 'ingress');
    if (rule === undefined || piece === undefined) throw new Error('no rule');
    shown.carryOut([{ kind: 'narrow', direction: 'ingress', rule, becomes: [piece] }]);
    return retrace;
  }

  /** Goes on with the history. */
  function then(
    retrace: ReturnType<typeof after>,
    ...calls: readonly Readonly<Record<string, unknown>>[]
  ): readonly string[] {
    for (const one of calls) {
      const step = stepOf(one);
      if (step !== undefined) retrace.follow(step, undefined);
    }
    return rulesIn(show(retrace));
  }

  const opened = [...made(1), open(2, 22, ANYONE, RULE)];

  test('the rule is as it was left, and goes with the rule that it was', () => {
    expect(then(narrowed(opened))).toEqual([`${RULE}: tcp/22 from ${ALLOWED}`]);
    expect(then(narrowed(opened), close(3, 22, ANYONE))).toEqual([]);
    expect(then(narrowed(opened), closeById(3, RULE))).toEqual([]);
  });

  test('opening it again, and changing it, count anew', () => {
    expect(then(narrowed(opened), close(3, 22, ANYONE), open(4, 22, ANYONE, RULE_2))).toEqual([
      `${RULE_2}: tcp/22 from 0.0.0.0/0`,
    ]);
    expect(then(narrowed(opened), modify(3, RULE, 22, '0.0.0.0/1'))).toEqual([`${RULE}: tcp/22 from 0.0.0.0/1`]);
  });

  test('closing what a revert took away is no error, and what it added goes with its like', () => {
    const retrace = after(opened);
    const shown = show(retrace);
    const [rule] = rulesOf(shown.firewall, 'ingress');
    if (rule === undefined) throw new Error('no rule');
    shown.carryOut([
      { kind: 'remove', direction: 'ingress', rule },
      { kind: 'add', direction: 'egress', becomes: [rule] },
    ]);
    expect(then(retrace)).toEqual(['tcp/22 to 0.0.0.0/0']);
    expect(then(retrace, close(3, 22, ANYONE))).toEqual(['tcp/22 to 0.0.0.0/0']);
    const out = { groupId: GROUP, ipPermissions: { items: [permission({ from: 22 }, cidrs(ANYONE))] } };
    expect(
      then(retrace, call(4, 'AuthorizeSecurityGroupEgress', out), call(5, 'RevokeSecurityGroupEgress', out)),
    ).toEqual([]);
  });
});

describe('what is around', () => {
  const make = call(
    1,
    'CreateManagedPrefixList',
    { CreateManagedPrefixListRequest: { PrefixListName: 'offices', Entry: { Cidr: '203.0.113.0/24', tag: 1 } } },
    { CreateManagedPrefixListResponse: { prefixList: { prefixListId: LIST, version: 1 } } },
  );
  const edit = call(2, 'ModifyManagedPrefixList', {
    ModifyManagedPrefixListRequest: {
      PrefixListId: LIST,
      AddEntry: [{ Cidr: '198.51.100.0/24', tag: 1 }],
      RemoveEntry: { Cidr: '203.0.113.0/24', tag: 1 },
    },
  });
  const restore = call(3, 'RestoreManagedPrefixListVersion', {
    RestoreManagedPrefixListVersionRequest: { PrefixListId: LIST, PreviousVersion: 1, CurrentVersion: 2 },
  });
  const extentOf = (calls: Parameters<typeof after>[0], name = LIST_NAME): string | undefined => {
    const extent = show(after(calls), GROUP, [name]).firewall.names.get(name);
    return extent === undefined ? undefined : addressesText(extent.most);
  };

  test('the entries of lists that events show from the beginning', () => {
    expect(extentOf([make])).toBe('203.0.113.0/24');
    expect(extentOf([make, edit])).toBe('198.51.100.0/24');
    expect(extentOf([make, edit, restore])).toBe('203.0.113.0/24');
    expect(extentOf([edit])).toBeUndefined();
    expect(extentOf([make, call(4, 'DeleteManagedPrefixList', { prefixListId: LIST })])).toBeUndefined();
  });

  test('a list touches the groups that name it, and all where a policy does', () => {
    const named = {
      groupId: OTHER,
      ipPermissions: { items: [permission({ from: 22 }, { prefixListIds: { items: [{ prefixListId: LIST }] } })] },
    };
    const retrace = after([make, ...made(1), ...made(1, OTHER, 'db'), call(2, 'AuthorizeSecurityGroupIngress', named)]);
    const lead = { cloud: 'aws', account: '111122223333', region: 'eu-west-1', kind: 'prefix-list', id: LIST } as const;
    expect(retrace.found(lead, []).map(({ id }) => id)).toEqual([OTHER]);
    expect(retrace.found(lead, [peerName('prefix-list', '111122223333/offices')])).toHaveLength(2);
    expect(retrace.found({ ...lead, kind: 'network', id: VPC }, [])).toHaveLength(2);
    expect(retrace.found({ ...lead, kind: 'name', id: 'DB' }, []).map(({ id }) => id)).toEqual([OTHER]);
    expect(retrace.found({ ...lead, kind: 'instance', id: 'i-0123456789abcdef0' }, [])).toEqual([]);
  });

  test('a group that was not seen made may be in more VPCs, and so may one that its rules name', () => {
    const vpc = call(0, 'CreateVpc', {}, { vpc: { vpcId: VPC, cidrBlock: '10.0.0.0/16' } });
    const old = { target: target(), name: 'web', tags: {}, network: VPC, rules: [] };
    const pair = { groups: { items: [{ groupId: OTHER, userId: '111122223333' }] } };
    const names = call(2, 'AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: { items: [permission({ from: 22 }, pair)] },
    });
    const extent = (name: PeerName, calls: Parameters<typeof after>[0], groups: readonly SavedGroup[] = []) => {
      const found = show(after(calls, { groups })).firewall.names.get(name);
      return found === undefined ? undefined : addressesText(found.most);
    };
    expect(extent(NETWORK, [vpc], [old])).toBe('anywhere');
    expect(extent(NETWORK, [vpc, ...made(1)])).toBe('10.0.0.0/16');
    const other = peerName('sg', OTHER);
    expect(extent(other, [vpc, ...made(1), ...made(1, OTHER, 'db'), names])).toBe('10.0.0.0/16');
    expect(extent(other, [vpc, ...made(1), names], [{ ...old, target: target(OTHER) }])).toBe('anywhere');
    expect(extent(other, [vpc, ...made(1), names])).toBe('anywhere');
    const join = call(2, 'AssociateSecurityGroupVpc', { groupId: GROUP, vpcId: 'vpc-0fedcba9876543210' });
    expect(show(after([join], { groups: [old] })).firewall.networks).toEqual([VPC, 'vpc-0fedcba9876543210']);
  });

  test('ranges of a VPC, before and after they change', () => {
    const range = (name: string, second: number, cidrBlock: string) =>
      call(second, name, {}, { vpcId: VPC, cidrBlockAssociation: { cidrBlock } });
    const vpc = call(0, 'CreateVpc', {}, { vpc: { vpcId: VPC, cidrBlock: '10.0.0.0/16' } });
    const more = range('AssociateVpcCidrBlock', 2, '10.1.0.0/16');
    const less = range('DisassociateVpcCidrBlock', 3, '10.0.0.0/16');
    const network = (...calls: Parameters<typeof after>[0]) => extentOf([...made(1), ...calls], NETWORK);
    expect(network()).toBe('anywhere');
    expect(network(vpc)).toBe('10.0.0.0/16');
    expect(network(vpc, more)).toBe('10.0.0.0/15');
    expect(network(vpc, more, less)).toBe('10.1.0.0/16');
    expect(network(vpc, more, call(4, 'DisassociateVpcCidrBlock', {}, { vpcId: VPC }))).toBe('anywhere');
  });
});

test.each([
  ['APN/1.0 HashiCorp/1.0 Terraform/1.1.2 aws-sdk-go/1.44.157', 'Terraform'],
  ['aws-cli/2.17.0 md/awscrt#0.20', 'the AWS command line'],
  ['console.ec2.amazonaws.com', 'the console'],
  ['Mozilla/5.0 (X11)', 'the console'],
  ['cloudformation.amazonaws.com', 'CloudFormation'],
  ['Boto3/1.26 Python/3.12 exec-env/AWS_Lambda_python3.12', 'a Lambda function'],
  ['autoscaling.amazonaws.com', 'an AWS service'],
  ['stratus-red-team_1004a4ff', 'stratus-red-team_1004a4ff'],
  ['', 'an unknown tool'],
])('the tool of %j is %s', (userAgent, tool) => {
  const hint = { eventId: '', eventName: '', at: new Date(0), actor: 'alex', sourceAddress: '', userAgent };
  expect(toolOf(hint)).toBe(tool);
});
