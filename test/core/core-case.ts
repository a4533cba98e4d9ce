import { rulesOf } from '../../shared/core/model/firewall.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import { UNSTATED_GUARD } from '../../shared/core/model/guard.ts';
import type { Clause, Clauses, Exception, Match, Policy, PolicySet } from '../../shared/core/model/policy.ts';
import { INTERNET, NETWORK, peerName, SELF } from '../../shared/core/model/rule.ts';
import type { Peer, PeerName, Rule } from '../../shared/core/model/rule.ts';
import type { Target } from '../../shared/core/model/target.ts';
import type { Traits } from '../../shared/core/model/traits.ts';
import type { Addresses } from '../../shared/core/space/addresses.ts';
import type { Slots } from '../../shared/core/space/slots.ts';
import { bitsOf, familyOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainClause, PlainClauses, PlainPacket, PlainPeer } from '../oracle/plain-case.ts';
import type { PlainRule, PlainService } from '../oracle/plain-case.ts';
import type { Core } from './core-modules.ts';
import { timesFor } from './times.ts';

/** Plain case -> the core's values, built with the space of the core that is judged. And back, for what a plan writes. */

export const NOW = new Date('2026-11-24T12:00:00Z');

export const TARGET: Target = {
  cloud: 'aws',
  account: '111122223333',
  region: 'us-east-1',
  id: 'sg-0123456789abcdef0',
};

/** What security group rules can say, as `clouds/aws` has it. */
export const TRAITS: Traits = { portRanges: [6, 17], types: [1, 58], named: [6, 17, 1, 58, 132, 50, 51, 47] };

const ALL_SOURCE_PORTS = [0, 65536] as const;
const BY_ID: Match = { cloud: ['aws'], id: ['sg-0fedcba9876543210', TARGET.id] };
const BY_TAGS: Match = { cloud: ['aws'], tags: { role: ['web'] } };
const ANOTHER: Match = { id: ['sg-0fedcba9876543210'] };

export function slotsOfService(core: Core, service: PlainService): Slots {
  const { slots } = core;
  if (service.protocol === 'any') return slots.ANY_PROTOCOL;
  if ('ports' in service) return slots.portSlots(service.protocol, ...service.ports);
  if ('type' in service) return slots.typeSlots(service.protocol, service.type, service.code);
  return slots.wholeProtocol(service.protocol);
}

export function addressesOfCidrs(core: Core, cidrs: readonly string[]): Addresses {
  return core.addresses.unionOf(
    cidrs.map((cidr) => {
      const read = core.cidr.blockOf(cidr);
      if (read === undefined) throw new Error(`the core cannot read the CIDR \`${cidr}\``);
      return core.cidr.addressesOfBlock(read.block);
    }),
  );
}

function peerOf(core: Core, peer: PlainPeer): Peer {
  if ('cidr' in peer) return { kind: 'addresses', addresses: addressesOfCidrs(core, [peer.cidr]) };
  return { kind: 'named', name: nameOf(peer.named) };
}

/** A written name as a value of the core. */
export function nameOf(text: string): PeerName {
  const word = [SELF, NETWORK, INTERNET].find((name) => name === text);
  if (word !== undefined) return word;
  const colon = text.indexOf(':');
  return peerName(text.slice(0, colon), text.slice(colon + 1));
}

export function ruleOf(core: Core, rule: PlainRule): Rule {
  const [first, last] = rule.sourcePorts ?? [0, 65535];
  return {
    id: rule.id,
    description: `rule ${rule.id}`,
    tags: {},
    box: {
      slots: slotsOfService(core, rule.service),
      sourcePorts: [first, last + 1],
      peer: peerOf(core, rule.peer),
      own: rule.own === undefined ? core.addresses.ANYWHERE : addressesOfCidrs(core, rule.own),
    },
  };
}

