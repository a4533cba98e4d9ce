import type { Excess } from '../../shared/core/model/finding.ts';
import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import { clausesOf, extentOf, INTERNET, isAmong, NETWORK, peerFor, peersIn } from '../oracle/named-peers.ts';
import { asTriple, ruleLetsThrough } from '../oracle/packet-walk.ts';
import { halvesOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainExtent, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import { MODES } from '../oracle/prohibited.ts';
import type { Core } from './core-modules.ts';
import { broken, excessHolding, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { slotsOf } from './law-named.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

const PACKETS = 240;

type Roll = (below: number) => number;

/** The peers of which what they surely are is a part of what some policy says. */
function permitted(plain: PlainCase): ReadonlySet<string> {
  const sides = plain.policies.flatMap(({ ingress, egress }) => [ingress, egress]);
  const permissions = [
    ...sides.flatMap(({ allow = [] }) => allow),
    ...plain.exceptions.flatMap(({ ingress, egress }) => [...ingress, ...egress]),
  ];
  return new Set(permissions.flatMap(({ names = [] }) => names.map((name) => peerFor(plain, name))));
}

/** More is known of a peer: it may be less than it could have been, and it surely is more than before. */
function narrower(roll: Roll, { least, most }: PlainExtent, mayGrow: boolean): PlainExtent {
  const kept = most.flatMap((cidr) => (roll(3) === 0 ? [] : roll(3) === 0 ? halvesOf(cidr).slice(0, 1) : [cidr]));
  const sure = mayGrow ? kept.flatMap((cidr) => (roll(3) === 0 ? halvesOf(cidr).slice(1) : [])) : [];
  return { least: [...least, ...sure], most: [...least, ...kept] };
}

function withMoreKnown(plain: PlainCase, roll: Roll): PlainCase {
  const fixed = permitted(plain);
  const speaksOfInternet = clausesOf(plain).some(({ names = [] }) => names.includes(INTERNET));
  // What `internet` says depends on whether the network is known, so that would be another policy.
  const names = peersIn(plain).filter((name) => name !== NETWORK || !speaksOfInternet);
  const known = names.map((name) => [name, narrower(roll, extentOf(plain, name), !fixed.has(name))] as const);
  return { ...plain, named: { ...plain.named, ...Object.fromEntries(known) } };
}

function strictest(found: readonly Excess[]): number {
  return Math.min(...found.map(({ mode }) => MODES.indexOf(mode)));
}

function provenIn(found: readonly Excess[]): readonly Excess[] {
  return found.filter(({ certainty }) => certainty === 'proven');
}

/** What is fine stays fine, and what is proven stays proven, at least as strictly. */
function checkStays(before: Judged, after: Judged, rule: PlainRule, packet: PlainPacket): void {
  const [old, now] = [excessHolding(before, rule, packet), excessHolding(after, rule, packet)];
  const evidence = { rule, packet, named: after.plain.named };
  if (old.length === 0 && now.length > 0) broken('fine, and no more so once more is known', evidence);
  const [was, is] = [provenIn(old), provenIn(now)];
  if (was.length > 0 && is.length === 0) broken('proven, and no more so once more is known', evidence);
  if (was.length > 0 && strictest(is) > strictest(was)) broken('proven, and milder once more is known', evidence);
}

/** Law 2, seen from the reader: knowing more of a peer turns no verdict round, it only makes some out of what was possible. */
export function knowledgeLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const roll = dice(seed);
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  const more = withMoreKnown(plain, roll);
  const [before, after] = [judgedBy(core, plain), judgedBy(core, more)];
  mix.possible += before.drift.findings.some(({ certainty }) => certainty === 'possible') ? 1 : 0;
  const corners = cornersOf(plain);
  for (const rule of plain.rules) {
    if ('cidr' in rule.peer) {
      for (const packet of packets) {
        if (ruleLetsThrough(asTriple(rule), packet, {})) checkStays(before, after, rule, packet);
      }
      continue;
    }
    const { named } = rule.peer;
    const left = cornersOf(more).addresses.filter((address) => isAmong(extentOf(more, named).most, address));
    for (const slot of slotsOf(rule, corners.selectors, roll)) {
      for (const address of left) {
        const packet = { ...slot, peer: address, own: address };
        if (
          ruleLetsThrough(asTriple(rule), packet, { [named]: [`${address}/${address.includes(':') ? '128' : '32'}`] })
        ) {
          checkStays(before, after, rule, packet);
        }
      }
    }
  }
}
