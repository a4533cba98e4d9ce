// Plan -> the writes that carry it out, in an order without a gap, as data.
import { isGapless } from '../../core/gapless.ts';
import { DIRECTIONS, rulesOf } from '../../core/model/firewall.ts';
import type { Direction, Firewall } from '../../core/model/firewall.ts';
import type { Change, Plan } from '../../core/model/plan.ts';
import type { Rule, RuleContent } from '../../core/model/rule.ts';
import { contentKey, ruleText } from '../../core/spell.ts';
import { wireOf } from './requests.ts';
import type { Edit, WriteRequest } from './requests.ts';
import { MARK, RESERVED_TAG, TAG_VALUE_LENGTH, TAGS_PER_RESOURCE } from './traits.ts';

/** What becomes of each rule, before it is cut into calls. */
interface Steps {
  readonly added: { readonly direction: Direction; readonly content: RuleContent }[];
  readonly edits: Edit[];
  readonly revoked: { readonly direction: Direction; readonly rule: Rule }[];
}

/**
 * Whether a rule can become this in place. ModifySecurityGroupRules keeps the kind of source ("you may not specify a
 * referenced group id for an existing IPv4 CIDR rule"), and names a group by its id alone, so a group of another
 * account is not edited in place (EC2 API Reference, SecurityGroupRuleRequest, 2026-11-24).
 */
function isEditable(direction: Direction, rule: Rule, becomes: RuleContent): boolean {
  const from = wireOf(direction, rule).peer;
  const to = wireOf(direction, becomes).peer;
  return from.kind === to.kind && (to.kind !== 'group' || to.account === undefined);
}

/**
 * Follows the changes of a plan. A piece that the group has already, in a rule that stays or from another change, is
 * not written again: EC2 would refuse the whole call as a duplicate.
 */
function stepsOf(plan: Plan, before: Firewall): Steps {
  const changing = new Set(plan.changes.flatMap((change) => (change.kind === 'add' ? [] : [change.rule.id])));
  const keysOf = (changes: boolean): Set<string> =>
    new Set(
      DIRECTIONS.flatMap((direction) =>
        rulesOf(before, direction)
          .filter((rule) => changing.has(rule.id) === changes)
          .map((rule) => contentKey(direction, rule)),
      ),
    );
  const present = keysOf(false);
  const leaving = keysOf(true);
  const steps: Steps = { added: [], edits: [], revoked: [] };
  for (const change of plan.changes) {
    const { direction } = change;
    const own = change.kind === 'add' ? undefined : contentKey(direction, change.rule);
    const fresh = (change.kind === 'remove' ? [] : change.becomes).filter((content) => {
      const key = contentKey(direction, content);
      if (present.has(key)) return false;
      if (leaving.has(key) && key !== own) {
        throw new Error(`plan \`${plan.id}\` both takes away and keeps \`${ruleText(direction, content)}\``);
      }
      present.add(key);
      return true;
    });
    addSteps(steps, change, fresh, own);
  }
  return steps;
}

function addSteps(steps: Steps, change: Change, fresh: readonly RuleContent[], own: string | undefined): void {
  const { direction } = change;
  const others = fresh.filter((content) => contentKey(direction, content) !== own);
  if (change.kind === 'add' || others.length < fresh.length) {
    // The rule itself is among what it becomes: it stays, and the others come beside it.
    steps.added.push(...others.map((content) => ({ direction, content })));
    return;
  }
  const [first, ...rest] = fresh;
  const inPlace = first !== undefined && isEditable(direction, change.rule, first);
  if (inPlace) steps.edits.push({ direction, rule: change.rule, becomes: first });
  else steps.revoked.push({ direction, rule: change.rule });
  steps.added.push(...(inPlace ? rest : fresh).map((content) => ({ direction, content })));
}

/**
 * Tags that a copy of a rule can carry, and the mark that says who made it. Where its own tags leave no room for the
 * mark it goes without: one tag too many and EC2 refuses the whole call.
 */
function tagsFor(content: RuleContent, mark: string): Readonly<Record<string, string>> {
  const kept = Object.entries(content.tags).filter(([key]) => !key.startsWith(RESERVED_TAG));
  const marked = { ...Object.fromEntries(kept), [MARK]: mark.slice(0, TAG_VALUE_LENGTH) };
  return Object.keys(marked).length > TAGS_PER_RESOURCE ? Object.fromEntries(kept) : marked;
}

function authorizesFor({ added }: Steps, groupId: string, mark: string): readonly WriteRequest[] {
  return DIRECTIONS.flatMap((direction): readonly WriteRequest[] => {
    const contents = added.filter((step) => step.direction === direction);
    const byTags = Map.groupBy(contents, ({ content }) =>
      JSON.stringify(Object.entries(tagsFor(content, mark)).sort()),
    );
    return [...byTags.values()].map((alike) => ({
      kind: 'authorize',
      groupId,
      direction,
      contents: alike.map(({ content }) => content),
      tags: alike[0] === undefined ? {} : tagsFor(alike[0].content, mark),
    }));
  });
}

