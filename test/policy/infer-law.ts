// A law of `init --from`: judged by the policy that was made from them, firewalls have findings for what was left out and
// for nothing else; and packet by packet the policy allows what is open, dangers left out, and no more.
import fc from 'fast-check';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { answersIn } from '../../cli/answer.ts';
import { sourceIn } from '../../cli/input.ts';
import type { Source } from '../../cli/source.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { driftOf } from '../../shared/core/drift.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { inferredText } from '../../shared/policy/infer/file.ts';
import { inferredFrom } from '../../shared/policy/infer/inferred.ts';
import { warningsOf } from '../../shared/policy/lint/lint.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { cidrsOf, isAllowed, openness } from '../oracle/open-now.ts';
import type { PlainPacket, PlainPermission } from '../oracle/open-now.ts';
import { addressAt, isInside, rangeOf } from '../oracle/plain-address.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const ACCOUNT = '111122223333';
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  'vpc-0aaaaaaaaaaaaaaa1': ['10.1.0.0/16'],
  'vpc-0bbbbbbbbbbbbbbb2': ['10.2.0.0/16', '100.70.0.0/16', '2001:db8:2::/56'],
};

interface PlainGroup {
  readonly GroupId: string;
  readonly GroupName: string;
  readonly OwnerId: string;
  readonly VpcId: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly IpPermissions: readonly PlainPermission[];
  readonly IpPermissionsEgress: readonly PlainPermission[];
}

const id = (index: number): string => `sg-0${String(index).padStart(16, '0')}`;

const cidr = fc.constantFrom(
  ...['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0/1', '::/0', '10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16', '100.70.0.0/16'],
  ...['10.1.2.0/24', '10.1.2.3/32', '203.0.113.0/24', '198.51.100.7/32', '198.51.0.0/16', '198.50.0.0/15'],
  ...['2001:db8:2::/56', '2001:db8::/32', '2001:d00::/24', 'fc00::/7', '2001:db8:1::7/128'],
);

const ports = fc.oneof(
  fc.constantFrom(
    [22, 22],
    [443, 443],
    [80, 80],
    [5432, 5432],
    [20, 25],
    [8000, 8249],
    [8000, 8250],
    [0, 65535],
    [1, 1],
  ),
  fc
    .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }))
    .map(([from, more]) => [from, from + more]),
);

const service = fc.oneof(
  { weight: 6, arbitrary: fc.record({ protocol: fc.constantFrom('tcp', 'udp'), ports }) },
  { weight: 1, arbitrary: fc.constantFrom('-1', '50', '132').map((protocol) => ({ protocol, ports: undefined })) },
  {
    weight: 2,
    arbitrary: fc.record({
      protocol: fc.constantFrom('icmp', 'icmpv6'),
      ports: fc.constantFrom([-1, -1], [8, -1], [3, 4], [8, 0]),
    }),
  },
);

const permission = fc
  .record({
    service,
    cidrs: fc.uniqueArray(cidr, { maxLength: 3 }),
    groups: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 1 }),
    lists: fc.array(fc.constantFrom('pl-0123456789abcdef0', 'pl-6ea54007'), { maxLength: 1 }),
  })
  .map(({ service: { protocol, ports: range }, cidrs, groups, lists }) => ({
    IpProtocol: protocol,
    ...(range === undefined ? {} : { FromPort: range[0], ToPort: range[1] }),
    IpRanges: cidrs.filter((one) => !one.includes(':')).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs.filter((one) => one.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
    UserIdGroupPairs: groups.map((index) => ({ GroupId: id(index), UserId: ACCOUNT })),
    PrefixListIds: lists.map((PrefixListId) => ({ PrefixListId })),
  }));

const name = fc.constantFrom('web', 'db', 'a [b] & c', 'launch-wizard-1', 'x*y', "it's: #1", 'self', '1e3', ' ');
const role = fc.option(fc.constantFrom('web', 'db', 'true', '*', '', 'null', '0123', 'a, b', '- x', 'what? ever'));
const groups = fc.array(
  fc.record({
    name,
    role,
    network: fc.constantFrom(...Object.keys(NETWORKS)),
    ingress: fc.array(permission, { maxLength: 5 }),
    egress: fc.oneof(fc.constant('default' as const), fc.array(permission, { maxLength: 2 })),
  }),
  { minLength: 1, maxLength: 8 },
);

const EVERYTHING: PlainPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

export const plainGroups: fc.Arbitrary<readonly PlainGroup[]> = groups.map((all) =>
  all.map(({ name: GroupName, role: value, network, ingress, egress }, index) => ({
    GroupId: id(index),
    GroupName,
    OwnerId: ACCOUNT,
    SecurityGroupArn: `arn:aws:ec2:us-east-1:${ACCOUNT}:security-group/${id(index)}`,
    VpcId: network,
    Tags: value === null ? [] : [{ Key: 'role', Value: value }],
    IpPermissions: ingress,
    IpPermissionsEgress: egress === 'default' ? [EVERYTHING] : egress,
  })),
);

function sourceFrom(all: readonly PlainGroup[], written: readonly PeerName[]): Source {
  const vpcs = Object.entries(NETWORKS).map(([VpcId, ranges]) => ({
    VpcId,
    CidrBlockAssociationSet: ranges
      .filter((one) => !one.includes(':'))
      .map((CidrBlock) => ({ CidrBlock, CidrBlockState: { State: 'associated' } })),
    Ipv6CidrBlockAssociationSet: ranges
      .filter((one) => one.includes(':'))
      .map((Ipv6CidrBlock) => ({ Ipv6CidrBlock, Ipv6CidrBlockState: { State: 'associated' } })),
  }));
  const surroundings = { region: undefined, account: undefined };
  const answers = answersIn('made up', [{ SecurityGroups: all }, { Vpcs: vpcs }], surroundings);
  return sourceIn(answers, { ...surroundings, networks: new Map() }, NOW, written);
}

/** Addresses and slots on the edges of everything that is said, and beside them. */
function packetsNear(all: readonly PlainGroup[]): readonly PlainPacket[] {
  const permissions = all.flatMap(({ IpPermissions }) => IpPermissions);
  const cidrs = new Set([...permissions.flatMap(cidrsOf), '10.0.0.0/8', '10.2.0.0/16']);
  const addresses = new Set(
    [...cidrs].flatMap((one) => {
      const { family, first, last } = rangeOf(one);
      return [first - 1n, first, last, last + 1n].flatMap((at) => addressAt(family, at) ?? []);
    }),
  );
  const slots = new Map<string, readonly [number, number]>([['47', [47, 0]]]);
  for (const { IpProtocol, FromPort = 0, ToPort = 0 } of permissions) {
    const number = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, '-1': 99 }[IpProtocol] ?? Number(IpProtocol);
    const isIcmp = number === 1 || number === 58;
    const selectors = isIcmp
      ? [8 * 256, 8 * 256 + 1, 3 * 256 + 4, 0]
      : [FromPort - 1, FromPort, 22, ToPort, ToPort + 1];
    for (const selector of selectors) {
      if (selector >= 0 && selector <= 65535) slots.set(`${String(number)} ${String(selector)}`, [number, selector]);
    }
  }
  return [...slots.values()].flatMap(([protocol, selector]) =>
    [...addresses].map((address) => ({ protocol, selector, address })),
  );
}

