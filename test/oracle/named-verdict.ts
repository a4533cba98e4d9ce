import { canExist, extentOf, prohibitionsOf, ruleLetsThrough } from './packet-walk.ts';
import type { Members, Prohibited } from './packet-walk.ts';
import { isInside } from './plain-address.ts';
import type { PlainCase, PlainDirection, PlainMode, PlainPacket, PlainRule } from './plain-case.ts';

/**
 * What can be said of one slot of a rule that names a peer. `proven`: forbidden whoever the peer is; `mode` is the
 * strictest one whose policies, with all stricter ones, forbid it whoever the peer is.
 */
export type NamedVerdict =
  | { readonly kind: 'fine' }
  | { readonly kind: 'proven'; readonly mode: PlainMode; readonly by: Prohibited }
  | { readonly kind: 'possible'; readonly by: Prohibited };

const MODES: readonly PlainMode[] = ['enforce', 'approve', 'report', 'observe'];

/** Every clause that can forbid something, in deciding order: strictest mode, file order, denies before the allow. */
function decidingOrder(plain: PlainCase, direction: PlainDirection): readonly string[] {
  return MODES.flatMap((mode) =>
    plain.policies
      .filter((policy) => policy.mode === mode)
      .flatMap(({ name, [direction]: side }) => [
        ...side.deny.map((_, index) => `${name}/${direction}/deny/${String(index + 1)}`),
        `${name}/${direction}/allow`,
      ]),
  );
}

function firstOf(order: readonly string[], found: readonly Prohibited[]): Prohibited | undefined {
  return found.toSorted((a, b) => order.indexOf(a.clause) - order.indexOf(b.clause))[0];
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
  const { id, direction, service, peer: named } = rule;
  if ('cidr' in named) throw new Error('this rule names no peer');
  const { most } = extentOf(plain, named.named);
  // Policies do not speak of source ports: some source port passes, and that is enough.
  const triple: PlainRule = { id, direction, service, peer: named };
  const could = addresses
    .filter((address) => most.some((cidr) => isInside(cidr, address)))
    .map((peer) => ({ ...packet, peer, own: peer }))
    .filter((one) => canExist(one) && ruleLetsThrough(triple, one, { [named.named]: most }));
  const prohibitions = could.map((one) => prohibitionsOf(plain, one));
  const order = decidingOrder(plain, packet.direction);
  const all = prohibitions.flat();
  const by = firstOf(order, all);
  if (by === undefined) return { kind: 'fine' };
  for (const [index, mode] of MODES.entries()) {
    const upTo = MODES.slice(0, index + 1);
    const covered = prohibitions.every((each) => each.some(({ policy }) => upTo.includes(policy.mode)));
    const deciding = firstOf(
      order,
      all.filter(({ policy }) => policy.mode === mode),
    );
    if (covered && deciding !== undefined) return { kind: 'proven', mode, by: deciding };
  }
  return { kind: 'possible', by };
}

/** Some of what the named peers of a case can turn out to be: the least, the most, and in between by `choose`. */
export function membersBetween(
  plain: PlainCase,
  addresses: readonly string[],
  choose: (below: number) => number,
): readonly Members[] {
  const names = plain.rules.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  const each = (members: (name: string) => readonly string[]): Members =>
    Object.fromEntries(names.map((name) => [name, members(name)]));
  const least = each((name) => extentOf(plain, name).least);
  if (names.length === 0) return [least];
  const most = each((name) => extentOf(plain, name).most);
  const between = each((name) => {
    const extent = extentOf(plain, name);
    const inside = addresses.filter((address) => extent.most.some((cidr) => isInside(cidr, address)));
    const one = inside[choose(inside.length)];
    const single = one === undefined ? [] : [`${one}/${one.includes(':') ? '128' : '32'}`];
    return [...extent.least, ...extent.most.filter(() => choose(3) === 0), ...single];
  });
  return [least, most, between];
}
