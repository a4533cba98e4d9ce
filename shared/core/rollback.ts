// A revert x Firewall as it is -> the changes that put back what the revert took.
import { contentOf } from './contents.ts';
import { DIRECTIONS, rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Reverted } from './model/order.ts';
import type { Change } from './model/plan.ts';
import type { ChangeRecord, RuleRecord, RulesRecord } from './model/record.ts';
import type { Rule, RuleContent } from './model/rule.ts';
import { recordText, rulesRecord } from './records.ts';
import { contentKey } from './spell.ts';

/** A revert taken back, as changes; or what of its image cannot be read any more. */
export type Restoration =
  | {
      readonly kind: 'changes';
      readonly changes: readonly Change[];
      /** What the revert added because a policy requires it, in words: that stays. */
      readonly stays: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly why: string };

function idText(direction: Direction, rule: RuleRecord): string {
  return `${rule.id === undefined ? '' : `${rule.id}: `}${recordText(direction, rule)}`;
}

function keyOf(rule: RuleRecord): string {
  // Tags decide nothing.
  const said = Object.entries(rule).filter(([key]) => key !== 'tags');
  return JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How a firewall differs from how the revert left it, in words; nothing where it does not. */
export function movedSince(after: RulesRecord, firewall: Firewall): readonly string[] {
  const now = rulesRecord(firewall);
  return DIRECTIONS.flatMap((direction) => {
    const [then, today] = [after[direction], now[direction]];
    const [thenKeys, todayKeys] = [new Set(then.map(keyOf)), new Set(today.map(keyOf))];
    const gone = then.filter((rule) => !todayKeys.has(keyOf(rule)));
    const fresh = today.filter((rule) => !thenKeys.has(keyOf(rule)));
    return [
      ...gone.map((rule) => `not there any more: ${direction} ${idText(direction, rule)}`),
      ...fresh.map((rule) => `not there then: ${direction} ${idText(direction, rule)}`),
    ];
  });
}

/** The rule that a change was about, as it was before. */
function originalOf({ direction, rule }: ChangeRecord, { before }: Reverted): RuleRecord | undefined {
  return before[direction].find(({ id }) => id === rule?.id) ?? rule;
}

/** Rules that are there, were not there before the revert, and say what it made of another one. */
function piecesOf(change: ChangeRecord, { before, changes }: Reverted, firewall: Firewall): readonly Rule[] {
  const { direction, becomes = [] } = change;
  const keysIn = (records: readonly RuleRecord[]): ReadonlySet<string> =>
    new Set(records.flatMap((record) => contentOf(record) ?? []).map((content) => contentKey(direction, content)));
  const made = keysIn(becomes);
  const required = keysIn(
    changes.flatMap((one) => (one.kind === 'add' && one.direction === direction ? (one.becomes ?? []) : [])),
  );
  // What people opened while it was being reverted is in no image, but in a change.
  const known = new Set([...before[direction], ...changes.flatMap(({ rule }) => rule ?? [])].map(({ id }) => id));
  return rulesOf(firewall, direction).filter((rule) => {
    const key = contentKey(direction, rule);
    return !known.has(rule.id) && made.has(key) && !required.has(key);
  });
}

/** Puts one rule back: in place where it is still there, else anew; what was made of it goes. */
function restored(change: ChangeRecord, original: RuleContent, body: Reverted, firewall: Firewall): readonly Change[] {
  const { direction } = change;
  const rules = rulesOf(firewall, direction);
  const pieces = piecesOf(change, body, firewall).map((rule): Change => ({ kind: 'remove', direction, rule }));
  const own = contentKey(direction, original);
  if (rules.some((rule) => contentKey(direction, rule) === own)) return pieces;
  const there = rules.find(({ id }) => id === change.rule?.id);
  return there === undefined
    ? [{ kind: 'add', direction, becomes: [original] }, ...pieces]
    : [{ kind: 'restore', direction, rule: there, becomes: [original] }, ...pieces];
}

/**
 * What a revert took comes back as it was, description and tags of rules included. What it added because a policy
 * requires it stays: the next run would only add it again.
 */
export function restorationOf(body: Reverted, firewall: Firewall): Restoration {
  const changes: Change[] = [];
  const taken = body.changes.filter(({ kind }) => kind !== 'add');
  for (const change of taken) {
    const record = originalOf(change, body);
    const original = record === undefined ? undefined : contentOf(record);
    if (original === undefined) {
      const what = record === undefined ? 'a rule' : `\`${idText(change.direction, record)}\``;
      return { kind: 'unreadable', why: `the ledger's image of ${what} cannot be read; put it back by hand` };
    }
    changes.push(...restored(change, original, body, firewall));
  }
  const stays = body.changes
    .filter(({ kind }) => kind === 'add')
    .flatMap(({ direction, becomes = [] }) => becomes.map((record) => `${direction} ${recordText(direction, record)}`));
  return { kind: 'changes', changes: distinctRemovals(changes), stays };
}

/** Whether there is anything that a rollback would put back: what was only added stays, or goes with its grant. */
export function canRollBack({ order, changes }: Pick<Reverted, 'order' | 'changes'>): boolean {
  return (order === undefined || order.kind === 'apply') && changes.some(({ kind }) => kind !== 'add');
}

/** Two rules may have been narrowed to one piece, which goes once. */
function distinctRemovals(changes: readonly Change[]): readonly Change[] {
  const seen = new Set<string>();
  return changes.filter((change) => {
    if (change.kind !== 'remove') return true;
    if (seen.has(change.rule.id)) return false;
    seen.add(change.rule.id);
    return true;
  });
}
