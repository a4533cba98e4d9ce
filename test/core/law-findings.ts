import type { Excess } from '../../shared/core/model/finding.ts';
import { packetsOf } from '../oracle/corners.ts';
import { asTriple, ruleLetsThrough } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import { prohibitionsOf } from '../oracle/prohibited.ts';
import type { Prohibited } from '../oracle/prohibited.ts';
import type { Core } from './core-modules.ts';
import { broken, excessHolding, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

const PACKETS = 240;

function summary(found: readonly Excess[]): unknown {
  return found.map(({ clause, mode, certainty, policies, graceMs }) => ({
    clause,
    mode,
    certainty,
    policies,
    graceMs,
  }));
}

/** Mode, handling and grace of a finding are those of the policies that it names, and it names all that forbid it. */
export function isTold(plain: PlainCase, finding: Excess, by: Prohibited, all: readonly Prohibited[]): boolean {
  const named = plain.policies.filter(({ name }) => finding.policies.includes(name));
  return (
    finding.clause === by.clause &&
    finding.mode === by.mode &&
    finding.handling.maxFragments === by.policy.maxFragments &&
    finding.policies[0] === by.policy.name &&
    all.every(({ policy }) => finding.policies.includes(policy.name)) &&
    finding.graceMs === Math.max(...named.map(({ graceMs }) => graceMs))
  );
}

/** Each breach has one id, and no other breach has it. */
export function checkIds({ drift }: Judged): void {
  const ids = drift.findings.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) broken('two findings with one id', twice);
}

/**
 * A rule in addresses: what it lets through and a policy forbids is in exactly one proven finding, under the clause that
 * decides; what a policy forbids only if a peer turns out so is in exactly one possible finding; nothing else is in any.
 */
export function findingsLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const judged = judgedBy(core, plain);
  const packets = packetsOf(plain, seed, PACKETS);
  noteCase(mix, plain, packets);
  mix.possible += judged.drift.findings.some(({ certainty }) => certainty === 'possible') ? 1 : 0;
  checkIds(judged);
  const rules = plain.rules.filter(({ peer }) => 'cidr' in peer);
  for (const packet of packets) {
    const surely = prohibitionsOf(plain, packet);
    const all = surely.length > 0 ? surely : prohibitionsOf(plain, packet, { via: undefined, sight: 'possibly' });
    for (const rule of rules) checkRule(judged, rule, packet, all, surely.length > 0);
  }
}

function checkRule(
  judged: Judged,
  rule: PlainRule,
  packet: PlainPacket,
  all: readonly Prohibited[],
  isSure: boolean,
): void {
  // Findings speak of triples: the source port and the own side of a rule do not matter.
  if (rule.direction !== packet.direction) return;
  const [by] = all;
  const isExcess = by !== undefined && ruleLetsThrough(asTriple(rule), packet, {});
  const found = excessHolding(judged, rule, packet);
  const [finding] = found;
  if (found.length !== (isExcess ? 1 : 0))
    broken('findings of a packet', { packet, rule, by: by?.clause, found: summary(found) });
  if (!isExcess || finding === undefined) return;
  const isRight = finding.certainty === (isSure ? 'proven' : 'possible') && isTold(judged.plain, finding, by, all);
  if (!isRight) broken('the finding of a packet', { packet, rule, by: by.clause, isSure, found: summary(found) });
}
