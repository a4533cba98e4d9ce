import type { Addresses } from '../core/space/addresses.ts';
import { difference } from '../core/space/line.ts';
import { ICMP, ICMPV6, wholeProtocol } from '../core/space/slots.ts';
import type { Slots } from '../core/space/slots.ts';
import type { Direction } from '../core/model/firewall.ts';
import type { Clause } from '../core/model/policy.ts';
import { duringIn } from './during.ts';
import { fieldsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { nounOf, placeOf } from './node.ts';
import type { Entry, Node } from './node.ts';
import { quoted } from './problem.ts';
import type { Reading } from './reading.ts';
import { booleanIn, nameIn, proseIn } from './scalar.ts';
import { ALLOW, clauseShapeOf, DENY, EXCEPT, REQUIRE } from './shapes.ts';
import { judgeWithin, withinIn } from './within.ts';

/** Where a clause sits, which says what it may hold and what it is called. */
interface Seat {
  readonly direction: Direction;
  readonly effect: 'allow' | 'deny' | 'require' | 'except';
  /** `web/ingress/allow`: the clause's id without its position. */
  readonly prefix: string;
}

const SHAPE_OF = { allow: ALLOW, deny: DENY, require: REQUIRE, except: EXCEPT } as const;

/** The key for the other side of a flow: who may come in, or where one may go. */
function peerKeyOf(direction: Direction): 'from' | 'to' {
  return direction === 'ingress' ? 'from' : 'to';
}

function exampleOf({ direction }: Seat): string {
  return direction === 'ingress' ? '`{ service: tcp/443, from: anywhere }`' : '`{ service: tcp/443, to: anywhere }`';
}

function peerFieldOf(fields: Fields, seat: Seat, reading: Reading): Entry | undefined {
  const right = peerKeyOf(seat.direction);
  const odd = fields.get(right === 'from' ? 'to' : 'from');
  if (odd !== undefined) {
    const meant = right === 'from' ? 'who may start a flow to the firewall' : 'where a flow may go';
    const expected = `write ${quoted(right)}, which says ${meant}`;
    reading.complaints.add(odd.at, `${quoted(odd.key)} in an ${quoted(seat.direction)} clause; ${expected}`);
  }
  // The wrong key's value is read all the same: it may have problems of its own.
  return fields.get(right) ?? odd ?? fields.need(right, `\`${right}: anywhere\` or the networks meant`);
}

/** The clause's own name where it has one. A `/` would let it look like the id of another clause. */
function idOf(fields: Fields, seat: Seat, position: number, { complaints, names }: Reading): string {
  const entry = fields.get('name');
  const name = entry === undefined ? undefined : nameIn(entry, complaints);
  if (entry === undefined || name === undefined) return `${seat.prefix}/${String(position)}`;
  if (name.includes('/')) {
    complaints.add(
      entry.value.at,
      `clause name ${quoted(name)} has a \`/\`, as the ids of unnamed clauses have; leave it out`,
    );
  }
  names.claim('clause', name, entry.value.at, complaints);
  return name;
}

/** Why no packet can ever fit: ICMP exists over IPv4 only, ICMPv6 over IPv6 only. Undefined where one can. */
export function impossibilityOf(slots: Slots, peers: Addresses, peerKey: string): string | undefined {
  const isOnly = (protocol: number): boolean => difference(slots, wholeProtocol(protocol)).length === 0;
  if (peers.v4.length === 0 && isOnly(ICMP)) {
    const reason = `\`icmp\` exists over IPv4 only, and ${quoted(peerKey)} has IPv6 addresses only`;
    return `${reason}, so nothing can ever match; write \`icmpv6\`, or IPv4 addresses`;
  }
  if (peers.v6.length === 0 && isOnly(ICMPV6)) {
    const reason = `\`icmpv6\` exists over IPv6 only, and ${quoted(peerKey)} has IPv4 addresses only`;
    return `${reason}, so nothing can ever match; write \`icmp\`, or IPv6 addresses`;
  }
  return undefined;
}

/** What a clause says beside its services and peers. Undefined, with complaints, where a part of it means nothing. */
function termsOf(
  fields: Fields,
  { complaints }: Reading,
): Pick<Clause, 'during' | 'firm' | 'open' | 'why'> | undefined {
  const duringField = fields.get('during');
  const whyField = fields.get('why');
  const firmField = fields.get('firm');
  const openField = fields.get('open');
  const during = duringField === undefined ? undefined : duringIn(duringField, complaints);
  const why = whyField === undefined ? undefined : proseIn(whyField, complaints);
  const firm = firmField === undefined ? false : booleanIn(firmField, complaints);
  const open = openField === undefined ? false : booleanIn(openField, complaints);
  if (firm === undefined || open === undefined || (duringField !== undefined && during === undefined)) return undefined;
  return { during, firm, open, why };
}

/** The traffic of a clause. Undefined, with complaints, where a part of it means nothing. */
function trafficIn(
  fields: Fields,
  seat: Seat,
  reading: Reading,
): Pick<Clause, 'slots' | 'peers' | 'within'> | undefined {
  const { complaints, networks, services } = reading;
  const serviceField = fields.need('service', '`service: tcp/443`, or `service: any` for all traffic');
  const peerField = peerFieldOf(fields, seat, reading);
  const withinField = fields.get('within');
  const slots = serviceField === undefined ? undefined : services.of(serviceField.value, 'service');
  const peers = peerField === undefined ? undefined : networks.of(peerField.value, peerField.key);
  const within = withinField === undefined ? undefined : withinIn(withinField, reading);
  if (slots === undefined || peers === undefined) return undefined;
  if (withinField !== undefined) {
    judgeWithin(withinField, peers, peerKeyOf(seat.direction), reading);
    if (within === undefined) return undefined;
  }
  // A peer that is known by its name may have addresses of both families.
  const isFixed = peers.names.length === 0;
  const impossible = isFixed ? impossibilityOf(slots, peers.addresses, peerKeyOf(seat.direction)) : undefined;
  if (impossible === undefined) return { slots, peers, within };
  complaints.add(fields.at, impossible);
  return undefined;
}

/** One clause. Undefined, with a complaint, where a part of it means nothing. */
function clauseOf(node: Node, seat: Seat, position: number, reading: Reading): Clause | undefined {
  const shape = clauseShapeOf(seat.direction, SHAPE_OF[seat.effect]);
  const fields = fieldsOf(node, shape, exampleOf(seat), reading.complaints);
  if (fields === undefined) return undefined;
  const id = idOf(fields, seat, position, reading);
  const traffic = trafficIn(fields, seat, reading);
  const terms = termsOf(fields, reading);
  if (traffic === undefined || terms === undefined) return undefined;
  if (!reading.bound.admits(traffic, node.at, reading.complaints)) return undefined;
  const clause = { id, ...traffic, ...terms, place: placeOf(node.at) };
  reading.spots.set(clause, node.at);
  return clause;
}

/** The clauses of a list, those that are whole. The others are complained of and lost. */
export function clausesIn(entry: Entry, seat: Seat, reading: Reading): readonly Clause[] {
  const { key, value } = entry;
  if (value.kind === 'list') {
    return value.items.flatMap((item, index) => {
      const clause = clauseOf(item, seat, index + 1, reading);
      if (clause === undefined) reading.lost.push(item.at);
      return clause ?? [];
    });
  }
  const example = `\`- { service: ..., ${peerKeyOf(seat.direction)}: ... }\``;
  const nothing = seat.effect === 'allow' ? '`allow: []` to allow nothing, or clauses: ' : 'one clause a line: ';
  const expected = seat.effect === 'except' ? 'a list of what it lets through: ' : nothing;
  reading.complaints.add(value.at, `${quoted(key)} is ${nounOf(value)}; write ${expected}${example}`);
  reading.lost.push(value.at);
  return [];
}