export function firewallOf(core: Core, plain: PlainCase): Firewall {
  const rulesIn = (direction: Direction): readonly Rule[] =>
    plain.rules.filter((rule) => rule.direction === direction).map((rule) => ruleOf(core, rule));
  const names = Object.entries(plain.named).map(
    ([name, { least, most }]) =>
      [nameOf(name), { least: addressesOfCidrs(core, least), most: addressesOfCidrs(core, most) }] as const,
  );
  return {
    target: TARGET,
    name: 'web',
    tags: { role: 'web' },
    networks: ['vpc-0a1b2c3d4e5f60718'],
    version: 'read-1',
    readAt: NOW,
    ingress: [{ combine: 'union', rules: rulesIn('ingress') }],
    egress: [{ combine: 'union', rules: rulesIn('egress') }],
    names: new Map(names),
    aliases: new Map(Object.entries(plain.aliases).map(([written, name]) => [nameOf(written), nameOf(name)])),
    unresolved: new Set(),
    managedBy: plain.managedBy,
    unread: [],
  };
}

function clauseOf(core: Core, clause: PlainClause, id: string, line: number): Clause {
  const slots = clause.services.map((service) => slotsOfService(core, service));
  return {
    id,
    slots: slots.reduce((all, some) => core.line.union(all, some), []),
    peers: { addresses: addressesOfCidrs(core, clause.peers), names: (clause.names ?? []).map(nameOf) },
    within: clause.within === undefined ? undefined : { addresses: addressesOfCidrs(core, clause.within), names: [] },
    during: timesFor(clause.live, id.length + line),
    firm: clause.firm === true,
    open: clause.open === true,
    why: undefined,
    place: { file: 'case.yaml', line },
  };
}

function clausesOf(core: Core, sides: PlainClauses, owner: string, line: number): Clauses {
  const clauses = (kind: string, list: readonly PlainClause[]): readonly Clause[] =>
    list.map((clause, index) => clauseOf(core, clause, `${owner}/${kind}/${String(index + 1)}`, line));
  return {
    allow: sides.allow === undefined ? undefined : clauses('allow', sides.allow),
    deny: clauses('deny', sides.deny),
    require: clauses('require', sides.require),
    place: { file: 'case.yaml', line },
  };
}

export function policySetOf(core: Core, plain: PlainCase): PolicySet {
  const policies = plain.policies.map((policy, index): Policy => {
    const { name, mode, revert, maxFragments, overflow, collateral, graceMs } = policy;
    return {
      name,
      place: { file: 'case.yaml', line: index + 1 },
      match: policy.governs ? (policy.byId ? BY_ID : BY_TAGS) : ANOTHER,
      mode,
      approveAfterMs: undefined,
      handling: { revert, maxFragments, overflow, collateral, graceMs, ticket: {} },
      defaults: 'keep',
      openPorts: policy.openPorts,
      ingress: clausesOf(core, policy.ingress, `${name}/ingress`, index + 1),
      egress: clausesOf(core, policy.egress, `${name}/egress`, index + 1),
    };
  });
  const exceptions = plain.exceptions.map((exception): Exception => {
    const clauses = (direction: Direction): readonly Clause[] =>
      exception[direction].map((clause, index) =>
        clauseOf(core, clause, `${exception.name}/${direction}/${String(index + 1)}`, 100),
      );
    return {
      name: exception.name,
      place: { file: 'case.yaml', line: 100 },
      match: exception.governs ? BY_ID : ANOTHER,
      ingress: clauses('ingress'),
      egress: clauses('egress'),
      until: new Date(exception.live ? '2026-12-01T00:00:00Z' : '2026-11-24T11:59:59Z'),
      approved: { by: 'alex', ticket: 'CHG0030192' },
    };
  });
  return {
    policies,
    exceptions,
    instances: [],
    guard: UNSTATED_GUARD,
    exposedFirewallsShare: undefined,
    paused: false,
  };
}

/**
 * The slot of a packet. Protocols without ports use all their slots alike, so the source port picks one of them: a
 * set that holds a part of such a protocol is found out.
 */
export function slotOf(packet: PlainPacket): number {
  const selector = packet.type === undefined ? packet.port : packet.type * 256 + (packet.code ?? 0);
  return packet.protocol * 65536 + (selector ?? packet.sourcePort);
}

