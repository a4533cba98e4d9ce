import fc from 'fast-check';
import { DesiredBook } from '../../shared/core/effective.ts';
import { driftOf } from '../../shared/core/drift.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { PolicySet } from '../../shared/core/model/policy.ts';
import type { Plan } from '../../shared/core/model/plan.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { planFor } from '../../shared/core/plan.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { NOW, plainRuleOf, policySetOf, TARGET, TRAITS } from '../core/core-case.ts';
import { CORE } from '../core/core-modules.ts';
import { broken, DIRECTIONS } from '../core/judged.ts';
import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import { membersBetween } from '../oracle/named-verdict.ts';
import { rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainRule } from '../oracle/plain-case.ts';
import { fullness, ROOM, saidBy } from '../oracle/raw-rules.ts';
import type { HeldRule } from '../oracle/raw-rules.ts';
import { drawnCase, setCase } from './adapter-case.ts';
import type { DrawnCase, SetCase } from './adapter-case.ts';
import { emptyAdapterMix, notePlan } from './adapter-mix.ts';
import type { AdapterMix } from './adapter-mix.ts';
import { AdapterStage } from './adapter-stage.ts';
import { oddPlanFor } from './odd-plan.ts';

/**
 * Law 5: what EC2 holds after the encoded changes is what `simulate` says, and so is what is read of it then; and on the
 * way there nothing that stays is shut, and nothing is let through that neither was before nor will be after.
 */

const PACKETS = 120;
const MARK = 'portcullis';
const MOST_TAGS = 50;

/** The policies of a case, for this group. */
export function policiesFor(plain: PlainCase, { id }: Target): PolicySet {
  const set = policySetOf(CORE, plain);
  const ofGroup = <T extends Pick<PolicySet['policies'][number], 'match'>>(one: T): T => {
    const ids = one.match.id?.map((named) => (named === TARGET.id ? id : named));
    return ids === undefined ? one : { ...one, match: { ...one.match, id: ids } };
  };
  return { ...set, policies: set.policies.map(ofGroup), exceptions: set.exceptions.map(ofGroup) };
}

/** A firewall of the core's, as plain rules with what people wrote beside them. */
export function heldIn(firewall: Firewall): readonly HeldRule[] {
  return DIRECTIONS.flatMap((direction) =>
    rulesOf(firewall, direction).map((rule) => ({
      plain: plainRuleOf(rule, direction),
      description: rule.description,
      tags: rule.tags,
    })),
  );
}

export function plainOf(held: readonly HeldRule[]): readonly PlainRule[] {
  return held.map(({ plain }) => plain);
}

function unmarked(tags: HeldRule['tags']): string {
  const others = Object.entries(tags).filter(([key]) => key !== MARK);
  return JSON.stringify(others.sort());
}

function isAlike(one: HeldRule, other: HeldRule): boolean {
  return one.description === other.description && unmarked(one.tags) === unmarked(other.tags);
}

/** What the group holds is what the plan says: the same traffic, words and tags, and the same ids of all that stays. */
export function checkHeld(
  plan: Plan,
  wanted: readonly HeldRule[],
  before: readonly HeldRule[],
  held: readonly HeldRule[],
): void {
  const bySaid = Map.groupBy(wanted, ({ plain }) => saidBy(plain));
  const texts = held.map(({ plain }) => saidBy(plain));
  const lacking = [...bySaid.keys()].filter((text) => !texts.includes(text));
  const excessive = texts.filter((text) => !bySaid.has(text));
  if (lacking.length + excessive.length > 0) broken('not what simulate says', { lacking, excessive });
  const stood = new Map(before.map((one) => [one.plain.id, one]));
  for (const one of held) {
    const meant = bySaid.get(saidBy(one.plain)) ?? [];
    if (!meant.some((other) => isAlike(one, other))) broken('other words or tags than simulate says', { one, meant });
    const isMarked = one.tags[MARK] === plan.id.slice(0, 256) || Object.keys(one.tags).length === MOST_TAGS;
    if (!stood.has(one.plain.id) && !isMarked) broken('added without the mark', { one });
  }
  for (const { plain } of wanted.filter((one) => stood.has(one.plain.id))) {
    const same = held.find((one) => one.plain.id === plain.id);
    const old = stood.get(plain.id);
    if (same === undefined || old === undefined || !isAlike(same, old) || same.tags[MARK] !== old.tags[MARK]) {
      broken('a rule that stays has another id, or other words or tags', { plain, same });
    }
  }
}

/** What is read of a group is what it holds. */
function checkRead(firewall: Firewall, held: readonly HeldRule[]): void {
  const spelled = (rules: readonly HeldRule[]): readonly string[] =>
    rules
      .map(({ plain, description, tags }) =>
        JSON.stringify([plain.id, saidBy(plain), description, Object.entries(tags).sort()]),
      )
      .sort();
  const [read, raw] = [spelled(heldIn(firewall)), spelled(held)];
  const [more, less] = [read.filter((one) => !raw.includes(one)), raw.filter((one) => !read.includes(one))];
  if (more.length + less.length > 0 || read.length !== raw.length) broken('read otherwise than held', { more, less });
}

