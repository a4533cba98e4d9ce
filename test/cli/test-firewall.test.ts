import { describe, expect, test } from 'vitest';
import { firewallOf } from '../../cli/test-firewall.ts';
import { firewallsOf } from '../../shared/clouds/aws/decode.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import { peerName, SELF } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { extentOf } from '../../shared/core/peers.ts';
import { contentKey } from '../../shared/core/spell.ts';
import { Complaints } from '../../shared/policy/problem.ts';
import { testFileOf } from '../../shared/policy/testing/read.ts';

const READ_AT = new Date('2026-11-24T12:00:00Z');
const VPC = 'vpc-0123456789abcdef0';
const APP = 'sg-0aaaaaaaaaaaaaaaa';

const TEST = `version: 1
tests:
  - name: one
    firewall: { name: web, tags: { role: web }, networks: { ${VPC}: [10.0.0.0/16, "2001:db8:7::/56"] } }
    rules:
      ingress:
        - tcp/22 from anywhere
        - tcp/5432 from sg:app
        - tcp/5433 from sg:222233334444/sg-0bbbbbbbbbbbbbbbb
        - icmp/8 from 10.0.0.0/16
        - any from self
      egress: [tcp/443 to prefix-list:pl-0123456789abcdef0]
    peers: { "sg:app": sg:${APP} }
    expect: { findings: 0 }
`;

const OWN = 'sg-0123456789abcdef0';

function pairOf(group: string, more: object = {}): object {
  return { GroupId: group, UserId: '111122223333', ...more };
}

/** The same firewall as EC2 would answer it. */
const ANSWER = {
  SecurityGroups: [
    {
      GroupId: OWN,
      GroupName: 'web',
      OwnerId: '111122223333',
      VpcId: VPC,
      SecurityGroupArn: `arn:aws:ec2:us-east-1:111122223333:security-group/${OWN}`,
      Tags: [{ Key: 'role', Value: 'web' }],
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          IpRanges: [{ CidrIp: '0.0.0.0/0' }],
          Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        },
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [pairOf(APP)] },
        {
          IpProtocol: 'tcp',
          FromPort: 5433,
          ToPort: 5433,
          UserIdGroupPairs: [
            pairOf('sg-0bbbbbbbbbbbbbbbb', { UserId: '222233334444', VpcPeeringConnectionId: 'pcx-1' }),
          ],
        },
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
        { IpProtocol: '-1', UserIdGroupPairs: [pairOf(OWN)] },
      ],
      IpPermissionsEgress: [
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: 'pl-0123456789abcdef0' }] },
      ],
    },
  ],
};

const VPCS = {
  Vpcs: [
    {
      VpcId: VPC,
      CidrBlock: '10.0.0.0/16',
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8:7::/56', Ipv6CidrBlockState: { State: 'associated' } }],
    },
  ],
};

const WRITTEN: readonly PeerName[] = [
  SELF,
  peerName('sg', 'app'),
  peerName('sg', APP),
  peerName('sg', '222233334444/sg-0bbbbbbbbbbbbbbbb'),
  peerName('prefix-list', 'pl-0123456789abcdef0'),
];

function stated(): Firewall {
  const complaints = new Complaints('test');
  const { tests } = testFileOf({ name: 'a.test.yaml', text: TEST }, complaints);
  expect(complaints.sorted()).toEqual([]);
  const [first] = tests;
  if (first?.subject.kind !== 'stated') throw new Error('expected a stated firewall');
  return firewallOf(first.subject.firewall, first.subject.rules, { peers: first.peers, written: WRITTEN }, READ_AT);
}

function answered(): Firewall {
  const others = [{ id: APP, name: 'app', owner: '111122223333', network: VPC }];
  const [only] = firewallsOf(
    { groups: ANSWER, vpcs: VPCS },
    { readAt: READ_AT, ranges: new Map(), written: WRITTEN, others },
  );
  if (only === undefined) throw new Error('expected a firewall');
  return only;
}

function keysOf(firewall: Firewall): readonly string[] {
  return (['ingress', 'egress'] as const)
    .flatMap((direction) => rulesOf(firewall, direction).map((rule) => contentKey(direction, rule)))
    .toSorted();
}

describe('a firewall that a test states', () => {
  test('is what a read of the same group would be', () => {
    const [own, read] = [stated(), answered()];
    const { target, name, tags, networks } = read;
    expect(own).toMatchObject({ target, name, tags, networks });
    expect(keysOf(own)).toEqual(keysOf(read));
    expect(own.aliases).toEqual(read.aliases);
    for (const written of [...WRITTEN, ...read.names.keys()]) {
      expect(extentOf(written, own), written).toEqual(extentOf(written, read));
    }
  });
});
