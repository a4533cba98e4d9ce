import fc from 'fast-check';

/** Random groups in random VPCs, in plain words, to be written in several ways by writers that share no code. */

export type DeclaredPeer =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly cidr: string }
  | { readonly kind: 'list'; readonly id: string }
  /** A group of this world, by its number. */
  | { readonly kind: 'group'; readonly group: number }
  | { readonly kind: 'foreign'; readonly account: string; readonly id: string };

export interface DeclaredLine {
  readonly direction: 'ingress' | 'egress';
  /** `-1`, or a number. */
  readonly protocol: number;
  /** Ports, or type and code, for the protocols that have them. */
  readonly from: number;
  readonly to: number;
  readonly peer: DeclaredPeer;
  /** Whether the rule is a resource of its own, where the format has such: 0 for no, 1 and 2 for kinds of it. */
  readonly own: 0 | 1 | 2;
}

export interface DeclaredWorldGroup {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly vpc: number;
  readonly lines: readonly DeclaredLine[];
}

export interface DeclaredWorld {
  /** Ranges by VPC. */
  readonly vpcs: readonly (readonly string[])[];
  readonly groups: readonly DeclaredWorldGroup[];
}

export const WORLD_ACCOUNT = '111122223333';
export const WORLD_REGION = 'eu-central-1';

const V4 = ['0.0.0.0/0', '10.0.0.0/8', '10.1.2.0/24', '203.0.113.7/32', '128.0.0.0/1'];
const V6 = ['::/0', '2001:db8::/32', '2001:db8:1::/48'];

function peerOf(groups: number): fc.Arbitrary<DeclaredPeer> {
  return fc.oneof(
    fc.constantFrom(...V4).map((cidr): DeclaredPeer => ({ kind: 'ipv4', cidr })),
    fc.constantFrom(...V6).map((cidr): DeclaredPeer => ({ kind: 'ipv6', cidr })),
    fc.constantFrom('pl-0123456789abcdef0', 'pl-01234567').map((id): DeclaredPeer => ({ kind: 'list', id })),
    fc.nat(groups - 1).map((group): DeclaredPeer => ({ kind: 'group', group })),
    fc.constant<DeclaredPeer>({ kind: 'foreign', account: '444455556666', id: 'sg-0fedcba9876543210' }),
  );
}

const service = fc.oneof(
  fc.constant({ protocol: -1, from: 0, to: 0 }),
  fc
    .tuple(fc.constantFrom(6, 17), fc.constantFrom(0, 22, 80, 443), fc.nat(3))
    .map(([protocol, from, more]) => ({ protocol, from, to: from + more })),
  fc.constantFrom(
    { protocol: 1, from: -1, to: -1 },
    { protocol: 1, from: 3, to: 4 },
    { protocol: 1, from: 8, to: -1 },
    { protocol: 58, from: 128, to: 0 },
    { protocol: 50, from: 0, to: 0 },
    { protocol: 132, from: 0, to: 0 },
  ),
);

function lineOf(groups: number): fc.Arbitrary<DeclaredLine> {
  return fc
    .tuple(fc.constantFrom('ingress', 'egress'), service, peerOf(groups), fc.constantFrom(0, 1, 2))
    .map(([direction, what, peer, own]) => ({ direction, ...what, peer, own }) as const);
}

/** EC2 refuses a rule that a group has already. */
function sameRule({ direction, protocol, from, to, peer }: DeclaredLine): string {
  return JSON.stringify([direction, protocol, from, to, peer]);
}

const tags = fc.dictionary(fc.constantFrom('env', 'role', '__proto__'), fc.constantFrom('prod', 'web', ''), {
  maxKeys: 2,
});

export const declaredWorld: fc.Arbitrary<DeclaredWorld> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 }))
  .chain(([groups, vpcs]) =>
    fc.record({
      vpcs: fc.constantFrom(
        [['10.0.0.0/16'], ['10.1.0.0/16', '10.2.0.0/16']].slice(0, vpcs),
        [['172.16.0.0/12', '10.9.0.0/16'], ['10.0.0.0/8']].slice(0, vpcs),
      ),
      groups: fc.tuple(
        ...Array.from({ length: groups }, (_, number) =>
          fc.record({
            name: fc.constant(`group-${String(number)}`),
            tags,
            vpc: fc.nat(vpcs - 1),
            lines: fc.uniqueArray(lineOf(groups), { selector: sameRule, maxLength: 6 }),
          }),
        ),
      ),
    }),
  );
