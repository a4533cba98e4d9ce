// A revert x Firewall as it is -> the changes that put back what the revert took.
import { contentOf } from './contents.ts';
import { DIRECTIONS, rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Reverted } from './model/order.ts';
import type { Change } from './model/plan.ts';
import type { RuleRecord, RulesRecord } from './model/record.ts';
import type { RuleContent } from './model/rule.ts';
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

/** By what a piece that the revert made of a rule is told from a rule of somebody's. */
interface Traces {
  /** Rules that it found there, by id. */
  readonly found: ReadonlySet<string | undefined>;
  /** What it made of them, by content. */
  readonly made: ReadonlySet<string>;
}

function keysIn(direction: Direction, records: readonly RuleRecord[]): ReadonlySet<string> {
  return new Set(records.flatMap((record) => contentOf(record) ?? []).map((content) => contentKey(direction, content)));
}

function tracesOf(direction: Direction, { before, changes }: Reverted): Traces {
  const own = changes.filter((change) => change.direction === direction);
  const made = keysIn(
    direction,
    own.flatMap(({ kind, becomes = [] }) => (kind === 'add' ? [] : becomes)),
  );
  // What people opened while it was being reverted is in no image, but in a change. So is a piece that was changed again.
  const opened = own
    .flatMap(({ rule }) => rule ?? [])
    .filter((rule) => ![...keysIn(direction, [rule])].some((key) => made.has(key)));
  return { found: new Set([...before[direction], ...opened].map(({ id }) => id)), made };
}

function piecesIn(firewall: Firewall, direction: Direction, { found, made }: Traces): readonly Change[] {
  return rulesOf(firewall, direction)
    .filter((rule) => !found.has(rule.id) && made.has(contentKey(direction, rule)))
    .map((rule) => ({ kind: 'remove', direction, rule }));
}

/** The rules that were taken or narrowed, each once, as the image has them: a record for each peer and port range. */
function takenIn(
  direction: Direction,
  { before, changes }: Reverted,
  { found }: Traces,
): ReadonlyMap<string | undefined, readonly RuleRecord[]> {
  const taken = changes.flatMap(({ kind, rule, ...change }) =>
    kind === 'add' || change.direction !== direction || rule === undefined || !found.has(rule.id) ? [] : [rule],
  );
  return new Map(
    taken.map((rule) => {
      const image = before[direction].filter(({ id }) => id === rule.id);
      return [rule.id, image.length === 0 ? [rule] : image];
    }),
  );
}

/** Puts one rule back: in place where it is still there, else anew. */
function restored(
  firewall: Firewall,
  direction: Direction,
  id: string | undefined,
  contents: readonly RuleContent[],
): readonly Change[] {
  const rules = rulesOf(firewall, direction);
  const keys = new Set(rules.map((rule) => contentKey(direction, rule)));
  const lacking = contents.filter((content) => !keys.has(contentKey(direction, content)));
  if (lacking.length === 0) return [];
  const there = rules.find((rule) => rule.id === id);
  return there === undefined
    ? [{ kind: 'add', direction, becomes: lacking }]
    : [{ kind: 'restore', direction, rule: there, becomes: contents }];
}

/**
 * What a revert took comes back as it was, description and tags of rules included, and what it made of rules goes. What
 * it added because a policy requires it stays: the next run would only add it again.
 */
export function restorationOf(body: Reverted, firewall: Firewall): Restoration {
  if (body.changes.some(({ kind, rule }) => kind !== 'add' && rule === undefined)) {
    return { kind: 'unreadable', why: 'the ledger does not say which rule was changed; put it back by hand' };
  }
  const changes: Change[] = [];
  for (const direction of DIRECTIONS) {
    const traces = tracesOf(direction, body);
    for (const [id, records] of takenIn(direction, body, traces)) {
      const contents = records.flatMap((record) => contentOf(record) ?? []);
      if (contents.length < records.length) {
        const what = records.map((record) => `\`${idText(direction, record)}\``).join(', ');
        return { kind: 'unreadable', why: `the ledger's image of ${what} cannot be read; put it back by hand` };
      }
      changes.push(...restored(firewall, direction, id, contents));
    }
    changes.push(...piecesIn(firewall, direction, traces));
  }
  const stays = body.changes
    .filter(({ kind }) => kind === 'add')
    .flatMap(({ direction, becomes = [] }) => becomes.map((record) => `${direction} ${recordText(direction, record)}`));
  return { kind: 'changes', changes, stays };
}

/** Whether there is anything that a rollback would put back: what was only added stays, or goes with its grant. */
export function canRollBack({ order, changes }: Pick<Reverted, 'order' | 'changes'>): boolean {
  return (order === undefined || order.kind === 'apply') && changes.some(({ kind }) => kind !== 'add');
}
