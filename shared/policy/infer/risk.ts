// Slots x who they are open to -> what of it is too dangerous to be taken over into a policy.
import * as addresses from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import * as line from '../../core/space/line.ts';
import { PRIVATE } from '../../core/space/private.ts';
import { hasPorts, PROTOCOLS, runsOf, SELECTORS } from '../../core/space/slots.ts';
import type { Slots } from '../../core/space/slots.ts';
import { SENSITIVE, slotsOfServices } from '../sensitive.ts';

/** More of the internet than this is no office and no partner: a `/16` of IPv4, a `/32` of IPv6, which a provider has. */
const MOST_V4 = 2 ** 16;
const MOST_V6 = 2n ** 96n;

/** More ports than this in a row were opened without a thought of which ones are needed. */
const MOST_PORTS = 250;

/** Some slots, and why they are not taken over; without a reason they are. */
export interface Part {
  readonly slots: Slots;
  readonly why: string | undefined;
}

function sizeOf<T extends number | bigint>(ranges: line.Line<T>, sum: (total: T, from: T, end: T) => T, zero: T): T {
  return line.rangesOf(ranges).reduce((total, [from, end]) => sum(total, from, end), zero);
}

/** Whether these peers hold a large part of the internet. `own`: the addresses of the firewall's own networks. */
export function isWide(who: Addresses, own: Addresses): boolean {
  const outside = addresses.difference(addresses.difference(who, PRIVATE), own);
  const v4 = sizeOf(outside.v4, (total, from, end) => total + end - from, 0);
  const v6 = sizeOf(outside.v6, (total, from, end) => total + end - from, 0n);
  return v4 > MOST_V4 || v6 > MOST_V6;
}

const KINDS = SENSITIVE.map(({ called, services }) => ({ why: called, slots: slotsOfServices(services) }));

function portRunsOver(slots: Slots): readonly Slots[] {
  return runsOf(slots)
    .filter(({ protocol, from, end }) => hasPorts(protocol) && end - from > MOST_PORTS)
    .map(({ protocol, from, end }) => [protocol * SELECTORS + from, protocol * SELECTORS + end]);
}

/** Slots that are open to a large part of the internet, in parts that are disjoint and together all of them. */
export function partsOf(slots: Slots): readonly Part[] {
  if (new Set(runsOf(slots).map(({ protocol }) => protocol)).size > PROTOCOLS / 2) {
    return [{ slots, why: 'every protocol' }];
  }
  const parts: Part[] = [];
  let rest = slots;
  const take = (some: Slots, why: string | undefined): void => {
    const taken = line.intersection(rest, some);
    if (taken.length > 0) parts.push({ slots: taken, why });
    rest = line.difference(rest, some);
  };
  for (const run of portRunsOver(slots)) take(run, `more than ${String(MOST_PORTS)} ports in a row`);
  for (const kind of KINDS) take(kind.slots, kind.why);
  take(rest, undefined);
  return parts;
}