/** Between two calls everything that stays is let through, and nothing that neither was nor will be. */
export function checkSteps(plain: PlainCase, seed: number, worlds: readonly (readonly PlainRule[])[]): void {
  const [before = [], after = [], ...steps] = worlds;
  if (steps.length === 0) return;
  const asked = { ...plain, rules: before };
  const packets = packetsOf(asked, seed, PACKETS, after);
  for (const members of membersBetween(asked, cornersOf(asked, after).addresses, dice(seed))) {
    for (const packet of packets) {
      const passes = (rules: readonly PlainRule[]): boolean => rulesLettingThrough(rules, packet, members).length > 0;
      const [was, will] = [passes(before), passes(after)];
      steps.forEach((rules, step) => {
        const now = passes(rules);
        if (was && will && !now) broken('shut in between', { step, packet, members });
        if (now && !was && !will) broken('open in between', { step, packet, members });
      });
    }
  }
}

/** A call that is refused for want of room is refused rightly. */
function checkFull(wanted: readonly HeldRule[], held: readonly HeldRule[], set: SetCase): void {
  const both = [...new Map([...wanted, ...held].map(({ plain }) => [saidBy(plain), plain])).values()];
  const hasRoom = DIRECTIONS.every((direction) => fullness(both, direction, () => set.sizeOfList()) <= ROOM);
  if (hasRoom) broken('refused although there is room', { rules: both.length });
}

export async function firewallAt({ cloud }: AdapterStage, target: Target, book: DesiredBook): Promise<Firewall> {
  const read = await cloud.read(target, book.written);
  return read.kind === 'firewall' ? read.firewall : broken('gone', target);
}

/** What the policies ask for; of those that contradict one another, nothing follows. */
export function planOfPolicies(
  { plain }: SetCase,
  firewall: Firewall,
  book: DesiredBook,
  { seed, odd }: DrawnCase,
): Plan {
  const drift = driftOf(firewall, book.for(firewall, NOW), TRAITS);
  if (odd !== undefined || drift.contradictions.length > 0) return oddPlanFor(firewall, odd ?? [plain.rules.length, 3]);
  return planFor(firewall, drift, TRAITS, seed % 2 === 0 ? 'proven' : 'enforced');
}

async function checkCase(
  stage: AdapterStage,
  target: Target,
  set: SetCase,
  drawn: DrawnCase,
  mix: AdapterMix,
): Promise<void> {
  const book = new DesiredBook(policiesFor(set.plain, target));
  const firewall = await firewallAt(stage, target, book);
  const unread = new Set(firewall.unread.map(({ rule }) => rule));
  const readable = (held: readonly HeldRule[]): readonly HeldRule[] =>
    held.filter(({ plain }) => !unread.has(plain.id));
  const before = readable(await stage.held(target.id));
  checkRead(firewall, before);
  mix.unread += unread.size > 0 ? 1 : 0;
  const plan = planOfPolicies(set, firewall, book, drawn);
  const wanted = heldIn(simulate(firewall, plan.changes));
  const outcome = await stage.cloud.apply(plan, firewall);
  if (plan.changes.length === 0) {
    if (stage.steps.length > 0) broken('a plan without changes writes', { steps: stage.steps });
    return;
  }
  const held = readable(await stage.held(target.id));
  const steps = stage.steps.map((step) => plainOf(readable(step.held)));
  const stood = new Set(before.map((one) => saidBy(one.plain)));
  const changed = plainOf([...before.filter((one) => !held.includes(one)), ...held]).filter(
    (one) => !stood.has(saidBy(one)) || !held.some(({ plain }) => saidBy(plain) === saidBy(one)),
  );
  notePlan(
    mix,
    plan,
    changed,
    stage.steps.map(({ action }) => action),
  );
  checkSteps(set.plain, drawn.seed, [plainOf(before), plainOf(wanted), ...steps]);
  checkRead(await firewallAt(stage, target, book), held);
  if (outcome.kind === 'refused' && outcome.why.includes('RulesPerSecurityGroupLimitExceeded')) {
    mix.withoutRoom += 1;
    checkFull(wanted, held, set);
  } else if (outcome.kind === 'applied') checkHeld(plan, wanted, before, held);
  else broken('not applied', outcome);
}

export interface Found {
  /** The first case that breaks the law, made small, and how; undefined where the law holds. */
  readonly counterexample: string | undefined;
  readonly mix: AdapterMix;
}

/** Whether the adapter keeps the law, over this many cases. */
export async function adapterHolds(asking: {
  readonly runs: number;
  readonly seed: number;
  readonly timeLimitMs?: number;
  /** Whether a counterexample is to be made small. */
  readonly shrink?: boolean;
}): Promise<Found> {
  const mix = emptyAdapterMix();
  const stage = new AdapterStage();
  const groups = await stage.open();
  const property = fc.asyncProperty(drawnCase, async (drawn: DrawnCase) => {
    const set = await setCase(stage, groups, drawn);
    const target = await stage.groupWith(set.made, drawn.keepsDefault);
    mix.cases += 1;
    await checkCase(stage, target, set, drawn, mix);
    await stage.forget(target, set.list);
  });
  const found = await fc.check(property, {
    numRuns: asking.runs,
    seed: asking.seed,
    endOnFailure: asking.shrink === false,
    ...(asking.timeLimitMs === undefined ? {} : { interruptAfterTimeLimit: asking.timeLimitMs }),
  });
  if (!found.failed) return { counterexample: undefined, mix };
  const why = found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance);
  const told = `${why}\ncase (run seed ${String(found.seed)}): ${JSON.stringify(found.counterexample)}`;
  return { counterexample: told, mix };
}
