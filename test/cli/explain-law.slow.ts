import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explanationOf } from '../../shared/core/explain.ts';
import type { Explanation } from '../../shared/core/explain.ts';
import type { Share } from '../../shared/core/explain/asked.ts';
import type { Question } from '../../shared/core/model/question.ts';
import type { Decider } from '../../shared/core/explain/decider.ts';
import type { Excess } from '../../shared/core/model/finding.ts';
import type { Addresses } from '../../shared/core/space/addresses.ts';
import { plainCase } from '../core/arbitraries.ts';
import { addressOfText, firewallOf, nameOf, NOW, policySetOf, slotOf } from '../core/core-case.ts';
import { CORE } from '../core/core-modules.ts';
import { excessOnSlot, flowsHold, judgedBy, trafficHolds } from '../core/judged.ts';
import { slotsOf } from '../core/law-named.ts';
import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import { extentOf, isAmong, isExact, peerFor } from '../oracle/named-peers.ts';
import type { Members } from '../oracle/named-peers.ts';
import { asTriple, canExist, isService, rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainClause, PlainPacket } from '../oracle/plain-case.ts';
import { clauseHits, prohibitionsOf, requirementsOf } from '../oracle/prohibited.ts';
import type { Look } from '../oracle/prohibited.ts';

const PACKETS = 24;
const ANYWHERE = { direction: 'ingress', sourcePort: 0, peer: '192.0.2.1', own: '192.0.2.1' } as const;

function membersAs(plain: PlainCase, extent: 'least' | 'most'): Members {
  const names = plain.rules.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  return Object.fromEntries(names.map((name) => [name, extentOf(plain, name)[extent]]));
}

function addressesAsked(text: string): Addresses {
  const peer = addressOfText(text);
  return peer.family === 4 ? { v4: [peer.at, peer.at + 1], v6: [] } : { v4: [], v6: [peer.at, peer.at + 1n] };
}

function questionOf(packet: PlainPacket): Question {
  const slot = slotOf(packet);
  return {
    direction: packet.direction,
    slots: [slot, slot + 1],
    peer: { kind: 'addresses', addresses: addressesAsked(packet.peer) },
  };
}

function explain(plain: PlainCase, question: Question): Explanation {
  return explanationOf(firewallOf(CORE, plain), policySetOf(CORE, plain), question, NOW);
}

function idsOf(explanation: Explanation, certainty: 'surely' | 'possibly'): readonly string[] {
  return explanation.passages
    .filter((passage) => passage.certainty === certainty)
    .map(({ rule }) => rule.id)
    .toSorted();
}

function told({ deciders }: Explanation, ...effects: readonly Decider['effect'][]): readonly Decider[] {
  return deciders.filter(({ effect }) => effects.includes(effect));
}

function sure(deciders: readonly Decider[]): readonly string[] {
  return deciders.filter(({ certainty }) => certainty === 'surely').map(({ clause }) => clause);
}

/** The clause with this id that permits something here and now. */
function permitting(plain: PlainCase, { direction }: PlainPacket, id: string): PlainClause | undefined {
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
  return [...allows, ...exceptions].find((one) => one.governs && one.id === id)?.clause;
}

function clauses(plain: PlainCase, packet: PlainPacket, look: Look): readonly string[] {
  return prohibitionsOf(plain, packet, look).map(({ clause }) => clause);
}

const SURELY: Look = { via: undefined, sight: 'surely' };
const POSSIBLY: Look = { via: undefined, sight: 'possibly' };

function judgePassing(plain: PlainCase, packet: PlainPacket, explanation: Explanation): void {
  const triples = plain.rules.map(asTriple);
  const surely = rulesLettingThrough(triples, packet, membersAs(plain, 'least')).map(({ id }) => id);
  const all = rulesLettingThrough(triples, packet, membersAs(plain, 'most')).map(({ id }) => id);
  expect(idsOf(explanation, 'surely')).toEqual(surely.toSorted());
  expect(idsOf(explanation, 'possibly')).toEqual(all.filter((id) => !surely.includes(id)).toSorted());
  expect(explanation.passes).toBe(surely.length > 0 ? 'all' : all.length > 0 ? 'possibly' : 'none');
}

/** Peers whose rules may let it through, where nothing surely does, and which are not forbidden by their names. */
function peersThatMay(plain: PlainCase, packet: PlainPacket, explanation: Explanation): readonly string[] {
  if (explanation.passes === 'all') return [];
  const through = rulesLettingThrough(plain.rules.map(asTriple), packet, membersAs(plain, 'most'));
  const names = through.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  return [...new Set(names)].filter((via) => clauses(plain, packet, { via, sight: 'surely' }).length === 0);
}