const texts = z.union([z.string(), z.array(z.string())]);
const file = z.object({
  policies: z.array(
    z.object({
      name: z.string(),
      ingress: z.object({ allow: z.array(z.object({ service: texts, from: texts })) }),
      egress: z.unknown().optional(),
    }),
  ),
});

export interface Seen {
  leftOut: number;
  packets: number;
}

/** Throws where the law does not hold. Counts what it met, so that a law about nothing is seen. */
export function inferLaw(all: readonly PlainGroup[], seen: Seen): void {
  const before = sourceFrom(all, []).firewalls;
  const inferred = inferredFrom(before);
  const text = inferredText(inferred, { from: 'a test', at: NOW });
  const loaded = loadPolicy([{ name: 'p.yaml', text }], NOW);
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const odd = warningsOf(loaded.set, NOW).filter(
    ({ message }) => !/lets in all of `prefix-list|names sctp/.test(message),
  );
  expect(odd, text).toEqual([]);

  const book = new DesiredBook(loaded.set);
  const { firewalls, traits } = sourceFrom(all, book.written);
  const found = firewalls.flatMap((firewall) => {
    const desired = book.for(firewall, NOW);
    expect(desired.policies.length, `${firewall.target.id}\n${text}`).toBe(1);
    return driftOf(firewall, desired, traits).findings.map((finding) => {
      if (finding.kind !== 'excess' && finding.kind !== 'unread') throw new Error(finding.kind);
      return `${finding.target.id} ${typeof finding.rule === 'string' ? finding.rule : finding.rule.id}`;
    });
  });
  const leftOut = inferred.policies.flatMap((policy) => policy.leftOut);
  seen.leftOut += leftOut.length;
  expect([...new Set(found)].sort(), text).toEqual(
    [...new Set(leftOut.map(({ firewall, rule }) => `${firewall.target.id} ${rule}`))].sort(),
  );
  packetsAgree(all, text, inferred.policies, seen);
}

/** No more than this many packets a case: what is on edges is there often enough over many cases. */
const MOST_PACKETS = 250;

function packetsAgree(
  all: readonly PlainGroup[],
  text: string,
  policies: ReturnType<typeof inferredFrom>['policies'],
  seen: Seen,
): void {
  const written = file.parse(parse(text)).policies;
  const byId = new Map(all.map((group) => [group.GroupId, group]));
  const near = packetsNear(all);
  const step = Math.ceil(near.length / MOST_PACKETS);
  const packets = near.filter((_, index) => index % step === 0);
  for (const [index, { firewalls, ingress }] of policies.entries()) {
    const members = firewalls.flatMap(({ target }) => byId.get(target.id) ?? []);
    const { allow } = written[index]!.ingress;
    for (const packet of packets) {
      seen.packets += 1;
      const ways = members.map(({ IpPermissions, VpcId }) => {
        const own = NETWORKS[VpcId] ?? [];
        const is = openness(IpPermissions, packet, (one) => isWithin(one, [...own, ...PRIVATE]));
        return { is, allowed: isAllowed(allow, packet, own), isOwn: own.some((one) => isInside(one, packet.address)) };
      });
      const isOpen = ways.some(({ is }) => is === 'open');
      // `network` is each group's own, so what it says is open to one need not be so to another of its policy.
      const isTooWide =
        ways.some(({ allowed, isOwn }) => allowed && !isOwn) && !isOpen && ingress.widened === undefined;
      const isTooNarrow = ways.some(({ is, allowed }) => is === 'open' && !allowed);
      if (isTooWide || isTooNarrow) {
        throw new Error(`${isTooWide ? 'too wide' : 'too narrow'} for ${JSON.stringify(packet)}:\n${text}`);
      }
    }
  }
}

const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', 'fc00::/7'];

function isWithin(cidr: string, around: readonly string[]): boolean {
  const inner = rangeOf(cidr);
  return around.some((one) => {
    const outer = rangeOf(one);
    return inner.family === outer.family && outer.first <= inner.first && inner.last <= outer.last;
  });
}
