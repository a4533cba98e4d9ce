// Order x Judgement -> Handwork: what would be done for a person who asks, or why it is not.
import type { DesiredBook } from './effective.ts';
import { driftOf } from './drift.ts';
import { verdictOf } from './guard.ts';
import type { Judgement } from './judge.ts';
import { isEnforced } from './model/finding.ts';
import type { Excess } from './model/finding.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Grant } from './model/grant.ts';
import type { Limits } from './model/guard.ts';
import type { Order } from './model/order.ts';
import type { Change, Plan } from './model/plan.ts';
import type { OrderRecord, TrafficRecord } from './model/record.ts';
import type { RuleContent } from './model/rule.ts';
import type { Traits } from './model/traits.ts';
import { openingOf } from './opening.ts';
import { planFor } from './plan.ts';
import { flowsRecords } from './records.ts';
import { planRecord } from './report.ts';
import { movedSince, restorationOf } from './rollback.ts';
import { movedFrom } from './same-plan.ts';
import { simulate } from './simulate.ts';
import { contentKey, flowsText } from './spell.ts';
import { tooLargeFor } from './room.ts';

/** What comes of an order at one firewall. */
export type Handwork =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      /** What has to be granted first, so that it stays. */
      readonly grant: Grant | undefined;
      /** What the person should know, one sentence each. */
      readonly notes: readonly string[];
    }
  /** It is so already. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** The firewall is not as it was when the order was thought of. */
  | { readonly kind: 'moved'; readonly differences: readonly string[] }
  /** It is not done, and these are the reasons. */
  | { readonly kind: 'held'; readonly reasons: readonly string[] };

/** What an order is judged by. */
export interface HandContext {
  readonly book: DesiredBook;
  readonly traits: Traits;
  readonly limits: Limits;
  readonly at: Date;
  readonly grants: readonly Grant[];
  /** Changes that the same command has made already, on other firewalls. */
  readonly changesInRun: number;
}

function held(...reasons: readonly string[]): Handwork {
  return { kind: 'held', reasons };
}

/** The same plan, with other changes. */
function planOf({ full }: Judgement, id: string, changes: readonly Change[]): Plan {
  return { ...full, id, changes, held: [], collateral: [] };
}

function writtenBy(
  changes: readonly Change[],
): readonly { readonly direction: Direction; readonly content: RuleContent }[] {
  return changes.flatMap((change) =>
    change.kind === 'remove' ? [] : change.becomes.map((content) => ({ direction: change.direction, content })),
  );
}

/**
 * What of these rules is forbidden, in the firewall as it would be. What is only possible counts too: once a rule names a
 * peer, a read may know more of that peer than anybody knows before.
 */
function forbiddenOf(
  after: Firewall,
  written: ReturnType<typeof writtenBy>,
  { book, traits, at }: HandContext,
  grants: readonly Grant[],
): readonly Excess[] {
  const keys = new Set(written.map(({ direction, content }) => contentKey(direction, content)));
  return driftOf(after, book.for(after, at, grants), traits).findings.filter(
    (finding): finding is Excess => finding.kind === 'excess' && keys.has(contentKey(finding.direction, finding.rule)),
  );
}

function forbiddenText({ clause, place, direction, flows }: Excess): string {
  return `\`${clause}\` (${place.file}:${String(place.line)}) is firm and forbids ${flowsText(direction, flows)}; no grant takes anything out of it`;
}

function roomReason(firewall: Firewall, changes: readonly Change[], { traits }: HandContext): string | undefined {
  const { rulesPerDirection: limit } = traits;
  if (limit === undefined) return undefined;
  for (const direction of ['ingress', 'egress'] as const) {
    const own = changes.filter((change) => change.direction === direction);
    const short = tooLargeFor(firewall, direction, own, limit);
    if (short === undefined) continue;
    return `the firewall has room for ${String(short.free)} more rules; remove rules that are not needed first`;
  }
  return undefined;
}

function recordsIn(excess: readonly Excess[], direction: Direction): readonly TrafficRecord[] {
  return excess.filter((one) => one.direction === direction).flatMap(({ flows }) => flowsRecords(flows));
}

type Staying = Extract<Order, { readonly kind: 'open' | 'rollback' }>;

function grantFor(order: Staying, { target }: Firewall, at: Date, traffic: Pick<Grant, 'ingress' | 'egress'>): Grant {
  const { kind, grantId, until, by, ticket } = order;
  return {
    id: grantId,
    cause: kind,
    target,
    ...traffic,
    at,
    until,
    by,
    ...(ticket === undefined ? {} : { ticket }),
    ...(order.kind === 'rollback' ? { revert: order.revert } : {}),
  };
}

function applied(order: Extract<Order, { kind: 'apply' }>, judgement: Judgement, context: HandContext): Handwork {
  const { firewall, drift, full } = judgement;
  if (order.expected !== undefined) {
    const differences = movedFrom(order.expected, planRecord(judgement), firewall);
    if (differences.length > 0) return { kind: 'moved', differences };
  }
  if (full.changes.length === 0 && full.held.length === 0) return { kind: 'nothing', why: 'nothing to do' };
  // By hand the modes do not hold anything back: the person decides. All else that holds a run back holds here too.
  const verdict = verdictOf({ drift, full, acting: full, changesInRun: context.changesInRun, limits: context.limits });
  if (verdict.kind === 'hold') return held(...verdict.reasons);
  const isMeant = judgement.desired.policies.some(({ match }) => match.id?.includes(firewall.target.id) === true);
  if (firewall.managedBy !== undefined && !isMeant) {
    return held(`it is tended by ${firewall.managedBy}; name it by \`id\` in a policy to have it changed`);
  }
  return { kind: 'plan', plan: full, grant: undefined, notes: full.held.map(({ reason }) => `held: ${reason}`) };
}

