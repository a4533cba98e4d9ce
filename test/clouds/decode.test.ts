import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import * as sample from './sample.ts';
import {
  context,
  firewallIn,
  firewallOfRows,
  GROUP,
  groupsAnswer,
  PEER_GROUP,
  rulesAnswer,
  textOf,
  VPC,
} from './sample.ts';

const anyone = { CidrIpv4: '0.0.0.0/0' };

function faultOf(read: () => unknown): Fault {
  try {
    read();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

describe('rules as EC2 spells them', () => {
  test.each<[object, string]>([
    [{ IpProtocol: '-1', FromPort: -1, ToPort: -1, ...anyone }, 'any from 0.0.0.0/0'],
    [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '203.0.113.7/32' }, 'tcp/22 from 203.0.113.7/32'],
    [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, ...anyone }, 'tcp from 0.0.0.0/0'],
    [
      { IpProtocol: 'udp', FromPort: 8000, ToPort: 8100, CidrIpv6: '2001:DB8::/32' },
      'udp/8000-8100 from 2001:db8::/32',
    ],
    [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, ...anyone }, 'icmp from 0.0.0.0/0'],
    [{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, ...anyone }, 'icmp/8 from 0.0.0.0/0'],
    [{ IpProtocol: 'icmp', FromPort: 3, ToPort: 4, ...anyone }, 'icmp/3.4 from 0.0.0.0/0'],
    [{ IpProtocol: 'icmpv6', CidrIpv6: '::/0' }, 'icmpv6 from ::/0'],
    [{ IpProtocol: '58', FromPort: 128, ToPort: 0, CidrIpv6: '::/0' }, 'icmpv6/128.0 from ::/0'],
    [{ IpProtocol: '50', FromPort: 22, ToPort: 22, ...anyone }, 'esp from 0.0.0.0/0'],
    [{ IpProtocol: '132', FromPort: 22, ToPort: 22, ...anyone }, 'sctp from 0.0.0.0/0'],
    [{ IpProtocol: '0', ...anyone }, '0 from 0.0.0.0/0'],
    [
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListId: 'pl-0123456789abcdef0' },
      'tcp/22 from prefix-list:pl-0123456789abcdef0',
    ],
    [
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ReferencedGroupInfo: { GroupId: PEER_GROUP } },
      `tcp/22 from sg:${PEER_GROUP}`,
    ],
    [
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        ReferencedGroupInfo: { GroupId: PEER_GROUP, UserId: sample.OTHER_ACCOUNT },
      },
      `tcp/22 from sg:${sample.OTHER_ACCOUNT}/${PEER_GROUP}`,
    ],
    [{ IsEgress: true, IpProtocol: '-1', ...anyone }, 'any to 0.0.0.0/0'],
  ])('%j', (row, text) => {
    const [firewall] = firewallsOf({ rules: rulesAnswer(row) }, context);
    expect(firewall && textOf(firewall)).toEqual([text]);
    expect(firewall?.unread).toEqual([]);
  });

  test('one rule per source, each with its description', () => {
    const firewall = firewallIn(
      groupsAnswer({
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'site' }, { CidrIp: '10.0.0.0/8' }],
            Ipv6Ranges: [{ CidrIpv6: '::/0' }],
            PrefixListIds: [{ PrefixListId: 'pl-01' }],
            UserIdGroupPairs: [{ GroupId: PEER_GROUP, UserId: sample.ACCOUNT }],
          },
        ],
      }),
    );
    expect(textOf(firewall)).toEqual([
      'tcp/443 from 0.0.0.0/0',
      'tcp/443 from 10.0.0.0/8',
      'tcp/443 from ::/0',
      'tcp/443 from prefix-list:pl-01',
      `tcp/443 from sg:${PEER_GROUP}`,
    ]);
    const [first] = rulesOf(firewall, 'ingress');
    expect(first).toMatchObject({ id: 'tcp/443 from 0.0.0.0/0', description: 'site' });
    expect(firewall).toMatchObject({
      target: { cloud: 'aws', account: sample.ACCOUNT, region: sample.REGION, id: GROUP },
      name: 'web',
      tags: { role: 'web' },
      networks: [VPC],
      readAt: context.readAt,
    });
  });

  test('spelling makes no difference', () => {
    const spelled = fc.constantFrom(
      [
        { IpProtocol: '-1' },
        { IpProtocol: '-1', FromPort: 0, ToPort: 0 },
        { IpProtocol: '-1', FromPort: -1, ToPort: -1 },
        { IpProtocol: '-1', FromPort: 0, ToPort: 65535 },
      ],
      [
        { IpProtocol: 'tcp', FromPort: 22, ToPort: 80 },
        { IpProtocol: '6', FromPort: 22, ToPort: 80 },
        { IpProtocol: 'TCP', FromPort: 22, ToPort: 80 },
      ],
      [
        { IpProtocol: 'udp', FromPort: 0, ToPort: 65535 },
        { IpProtocol: '17', FromPort: 0, ToPort: 65535 },
      ],
      [
        { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
        { IpProtocol: '1', FromPort: -1, ToPort: -1 },
      ],
      [{ IpProtocol: 'icmpv6' }, { IpProtocol: '58', FromPort: -1, ToPort: -1 }],
      [
        { IpProtocol: '47' },
        { IpProtocol: '47', FromPort: 22, ToPort: 22 },
        { IpProtocol: '47', FromPort: -1, ToPort: -1 },
      ],
    );
    const peers = fc.constantFrom(
      [{ CidrIpv4: '203.0.113.9/24' }, { CidrIpv4: '203.0.113.0/24' }],
      [{ CidrIpv4: '208.236.235.254/0' }, { CidrIpv4: '0.0.0.0/0' }],
      [{ CidrIpv6: '2001:db8:0:0::1/32' }, { CidrIpv6: '2001:DB8::/32' }],
    );
    const pick = fc.nat(11);
    fc.assert(
      fc.property(spelled, peers, pick, pick, pick, pick, (services, sources, a, b, c, d) => {
        const row = (service: number, source: number): object => ({
          ...services[service % services.length],
          ...sources[source % sources.length],
        });
        const one = firewallOfRows(row(a, b));
        const two = firewallOfRows(row(c, d));
        // Compared through the rows: with one answer only, no disagreement is mixed in.
        expect(textOf(one)).toEqual(textOf(two));
        expect(one.version).toBe(two.version);
      }),
    );
  });
});

