import type { CarryOut } from '../../shared/core/plan.ts';
import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import { membersBetween } from '../oracle/named-verdict.ts';
import { extentOf, INTERNET, isAmong, isExact, NETWORK, peersIn } from '../oracle/named-peers.ts';
import type { Members } from '../oracle/named-peers.ts';
import { asTriple, canExist, isService, ruleLetsThrough, rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainDirection, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import { namedIn, requirementsIn } from '../oracle/prohibited.ts';
import { NOW, plainRulesOf, policySetOf, TRAITS } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, DIRECTIONS, flowsHold, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';
import { carriedFor, isCarriedOut, isReverted, isWithheld, mayAdd, requiring, stays } from './revert-walk.ts';
import type { Walk } from './revert-walk.ts';

const PACKETS = 160;
const CARRY_OUTS: readonly CarryOut[] = ['proven', 'enforced'];

function asTriples(rules: readonly PlainRule[]): readonly PlainRule[] {
  return rules.map(asTriple);
}

/** Whether a slot passes for a peer: by a rule that names it, or by rules that are open to all that it can be. */
function passesFor(walk: Walk, triples: readonly PlainRule[], peer: string, slot: PlainPacket): boolean {
  const { plain } = walk.judged;
  const byName = triples.some(
    ({ peer: other, direction, service }) =>
      'named' in other && other.named === peer && direction === slot.direction && isService(service, slot),
  );
  if (byName) return true;
  const least = Object.fromEntries(peersIn(plain).map((name) => [name, extentOf(plain, name).least]));
  const could = walk.corners.addresses
    .filter((address) => isAmong(extentOf(plain, peer).most, address))
    .map((address) => ({ ...slot, peer: address, own: address }))
    .filter(canExist);
  return could.length > 0 && could.every((packet) => rulesLettingThrough(triples, packet, least).length > 0);
}

/** What is asked of a peer by name, and carried out, passes in the end. */
function checkNamed(walk: Walk, after: readonly PlainRule[], direction: PlainDirection): void {
  const { plain } = walk.judged;
  const triples = asTriples(after);
  for (const { clause, policy, id } of requirementsIn(plain, direction)) {
    if (!isCarriedOut(walk, policy) || isWithheld(walk, id)) continue;
    for (const peer of namedIn(plain, clause)) {
      for (const selector of walk.corners.selectors) {
        const slot = { direction, ...selector, sourcePort: 1024, peer: '192.0.2.1', own: '192.0.2.1' };
        const isAsked = clause.services.some((service) => isService(service, slot));
        if (isAsked && !passesFor(walk, triples, peer, slot)) {
          broken('required of a peer by name, and it does not pass', { id, peer, selector });
        }
      }
    }
  }
}

/** Nothing may be closed that is not listed, and what is listed must be what POLICY lets a plan close. */
function checkCollateral(walk: Walk, states: States, packet: PlainPacket, members: Members): void {
  const { plain } = walk.judged;
  for (const one of walk.plan.collateral.filter(({ flows }) => flowsHold(flows, packet))) {
    const rule = plain.rules.find(({ id }) => id === one.rule.id);
    if (rule?.direction !== packet.direction) continue;
    const passes = 'named' in rule.peer || ruleLetsThrough(asTriple(rule), packet, members);
    const changed = walk.plan.changes.some((change) => change.kind !== 'add' && change.rule.id === rule.id);
    if (!passes || !changed || isReverted(walk, rule, packet)) broken('collateral that is none', { packet, rule });
    const spared = rule.service.protocol === 'any' && !TRAITS.named.includes(packet.protocol);
    const allows = plain.policies.some(({ collateral }) => collateral === 'allow');
    const lost = requiring(plain, packet, rule).find(({ id }) => isWithheld(walk, id));
    if (
      one.accepted &&
      lost !== undefined &&
      rulesLettingThrough(asTriples(states.after), packet, members).length === 0
    ) {
      broken('the loss of what is required and not added is accepted', { packet, rule, lost: lost.id });
    }
    if (one.accepted && !spared && !allows) broken('collateral accepted by nobody', { packet, rule });
    const takesWhole = plain.policies.some(({ revert, overflow }) => revert === 'remove' || overflow === 'remove');
    if (!spared && !takesWhole) broken('a rule that should be narrowed goes whole', { packet, rule });
  }
}

interface States {
  readonly before: readonly PlainRule[];
  readonly steps: readonly (readonly PlainRule[])[];
  readonly after: readonly PlainRule[];
}

/** Law 3 for one packet: nothing else is opened or closed, at no step either. */
function checkPacket(walk: Walk, states: States, packet: PlainPacket, members: Members): void {
  const passes = (rules: readonly PlainRule[]): boolean => rulesLettingThrough(rules, packet, members).length > 0;
  const [before, after] = [passes(states.before), passes(states.after)];
  const carried = carriedFor(walk, packet, members);
  const evidence = { carryOut: walk.carryOut, packet, members };
  const wanted = stays(walk, packet, members);
  if (wanted && !after) broken('closed, and it should stay', evidence);
  if (after && !wanted && carried.length === 0) broken(before ? 'still open' : 'opened', evidence);
  if (after && !before && !carried.some((one) => mayAdd(walk.judged.plain, one, packet)))
    broken('opened to the internet', evidence);
  if (carried.length > 0 && rulesLettingThrough(asTriples(states.after), packet, members).length === 0) {
    broken('required, and it does not pass', { ...evidence, carried: carried.map(({ id }) => id) });
  }
  states.steps.forEach((rules, index) => {
    const now = passes(rules);
    if ((before && after && !now) || (now && !before && !after))
      broken('closed or opened in between', { ...evidence, index });
  });
  checkCollateral(walk, states, packet, members);
}

function saidTwice(rules: readonly PlainRule[]): number {
  return rules.length - new Set(rules.map((rule) => JSON.stringify({ ...rule, id: '' }))).size;
}

/** The protocols of which a rule can say every port, or every type and code. */
const SAYABLE = [...TRAITS.portRanges, ...TRAITS.types];

/** What is added names only peers that are known, and a clause is not withheld for want of that where they are. */
function checkAdded({ judged: { plain }, plan }: Walk): void {
  const known = Object.values(plain.aliases);
  for (const change of plan.changes) {
    if (change.kind !== 'add') continue;
    const stray = change.becomes.find(({ box: { peer } }) => peer.kind === 'named' && !known.includes(peer.name));
    if (stray !== undefined) broken('added, and nobody knows whom it names', stray.box);
  }
  const clauses = DIRECTIONS.flatMap((direction) => requirementsIn(plain, direction));
  for (const { kind, reason } of plan.held) {
    if (kind !== 'add' || !reason.includes('nobody knows')) continue;
    const names = clauses.find(({ id }) => reason.startsWith(`\`${id}\``))?.clause.names ?? [];
    const isUnknown = (name: string): boolean =>
      name === NETWORK ? !isExact(extentOf(plain, name)) : !(name in plain.aliases) && name !== INTERNET;
    if (!names.some(isUnknown)) broken('withheld, and everybody is known', { reason, names });
  }
}

/** A change is not held for want of words where rules have them. */
function checkHeld({ judged, plan }: Walk): void {
  for (const { kind, rule, reason } of plan.held) {
    const plain = judged.plain.rules.find(({ id }) => id === rule?.id);
    const protocol = plain?.service.protocol;
    if (kind === 'add' || protocol === undefined || protocol === 'any' || !SAYABLE.includes(protocol)) continue;
    if (reason.includes('no rule of this cloud can say')) broken('held, and a rule could say it', { plain, reason });
  }
}

function checkPlan(judged: Judged, carryOut: CarryOut, seed: number, mix: Mix): void {
  const { core, plain, firewall, drift } = judged;
  const plan = core.plan.planFor(firewall, drift, TRAITS, carryOut);
  const afterwards = core.simulate.simulate(firewall, plan.changes);
  const after = plainRulesOf(afterwards);
  if (carryOut === 'proven') {
    mix.withChanges += plan.changes.length > 0 ? 1 : 0;
    mix.withAdditions += plan.changes.some(({ kind }) => kind === 'add') ? 1 : 0;
    mix.withNamedAdditions += plan.changes.some(
      (change) => change.kind === 'add' && change.becomes.some(({ box }) => box.peer.kind === 'named'),
    )
      ? 1
      : 0;
    mix.withPart += plan.held.some(({ reason }) => reason.includes('holds addresses that are forbidden')) ? 1 : 0;
    mix.withHeld += plan.held.some(({ kind }) => kind !== 'add') ? 1 : 0;
  }
  const walk: Walk = { judged, plan, carryOut, corners: cornersOf(plain), verdicts: new Map() };
  checkHeld(walk);
  checkAdded(walk);
  const steps = plan.changes.slice(1).map((_, index) => {
    return plainRulesOf(core.simulate.simulate(firewall, plan.changes.slice(0, index + 1)));
  });
  const states: States = { before: plain.rules, steps, after };
  if (saidTwice(after) > saidTwice(plainRulesOf(firewall))) broken('a rule is written twice', { carryOut, after });
  for (const members of membersBetween(plain, walk.corners.addresses, dice(seed))) {
    for (const packet of packetsOf(plain, seed, PACKETS, after)) checkPacket(walk, states, packet, members);
  }
  for (const direction of DIRECTIONS) checkNamed(walk, after, direction);
  const again = new core.effective.DesiredBook(policySetOf(core, plain)).for(afterwards, NOW);
  const second = core.plan.planFor(afterwards, core.drift.driftOf(afterwards, again, TRAITS), TRAITS, carryOut);
  if (second.changes.length > 0)
    broken('a second run changes something', { carryOut, first: plan.changes, second: second.changes });
}

/** Law 3: after an applied plan, let through = before, less reverted excess and listed collateral, and what was missing. */
export function revertLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const judged = judgedBy(core, plain);
  noteCase(mix, plain, packetsOf(plain, seed, PACKETS));
  if (judged.drift.contradictions.length > 0) {
    // Held whole, which is the guard's law: what it would do is no promise.
    mix.contradictory += 1;
    return;
  }
  for (const carryOut of CARRY_OUTS) checkPlan(judged, carryOut, seed, mix);
}
