// Records -> what they say: the way back from the JSON that the ledger and grants keep.
import type { RuleRecord, TrafficRecord } from './model/record.ts';
import { peerName } from './model/rule.ts';
import type { Peer, RuleContent } from './model/rule.ts';
import { ANYWHERE } from './space/addresses.ts';
import type { Addresses } from './space/addresses.ts';
import { addressesOfBlock, blockOf } from './space/cidr.ts';
import type { Line } from './space/line.ts';
import {
  ALL_PORTS,
  ANY_PROTOCOL,
  hasPorts,
  hasTypes,
  portSlots,
  PROTOCOL_NAMES,
  PROTOCOLS,
  SELECTORS,
  typeSlots,
  wholeProtocol,
} from './space/slots.ts';
import type { Slots } from './space/slots.ts';

const NUMBERS: ReadonlyMap<string, number> = new Map([...PROTOCOL_NAMES].map(([number, name]) => [name, number]));

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < SELECTORS;
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 256;
}

function protocolOf(protocol: string | number): number | undefined {
  const number = typeof protocol === 'number' ? protocol : NUMBERS.get(protocol);
  return number !== undefined && Number.isInteger(number) && number >= 0 && number < PROTOCOLS ? number : undefined;
}

function slotsOf({ protocol, ports, icmp }: TrafficRecord): Slots | undefined {
  if (protocol === 'any') return ports === undefined && icmp === undefined ? ANY_PROTOCOL : undefined;
  const number = protocolOf(protocol);
  if (number === undefined) return undefined;
  if (ports !== undefined) {
    const [first, last] = ports;
    const isRange = hasPorts(number) && icmp === undefined && isPort(first) && isPort(last) && first <= last;
    return isRange ? portSlots(number, first, last) : undefined;
  }
  if (icmp === undefined) return wholeProtocol(number);
  const isType = hasTypes(number) && isByte(icmp.type) && (icmp.code === undefined || isByte(icmp.code));
  return isType ? typeSlots(number, icmp.type, icmp.code) : undefined;
}

function addressesOf(text: string): Addresses | undefined {
  const read = blockOf(text);
  return read === undefined || read.hostBits ? undefined : addressesOfBlock(read.block);
}

/** `203.0.113.0/24`, or a name: its kind, a colon and an id. */
function peerOf(text: string): Peer | undefined {
  const inAddresses = addressesOf(text);
  if (inAddresses !== undefined) return { kind: 'addresses', addresses: inAddresses };
  const [, kind, id] = /^([a-z-]+):(\S+)$/.exec(text) ?? [];
  return kind === undefined || id === undefined ? undefined : { kind: 'named', name: peerName(kind, id) };
}

function sourcePortsOf({ sourcePorts }: TrafficRecord): Line<number> | undefined {
  if (sourcePorts === undefined) return ALL_PORTS;
  const [first, last] = sourcePorts;
  return isPort(first) && isPort(last) && first <= last ? [first, last + 1] : undefined;
}

/** What a record says. Undefined where it is none that `records.ts` writes: what it says is not guessed at. */
export function contentOf(record: TrafficRecord & Pick<RuleRecord, 'description' | 'tags'>): RuleContent | undefined {
  const slots = slotsOf(record);
  const peer = peerOf(record.peer);
  const sourcePorts = sourcePortsOf(record);
  const own = record.own === undefined ? ANYWHERE : addressesOf(record.own);
  if (slots === undefined || peer === undefined || sourcePorts === undefined || own === undefined) return undefined;
  return { box: { slots, sourcePorts, peer, own }, description: record.description ?? '', tags: record.tags ?? {} };
}
