import type { Excess } from '../../shared/core/model/finding.ts';
import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import { prohibitionsOf, ruleLetsThrough } from '../oracle/packet-walk.ts';
import { membersBetween, namedVerdict } from '../oracle/named-verdict.ts';
import type { PlainCase, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import type { Core } from './core-modules.ts';
import { broken, flowsHold, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

const PACKETS = 240;
const SELECTORS = 24;

function excessBy(judged: Judged, rule: PlainRule, packet: PlainPacket): readonly Excess[] {
  return judged.drift.findings.flatMap((finding) =>
    finding.kind === 'excess' && finding.rule.id === rule.id && flowsHold(finding.flows, packet) ? [finding] : [],
  );
}

function summary(found: readonly Excess[]): unknown {
  return found.map(({ clause, mode, certainty, policies }) => ({ clause, mode, certainty, policies }));
}

/**
 * A rule in addresses: what it lets through and a policy forbids is in exactly one finding, under the clause that
 * decides, and nothing else is in any.
 */
export function findingsLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const judged = judgedBy(core, plain);
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  const rules = plain.rules.filter(({ peer }) => 'cidr' in peer);
  for (const packet of packets) {
    const prohibitions = prohibitionsOf(plain, packet);
    const [by] = prohibitions;
    for (const rule of rules) {
      // Findings speak of triples: the source port and the own side of a rule do not matter.
      const { id, direction, service, peer } = rule;
      if (direction !== packet.direction) continue;
      const excess = by !== undefined && ruleLetsThrough({ id, direction, service, peer }, packet, {});
      const found = excessBy(judged, rule, packet);
      const [finding] = found;
      if (found.length !== (excess ? 1 : 0))
        broken('findings of a packet', { packet, rule, by: by?.clause, found: summary(found) });
      if (!excess || finding === undefined) continue;
      const told = finding.policies;
      const right =
        finding.clause === by.clause &&
        finding.certainty === 'proven' &&
        finding.mode === by.policy.mode &&
        finding.handling.maxFragments === by.policy.maxFragments &&
        told[0] === by.policy.name &&
        prohibitions.every(({ policy }) => told.includes(policy.name));
      if (!right) broken('the finding of a packet', { packet, rule, by: by.clause, found: summary(found) });
    }
  }
}

function sameSlot(a: PlainPacket, b: PlainPacket): boolean {
  return a.protocol === b.protocol && a.port === b.port && a.type === b.type && a.code === b.code;
}

/** Law 2: a verdict on a rule that names a peer stays true whatever the peer turns out to be. */
export function namedPeersLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const judged = judgedBy(core, plain);
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  const corners = cornersOf(plain);
  const roll = dice(seed);
  const membersList = membersBetween(plain, corners.addresses, roll);
  for (const rule of plain.rules.filter(({ peer }) => 'named' in peer)) {
    const { direction, service } = rule;
    const selectors = corners.selectors.filter(
      (one) => service.protocol === 'any' || service.protocol === one.protocol,
    );
    for (let asked = 0; asked < Math.min(SELECTORS, selectors.length); asked += 1) {
      const selector = selectors[selectors.length <= SELECTORS ? asked : roll(selectors.length)];
      if (selector === undefined) continue;
      const slot = { direction, ...selector, sourcePort: 1024, peer: '192.0.2.1', own: '192.0.2.1' };
      const verdict = namedVerdict(plain, rule, slot, corners.addresses);
      const found = excessBy(judged, rule, slot);
      const said = found.map(({ certainty, clause, mode }) => `${certainty} ${clause} ${mode}`).join();
      const expected =
        verdict.kind === 'fine'
          ? ''
          : `${verdict.kind} ${verdict.by.clause} ${verdict.kind === 'proven' ? verdict.mode : verdict.by.policy.mode}`;
      if (said !== expected) broken('verdict on a named peer', { rule, selector, expected, said });
      for (const members of membersList) {
        for (const packet of corners.addresses.map((peer) => ({ ...slot, peer, own: peer }))) {
          if (!sameSlot(packet, slot) || !ruleLetsThrough(rule, packet, members)) continue;
          const modes = prohibitionsOf(plain, packet).map(({ policy }) => policy.mode);
          const [finding] = found;
          if (finding === undefined && modes.length > 0) broken('fine, and yet forbidden', { rule, packet, members });
          if (finding?.certainty === 'proven' && modes.length === 0)
            broken('proven, and yet fine', { rule, packet, members });
          if (finding?.certainty === 'proven' && finding.mode === 'enforce' && !modes.includes('enforce')) {
            broken('enforced, and forbidden by milder policies only', { rule, packet, members });
          }
        }
      }
    }
  }
}
