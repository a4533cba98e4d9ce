import { canExist, ruleLetsThrough } from './packet-walk.ts';
import { extentOf, isAmong, isExact, peersIn } from './named-peers.ts';
import type { Members } from './named-peers.ts';
import { decidingOrder, MODES, prohibitionsOf } from './prohibited.ts';
import type { Prohibited } from './prohibited.ts';
import type { PlainCase, PlainMode, PlainPacket, PlainRule } from './plain-case.ts';

/** One address that a named peer can be, and what of it is forbidden, surely and possibly. */
export interface Judged {
  readonly address: string;
  readonly surely: readonly Prohibited[];
  readonly possibly: readonly Prohibited[];
}

/**
 * What can be said of one slot of a rule that names a peer. `proven`: all that the peer can be is forbidden; `mode` is
 * the strictest one whose policies, with all stricter ones, forbid it whoever the peer is; `all` is everything that
 * forbids some of it. `apart`: the peer is known
 * exactly, and each of its addresses is judged by itself: the strictest policies that forbid some forbid not all.
 */
export type NamedVerdict =
  | { readonly kind: 'fine' }
  | { readonly kind: 'proven'; readonly mode: PlainMode; readonly by: Prohibited; readonly all: readonly Prohibited[] }
  | { readonly kind: 'apart'; readonly addresses: readonly Judged[] }
  | { readonly kind: 'possible'; readonly by: Prohibited; readonly all: readonly Prohibited[] };

function firstOf(order: readonly string[], found: readonly Prohibited[]): Prohibited | undefined {
  return found.toSorted((a, b) => order.indexOf(a.clause) - order.indexOf(b.clause))[0];
}

/** What is forbidden at each address that the peer of the rule can be, of one slot. */
function judgedAddresses(
  plain: PlainCase,
  rule: PlainRule,
  named: string,
  packet: PlainPacket,
  addresses: readonly string[],
): readonly Judged[] {
  const { id, direction, service, peer } = rule;
  const { most } = extentOf(plain, named);
  // Policies do not speak of source ports: some source port passes, and that is enough.
  const triple: PlainRule = { id, direction, service, peer };
  return addresses
    .filter((address) => isAmong(most, address))
    .map((address) => ({ ...packet, peer: address, own: address }))
    .filter((one) => canExist(one) && ruleLetsThrough(triple, one, { [named]: most }))
    .map((one) => ({
      address: one.peer,
      surely: prohibitionsOf(plain, one, { via: named, sight: 'surely' }),
      possibly: prohibitionsOf(plain, one, { via: named, sight: 'possibly' }),
    }));
}

/**
 * `packet` says the slot, and `addresses` are the corners of the case: what holds at every corner within the most that
 * the peer can be holds for all of it.
 */
export function namedVerdict(
  plain: PlainCase,
  rule: PlainRule,
  packet: PlainPacket,
  addresses: readonly string[],
): NamedVerdict {
  const { peer } = rule;
  if ('cidr' in peer) throw new Error('this rule names no peer');
  const judged = judgedAddresses(plain, rule, peer.named, packet, addresses);
  const order = decidingOrder(plain, packet.direction);
  const all = judged.flatMap(({ surely }) => surely);
  for (const [index, mode] of MODES.entries()) {
    const upTo = MODES.slice(0, index + 1);
    const isCovered = judged.every(({ surely }) => surely.some((one) => upTo.includes(one.mode)));
    const by = firstOf(
      order,
      all.filter((one) => one.mode === mode),
    );
    if (isCovered && by !== undefined) return { kind: 'proven', mode, by, all };
    // What a stricter policy forbids of an exactly known peer is not told of as a milder one's.
    const isTold = judged.some(({ surely }) => surely.some((one) => upTo.includes(one.mode)));
    if (isTold && isExact(extentOf(plain, peer.named))) return { kind: 'apart', addresses: judged };
  }
  const perhaps = judged.flatMap(({ possibly }) => possibly);
  const by = firstOf(order, perhaps);
  return by === undefined ? { kind: 'fine' } : { kind: 'possible', by, all: perhaps };
}

/** Some of what the named peers of a case can turn out to be: the least, the most, and in between by `choose`. */
export function membersBetween(
  plain: PlainCase,
  addresses: readonly string[],
  choose: (below: number) => number,
): readonly Members[] {
  const names = peersIn(plain);
  const each = (members: (name: string) => readonly string[]): Members =>
    Object.fromEntries(names.map((name) => [name, members(name)]));
  const least = each((name) => extentOf(plain, name).least);
  if (names.length === 0) return [least];
  const most = each((name) => extentOf(plain, name).most);
  const between = each((name) => {
    const extent = extentOf(plain, name);
    if (isExact(extent)) return extent.least;
    const inside = addresses.filter((address) => isAmong(extent.most, address));
    const one = inside[choose(inside.length)];
    const single = one === undefined ? [] : [`${one}/${one.includes(':') ? '128' : '32'}`];
    return [...extent.least, ...extent.most.filter(() => choose(3) === 0), ...single];
  });
  return [least, most, between];
}
