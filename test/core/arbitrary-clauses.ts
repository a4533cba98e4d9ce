import fc from 'fast-check';
import { icmp } from './near-edges.ts';
import { addressAt, cidrAround } from '../oracle/plain-address.ts';
import type { PlainClause, PlainExtent, PlainService } from '../oracle/plain-case.ts';

/** Clauses as plain data: services, addresses and peers by name, with the conditions that a clause may have. */

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
export const cidr = fc.oneof(
  { weight: 8, arbitrary: v4 },
  { weight: 4, arbitrary: v6 },
  { weight: 1, arbitrary: anyV4 },
  { weight: 1, arbitrary: anyV6 },
);

function around(family: 4 | 6, value: bigint, prefix: number): string {
  const address = addressAt(family, value);
  return address === undefined ? '192.0.2.1/32' : cidrAround(address, prefix);
}

export const peerList: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(['0.0.0.0/0', '::/0']) },
  { weight: 4, arbitrary: fc.array(cidr, { minLength: 1, maxLength: 3 }) },
);

const port = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 21, 22, 23, 80, 443, 444, 8000, 8100, 65534, 65535) },
  { weight: 1, arbitrary: fc.nat(65535) },
);

export const ports = fc
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

export const ruleService = fc.oneof(
  { weight: 6, arbitrary: ranged },
  { weight: 2, arbitrary: whole },
  { weight: 2, arbitrary: typed },
  { weight: 2, arbitrary: everything },
);
export const clauseService = fc.oneof({ weight: 12, arbitrary: ruleService }, { weight: 1, arbitrary: sctpPorts });

/** Peers as rules write them. */
export const PEERS = [
  'sg:sg-0aaaaaaaaaaaaaaaa',
  'sg:sg-0bbbbbbbbbbbbbbbb',
  'prefix-list:pl-0cccccccccccccccc',
] as const;

/** How policies may write them, and words that no rule writes. */
export const WRITTEN = ['self', 'sg:web', 'sg:gone', 'prefix-list:aws/cdn', 'network', 'internet'] as const;

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PEERS) },
  { weight: 4, arbitrary: fc.constantFrom(...WRITTEN) },
);

/** Peers of a clause: addresses, names, or both; never nobody at all. */
function whom(weight: number): fc.Arbitrary<Pick<PlainClause, 'peers' | 'names'>> {
  return fc.oneof(
    { weight: 12, arbitrary: peerList.map((peers) => ({ peers })) },
    { weight, arbitrary: fc.tuple(peerList, names(2)).map(([peers, some]) => ({ peers, names: some })) },
    { weight, arbitrary: names(2).map((some) => ({ peers: [], names: some })) },
  );
}

function names(most: number): fc.Arbitrary<readonly string[]> {
  return fc.array(name, { minLength: 1, maxLength: most });
}

const live = fc.oneof(
  { weight: 14, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);
const within = fc.option(fc.array(cidr, { minLength: 1, maxLength: 2 }), { freq: 3, nil: undefined });

interface RawClause {
  readonly services: readonly PlainService[];
  readonly whom: Pick<PlainClause, 'peers' | 'names'>;
  readonly within: readonly string[] | undefined;
  readonly live: boolean | undefined;
}

function rawClause(mostServices: number, naming = 1): fc.Arbitrary<RawClause> {
  const services = fc.array(clauseService, { minLength: 1, maxLength: mostServices });
  return fc.record({ services, whom: whom(naming), within, live });
}

function timed({ services, whom: peers, live: isLive }: RawClause): PlainClause {
  return { services, ...peers, ...(isLive === undefined ? {} : { live: isLive }) };
}

/** An `allow`, or a clause of an exception. Only what it names is kept `within` something. */
export const permission: fc.Arbitrary<PlainClause> = rawClause(3).map((raw) =>
  raw.whom.names === undefined || raw.within === undefined ? timed(raw) : { ...timed(raw), within: raw.within },
);

export const denial: fc.Arbitrary<PlainClause> = fc
  .tuple(rawClause(3, 3), fc.constantFrom(false, false, false, false, false, true))
  .map(([raw, firm]) => (firm ? { ...timed(raw), firm } : timed(raw)));

export const demand: fc.Arbitrary<PlainClause> = rawClause(2, 6).map(timed);

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
  .record({ least: cidrs, more: cidrs, exact: fc.boolean() })
  .map(({ least, more, exact }): PlainExtent => ({ least, most: exact ? least : [...least, ...more] }));

const ranges = fc.constantFrom(
  ['10.0.0.0/16'],
  ['10.0.1.0/24', '2001:db8:1::/48'],
  ['10.0.0.0/8', '203.0.113.0/24'],
  [],
);
const network = fc
  .tuple(ranges, fc.constantFrom(true, true, false))
  .map(([most, exact]): PlainExtent => ({ least: exact ? most : [], most: exact ? most : ['0.0.0.0/0', '::/0'] }));

function mostly<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { freq: 4, nil: undefined });
}

/** What is known of each peer, if anything. */
export const extents = fc.record({
  [PEERS[0]]: mostly(extent),
  [PEERS[1]]: mostly(extent),
  [PEERS[2]]: mostly(extent),
  network: mostly(network),
  // A name that no rule here writes, and whose addresses are known all the same.
  'sg:gone': fc.option(extent, { freq: 1, nil: undefined }),
});

/** Which peer a written name stands for here. Most peers go by their own names, too. */
export const aliases = fc.record({
  self: mostly(fc.constant(PEERS[0])),
  'sg:web': mostly(fc.constantFrom(PEERS[0], PEERS[1])),
  'prefix-list:aws/cdn': mostly(fc.constant(PEERS[2])),
  [PEERS[0]]: mostly(fc.constant(PEERS[0])),
  [PEERS[1]]: mostly(fc.constant(PEERS[1])),
  [PEERS[2]]: mostly(fc.constant(PEERS[2])),
});