function judge(plain: PlainCase, packet: PlainPacket): void {
  const explanation = explain(plain, questionOf(packet));
  judgePassing(plain, packet, explanation);

  const against = clauses(plain, packet, SURELY);
  const perhaps = clauses(plain, packet, POSSIBLY);
  const byName = against.length === 0 ? [] : peersThatMay(plain, packet, explanation);
  const doubtful = against.length === 0 ? perhaps.length > 0 : byName.length > 0;
  expect(explanation.may).toBe(doubtful ? 'possibly' : against.length > 0 ? 'none' : 'all');
  expect(explanation.onlyAs.toSorted()).toEqual(byName.toSorted());

  const forbidding = told(explanation, 'deny', 'left-out');
  expect(sure(forbidding)).toEqual(against);
  const doubts = forbidding.filter(({ certainty }) => certainty === 'possibly');
  expect(doubts.map(({ clause }) => clause)).toEqual(perhaps.filter((id) => !against.includes(id)));
  expect(sure(told(explanation, 'require'))).toEqual(requirementsOf(plain, packet).map(({ id }) => id));
  judgePermits(plain, packet, explanation);
  const named = told(explanation, 'allow', 'exception').flatMap(({ depends }) => depends);
  expect(named).toEqual(expect.arrayContaining([...byName]));
}

function judgePermits(plain: PlainCase, packet: PlainPacket, explanation: Explanation): void {
  const strict = { ...plain, exceptions: [] };
  const [against, perhaps] = [clauses(plain, packet, SURELY), clauses(plain, packet, POSSIBLY)];
  const excepted =
    against.length === 0 &&
    (clauses(strict, packet, SURELY).length > 0 ||
      (perhaps.length === 0 && clauses(strict, packet, POSSIBLY).length > 0));
  expect(sure(told(explanation, 'exception'))).toHaveLength(excepted ? 1 : 0);
  const permits = told(explanation, 'allow', 'exception');
  const states = plain.policies.some((policy) => policy.governs && policy[packet.direction].allow !== undefined);
  // One flow is permitted by one clause, and what only an exception permits is not said to be allowed.
  expect(sure(permits)).toHaveLength(against.length === 0 && (states || excepted) ? 1 : 0);
  for (const { clause: id, certainty, depends } of permits) {
    const clause = permitting(plain, packet, id);
    const looks = certainty === 'surely' ? [SURELY] : depends.map((via): Look => ({ via, sight: 'surely' }));
    expect(looks).toHaveLength(1);
    for (const look of looks) expect(clause !== undefined && clauseHits(plain, clause, packet, look), id).toBe(true);
    if (certainty === 'possibly') expect(against).not.toEqual([]);
  }
  for (const { clause: id } of told(explanation, 'cut')) {
    const { within = [] } = permitting(plain, packet, id) ?? {};
    expect(isAmong(within, packet.peer)).toBe(false);
  }
  for (const { clause: id, effect } of explanation.notNow) {
    if (effect === 'allow' || effect === 'exception') expect(permitting(plain, packet, id)?.live).toBe(false);
  }
}

/** The flows of one slot with each address that the peer can be. */
function peersOn(
  plain: PlainCase,
  via: string,
  slot: PlainPacket,
  addresses: readonly string[],
): readonly PlainPacket[] {
  return addresses
    .filter((address) => isAmong(extentOf(plain, via).most, address))
    .map((address) => ({ ...slot, peer: address, own: address }))
    .filter(canExist);
}

/** Whether findings tell of all of them: one clause may forbid some addresses, and another the rest. */
function isProvenWhole(found: readonly Excess[], flows: readonly PlainPacket[]): boolean {
  const proven = found.filter(({ certainty }) => certainty === 'proven');
  return proven.length > 0 && flows.every((flow) => proven.some((finding) => flowsHold(finding.flows, flow)));
}

/** How much of one slot of a peer may, by what is forbidden at each address that the peer can be. */
function shareOf(plain: PlainCase, via: string, slot: PlainPacket, addresses: readonly string[]): Share {
  const judged = peersOn(plain, via, slot, addresses).map((packet) => ({
    surely: clauses(plain, packet, { via, sight: 'surely' }).length > 0,
    possibly: clauses(plain, packet, { via, sight: 'possibly' }).length > 0,
  }));
  if (judged.every(({ possibly }) => !possibly)) return 'all';
  if (judged.every(({ surely }) => surely)) return 'none';
  return isExact(extentOf(plain, via)) && judged.some(({ possibly }) => !possibly) ? 'part' : 'possibly';
}