function revokesFor(revoked: Steps['revoked'], groupId: string): readonly WriteRequest[] {
  return DIRECTIONS.flatMap((direction): readonly WriteRequest[] => {
    const rules = revoked.filter((step) => step.direction === direction).map(({ rule }) => rule);
    return rules.length === 0 ? [] : [{ kind: 'revoke', groupId, direction, rules }];
  });
}

/**
 * The calls that carry out a plan on the firewall that it was made for, so that nothing that stays is shut at any
 * moment, and nothing is let through that neither was before nor will be after. First goes what leaves no gap, because
 * nothing that is written may overlap it: so a group that has no room for a piece of one rule still loses the others,
 * and has their room. Then all that is added, then what is edited in place, then the rest of what goes. `mark` names the
 * plan or the revert in a tag of the rules that are added.
 */
export function requestsFor(plan: Plan, before: Firewall, mark: string = plan.id): readonly WriteRequest[] {
  const steps = stepsOf(plan, before);
  const groupId = plan.target.id;
  const edited = steps.edits.map(({ direction, becomes }) => ({ direction, content: becomes }));
  const written = [...steps.added, ...edited];
  const isFirst = ({ direction, rule }: Steps['revoked'][number]): boolean =>
    isGapless({ direction, content: rule }, written, before.names);
  const edits: readonly WriteRequest[] =
    steps.edits.length === 0 ? [] : [{ kind: 'modify', groupId, edits: steps.edits }];
  return [
    ...revokesFor(steps.revoked.filter(isFirst), groupId),
    ...authorizesFor(steps, groupId, mark),
    ...edits,
    ...revokesFor(
      steps.revoked.filter((step) => !isFirst(step)),
      groupId,
    ),
  ];
}

function withRules(
  firewall: Firewall,
  direction: Direction,
  change: (rules: readonly Rule[]) => readonly Rule[],
): Firewall {
  return { ...firewall, [direction]: [{ combine: 'union', rules: change(rulesOf(firewall, direction)) }] };
}

/** The firewall as it is after a request. A rule that is added is known by its content until EC2 has named it. */
export function afterRequest(firewall: Firewall, request: WriteRequest): Firewall {
  switch (request.kind) {
    case 'authorize': {
      const { contents, direction, tags } = request;
      const added = contents.map((content) => ({ ...content, tags, id: contentKey(direction, content) }));
      return withRules(firewall, direction, (rules) => [...rules, ...added]);
    }
    case 'modify':
      return request.edits.reduce(
        (after, { direction, rule: { id }, becomes }) =>
          // Tags belong to the rule, not to its content: an edit in place does not touch them.
          withRules(after, direction, (rules) =>
            rules.map((rule) => (rule.id === id ? { ...becomes, id, tags: rule.tags } : rule)),
          ),
        firewall,
      );
    case 'revoke': {
      const gone = new Set(request.rules.map(({ id }) => id));
      return withRules(firewall, request.direction, (rules) => rules.filter(({ id }) => !gone.has(id)));
    }
  }
}

function stateOf(firewall: Firewall, isNamed: (rule: Rule) => boolean): string {
  const sorted = (record: Readonly<Record<string, string>>): unknown => Object.entries(record).sort();
  const rules = DIRECTIONS.flatMap((direction) =>
    rulesOf(firewall, direction).map((rule) => [
      isNamed(rule) ? rule.id : '',
      contentKey(direction, rule),
      rule.description,
    ]),
  );
  const unread = firewall.unread.map(({ direction, rule, why }) => [direction, rule, why]);
  return JSON.stringify([firewall.name, sorted(firewall.tags), firewall.networks, rules.sort(), unread.sort()]);
}

/**
 * Whether a read shows what `afterRequest` says: the same rules by id, and those that were added by content, since
 * their ids are new. Name, tags and network count too, because they decide which policies govern the group.
 */
export function isAsExpected(now: Firewall, expected: Firewall): boolean {
  const added = new Set(
    DIRECTIONS.flatMap((direction) =>
      rulesOf(expected, direction)
        .filter((rule) => rule.id === contentKey(direction, rule))
        .map(({ id }) => id),
    ),
  );
  const known = new Set(DIRECTIONS.flatMap((direction) => rulesOf(expected, direction).map(({ id }) => id)));
  const isNamed = ({ id }: Rule): boolean => known.has(id) && !added.has(id);
  return stateOf(now, isNamed) === stateOf(expected, isNamed);
}
