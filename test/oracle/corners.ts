import { cidrsOfClause, cidrsOfName, clausesOf, edgesOf, extentOf, isAmong } from './named-peers.ts';
import { isService } from './packet-walk.ts';
import { familyOf } from './plain-address.ts';
import type { PlainCase, PlainClause, PlainDirection, PlainPacket, PlainRule, PlainService } from './plain-case.ts';

/**
 * The packets worth asking about: at every edge of every rule, clause and exception, one before it and one behind.
 * Between two neighbouring edges nothing can change, so all edges together stand for every packet there is.
 */

/** What of a packet a service looks at. */
export type Selector = Pick<PlainPacket, 'protocol' | 'port' | 'type' | 'code'>;

export interface Corners {
  readonly selectors: readonly Selector[];
  readonly addresses: readonly string[];
}

const WITH_PORTS: readonly number[] = [6, 17, 132];
const WITH_TYPES: readonly number[] = [1, 58];
const ALWAYS: readonly number[] = [0, 1, 2, 6, 17, 47, 50, 51, 58, 99, 132, 255];

function selector(protocol: number, first: number, second = 0): Selector {
  if (WITH_PORTS.includes(protocol)) return { protocol, port: first };
  if (WITH_TYPES.includes(protocol)) return { protocol, type: first, code: second };
  return { protocol };
}

function selectorsOf(service: PlainService): readonly Selector[] {
  const { protocol } = service;
  if (protocol === 'any') return [];
  if ('ports' in service) {
    const [first, last] = service.ports;
    const ports = [first - 1, first, last, last + 1].filter((port) => port >= 0 && port <= 65535);
    return ports.map((port) => ({ protocol, port }));
  }
  if ('type' in service) {
    const { type, code } = service;
    const codes = code === undefined ? [0, 255] : [code - 1, code, code + 1].filter((near) => near >= 0 && near <= 255);
    const beside = [
      { protocol, type: type - 1, code: 255 },
      { protocol, type: type + 1, code: 0 },
    ].filter((near) => near.type >= 0 && near.type <= 255);
    return [...codes.map((near) => ({ protocol, type, code: near })), ...beside];
  }
  const whole = [selector(protocol, 0), selector(protocol, WITH_PORTS.includes(protocol) ? 65535 : 255, 255)];
  const beside = [protocol - 1, protocol + 1].filter((near) => near >= 0 && near <= 255);
  return [...whole, ...beside.map((near) => selector(near, 0))];
}

function clausesIn(plain: PlainCase, direction: PlainDirection): readonly PlainClause[] {
  return [
    ...plain.policies.flatMap(({ [direction]: { allow, deny, require } }) => [...(allow ?? []), ...deny, ...require]),
    ...plain.exceptions.flatMap((exception) => exception[direction]),
  ];
}

/** Every edge of the case, and of further rules (what a plan would write). */
export function cornersOf(plain: PlainCase, more: readonly PlainRule[] = []): Corners {
  const rules = [...plain.rules, ...more];
  const clauses = clausesOf(plain);
  const services = [...rules.map((rule) => rule.service), ...clauses.flatMap((clause) => clause.services)];
  const cidrs = [
    ...rules.flatMap(({ peer }) => ('cidr' in peer ? [peer.cidr] : cidrsOfName(plain, peer.named))),
    ...clauses.flatMap((clause) => cidrsOfClause(plain, clause)),
    '0.0.0.0/0',
    '::/0',
  ];
  const selectors = [...services.flatMap(selectorsOf), ...ALWAYS.map((protocol) => selector(protocol, 80))];
  return {
    selectors: [...new Map(selectors.map((one) => [JSON.stringify(one), one])).values()],
    addresses: [...new Set([...new Set(cidrs)].flatMap(edgesOf))],
  };
}

/** Numbers from 0 to `below`, the same ones for the same seed (mulberry32, public domain). */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Roll = (below: number) => number;

function pick<T>(roll: Roll, list: readonly T[]): T | undefined {
  return list[roll(list.length)];
}

function anyAddress(roll: Roll): string {
  return roll(3) > 0
    ? Array.from({ length: 4 }, () => String(roll(256))).join('.')
    : Array.from({ length: 8 }, () => roll(65536).toString(16)).join(':');
}

function anySelector(roll: Roll): Selector {
  const protocol = pick(roll, [6, 6, 17, 1, 58, roll(256)]) ?? 6;
  return WITH_PORTS.includes(protocol) ? selector(protocol, roll(65536)) : selector(protocol, roll(256), roll(256));
}

const SOME: PlainPacket = { direction: 'ingress', protocol: 6, sourcePort: 0, peer: '192.0.2.1', own: '192.0.2.1' };

/** What of the corners a rule lets through. */
function within(plain: PlainCase, rule: PlainRule, { selectors, addresses }: Corners): Corners {
  const cidrs = 'cidr' in rule.peer ? [rule.peer.cidr] : extentOf(plain, rule.peer.named).most;
  return {
    selectors: selectors.filter((one) => isService(rule.service, { ...SOME, ...one })),
    addresses: addresses.filter((address) => isAmong(cidrs, address)),
  };
}

function cornersOfClause(plain: PlainCase, clause: PlainClause): Corners {
  const addresses = [...new Set(cidrsOfClause(plain, clause).flatMap(edgesOf))];
  return { selectors: clause.services.flatMap(selectorsOf), addresses };
}

/** A rule with its own corners, and those that it has in common with each clause that it meets. */
interface Ground {
  readonly rule: PlainRule;
  readonly parts: readonly Corners[];
}

function groundOf(plain: PlainCase, rule: PlainRule, all: Corners): Ground {
  const ofClauses = clausesIn(plain, rule.direction).map((clause) => cornersOfClause(plain, clause));
  const parts = [all, ...ofClauses].map((one) => within(plain, rule, one));
  return { rule, parts: parts.filter(({ selectors, addresses }) => selectors.length > 0 && addresses.length > 0) };
}

/** Some packets of the case: half of them within a rule, the rest anywhere on its corners, a few at random. */
export function packetsOf(
  plain: PlainCase,
  seed: number,
  count: number,
  more: readonly PlainRule[] = [],
): readonly PlainPacket[] {
  const roll = dice(seed);
  const corners = cornersOf(plain, more);
  const rules = [...plain.rules, ...more.slice(0, 12)];
  const grounds = rules.map((rule) => groundOf(plain, rule, corners));
  const edges = rules.flatMap(({ sourcePorts: ports }) =>
    ports === undefined ? [] : [ports[0] - 1, ports[0], ports[1] + 1],
  );
  const sources = [0, 1024, 65535, ...edges.filter((port) => port >= 0 && port <= 65535)];
  return Array.from({ length: count }, (_, index) => {
    const ground = index % 2 === 0 ? pick(roll, grounds) : undefined;
    const from = pick(roll, ground?.parts ?? []) ?? corners;
    const random = index % 16 === 1;
    const one = (random ? anySelector(roll) : pick(roll, from.selectors)) ?? { protocol: 6, port: 80 };
    const peer = (random ? anyAddress(roll) : pick(roll, from.addresses)) ?? '192.0.2.1';
    const direction: PlainDirection = ground?.rule.direction ?? (roll(2) === 0 ? 'ingress' : 'egress');
    const host = String(4 + roll(2));
    const own = familyOf(peer) === 4 ? `10.0.0.${host}` : `2001:db8:1::${host}`;
    return { direction, ...one, sourcePort: pick(roll, sources) ?? 0, peer, own };
  });
}
