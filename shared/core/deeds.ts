// Intents x what a read shows -> the changes that were really made.
import type { Intent } from './model/ledger.ts';
import type {
  ChangeRecord,
  CollateralRecord,
  FindingRecord,
  OrderRecord,
  RuleRecord,
  RulesRecord,
  TargetRecord,
} from './model/record.ts';

/** An intent of which something was done. */
export interface Deed {
  readonly intent: Intent;
  readonly changes: readonly ChangeRecord[];
}

/** What a rule lets through, whatever its id, description and tags. */
function contentOf(rule: RuleRecord): string {
  const content = Object.entries(rule).filter(([key]) => !['id', 'description', 'tags'].includes(key));
  return JSON.stringify(content.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isIn(rules: readonly RuleRecord[]): (one: RuleRecord) => boolean {
  const contents = new Set(rules.map(contentOf));
  return (one) => contents.has(contentOf(one));
}

/**
 * Whether a read shows what the change was to bring about. Somebody may have been quick and edited one piece of a rule
 * since, so a piece that was not there before is proof enough that the rule was narrowed.
 */
function isMade({ direction, rule, becomes = [] }: ChangeRecord, before: RulesRecord, now: RulesRecord): boolean {
  const rules = now[direction];
  const isThere = isIn(rules);
  const wasThere = isIn(before[direction]);
  if (becomes.length === 0) return !rules.some(({ id }) => id === rule?.id);
  if (rule === undefined) return becomes.every(isThere);
  const isGone = !rules.some((other) => other.id === rule.id && contentOf(other) === contentOf(rule));
  return isGone && (becomes.every(isThere) || becomes.some((one) => isThere(one) && !wasThere(one)));
}

/**
 * The changes of an intent that count as made: all of them where the cloud says that they were applied, else those that
 * the next read shows. That is the one which a later intent was drawn from, where there is a later one: what the last
 * read shows may be that one's work. Undefined where that leaves none, so that nobody claims it.
 */
export function deedOf(
  intent: Intent,
  isApplied: boolean,
  now: RulesRecord,
  later: readonly Intent[],
): Deed | undefined {
  const { changes, before } = intent.body;
  const next = later[0]?.body.before ?? now;
  const made = isApplied ? changes : changes.filter((change) => isMade(change, before, next));
  return made.length === 0 ? undefined : { intent, changes: made };
}

/** Everything of these lists once, in the order of its first place. */
function distinct<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return [...new Map(lists.flat().map((one) => [JSON.stringify(one), one])).values()];
}

/** Each finding once, as it was found last in this list: so the first intent says what it looked like. */
function byId(findings: readonly FindingRecord[]): readonly FindingRecord[] {
  return [...new Map(findings.map((one) => [one.id, one])).values()];
}

/** What several deeds of one revert come to. What the read after them shows beside, nobody has been told of yet: it counts too. */
export function sumOf(
  deeds: readonly [Deed, ...Deed[]],
  shown: readonly FindingRecord[],
): {
  readonly planId: string;
  readonly findings: readonly FindingRecord[];
  readonly changes: readonly ChangeRecord[];
  readonly collateral: readonly CollateralRecord[];
  readonly firewall: TargetRecord;
  readonly before: RulesRecord;
  readonly order?: OrderRecord;
} {
  const [{ intent: first }] = deeds;
  return {
    planId: first.body.planId,
    firewall: first.body.firewall,
    findings: byId([...shown, ...deeds.toReversed().flatMap(({ intent }) => intent.body.findings)]),
    changes: distinct(deeds.map(({ changes }) => changes)),
    collateral: distinct(deeds.map(({ intent }) => intent.body.collateral)),
    before: first.body.before,
    ...(first.body.order === undefined ? {} : { order: first.body.order }),
  };
}