describe('what cannot be read is unread, never dropped', () => {
  const tcp = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  test.each<[object, string]>([
    [{ ...tcp, IpProtocol: 'quic', ...anyone }, 'protocol `quic`'],
    [{ ...tcp, IpProtocol: '256', ...anyone }, 'protocol `256`'],
    [{ ...tcp, IpProtocol: 6, ...anyone }, '`IpProtocol`'],
    [{ IpProtocol: 'tcp', ...anyone }, 'expected two numbers'],
    [{ ...tcp, FromPort: -1, ToPort: -1, ...anyone }, 'expected two numbers'],
    [{ ...tcp, FromPort: 443, ToPort: 80, ...anyone }, 'reversed'],
    [{ ...tcp, ToPort: 65536, ...anyone }, 'expected two numbers'],
    [{ ...tcp, FromPort: '22', ...anyone }, '`FromPort`'],
    [{ IpProtocol: 'icmp', ...anyone }, 'type and code'],
    [{ IpProtocol: 'icmp', FromPort: -1, ToPort: 0, ...anyone }, 'type and code'],
    [{ IpProtocol: 'icmp', FromPort: 256, ToPort: -1, ...anyone }, 'type and code'],
    [{ ...tcp, CidrIpv4: '0.0.0.0/33' }, '`0.0.0.0/33`'],
    [{ ...tcp, CidrIpv4: '203.0.113.7' }, 'expected an IPv4 CIDR'],
    [{ ...tcp, CidrIpv4: '010.0.0.0/8' }, 'expected an IPv4 CIDR'],
    [{ ...tcp, CidrIpv4: '::/0' }, 'expected an IPv4 CIDR'],
    [{ ...tcp, CidrIpv6: '0.0.0.0/0' }, 'expected an IPv6 CIDR'],
    [{ ...tcp, CidrIpv6: '::ffff:1.2.3.4/128' }, '`::ffff:1.2.3.4/128` is IPv4 written as IPv6'],
    [{ ...tcp, CidrIpv6: '::ffff:102:304/120' }, 'is IPv4 written as IPv6'],
    [{ ...tcp, CidrIpv6: '::ffff:0:0/96' }, 'is IPv4 written as IPv6'],
    [tcp, 'no source'],
    [{ ...tcp, ...anyone, CidrIpv6: '::/0' }, 'more than one source'],
    [{ ...tcp, ReferencedGroupInfo: { UserId: sample.ACCOUNT } }, 'expected an id in `GroupId`'],
    [{ ...tcp, ReferencedGroupInfo: { GroupId: PEER_GROUP, UserId: 'amazon-elb' } }, 'expected 12 digits'],
    [{ ...tcp, PrefixListId: 'com.amazonaws' }, 'prefix list'],
    [{ ...tcp, ...anyone, SecurityGroupRuleId: undefined }, '`SecurityGroupRuleId`'],
    [{ ...tcp, ...anyone, Tags: [{ Value: 'x' }] }, '`Tags[0].Key`'],
  ])('%j', (row, why) => {
    const firewall = firewallsOf({ rules: rulesAnswer(row) }, context)[0];
    expect(firewall && rulesOf(firewall, 'ingress')).toEqual([]);
    expect(firewall?.unread).toHaveLength(1);
    expect(firewall?.unread[0]?.direction).toBe('ingress');
    expect(firewall?.unread[0]?.why).toContain(why);
  });

  test.each(['::/0', '::fffe:0:0/96', '::1:0:0:0/96', '64:ff9b::102:304/128', '::102:304/128'])(
    'IPv6 range %s is not IPv4 in disguise',
    (CidrIpv6) => {
      expect(firewallsOf({ rules: rulesAnswer({ ...tcp, CidrIpv6 }) }, context)[0]?.unread).toEqual([]);
    },
  );

  test('a rule of unknown direction leaves both directions unread', () => {
    const [firewall] = firewallsOf({ rules: rulesAnswer({ IsEgress: 'no', IpProtocol: '-1', ...anyone }) }, context);
    expect(firewall?.unread.map(({ direction }) => direction)).toEqual(['ingress', 'egress']);
  });

  test('places in an answer without ids are named', () => {
    const firewall = firewallIn(
      groupsAnswer({
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: 'x' }],
            UserIdGroupPairs: [{ GroupName: 'classic' }],
          },
          { IpProtocol: '-1' },
          'nonsense',
        ],
      }),
    );
    expect(firewall.unread.map(({ rule }) => rule)).toEqual([
      'SecurityGroups[0].IpPermissions[0].IpRanges[0]',
      'SecurityGroups[0].IpPermissions[0].UserIdGroupPairs[0]',
      'SecurityGroups[0].IpPermissions[1]',
      'SecurityGroups[0].IpPermissions[2]',
    ]);
  });

  test('whatever a rule is, it is a rule or unread', () => {
    const field = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(undefined),
      fc.constantFrom('tcp', '-1', '0.0.0.0/0', 'sg-1'),
      fc.anything(),
    );
    const names = [
      'IpProtocol',
      'FromPort',
      'ToPort',
      'CidrIpv4',
      'CidrIpv6',
      'PrefixListId',
      'ReferencedGroupInfo',
      'Description',
    ];
    const row = fc.record(Object.fromEntries(names.map((name) => [name, field])), { requiredKeys: [] });
    fc.assert(
      fc.property(row, (fields) => {
        const [firewall] = firewallsOf({ rules: rulesAnswer(fields) }, context);
        expect(firewall && rulesOf(firewall, 'ingress').length + firewall.unread.length).toBe(1);
      }),
    );
  });

  test.each<[unknown, string]>([
    [undefined, '`SecurityGroups`'],
    [null, 'whole answer'],
    ['text', 'whole answer'],
    [{ Reservations: [] }, '`SecurityGroups`'],
    [{ SecurityGroups: {} }, '`SecurityGroups`'],
    [{ SecurityGroups: [{}] }, '`SecurityGroups[0]`: `GroupId`'],
    [groupsAnswer({ IpPermissions: 'none' }), '`IpPermissions`'],
    [groupsAnswer({ Tags: 'none' }), '`Tags`'],
  ])('what is no answer is refused: %j', (groups, field) => {
    const fault = faultOf(() => firewallsOf({ groups }, context));
    expect(fault.kind).toBe('malformed');
    expect(fault.message).toContain(field);
  });

  test('a row without a group is refused, since no group would have it', () => {
    const fault = faultOf(() => firewallsOf({ rules: rulesAnswer({ GroupId: undefined }) }, context));
    expect(fault.message).toContain('`SecurityGroupRules[0]`: `GroupId`');
  });
});