/** What was let through by hand is closed by the end of its grant, and by nothing else. */
function openedText(revert: string, { kind, grant }: OrderRecord): string {
  const done = kind === 'open' ? 'opened by hand' : 'rolled back by hand';
  const how = grant === undefined ? 'and no grant was needed' : `\`portcullis grants revoke ${grant}\` has it closed`;
  return `\`${revert}\` is no revert: it was ${done}, ${how}`;
}

const NOTHING_CLOSES = 'no policy that forbids it enforces that now, so nothing closes it when the grant ends';

function rolledBack(order: Extract<Order, { kind: 'rollback' }>, judgement: Judgement, context: HandContext): Handwork {
  const { firewall } = judgement;
  const { order: ordered } = order.body;
  if (ordered !== undefined && ordered.kind !== 'apply') return held(openedText(order.revert, ordered));
  const differences = movedSince(order.body.after, firewall);
  if (differences.length > 0 && !order.force) return { kind: 'moved', differences };
  const restoration = restorationOf(order.body, firewall);
  if (restoration.kind === 'unreadable') return held(restoration.why);
  const { changes, stays } = restoration;
  if (changes.length === 0) return { kind: 'nothing', why: 'all that the revert took is there' };
  const noRoom = roomReason(firewall, changes, context);
  if (noRoom !== undefined) return held(noRoom);
  const after = simulate(firewall, changes);
  const written = writtenBy(changes);
  const excess = forbiddenOf(after, written, context, context.grants);
  const grant = grantFor(order, firewall, context.at, {
    ingress: recordsIn(excess, 'ingress'),
    egress: recordsIn(excess, 'egress'),
  });
  const firm = forbiddenOf(after, written, context, [...context.grants, grant]);
  if (firm.length > 0) return held(...firm.map(forbiddenText));
  return {
    kind: 'plan',
    plan: planOf(judgement, `rollback of ${order.revert}`, changes),
    grant: excess.length === 0 ? undefined : grant,
    notes: [
      ...(excess.some(isEnforced) || excess.length === 0 ? [] : [NOTHING_CLOSES]),
      ...differences.map((one) => `moved since: ${one}`),
      ...stays.map((one) => `stays, since a policy requires it: ${one}`),
    ],
  };
}

/** A firewall that has these rules alone: what becomes of them does not hang on others. */
function aloneWith(firewall: Firewall, changes: readonly Change[]): Firewall {
  const bare: Firewall = { ...firewall, ingress: [], egress: [], unread: [] };
  return simulate(bare, changes);
}

/** Why nothing would close it when the grant ends; undefined where a run would. */
function staysOpen(probe: Firewall, order: Staying, context: HandContext): string | undefined {
  const { book, traits, grants } = context;
  const desired = book.for(probe, order.until, grants);
  const drift = driftOf(probe, desired, traits);
  const plan = planFor(probe, drift, traits, 'enforced');
  const verdict = verdictOf({ drift, full: plan, acting: plan, changesInRun: 0, limits: book.limits });
  if (drift.findings.every(({ kind, certainty }) => kind !== 'excess' || certainty !== 'proven')) {
    return 'no policy forbids it for certain, so nothing would close it; add the rule with your own tools';
  }
  if (verdict.kind === 'hold') return `it would be held when the grant ends: ${verdict.reasons.join('; ')}`;
  const left = driftOf(simulate(probe, plan.changes), desired, traits).findings;
  if (left.every(({ kind, certainty }) => kind !== 'excess' || certainty !== 'proven')) return undefined;
  return 'the policies that forbid it do not enforce it, so nothing would close it; add the rule with your own tools';
}

function opened(order: Extract<Order, { kind: 'open' }>, judgement: Judgement, context: HandContext): Handwork {
  const { firewall } = judgement;
  const { direction } = order.question;
  const opening = openingOf(order.question, firewall, context.traits);
  if (opening.kind === 'unsayable') return held(opening.why);
  const noRoom = roomReason(firewall, opening.changes, context);
  if (noRoom !== undefined) return held(noRoom);
  const probe = aloneWith(firewall, [{ kind: 'add', direction, becomes: opening.contents }]);
  const why = staysOpen(probe, order, context);
  if (why !== undefined) return held(why);
  const traffic = { ingress: [], egress: [], [direction]: opening.records };
  const grant = grantFor(order, firewall, context.at, traffic);
  const written = opening.contents.map((content) => ({ direction, content }));
  const firm = forbiddenOf(probe, written, context, [...context.grants, grant]);
  if (firm.length > 0) return held(...firm.map(forbiddenText));
  const notes = [
    ...(opening.changes.length === 0 ? ['a rule lets it through already; it is granted until then'] : []),
    ...(context.limits.paused === undefined ? [] : [`nothing closes it before that: ${context.limits.paused}`]),
  ];
  return { kind: 'plan', plan: planOf(judgement, grant.id, opening.changes), grant, notes };
}

/** What an order comes to, at a firewall as it was just read and judged. Whoever carries it out reads again after it. */
export function handworkFor(order: Order, judgement: Judgement, context: HandContext): Handwork {
  switch (order.kind) {
    case 'apply':
      return applied(order, judgement, context);
    case 'rollback':
      return rolledBack(order, judgement, context);
    case 'open':
      return opened(order, judgement, context);
  }
}