function plainServiceOf(slots: Slots): PlainService {
  const [from, end, ...rest] = slots;
  if (from === undefined || end === undefined || rest.length > 0) throw new Error('a rule needs exactly one service');
  if (from === 0 && end === 256 * 65536) return { protocol: 'any' };
  const protocol = Math.floor(from / 65536);
  const [first, last] = [from - protocol * 65536, end - 1 - protocol * 65536];
  if (last > 65535) throw new Error('a rule cannot name two protocols');
  if (first === 0 && last === 65535) return { protocol };
  if (TRAITS.portRanges.includes(protocol)) return { protocol, ports: [first, last] };
  if (!TRAITS.types.includes(protocol)) throw new Error(`a rule cannot name a part of protocol ${String(protocol)}`);
  const [type, code] = [Math.floor(first / 256), first % 256];
  if (code === 0 && last === first + 255) return { protocol, type };
  if (first !== last) throw new Error('a rule cannot name a range of ICMP types or codes');
  return { protocol, type, code };
}

function cidrOf(family: 4 | 6, from: bigint, end: bigint): string {
  const width = family === 4 ? 32 : 128;
  const prefix = width - ((end - from).toString(2).length - 1);
  if (end - from !== 1n << BigInt(width - prefix) || from % (end - from) !== 0n) throw new Error('not one CIDR');
  if (family === 4) return `${[24n, 16n, 8n, 0n].map((by) => (from >> by) & 255n).join('.')}/${String(prefix)}`;
  const groups = Array.from({ length: 8 }, (_, index) => (from >> BigInt(112 - 16 * index)) & 0xffffn);
  return `${groups.map((group) => group.toString(16)).join(':')}/${String(prefix)}`;
}

function plainCidrsOf({ v4, v6 }: Addresses): readonly string[] {
  const cidrs: string[] = [];
  for (let at = 0; at < v4.length; at += 2) cidrs.push(cidrOf(4, BigInt(v4[at] ?? -1), BigInt(v4[at + 1] ?? -1)));
  for (let at = 0; at < v6.length; at += 2) cidrs.push(cidrOf(6, v6[at] ?? -1n, v6[at + 1] ?? -1n));
  return cidrs;
}

function plainPeerOf(peer: Peer): PlainPeer {
  if (peer.kind === 'named') return { named: peer.name };
  const cidrs = plainCidrsOf(peer.addresses);
  const [cidr, ...rest] = cidrs;
  if (cidr === undefined || rest.length > 0)
    throw new Error(`a rule needs exactly one peer, not \`${cidrs.join(' ')}\``);
  return { cidr };
}

/** What a rule of the core says, in plain words. Throws where no security group rule could say it. */
export function plainRuleOf(rule: Rule, direction: Direction): PlainRule {
  const { slots, sourcePorts, peer, own } = rule.box;
  const [from = 0, end = 0, ...rest] = sourcePorts;
  if (rest.length > 0 || end <= from) throw new Error('a rule needs exactly one range of source ports');
  const everyPort = from === ALL_SOURCE_PORTS[0] && end === ALL_SOURCE_PORTS[1];
  const ownCidrs = plainCidrsOf(own);
  return {
    id: rule.id,
    direction,
    service: plainServiceOf(slots),
    peer: plainPeerOf(peer),
    ...(everyPort ? {} : { sourcePorts: [from, end - 1] as const }),
    ...(ownCidrs.join(' ') === '0.0.0.0/0 0:0:0:0:0:0:0:0/0' ? {} : { own: ownCidrs }),
  };
}

export function plainRulesOf(firewall: Firewall): readonly PlainRule[] {
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    rulesOf(firewall, direction).map((rule) => plainRuleOf(rule, direction)),
  );
}

/** An address as a number, read by the oracle: what a set must hold does not depend on the reader that is judged. */
export function addressOfText(text: string): { family: 4; at: number } | { family: 6; at: bigint } {
  const value = BigInt(`0b${bitsOf(text)}`);
  return familyOf(text) === 4 ? { family: 4, at: Number(value) } : { family: 6, at: value };
}
