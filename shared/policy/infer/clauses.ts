// Openings -> few clauses that say the same, as texts of the policy language.
import type { Addresses } from '../../core/space/addresses.ts';
import * as addresses from '../../core/space/addresses.ts';
import { addressesOfBlock, blocksOf, blockText } from '../../core/space/cidr.ts';
import type { Block } from '../../core/space/cidr.ts';
import * as line from '../../core/space/line.ts';
import { PRIVATE } from '../../core/space/private.ts';
import {
  ANY_PROTOCOL,
  CODES,
  hasPorts,
  hasTypes,
  ICMP,
  ICMPV6,
  isWhole,
  runsOf,
  wholeProtocol,
} from '../../core/space/slots.ts';
import type { Run, Slots } from '../../core/space/slots.ts';
import { protocolText } from '../../core/spell.ts';
import { blockToken, together } from './openings.ts';
import type { Opening, Openings } from './openings.ts';

/** One `allow` clause: each service is open to each of the peers. */
export interface WrittenClause {
  readonly services: readonly string[];
  readonly peers: readonly string[];
}

/** Clauses, and what was widened to get few of them: single addresses inside became the networks that they are in. */
export interface Clauses {
  readonly clauses: readonly WrittenClause[];
  readonly openings: Openings;
  /** Undefined where the clauses say exactly what is open. */
  readonly widened: { readonly from: number; readonly to: number; readonly prefix: string } | undefined;
}

/** A list of more clauses, or of more peers in them, nobody reads. */
const MOST_CLAUSES = 20;
const MOST_PEERS = 60;

/** The networks that single addresses inside are widened to, where there are too many clauses: IPv4 and IPv6. */
const PREFIXES: readonly (readonly [v4: number, v6: number])[] = [
  [24, 64],
  [16, 48],
];

function typeTexts({ protocol, from, end }: Run): readonly string[] {
  const name = protocolText(protocol);
  const texts: string[] = [];
  for (let at = from; at < end;) {
    const type = Math.floor(at / CODES);
    const isWholeType = at % CODES === 0 && at + CODES <= end;
    texts.push(isWholeType ? `${name}/${String(type)}` : `${name}/${String(type)}.${String(at % CODES)}`);
    at += isWholeType ? CODES : 1;
  }
  return texts;
}

/** One text a service: policies have no ranges of ICMP types, and no parts of protocols without ports. */
function servicesOf(slots: Slots): readonly string[] {
  if (line.equal(slots, ANY_PROTOCOL)) return ['any'];
  return runsOf(slots).flatMap((run) => {
    const name = protocolText(run.protocol);
    if (isWhole(run)) return [name];
    if (hasTypes(run.protocol)) return typeTexts(run);
    if (!hasPorts(run.protocol)) return [name];
    const [first, last] = [String(run.from), String(run.end - 1)];
    return [first === last ? `${name}/${first}` : `${name}/${first}-${last}`];
  });
}

/** A CIDR, or the address where it is a single one. */
function textOf(block: Block): string {
  return blockText(block).replace(block.family === 4 ? /\/32$/ : /\/128$/, '');
}

/** Addresses as few texts: `anywhere`, `private`, CIDRs. */
function peersOf(who: Addresses): readonly string[] {
  if (addresses.isNobody(who)) return [];
  if (addresses.equal(who, addresses.ANYWHERE)) return ['anywhere'];
  const all = blocksOf(who);
  if (!addresses.covers(who, PRIVATE)) return all.map(textOf);
  const rest = blocksOf(addresses.difference(who, PRIVATE));
  return rest.length < all.length ? ['private', ...rest.map(textOf)] : all.map(textOf);
}

function parentOf(block: Block, prefix: number): Block {
  if (block.family === 4) {
    return { family: 4, from: block.from - (block.from % 2 ** (32 - prefix)), prefix };
  }
  return { family: 6, from: block.from - (block.from % (1n << BigInt(128 - prefix))), prefix };
}

