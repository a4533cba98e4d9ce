import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import type { Selector } from '../oracle/corners.ts';
import { membersBetween, namedVerdict } from '../oracle/named-verdict.ts';
import type { Members } from '../oracle/named-peers.ts';
import { ruleLetsThrough } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import { prohibitionsOf } from '../oracle/prohibited.ts';
import type { Core } from './core-modules.ts';
import { broken, excessHolding, excessOnSlot, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { checkIds, isTold } from './law-findings.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

const PACKETS = 240;
const SELECTORS = 20;

/** Some selectors of the rule, as packets that stand for their slots. */
export function slotsOf(
  rule: PlainRule,
  all: readonly Selector[],
  roll: (below: number) => number,
): readonly PlainPacket[] {
  const { direction, service } = rule;
  const own = all.filter((one) => service.protocol === 'any' || service.protocol === one.protocol);
  const some = own.length <= SELECTORS ? own : Array.from({ length: SELECTORS }, () => own[roll(own.length)] ?? own[0]);
  return some.flatMap((selector) =>
    selector === undefined ? [] : [{ direction, ...selector, sourcePort: 1024, peer: '192.0.2.1', own: '192.0.2.1' }],
  );
}

function at(slot: PlainPacket, address: string): PlainPacket {
  return { ...slot, peer: address, own: address };
}

/** What is told of one slot of a rule that names a peer is what the oracle says, under the clause that decides. */
function checkVerdict(
  judged: Judged,
  rule: PlainRule,
  slot: PlainPacket,
  addresses: readonly string[],
  mix: Noted,
): void {
  const { plain } = judged;
  const verdict = namedVerdict(plain, rule, slot, addresses);
  const found = excessOnSlot(judged, rule, slot);
  if (verdict.kind === 'apart') {
    mix.apart = true;
    for (const { address, surely, possibly } of verdict.addresses) {
      const [by] = surely;
      const proven = excessHolding(judged, rule, at(slot, address)).filter(({ certainty }) => certainty === 'proven');
      const [finding] = proven;
      const isRight = by === undefined || (finding !== undefined && isTold(plain, finding, by, surely));
      if (proven.length !== (by === undefined ? 0 : 1) || !isRight) {
        broken('an address of a peer that is known exactly', { rule, slot, address, by: by?.clause, proven });
      }
      const isPossible = by === undefined && possibly.length > 0;
      if (isPossible && !found.some(({ certainty }) => certainty === 'possible')) {
        broken('a possible breach beside a proven one is not told', { rule, slot, address });
      }
    }
    return;
  }
  const said = found.map(({ certainty, clause, mode }) => `${certainty} ${clause} ${mode}`).join();
  const expected =
    verdict.kind === 'fine'
      ? ''
      : `${verdict.kind} ${verdict.by.clause} ${verdict.kind === 'proven' ? verdict.mode : verdict.by.mode}`;
  if (said !== expected) broken('verdict on a named peer', { rule, slot, expected, said });
  const [finding] = found;
  if (verdict.kind !== 'fine' && finding !== undefined && !isTold(plain, finding, verdict.by, verdict.all)) {
    broken('the finding of a named peer', { rule, slot, finding });
  }
}

/** A verdict stays true whoever the peers of rules and of denies turn out to be. */
function checkWorld(judged: Judged, rule: PlainRule, packet: PlainPacket, members: Members): void {
  if (!ruleLetsThrough(rule, packet, members)) return;
  const via = 'named' in rule.peer ? rule.peer.named : undefined;
  const modes = prohibitionsOf(judged.plain, packet, { via, sight: members }).map(({ mode }) => mode);
  const found = excessHolding(judged, rule, packet);
  const proven = found.filter(({ certainty }) => certainty === 'proven');
  if (found.length === 0 && modes.length > 0) broken('fine, and yet forbidden', { rule, packet, members });
  if (proven.length > 0 && modes.length === 0) broken('proven, and yet fine', { rule, packet, members });
  if (proven.some(({ mode }) => mode === 'enforce') && !modes.includes('enforce')) {
    broken('enforced, and forbidden by milder policies only', { rule, packet, members });
  }
}

interface Noted {
  apart: boolean;
}

/** Law 2: a verdict on a rule stays true whatever the peers that it and the policies name turn out to be. */
export function namedPeersLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const judged = judgedBy(core, plain);
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  mix.possible += judged.drift.findings.some(({ certainty }) => certainty === 'possible') ? 1 : 0;
  checkIds(judged);
  const corners = cornersOf(plain);
  const roll = dice(seed);
  const worlds = membersBetween(plain, corners.addresses, roll);
  const noted: Noted = { apart: false };
  for (const rule of plain.rules) {
    if ('cidr' in rule.peer) {
      for (const packet of packets) for (const members of worlds) checkWorld(judged, rule, packet, members);
      continue;
    }
    for (const slot of slotsOf(rule, corners.selectors, roll)) {
      checkVerdict(judged, rule, slot, corners.addresses, noted);
      for (const members of worlds) {
        for (const address of corners.addresses) checkWorld(judged, rule, at(slot, address), members);
      }
    }
  }
  mix.withPart += noted.apart ? 1 : 0;
}