/** What permits a peer by name speaks of it, and something does where all of it may and a policy states what may. */
function judgeNamedPermits(
  plain: PlainCase,
  via: string,
  slot: PlainPacket,
  explanation: Explanation,
  addresses: readonly string[],
): void {
  const permits = told(explanation, 'allow', 'exception');
  const states = plain.policies.some((policy) => policy.governs && policy[slot.direction].allow !== undefined);
  const exists = explanation.asked.traffic.length > 0;
  if (states && exists && explanation.may === 'all') expect(permits).not.toEqual([]);
  for (const { clause: id } of permits) {
    const clause = permitting(plain, slot, id);
    const isHit = addresses
      .filter((address) => isAmong(extentOf(plain, via).most, address))
      .map((address) => ({ ...slot, peer: address, own: address }))
      .some((packet) => clause !== undefined && clauseHits(plain, clause, packet, { via, sight: 'surely' }));
    expect(isHit, id).toBe(true);
  }
}

/** A rule without own addresses of the packet's family lets no triple of it through, and no group has such rules. */
function withTriples(plain: PlainCase): PlainCase {
  return { ...plain, rules: plain.rules.map(asTriple) };
}

describe('an explanation', () => {
  test('of one flow is what a packet walk says, and names clauses that hit it', () => {
    fc.assert(
      fc.property(plainCase, fc.nat(), (plain, seed) => {
        const full = withTriples(plain);
        for (const packet of packetsOf(full, seed, PACKETS)) {
          const flow = { ...packet, own: packet.peer };
          if (canExist(flow)) judge(full, flow);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('of a named peer is what is found in the rules that name it', () => {
    fc.assert(
      fc.property(plainCase, fc.nat(), (plain, seed) => {
        const full = withTriples(plain);
        const judged = judgedBy(CORE, full);
        const corners = cornersOf(full);
        for (const rule of full.rules) {
          if (!('named' in rule.peer)) continue;
          const { named } = rule.peer;
          const own = corners.selectors.filter((one) => isService(rule.service, { ...ANYWHERE, ...one }));
          for (const slot of slotsOf(rule, own, dice(seed)).slice(0, 3)) {
            const at = slotOf(slot);
            const question = { direction: slot.direction, slots: [at, at + 1] };
            const explanation = explain(full, { ...question, peer: { kind: 'named', name: nameOf(named) } });
            const share = shareOf(full, named, slot, corners.addresses);
            expect(explanation.may).toBe(share);
            judgeNamedPermits(full, named, slot, explanation, corners.addresses);
            const found = excessOnSlot(judged, rule, slot);
            const isWhole = isProvenWhole(found, peersOn(full, named, slot, corners.addresses));
            expect([found.length === 0, isWhole]).toEqual([share === 'all', share === 'none']);
            const aliases = Object.keys(full.aliases).filter((written) => peerFor(full, written) === named);
            for (const written of aliases) {
              const same = explain(full, { ...question, peer: { kind: 'named', name: nameOf(written) } });
              expect([same.may, same.passes]).toEqual([explanation.may, explanation.passes]);
            }
            const exists = explanation.asked.traffic.length > 0;
            expect(explanation.passes).toBe(exists ? 'all' : 'none');
            if (exists) expect(idsOf(explanation, 'surely')).toContain(rule.id);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of a range is all, part or none, as its flows are', () => {
    fc.assert(
      fc.property(plainCase, fc.nat(), (plain, seed) => {
        const full = withTriples(plain);
        const flows = packetsOf(full, seed, PACKETS).filter((packet) => canExist({ ...packet, own: packet.peer }));
        for (const direction of ['ingress', 'egress'] as const) {
          const own = flows.filter((packet) => packet.direction === direction);
          const questions = own.map(questionOf);
          if (own.length === 0) continue;
          const slots = questions.reduce<readonly number[]>((sum, one) => CORE.line.union(sum, one.slots), []);
          const addresses = CORE.addresses.unionOf(own.map(({ peer }) => addressesAsked(peer)));
          const whole = explain(full, { direction, slots, peer: { kind: 'addresses', addresses } });
          for (const [index, question] of questions.entries()) {
            const part = explain(full, question);
            if (whole.may === 'all' || whole.may === 'none') expect(part.may).toBe(whole.may);
            if (whole.may === 'possibly') expect(['possibly', 'none']).toContain(part.may);
            if (whole.passes === 'all') expect(part.passes).toBe('all');
            if (whole.passes === 'none') expect(part.passes).toBe('none');
            if (whole.passes === 'possibly') expect(['possibly', 'none']).toContain(part.passes);
            const flow = own[index];
            const told = whole.deciders.filter(({ traffic }) => flow !== undefined && trafficHolds(traffic, flow));
            expect(new Set(told.map(({ clause }) => clause))).toEqual(
              new Set(part.deciders.map(({ clause }) => clause)),
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
