import fc from 'fast-check';
import { HOWS, icmp, peerOf, serviceOf } from './near-edges.ts';
import type { RawPeer, RawService } from './near-edges.ts';
import { addressAt, cidrAround, familyOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainClause, PlainClauses, PlainDirection, PlainException } from '../oracle/plain-case.ts';
import type { PlainExtent, PlainMode, PlainPolicy, PlainRule, PlainService } from '../oracle/plain-case.ts';

/**
 * Firewalls and policies as plain cases. Rules are drawn from the edges of the policy's own clauses, plus or minus one:
 * a rule that has nothing to do with any clause proves little.
 */

const V4 = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '10.0.0.0/8', '10.0.0.0/9', '10.0.1.0/24', '10.0.1.8/31'];
const V4_MORE = ['10.0.1.8/32', '203.0.113.0/24', '203.0.113.7/32', '198.51.100.0/30', '192.168.0.0/16'];
const V4_ENDS = ['0.0.0.0/32', '255.255.255.255/32', '127.255.255.254/31', '224.0.0.0/3'];
const V6 = ['::/0', '::/1', '8000::/1', '2001:db8::/32', '2001:db8::/33', '2001:db8:1::/48', '2001:db8::8/127'];
const V6_ENDS = ['2001:db8::8/128', 'fc00::/7', '::/128', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'];
// IPv4 as IPv6 maps it: on one axis it would be taken for IPv4.
const MAPPED = ['0:0:0:0:0:ffff:cb00:7100/120'];

const v4 = fc.constantFrom(...V4, ...V4_MORE, ...V4_ENDS);
const v6 = fc.constantFrom(...V6, ...V6_ENDS, ...MAPPED);
const anyV4 = fc.tuple(fc.nat(0xffffffff), fc.nat(32)).map(([value, prefix]) => around(4, BigInt(value), prefix));
const anyV6 = fc
  .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.nat(128))
  .map(([value, prefix]) => around(6, value, prefix));
const cidr = fc.oneof(
  { weight: 8, arbitrary: v4 },
  { weight: 4, arbitrary: v6 },
  { weight: 1, arbitrary: anyV4 },
  { weight: 1, arbitrary: anyV6 },
);

function around(family: 4 | 6, value: bigint, prefix: number): string {
  const address = addressAt(family, value);
  return address === undefined ? '192.0.2.1/32' : cidrAround(address, prefix);
}

const peerList: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(['0.0.0.0/0', '::/0']) },
  { weight: 4, arbitrary: fc.array(cidr, { minLength: 1, maxLength: 3 }) },
);

const port = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 21, 22, 23, 80, 443, 444, 8000, 8100, 65534, 65535) },
  { weight: 1, arbitrary: fc.nat(65535) },
);

const ports = fc
  .tuple(port, fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: port }))
  .map(([a, b = a]): readonly [number, number] => [Math.min(a, b), Math.max(a, b)])
  // The range of all ports has another spelling, the whole protocol.
  .map(([first, last]) => (first === 0 && last === 65535 ? ([0, 65534] as const) : ([first, last] as const)));

const odd = fc.constantFrom(0, 2, 47, 50, 51, 99, 132, 255);
const type = fc.constantFrom(0, 3, 8, 11, 128, 255);
const code = fc.constantFrom(undefined, undefined, 0, 4, 255);

const typed = fc.tuple(fc.constantFrom(1, 58), type, code).map(([protocol, t, c]) => icmp(protocol, t, c));
const ranged = fc
  .tuple(fc.constantFrom(6, 6, 6, 17), ports)
  .map(([protocol, range]): PlainService => ({ protocol, ports: range }));
const whole = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom(6, 17, 1, 58) }, { weight: 2, arbitrary: odd })
  .map((protocol): PlainService => ({ protocol }));
const everything = fc.constant<PlainService>({ protocol: 'any' });
const sctpPorts = ports.map((range): PlainService => ({ protocol: 132, ports: range }));

const ruleService = fc.oneof(
  { weight: 6, arbitrary: ranged },
  { weight: 2, arbitrary: whole },
  { weight: 2, arbitrary: typed },
  { weight: 2, arbitrary: everything },
);
const clauseService = fc.oneof({ weight: 12, arbitrary: ruleService }, { weight: 1, arbitrary: sctpPorts });

const clause: fc.Arbitrary<PlainClause> = fc.record({
  services: fc.array(clauseService, { minLength: 1, maxLength: 3 }),
  peers: peerList,
});

