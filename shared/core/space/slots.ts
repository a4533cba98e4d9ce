import { rangesOf } from './line.ts';
import type { Line } from './line.ts';

/**
 * Protocol and selector on one axis of 2^24 places: `protocol * 65536 + selector`. The selector is a port (tcp, udp,
 * sctp), or `type * 256 + code` (icmp, icmpv6): both are exactly 65,536 wide, so an ICMP type can never meet a port.
 * Protocols without ports use all their 65,536 places alike.
 */
export type Slots = Line<number>;

export const SELECTORS = 65536;
export const CODES = 256;
export const PROTOCOLS = 256;
export const ANY_PROTOCOL: Slots = [0, PROTOCOLS * SELECTORS];
export const ALL_PORTS: Line<number> = [0, SELECTORS];

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const GRE = 47;
export const ESP = 50;
export const AH = 51;
export const ICMPV6 = 58;
export const SCTP = 132;

/** Names of protocols as the policy language and the tickets write them; the numbers are IANA's. */
export const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [ICMP, 'icmp'],
  [TCP, 'tcp'],
  [UDP, 'udp'],
  [GRE, 'gre'],
  [ESP, 'esp'],
  [AH, 'ah'],
  [ICMPV6, 'icmpv6'],
  [SCTP, 'sctp'],
]);

export function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === SCTP;
}

export function hasTypes(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

export function wholeProtocol(protocol: number): Slots {
  return [protocol * SELECTORS, (protocol + 1) * SELECTORS];
}

/** Destination ports `first` to `last`, both included. */
export function portSlots(protocol: number, first: number, last: number): Slots {
  return [protocol * SELECTORS + first, protocol * SELECTORS + last + 1];
}

/** An ICMP type with all its codes, or one code of it. */
export function typeSlots(protocol: number, type: number, code?: number): Slots {
  const from = protocol * SELECTORS + type * CODES;
  return code === undefined ? [from, from + CODES] : [from + code, from + code + 1];
}

/** One run of selectors within one protocol. `end` is not included. */
export interface Run {
  readonly protocol: number;
  readonly from: number;
  readonly end: number;
}

/** Slots cut at the borders between protocols, in order. */
export function runsOf(slots: Slots): readonly Run[] {
  const runs: Run[] = [];
  for (const [from, end] of rangesOf(slots)) {
    let at = from;
    while (at < end) {
      const protocol = Math.floor(at / SELECTORS);
      const stop = Math.min(end, (protocol + 1) * SELECTORS);
      runs.push({ protocol, from: at - protocol * SELECTORS, end: stop - protocol * SELECTORS });
      at = stop;
    }
  }
  return runs;
}

export function isWhole(run: Run): boolean {
  return run.from === 0 && run.end === SELECTORS;
}
