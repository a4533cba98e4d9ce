// Protocol and ports, as a rule of EC2 spells them <-> slots.
import * as line from '../../core/space/line.ts';
import {
  ANY_PROTOCOL,
  CODES,
  ICMP,
  ICMPV6,
  isWhole,
  portSlots,
  PROTOCOLS,
  runsOf,
  SELECTORS,
  TCP,
  typeSlots,
  UDP,
  wholeProtocol,
} from '../../core/space/slots.ts';
import type { Run, Slots } from '../../core/space/slots.ts';
import { quoted } from './fields.ts';

/** A part of a rule: what it means, or why it cannot be read. */
export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export function unread(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why };
}

/** The protocols that EC2 writes by name; it writes all others by number. */
const NAMES: ReadonlyMap<string, number> = new Map([
  ['icmp', ICMP],
  ['tcp', TCP],
  ['udp', UDP],
  ['icmpv6', ICMPV6],
]);
const NAME_OF: ReadonlyMap<number, string> = new Map([...NAMES].map(([name, protocol]) => [protocol, name]));

/** `-1` in the place of ports, of an ICMP type or of a code: all of them. */
const ALL = -1;

type Bound = number | undefined;

function text(from: Bound, to: Bound): string {
  return `\`${String(from ?? 'none')}\` to \`${String(to ?? 'none')}\``;
}

function within(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}

/**
 * EC2 refuses tcp and udp without both ports, and -1 as out of range ("Must specify both from and to ports with
 * TCP/UDP", "TCP/UDP port (-1) out of range": errors that users of boto3 and cfn-lint report, read 2026-11-24). So an
 * answer that has such a rule is none that we understand.
 */
function portsRead(protocol: number, from: Bound, to: Bound): Reading<Slots> {
  if (from === undefined || to === undefined || !within(from, SELECTORS) || !within(to, SELECTORS)) {
    return unread(`ports ${text(from, to)} of ${NAME_OF.get(protocol) ?? ''}; expected two numbers from 0 to 65535`);
  }
  if (from > to) return unread(`ports ${text(from, to)} are reversed`);
  return { ok: true, value: portSlots(protocol, from, to) };
}

/** For icmpv6, and for it alone, the range may be left out (EC2 API Reference, IpPermission, 2026-11-24). */
function typesRead(protocol: number, type: Bound, code: Bound): Reading<Slots> {
  if ((type === ALL && code === ALL) || (protocol === ICMPV6 && type === undefined && code === undefined)) {
    return { ok: true, value: wholeProtocol(protocol) };
  }
  if (type === undefined || code === undefined || !within(type, CODES) || !(code === ALL || within(code, CODES))) {
    return unread(`type and code ${text(type, code)} of ICMP; expected 0 to 255 each, or -1 for all codes or for both`);
  }
  return { ok: true, value: code === ALL ? typeSlots(protocol, type) : typeSlots(protocol, type, code) };
}

function protocolOf(name: string): number | undefined {
  const known = NAMES.get(name.toLowerCase());
  if (known !== undefined) return known;
  return /^(0|[1-9]\d{0,2})$/.test(name) && Number(name) < PROTOCOLS ? Number(name) : undefined;
}

/**
 * What `IpProtocol`, `FromPort` and `ToPort` let through. For `-1`, and for protocols other than tcp, udp, icmp and
 * icmpv6, a rule lets all ports through whatever is written (EC2 API Reference, IpPermission, 2026-11-24).
 */
export function slotsRead(name: string, from: Bound, to: Bound): Reading<Slots> {
  if (name === '-1') return { ok: true, value: ANY_PROTOCOL };
  const protocol = protocolOf(name);
  switch (protocol) {
    case undefined:
      return unread(`protocol ${quoted(name)}; expected -1, tcp, udp, icmp, icmpv6 or a number from 0 to 255`);
    case TCP:
    case UDP:
      return portsRead(protocol, from, to);
    case ICMP:
    case ICMPV6:
      return typesRead(protocol, from, to);
    default:
      return { ok: true, value: wholeProtocol(protocol) };
  }
}

export interface WireService {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
}

function typesWritten(run: Run): WireService | undefined {
  const IpProtocol = NAME_OF.get(run.protocol) ?? String(run.protocol);
  const type = Math.floor(run.from / CODES);
  if (isWhole(run)) return { IpProtocol, FromPort: ALL, ToPort: ALL };
  if (run.from % CODES === 0 && run.end - run.from === CODES) return { IpProtocol, FromPort: type, ToPort: ALL };
  return run.end - run.from === 1 ? { IpProtocol, FromPort: type, ToPort: run.from % CODES } : undefined;
}

function runWritten(run: Run): WireService | undefined {
  const IpProtocol = NAME_OF.get(run.protocol) ?? String(run.protocol);
  switch (run.protocol) {
    case TCP:
    case UDP:
      return { IpProtocol, FromPort: run.from, ToPort: run.end - 1 };
    case ICMP:
    case ICMPV6:
      return typesWritten(run);
    default:
      return isWhole(run) ? { IpProtocol } : undefined;
  }
}

/** Slots as one rule of EC2 spells them; undefined where one rule cannot say them. */
export function slotsWritten(slots: Slots): WireService | undefined {
  if (line.equal(slots, ANY_PROTOCOL)) return { IpProtocol: '-1' };
  const [run, ...more] = runsOf(slots);
  return run === undefined || more.length > 0 ? undefined : runWritten(run);
}