/** A `require`, and what makes room for it: an exception, an allow of its own policy, or nothing, which may contradict. */
interface RawRequire {
  readonly clause: PlainClause;
  readonly open: boolean;
  readonly backing: 'exception' | 'allow' | 'none';
}

const required: fc.Arbitrary<RawRequire> = fc.record({
  clause: fc.record({ services: fc.array(clauseService, { minLength: 1, maxLength: 2 }), peers: peerList }),
  open: fc.boolean(),
  backing: fc.constantFrom<RawRequire['backing'][]>(
    'exception',
    'exception',
    'exception',
    'exception',
    'allow',
    'none',
  ),
});

interface RawSide {
  readonly allow: readonly PlainClause[] | undefined;
  readonly deny: readonly PlainClause[];
  readonly require: readonly RawRequire[];
}

const side: fc.Arbitrary<RawSide> = fc.record({
  allow: fc.option(fc.array(clause, { minLength: 1, maxLength: 4 }), { freq: 2, nil: undefined }),
  deny: fc.array(clause, { maxLength: 3 }),
  require: fc.oneof(
    { weight: 6, arbitrary: fc.constant<readonly RawRequire[]>([]) },
    { weight: 1, arbitrary: fc.array(required, { minLength: 1, maxLength: 2 }) },
  ),
});

const mode = fc.constantFrom<PlainMode>('enforce', 'enforce', 'enforce', 'approve', 'report', 'observe');

type RawPolicy = Omit<PlainPolicy, 'name' | PlainDirection> & Readonly<Record<PlainDirection, RawSide>>;

const policy: fc.Arbitrary<RawPolicy> = fc.record({
  mode,
  governs: fc.constantFrom(true, true, true, true, true, true, true, false),
  revert: fc.constantFrom<PlainPolicy['revert'][]>(
    'narrow',
    'narrow',
    'narrow',
    'narrow',
    'narrow',
    'remove',
    'restore',
  ),
  maxFragments: fc.constantFrom(20, 20, 20, 20, 20, 20, 1, 2, 5, 60, 300),
  overflow: fc.constantFrom<PlainPolicy['overflow'][]>('hold', 'hold', 'remove'),
  collateral: fc.constantFrom<PlainPolicy['collateral'][]>('hold', 'hold', 'allow'),
  ingress: side,
  egress: fc.oneof(
    { weight: 2, arbitrary: side },
    { weight: 1, arbitrary: fc.constant<RawSide>({ allow: undefined, deny: [], require: [] }) },
  ),
});

const exception = fc.record({
  governs: fc.constantFrom(true, true, true, true, false),
  live: fc.constantFrom(true, true, true, true, false),
  ingress: fc.array(clause, { maxLength: 2 }),
  egress: fc.array(clause, { maxLength: 1 }),
});

const NAMES = ['sg:sg-0aaaaaaaaaaaaaaaa', 'sg:sg-0bbbbbbbbbbbbbbbb', 'prefix-list:pl-0cccccccccccccccc'] as const;

const peerRaw: fc.Arbitrary<RawPeer> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ near: fc.nat(3), how: fc.constantFrom(...HOWS) }) },
  { weight: 3, arbitrary: cidr.map((one) => ({ cidr: one })) },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES).map((named) => ({ named })) },
);

const serviceRaw: fc.Arbitrary<RawService> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      near: fc.nat(3),
      from: fc.constantFrom(-30, -1, -1, 0, 1),
      to: fc.constantFrom(-1, 0, 1, 1, 30),
      wide: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 3, arbitrary: ruleService },
);

const rule = fc.record({
  direction: fc.constantFrom<PlainDirection[]>('ingress', 'ingress', 'ingress', 'egress'),
  clause: fc.nat(40),
  service: serviceRaw,
  peer: peerRaw,
  copies: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
  box: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ sourcePorts: fc.option(ports, { nil: undefined }), own: fc.boolean() }) },
  ),
});
type RawRule = typeof rule extends fc.Arbitrary<infer Raw> ? Raw : never;

