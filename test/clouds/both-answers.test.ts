import { describe, expect, test } from 'vitest';
import { disagreements, firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import * as sample from './sample.ts';
import { context, firewallIn, GROUP, groupsAnswer, PEER_GROUP, rulesAnswer } from './sample.ts';

describe('both answers', () => {
  const permission = {
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'office' }],
  };
  const row = {
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIpv4: '203.0.113.0/24',
    Description: 'office',
    Tags: [{ Key: 'a', Value: 'b' }],
  };
  const groups = groupsAnswer({ IpPermissions: [permission] });

  test('ids and tags come from the rows, name and tags of the group from the groups', () => {
    const firewall = firewallIn(groups, rulesAnswer(row));
    expect(firewall).toMatchObject({ name: 'web', tags: { role: 'web' }, unread: [] });
    expect(rulesOf(firewall, 'ingress')).toMatchObject([
      { id: sample.ruleId(1), description: 'office', tags: { a: 'b' } },
    ]);
    expect(disagreements(groups, rulesAnswer(row))).toEqual([]);
  });

  test.each<[string, readonly object[]]>([
    ['a rule is missing', []],
    ['a rule is new', [row, { IpProtocol: '-1', CidrIpv4: '10.0.0.0/8' }]],
    ['another port', [{ ...row, ToPort: 23 }]],
    ['another direction', [{ ...row, IsEgress: true }]],
    ['another description', [{ ...row, Description: '' }]],
  ])('they disagree where %s', (_, rows) => {
    expect(disagreements(groups, rulesAnswer(...rows))).not.toEqual([]);
    expect(disagreements(groups, rulesAnswer(...rows))).toEqual([GROUP]);
  });

  test('what only the groups show is unread', () => {
    const firewall = firewallIn(groups, rulesAnswer());
    expect(firewall.unread).toMatchObject([{ direction: 'ingress', rule: 'tcp/22 from 203.0.113.0/24' }]);
  });

  test('rows of a group that the groups do not show are a group without a name', () => {
    const rows = rulesAnswer(row, { ...row, GroupId: PEER_GROUP });
    const firewalls = firewallsOf({ groups, rules: rows }, context);
    expect(firewalls.map(({ target, name }) => [target.id, name])).toEqual([
      [GROUP, 'web'],
      [PEER_GROUP, ''],
    ]);
    expect(disagreements(groups, rows)).toEqual([PEER_GROUP]);
  });

  test('the account of a deleted peer may be in one of them only', () => {
    const pairs = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: PEER_GROUP }] };
    const rows = { IpProtocol: '-1', ReferencedGroupInfo: { GroupId: PEER_GROUP, UserId: sample.OTHER_ACCOUNT } };
    expect(disagreements(groupsAnswer({ IpPermissions: [pairs] }), rulesAnswer(rows))).toEqual([]);
  });

  test('a rule that two pages show is one, with two contents it is unread', () => {
    const twice = firewallsOf(
      { rules: rulesAnswer(row, { ...row, SecurityGroupRuleId: sample.ruleId(1) }) },
      context,
    )[0];
    expect(twice && rulesOf(twice, 'ingress')).toHaveLength(1);
    const moved = { ...row, SecurityGroupRuleId: sample.ruleId(1), ToPort: 23 };
    expect(firewallsOf({ rules: rulesAnswer(row, moved) }, context)[0]?.unread).toHaveLength(1);
  });
});

describe('version', () => {
  const rows = [
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '203.0.113.0/24', SecurityGroupRuleId: sample.ruleId(7) },
    { IpProtocol: '-1', CidrIpv6: '::/0', IsEgress: true, SecurityGroupRuleId: sample.ruleId(8), Description: 'out' },
    { IpProtocol: 'nonsense', CidrIpv6: '::/0', SecurityGroupRuleId: sample.ruleId(9) },
  ];
  const tags = [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ];
  const version = (group: object, ...changed: readonly object[]): string =>
    firewallIn(groupsAnswer({ Tags: tags, ...group }), rulesAnswer(...changed)).version;

  test('does not depend on order, nor on when it was read', () => {
    expect(version({}, ...rows)).toBe(version({ Tags: tags.toReversed() }, ...rows.toReversed()));
    expect(version({}, ...rows)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('changes with everything that matters', () => {
    const [first, second, third] = rows;
    const versions = [
      version({}, ...rows),
      version({ GroupName: 'other' }, ...rows),
      version({ VpcId: 'vpc-1' }, ...rows),
      version({ Tags: tags.slice(1) }, ...rows),
      version({}, ...rows.slice(1)),
      version({}, { ...first, SecurityGroupRuleId: sample.ruleId(1) }, second!, third!),
      version({}, { ...first, Description: 'ssh' }, second!, third!),
      version({}, { ...first, ToPort: 23 }, second!, third!),
      version({}, { ...first, IsEgress: true }, second!, third!),
      version({}, { ...first, Tags: [{ Key: 'x' }] }, second!, third!),
      version({}, first!, second!, { ...third, IpProtocol: 'other' }),
    ];
    expect(new Set(versions).size).toBe(versions.length);
  });
});
