import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explanationOf } from '../../shared/core/explain.ts';
import type { Explanation, Question } from '../../shared/core/explain.ts';
import { addressOfText, firewallOf, NOW, policySetOf, slotOf } from '../core/core-case.ts';
import { CORE } from '../core/core-modules.ts';
import { plainCase } from '../core/arbitraries.ts';
import { packetsOf } from '../oracle/corners.ts';
import {
  canExist,
  clauseHits,
  extentOf,
  prohibitionsOf,
  requirementsOf,
  rulesLettingThrough,
} from '../oracle/packet-walk.ts';
import type { Members } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainPacket, PlainRule } from '../oracle/plain-case.ts';

const PACKETS = 24;

function membersAs(plain: PlainCase, extent: 'least' | 'most'): Members {
  const names = plain.rules.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  return Object.fromEntries(names.map((name) => [name, extentOf(plain, name)[extent]]));
}

/** Policies do not speak of source ports and own addresses: some of them let it through, and that is enough. */
function asTriple({ id, direction, service, peer }: PlainRule): PlainRule {
  return { id, direction, service, peer };
}

function questionOf(packet: PlainPacket): Question {
  const peer = addressOfText(packet.peer);
  const slot = slotOf(packet);
  return {
    direction: packet.direction,
    slots: [slot, slot + 1],
    peers: peer.family === 4 ? { v4: [peer.at, peer.at + 1], v6: [] } : { v4: [], v6: [peer.at, peer.at + 1n] },
  };
}

function idsOf(explanation: Explanation, certainty: 'surely' | 'possibly'): readonly string[] {
  return explanation.passages
    .filter((passage) => passage.certainty === certainty)
    .map(({ rule }) => rule.id)
    .toSorted();
}

function clausesOf({ deciders }: Explanation, ...effects: readonly string[]): readonly string[] {
  return deciders.filter(({ effect }) => effects.includes(effect)).map(({ clause }) => clause);
}

/** Whether a clause with this id is of the case, and hits the packet. */
function isHit(plain: PlainCase, packet: PlainPacket, id: string): boolean {
  const { direction } = packet;
  const allows = plain.policies.flatMap(({ name, governs, [direction]: { allow = [] } }) =>
    allow.map((clause, index) => ({ governs, clause, id: `${name}/${direction}/allow/${String(index + 1)}` })),
  );
  const exceptions = plain.exceptions.flatMap(({ name, governs, live, [direction]: clauses }) =>
    clauses.map((clause, index) => ({
      governs: governs && live,
      clause,
      id: `${name}/${direction}/${String(index + 1)}`,
    })),
  );
  return [...allows, ...exceptions].some((one) => one.governs && one.id === id && clauseHits(one.clause, packet));
}

function judge(plain: PlainCase, packet: PlainPacket): void {
  const explanation = explanationOf(firewallOf(CORE, plain), policySetOf(CORE, plain), questionOf(packet), NOW);
  const triples = plain.rules.map(asTriple);
  const sure = rulesLettingThrough(triples, packet, membersAs(plain, 'least')).map(({ id }) => id);
  const all = rulesLettingThrough(triples, packet, membersAs(plain, 'most')).map(({ id }) => id);
  expect(idsOf(explanation, 'surely')).toEqual(sure.toSorted());
  expect(idsOf(explanation, 'possibly')).toEqual(all.filter((id) => !sure.includes(id)).toSorted());
  expect(explanation.passes).toBe(sure.length > 0 ? 'all' : all.length > 0 ? 'possibly' : 'none');

  const against = prohibitionsOf(plain, packet).map(({ clause }) => clause);
  expect(explanation.may).toBe(against.length > 0 ? 'none' : 'all');
  expect(clausesOf(explanation, 'deny', 'left-out')).toEqual(against);
  expect(clausesOf(explanation, 'require')).toEqual(requirementsOf(plain, packet).map(({ id }) => id));

  const strictly = prohibitionsOf({ ...plain, exceptions: [] }, packet).length > 0;
  const permitting = clausesOf(explanation, 'allow', 'exception');
  expect(clausesOf(explanation, 'exception')).toHaveLength(against.length === 0 && strictly ? 1 : 0);
  for (const id of permitting) expect(isHit(plain, packet, id), id).toBe(true);
  const states = plain.policies.some((policy) => policy.governs && policy[packet.direction].allow !== undefined);
  // One flow is permitted by one clause, and what only an exception permits is not said to be allowed.
  expect(permitting).toHaveLength(against.length === 0 && (states || strictly) ? 1 : 0);
}

describe('an explanation', () => {
  test('of one flow is what a packet walk says, and names clauses that hit it', () => {
    fc.assert(
      fc.property(plainCase, fc.nat(), (plain, seed) => {
        // Rules without own addresses of the packet's family let no triple of it through, and no group has such rules.
        const full = { ...plain, rules: plain.rules.map(asTriple) };
        for (const packet of packetsOf(full, seed, PACKETS)) {
          const flow = { ...packet, own: packet.peer };
          if (canExist(flow)) judge(full, flow);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('of a range is all, part or none, as its flows are', () => {
    fc.assert(
      fc.property(plainCase, fc.nat(), (plain, seed) => {
        const full = { ...plain, rules: plain.rules.map(asTriple) };
        const [firewall, set] = [firewallOf(CORE, full), policySetOf(CORE, full)];
        const flows = packetsOf(full, seed, PACKETS).filter((packet) => canExist({ ...packet, own: packet.peer }));
        const questions = flows.map(questionOf);
        for (const direction of ['ingress', 'egress'] as const) {
          const own = questions.filter((question) => question.direction === direction);
          const [slots, peers] = [
            own.reduce<readonly number[]>((sum, question) => CORE.line.union(sum, question.slots), []),
            CORE.addresses.unionOf(own.map((question) => question.peers)),
          ];
          if (own.length === 0) continue;
          const whole = explanationOf(firewall, set, { direction, slots, peers }, NOW);
          for (const question of own) {
            const part = explanationOf(firewall, set, question, NOW);
            if (whole.may !== 'part') expect(part.may).toBe(whole.may);
            if (whole.passes === 'all') expect(part.passes).toBe('all');
            if (whole.passes === 'none') expect(part.passes).toBe('none');
            if (whole.passes === 'possibly') expect(['possibly', 'none']).toContain(part.passes);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