const cidrs = fc.oneof(
  { weight: 1, arbitrary: fc.constant<string[]>([]) },
  { weight: 3, arbitrary: fc.array(cidr, { maxLength: 2 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom('10.0.0.0/8', '10.0.1.0/24', '2001:db8:1::/48', '10.0.1.8/32'), {
      minLength: 1,
      maxLength: 2,
    }),
  },
);
const extent = fc
  .record({ least: cidrs, more: cidrs, exact: fc.constantFrom(false, false, true) })
  .map(({ least, more, exact }): PlainExtent => ({ least, most: exact ? least : [...least, ...more] }));

function sidesOf(raw: RawPolicy['ingress']): PlainClauses {
  const backed = raw.require.filter(({ backing }) => backing === 'allow').map((one) => one.clause);
  return {
    ...(raw.allow === undefined ? {} : { allow: [...raw.allow, ...backed] }),
    deny: raw.deny,
    require: raw.require.map((one) => ({ ...one.clause, open: one.open })),
  };
}

function backingExceptions(raw: RawPolicy): readonly PlainException[] {
  const excepted = (direction: PlainDirection): readonly PlainClause[] =>
    raw[direction].require.filter(({ backing }) => backing === 'exception').map((one) => one.clause);
  const [ingress, egress] = [excepted('ingress'), excepted('egress')];
  if (ingress.length + egress.length === 0) return [];
  return [{ name: '', governs: true, live: true, ingress, egress }];
}

function ruleOf(raw: RawRule, id: string, clauses: readonly PlainClause[]): PlainRule {
  // Service and peer come from one clause, so that the rule lies on its edges in both.
  const near = clauses[raw.clause % Math.max(clauses.length, 1)] ?? { services: [], peers: [] };
  const peer = peerOf(raw.peer, near.peers);
  const { sourcePorts, own } = raw.box ?? { sourcePorts: undefined, own: false };
  const host = 'cidr' in peer && familyOf(peer.cidr) === 6 ? '2001:db8:1::4/128' : '10.0.0.4/32';
  return {
    id,
    direction: raw.direction,
    service: serviceOf(raw.service, near.services),
    peer,
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
    ...(own && 'cidr' in peer ? { own: [host] } : {}),
  };
}

function clausesIn(
  policies: readonly PlainPolicy[],
  exceptions: readonly PlainException[],
): Readonly<Record<PlainDirection, readonly PlainClause[]>> {
  const of = (direction: PlainDirection): readonly PlainClause[] => [
    ...policies.flatMap(({ [direction]: one }) => [...(one.allow ?? []), ...one.deny, ...one.require]),
    ...exceptions.flatMap((one) => one[direction]),
  ];
  return { ingress: of('ingress'), egress: of('egress') };
}

interface RawCase {
  readonly policies: readonly RawPolicy[];
  readonly exceptions: readonly Omit<PlainException, 'name'>[];
  readonly rules: readonly RawRule[];
  readonly named: Readonly<Record<string, PlainExtent | undefined>>;
}

function caseOf(raw: RawCase): PlainCase {
  const policies = raw.policies.map((one, index): PlainPolicy => ({
    ...one,
    name: `p${String(index + 1)}`,
    ingress: sidesOf(one.ingress),
    egress: sidesOf(one.egress),
  }));
  const exceptions = [...raw.exceptions, ...raw.policies.flatMap(backingExceptions)].map((one, index) => ({
    ...one,
    name: `e${String(index + 1)}`,
  }));
  const clauses = clausesIn(policies, exceptions);
  const rules = raw.rules.flatMap((one, index) =>
    Array.from({ length: one.copies }, (_, copy) =>
      ruleOf(one, `sgr-${String(index + 1)}${'b'.repeat(copy)}`, clauses[one.direction]),
    ),
  );
  const known = Object.entries(raw.named).flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const]));
  return { rules, policies, exceptions, named: Object.fromEntries(known) };
}

/** A firewall, the policies over it, what is known of named peers, and a seed for the packets to ask about. */
export const plainCase: fc.Arbitrary<PlainCase> = fc
  .record({
    policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
    exceptions: fc.oneof(
      { weight: 2, arbitrary: fc.constant<Omit<PlainException, 'name'>[]>([]) },
      { weight: 1, arbitrary: fc.array(exception, { minLength: 1, maxLength: 2 }) },
    ),
    rules: fc.array(rule, { minLength: 1, maxLength: 7 }),
    named: fc.record({
      [NAMES[0]]: fc.option(extent, { freq: 4, nil: undefined }),
      [NAMES[1]]: fc.option(extent, { freq: 4, nil: undefined }),
      [NAMES[2]]: fc.option(extent, { freq: 4, nil: undefined }),
    }),
  })
  .map(caseOf);