/** What is open to everybody: to all of both families, or of the one that it exists in. */
function openToAll(openings: Openings): Slots {
  const [v4, v6] = [openings.get('0.0.0.0/0')?.slots ?? [], openings.get('::/0')?.slots ?? []];
  const ofOneFamily = line.union(
    line.intersection(v4, wholeProtocol(ICMP)),
    line.intersection(v6, wholeProtocol(ICMPV6)),
  );
  return line.union(line.intersection(v4, v6), ofOneFamily);
}

/** What is open to the networks that a block is in. */
function openAround(block: Block, openings: Openings): Slots {
  let slots: Slots = [];
  for (let prefix = block.prefix - 1; prefix >= 0; prefix -= 1) {
    slots = line.union(slots, openings.get(blockText(parentOf(block, prefix)))?.slots ?? []);
  }
  return slots;
}

/** What is open to everybody, or to a network, is open to each part of it: that is said once. */
function withoutRepeats(openings: Openings): readonly Opening[] {
  const all = openToAll(openings);
  return [...openings.values()].flatMap(({ token, slots: open }): readonly Opening[] => {
    const slots = line.difference(open, token.kind === 'name' ? all : openAround(token.block, openings));
    return slots.length === 0 ? [] : [{ token, slots }];
  });
}

function clauseOf(same: readonly Opening[], slots: Slots): WrittenClause {
  const blocks = same.flatMap(({ token }) => (token.kind === 'block' ? [addressesOfBlock(token.block)] : []));
  const names = same.flatMap(({ token }) => (token.kind === 'name' ? [token.text] : []));
  return { services: servicesOf(slots), peers: [...peersOf(addresses.unionOf(blocks)), ...names.sort()] };
}

/** Peers to whom the same is open share a clause, in order of the first service. */
function clausesFor(openings: Openings): readonly WrittenClause[] {
  const bySlots = new Map<string, Opening[]>();
  for (const opening of withoutRepeats(openings)) {
    const key = opening.slots.join();
    const known = bySlots.get(key);
    if (known === undefined) bySlots.set(key, [opening]);
    else known.push(opening);
  }
  return [...bySlots.values()]
    .sort(([a], [b]) => (a?.slots[0] ?? 0) - (b?.slots[0] ?? 0) || (a?.slots.length ?? 0) - (b?.slots.length ?? 0))
    .map((same) => clauseOf(same, same[0]?.slots ?? []));
}

function isInside(block: Block): boolean {
  return addresses.covers(PRIVATE, addressesOfBlock(block));
}

/** The openings with every address inside widened to a network of this size, and how many were. */
function widenedTo(openings: Openings, [v4, v6]: readonly [number, number]): Clauses & { readonly widened: object } {
  let from = 0;
  const networks = new Set<string>();
  const many = [...openings.values()].map(({ token, slots }): Openings => {
    const wanted = token.kind === 'block' && token.block.family === 4 ? v4 : v6;
    if (token.kind === 'name' || token.block.prefix <= wanted || !isInside(token.block)) {
      return new Map([[token.text, { token, slots }]]);
    }
    const network = blockToken(parentOf(token.block, wanted));
    from += 1;
    networks.add(network.text);
    return new Map([[network.text, { token: network, slots }]]);
  });
  const wide = together(many);
  const prefix = `/${String(v4)} (IPv6: /${String(v6)})`;
  return { clauses: clausesFor(wide), openings: wide, widened: { from, to: networks.size, prefix } };
}

function peerCountOf({ clauses }: Clauses): number {
  return clauses.reduce((sum, { peers }) => sum + peers.length, 0);
}

function isReadable(clauses: Clauses): boolean {
  return clauses.clauses.length <= MOST_CLAUSES && peerCountOf(clauses) <= MOST_PEERS;
}

/** What is open, as clauses: exactly, as long as a person would read them. What is outside is never widened. */
export function clausesOf(openings: Openings): Clauses {
  let best: Clauses = { clauses: clausesFor(openings), openings, widened: undefined };
  for (const prefixes of PREFIXES) {
    if (isReadable(best)) return best;
    const wide = widenedTo(openings, prefixes);
    if (peerCountOf(wide) < peerCountOf(best)) best = wide;
  }
  return best;
}
