import type { CarryOut } from '../../shared/core/plan.ts';
import type { Plan } from '../../shared/core/model/plan.ts';
import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import { membersBetween, namedVerdict } from '../oracle/named-verdict.ts';
import { prohibitionsOf, requirementsOf, ruleLetsThrough, rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { Members, Prohibited } from '../oracle/packet-walk.ts';
import { isInside } from '../oracle/plain-address.ts';
import type { PlainCase, PlainClause, PlainPacket, PlainPolicy, PlainRule } from '../oracle/plain-case.ts';
import { NOW, plainRulesOf, policySetOf, TRAITS } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, flowsHold, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

const PACKETS = 160;
const CARRY_OUTS: readonly CarryOut[] = ['proven', 'enforced'];

/** The addresses that POLICY calls `private`, written out once more. */
const PRIVATE = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
];

/** What the oracle knows of one plan: what it had to take away, and what it had to add. */
interface Walk {
  readonly judged: Judged;
  readonly plan: Plan;
  readonly carryOut: CarryOut;
  readonly addresses: readonly string[];
  readonly verdicts: Map<string, Prohibited | undefined>;
}

function isCarriedOut(walk: Walk, policy: PlainPolicy): boolean {
  return walk.carryOut === 'proven' || (policy.mode === 'enforce' && policy.revert !== 'restore');
}

/** For a rule that names a peer, the slot decides: only what is forbidden whoever the peer is may go. */
function namedDecider(walk: Walk, rule: PlainRule, packet: PlainPacket): Prohibited | undefined {
  const { protocol, port, type, code } = packet;
  const key = JSON.stringify([rule.id, protocol, port, type, code]);
  if (walk.verdicts.has(key)) return walk.verdicts.get(key);
  const verdict = namedVerdict(walk.judged.plain, rule, packet, walk.addresses);
  const by = verdict.kind === 'proven' ? verdict.by : undefined;
  walk.verdicts.set(key, by);
  return by;
}

function isReverted(walk: Walk, rule: PlainRule, packet: PlainPacket): boolean {
  const by = 'cidr' in rule.peer ? prohibitionsOf(walk.judged.plain, packet)[0] : namedDecider(walk, rule, packet);
  return by !== undefined && isCarriedOut(walk, by.policy);
}

function isCollateral(walk: Walk, rule: PlainRule, packet: PlainPacket): boolean {
  return walk.plan.collateral.some((one) => one.rule.id === rule.id && flowsHold(one.flows, packet));
}

/** Whether the packet has to pass after the plan by what is left of the rules. */
function stays(walk: Walk, packet: PlainPacket, members: Members): boolean {
  const { plain } = walk.judged;
  const held = new Set(walk.plan.held.map(({ rule }) => rule?.id));
  return rulesLettingThrough(plain.rules, packet, members).some(
    (rule) => held.has(rule.id) || (!isReverted(walk, rule, packet) && !isCollateral(walk, rule, packet)),
  );
}

function isWithheld(walk: Walk, id: string): boolean {
  return walk.plan.held.some(({ kind, reason }) => kind === 'add' && reason.startsWith(`\`${id}\``));
}

function mayAdd(clause: PlainClause, packet: PlainPacket): boolean {
  return clause.open === true || PRIVATE.some((cidr) => isInside(cidr, packet.peer));
}

function asTriples(rules: readonly PlainRule[]): readonly PlainRule[] {
  return rules.map(({ id, direction, service, peer }) => ({ id, direction, service, peer }));
}

/** Nothing may be closed that is not listed, and what is listed must be what POLICY lets a plan close. */
function checkCollateral(walk: Walk, packet: PlainPacket, members: Members): void {
  const { plain } = walk.judged;
  for (const one of walk.plan.collateral.filter(({ flows }) => flowsHold(flows, packet))) {
    const rule = plain.rules.find(({ id }) => id === one.rule.id);
    if (rule?.direction !== packet.direction) continue;
    const passes = 'named' in rule.peer || ruleLetsThrough(asTriples([rule])[0]!, packet, members);
    const changed = walk.plan.changes.some((change) => change.kind !== 'add' && change.rule.id === rule.id);
    if (!passes || !changed || isReverted(walk, rule, packet)) broken('collateral that is none', { packet, rule });
    const spared = rule.service.protocol === 'any' && !TRAITS.named.includes(packet.protocol);
    const allows = plain.policies.some(({ collateral }) => collateral === 'allow');
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
  const { plain } = walk.judged;
  const passes = (rules: readonly PlainRule[]): boolean => rulesLettingThrough(rules, packet, members).length > 0;
  const [before, after] = [passes(states.before), passes(states.after)];
  const carried = requirementsOf(plain, packet).filter(
    ({ policy, id }) => isCarriedOut(walk, policy) && !isWithheld(walk, id),
  );
  const evidence = { carryOut: walk.carryOut, packet, members };
  const wanted = stays(walk, packet, members);
  if (wanted && !after) broken('closed, and it should stay', evidence);
  if (after && !wanted && carried.length === 0) broken(before ? 'still open' : 'opened', evidence);
  if (after && !before && !carried.some(({ clause }) => mayAdd(clause, packet)))
    broken('opened to the internet', evidence);
  if (carried.length > 0 && rulesLettingThrough(asTriples(states.after), packet, members).length === 0) {
    broken('required, and it does not pass', { ...evidence, carried: carried.map(({ id }) => id) });
  }
  states.steps.forEach((rules, index) => {
    const now = passes(rules);
    if ((before && after && !now) || (now && !before && !after))
      broken('closed or opened in between', { ...evidence, index });
  });
  checkCollateral(walk, packet, members);
}

function saidTwice(rules: readonly PlainRule[]): number {
  return rules.length - new Set(rules.map((rule) => JSON.stringify({ ...rule, id: '' }))).size;
}

/** The protocols of which a rule can say every port, or every type and code. */
const SAYABLE = [...TRAITS.portRanges, ...TRAITS.types];

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
    mix.withHeld += plan.held.some(({ kind }) => kind !== 'add') ? 1 : 0;
  }
  const walk: Walk = { judged, plan, carryOut, addresses: cornersOf(plain).addresses, verdicts: new Map() };
  checkHeld(walk);
  const steps = plan.changes.slice(1).map((_, index) => {
    return plainRulesOf(core.simulate.simulate(firewall, plan.changes.slice(0, index + 1)));
  });
  const states: States = { before: plain.rules, steps, after };
  if (saidTwice(after) > saidTwice(plainRulesOf(firewall))) broken('a rule is written twice', { carryOut, after });
  for (const members of membersBetween(plain, walk.addresses, dice(seed))) {
    for (const packet of packetsOf(plain, seed, PACKETS, after)) checkPacket(walk, states, packet, members);
  }
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
