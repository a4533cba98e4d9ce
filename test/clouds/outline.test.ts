import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firewallsClearlyOf, firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { DIRECTIONS, isOutlined, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { peerName, SELF } from '../../shared/core/model/rule.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { addressesOfBlock, blockOf } from '../../shared/core/space/cidr.ts';
import { writeV4Cidr, writeV6Cidr } from '../../shared/core/space/cidr-words.ts';
import { Sheet, V4 } from '../../shared/core/space/sheet.ts';
import { ACCOUNT, context, GROUP, OTHER_ACCOUNT, PEER_GROUP, VPC } from './sample.ts';

const SEED = 20261124;
const RUNS = 400;

/** Mostly what EC2 answers, so that many groups are taken at a glance; else something that is wrong in one place. */
function mostly(usual: readonly unknown[], odd: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

const V4_USUAL = ['0.0.0.0/0', '10.0.0.5/8', '128.0.0.0/1', '10.0.1.8/31', '203.0.113.7/32', '255.255.255.255/32'];
const V4_ODD = [
  '0.0.0.0/00',
  '10.0.0.0/08',
  '010.0.0.0/8',
  '10.0.0/8',
  '10.0.0.0',
  '10.0.0.0/33',
  '256.0.0.0/8',
  '::/0',
];
const V4_ODDER = [
  '10.0.0.0.0/8',
  '10.0.0.0/8 ',
  '10..0.0/8',
  '.10.0.0/8',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '1e1.0.0.0/8',
  '',
];
const V6_USUAL = [
  '::/0',
  '::/1',
  '8000::/1',
  '2001:DB8::/32',
  '2001:db8::9/127',
  '2001:db8:0:0:1:0:0:1/128',
  '::1/128',
];
const V6_ODD = ['::ffff:10.0.0.0/104', '::ffff:0:0/96', '::ffff:a00:0/104', '::fffe:0:0/95', '0:0:0:0:0:ffff::/95'];
const V6_ODDER = [
  '1:2:3:4:5:6:7::/64',
  '::2:3:4:5:6:7:8/64',
  '1:2:3:4:5:6:7:8::/64',
  ':1::/16',
  '1:::2/16',
  '1::2::3/16',
];
const V6_ODDEST = [
  '12345::/16',
  '::/129',
  '::/0128',
  'fe80::1%eth0/64',
  '1:2/16',
  '1:/16',
  '::',
  '10.0.0.0/8',
  'g::/8',
  '/0',
];
const NOTHING = [null, undefined, 4, true, {}, []];

const description = mostly([undefined, '', 'partner', 'replication', null], [7, {}, ['a']]);

function source(field: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const usual = fc
    .tuple(value, description)
    .map(([one, said]) => (said === undefined ? { [field]: one } : { [field]: one, Description: said }));
  const prototyped = fc.constant<unknown>(JSON.parse(`{"__proto__": {"${field}": "10.0.0.0/8"}, "constructor": 1}`));
  return fc.oneof(
    { weight: 60, arbitrary: usual },
    { weight: 1, arbitrary: fc.oneof(prototyped, fc.constantFrom(...NOTHING)) },
  );
}

const pair = fc
  .record({
    GroupId: mostly([GROUP, PEER_GROUP, 'sg-0aaaaaaaaaaaaaaaa'], ['sg-', 'SG-0aaaaaaaaaaaaaaaa', 'web', ...NOTHING]),
    UserId: mostly([ACCOUNT, ACCOUNT, undefined, null, OTHER_ACCOUNT], ['12', 111122223333, '']),
    VpcId: mostly([undefined, undefined, VPC, '', 'vpc-0ccccccccccccccc3'], [3]),
    VpcPeeringConnectionId: mostly([undefined, undefined, undefined, null, '', 'pcx-0aaaaaaaaaaaaaaaa'], [false]),
    PeeringStatus: mostly([undefined, undefined, undefined, 'active', 'deleted'], [1]),
    Description: description,
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));

function list(element: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.array(element, { maxLength: 3 }) },
    { weight: 10, arbitrary: fc.constantFrom(undefined, null, []) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>({}, 'none', 0) },
  );
}

const service = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.constantFrom<readonly unknown[]>(['tcp', 22, 22], ['tcp', 0, 65535], ['udp', 53, 80], ['-1']),
  },
  {
    weight: 20,
    arbitrary: fc.constantFrom<readonly unknown[]>(['-1', -1, -1], ['icmp', 8, -1], ['icmp', 3, 4], ['icmp', -1, -1]),
  },
  {
    weight: 20,
    arbitrary: fc.constantFrom<readonly unknown[]>(
      ['icmpv6'],
      ['58', 128, 0],
      ['50', 22, 22],
      ['TCP', 1, 2],
      ['0', null],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<readonly unknown[]>(
      ['tcp', -1, -1],
      ['tcp'],
      ['tcp', 80, 22],
      ['tcp', '22', '22'],
      ['tcp', 22],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<readonly unknown[]>(
      ['tcp', 1.5, 2],
      ['udp', 1, 65536],
      ['gopher'],
      ['256'],
      [6, 1, 2],
      [null],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<readonly unknown[]>(
      ['-1', 2 ** 53, 1],
      ['icmp', 300, 1],
      ['icmp', 8],
      ['-1', 'a'],
      ['07'],
    ),
  },
);

const permission = fc.oneof(
  {
    weight: 60,
    arbitrary: fc
      .record({
        service,
        IpRanges: list(source('CidrIp', mostly(V4_USUAL, [...V4_ODD, ...V4_ODDER, ...NOTHING]))),
        Ipv6Ranges: list(source('CidrIpv6', mostly(V6_USUAL, [...V6_ODD, ...V6_ODDER, ...V6_ODDEST, ...NOTHING]))),
        PrefixListIds: list(source('PrefixListId', mostly(['pl-0123456789abcdef0'], ['pl', '', ...NOTHING]))),
        UserIdGroupPairs: list(fc.oneof({ weight: 30, arbitrary: pair }, { weight: 1, arbitrary: fc.constant(null) })),
      })
      .map(({ service: [IpProtocol, FromPort, ToPort], ...lists }) => ({ IpProtocol, FromPort, ToPort, ...lists })),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...NOTHING, 'tcp') },
);

const permissions = fc.oneof(
  { weight: 30, arbitrary: fc.array(permission, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
);

const groups = fc
  .array(
    fc.record({
      GroupName: fc.constantFrom('web', 'FMManagedSecurityGroup1', null),
      OwnerId: fc.constantFrom(ACCOUNT, ACCOUNT, null),
      VpcId: fc.constantFrom(VPC, VPC, 'vpc-0ccccccccccccccc3', undefined),
      Tags: fc.constantFrom(undefined, null, [], [{ Key: 'role', Value: 'web' }], [{ Key: '__proto__', Value: null }]),
      IpPermissions: permissions,
      IpPermissionsEgress: permissions,
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) =>
    list.map((fields, index) => ({ GroupId: [GROUP, PEER_GROUP, 'sg-0aaaaaaaaaaaaaaaa'][index], ...fields })),
  );

/** A firewall with all that is made of it only where somebody asks for it. */
function solid(firewall: Firewall): unknown {
  const layers = DIRECTIONS.map((direction) => rulesOf(firewall, direction));
  return { ...firewall, ingress: layers[0], egress: layers[1], version: firewall.version };
}

/** The rules of a firewall, each made by itself. */
function madeOneByOne(firewall: Firewall): readonly (readonly Rule[])[] {
  return DIRECTIONS.map((direction) =>
    firewall[direction].flatMap(({ rules }) => {
      if (!isOutlined(rules)) return rules;
      const entries = Array.from({ length: rules.stop - rules.first }, (_, index) => rules.first + index);
      return entries.flatMap((entry) => rules.at(entry) ?? []);
    }),
  );
}

const asked = {
  ...context,
  ranges: new Map([[VPC, addressesOfBlock(blockOf('10.1.0.0/16')!.block)]]),
  written: [SELF, peerName('sg', 'web'), peerName('sg', PEER_GROUP), peerName('prefix-list', 'pl-0123456789abcdef0')],
};

describe('rules in plain numbers', () => {
  it('are, once made, the rules that the clear reading makes, and what it cannot read they leave to it', () => {
    let outlined = 0;
    let left = 0;
    let unread = 0;
    fc.assert(
      fc.property(groups, (SecurityGroups) => {
        const read = firewallsOf({ groups: { SecurityGroups } }, asked);
        const clear = firewallsClearlyOf({ groups: { SecurityGroups } }, asked);
        const made = read.map(madeOneByOne);
        expect(read.map(solid)).toEqual(clear.map(solid));
        expect(made).toEqual(clear.map((one) => DIRECTIONS.map((direction) => rulesOf(one, direction))));
        for (const firewall of read) {
          if (firewall.ingress.some(({ rules }) => isOutlined(rules))) outlined += 1;
          else left += 1;
          if (firewall.unread.length > 0) unread += 1;
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(Math.min(outlined, left, unread)).toBeGreaterThan(RUNS / 4);
    // Nothing that is usual is left to the clear reading.
    expect(left).toBe(unread);
  });
});

/** Text around what an address may look like: mostly readable, with letters, signs and numbers that are nearly right. */
const cidrText = fc
  .tuple(
    fc.oneof(
      fc
        .array(fc.oneof(fc.nat(260).map(String), fc.constantFrom('00', '', '1e1')), { minLength: 3, maxLength: 5 })
        .map((parts) => parts.join('.')),
      fc.ipV4(),
      fc.ipV6(),
      fc
        .array(
          fc.oneof(
            fc.nat(0x1ffff).map((one) => one.toString(16)),
            fc.constantFrom('', '0', 'FFFF', '1.2.3.4'),
          ),
          { maxLength: 9 },
        )
        .map((parts) => parts.join(':')),
    ),
    fc.oneof(
      fc.nat(130).map((prefix) => `/${String(prefix)}`),
      fc.constantFrom('', '/', '/00', '/1.5', '/+1', '//1'),
    ),
  )
  .map((parts) => parts.join(''));

it('a CIDR in words is the block that the text means', () => {
  const taken = { v4: 0, v6: 0 };
  fc.assert(
    fc.property(cidrText, (text) => {
      const sheet = new Sheet(2);
      const read = blockOf(text);
      const addresses = read === undefined ? undefined : addressesOfBlock(read.block);
      const v4At = sheet.add(0, 1, V4);
      if (writeV4Cidr(text, sheet.words, v4At)) {
        taken.v4 += 1;
        expect(addresses).toEqual({ v4: sheet.v4Of(0), v6: [] });
      } else expect(read?.block.family).not.toBe(4);
      const v6At = sheet.addV6(0, 1);
      if (writeV6Cidr(text, sheet.pairs, v6At)) {
        taken.v6 += 1;
        expect(addresses).toEqual({ v4: [], v6: sheet.v6Of(1) });
      } else if (!text.includes('.')) expect(read?.block.family).not.toBe(6);
    }),
    { numRuns: 20_000, seed: SEED },
  );
  expect(Math.min(taken.v4, taken.v6)).toBeGreaterThan(500);
});
