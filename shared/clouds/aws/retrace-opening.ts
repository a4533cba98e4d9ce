// Step[] x saved answers -> how groups were before the first step, as far as both tell.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import { targetKey } from '../../core/model/target.ts';
import type { Target } from '../../core/model/target.ts';
import type { GroupRef, Step } from './retrace-call.ts';
import { inDirection, withFields } from './retrace-rule.ts';
import type { TracedRule } from './retrace-rule.ts';
import { CLOUD } from './traits.ts';

/** A group as saved answers show it, whenever between the first and the last step they were saved, or after. */
export interface SavedGroup {
  readonly target: Target;
  /** Undefined, and so are tags and network, where only its rules were saved. */
  readonly name: string | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly network: string | undefined;
  readonly rules: readonly TracedRule[];
}

/** A group before the first step. */
export interface OpeningGroup extends SavedGroup {
  /** Whether all its rules are known. */
  readonly isWhole: boolean;
  /** What nobody can say of it, for people. */
  readonly gaps: readonly string[];
}

/** The groups that are known by name, by account and region. Names are unique in a VPC only, and have no case. */
export class GroupNames {
  readonly #ids = new Map<string, Set<string>>();

  #key({ account, region }: Pick<Step, 'account' | 'region'>, name: string): string {
    return `${account} ${region} ${name.toLowerCase()}`;
  }

  add({ account, region, id }: Target, name: string): void {
    const key = this.#key({ account, region }, name);
    const ids = this.#ids.get(key);
    if (ids === undefined) this.#ids.set(key, new Set([id]));
    else ids.add(id);
  }

  idsOf(place: Pick<Step, 'account' | 'region'>, name: string): readonly string[] {
    return [...(this.#ids.get(this.#key(place, name)) ?? [])];
  }

  /**
   * The one group that a call means; undefined where it may be one of several. A name alone means the default VPC, which
   * no event tells apart from the others, so the one group that is known by a name is taken for it.
   */
  targetOf({ account, region }: Pick<Step, 'account' | 'region'>, ref: GroupRef): Target | undefined {
    if (ref.id !== undefined) return { cloud: CLOUD, account, region, id: ref.id };
    const [id, ...more] = this.idsOf({ account, region }, ref.name);
    return id === undefined || more.length > 0 ? undefined : { cloud: CLOUD, account, region, id };
  }
}

/** What the steps say about one group, each thing by the first step that speaks of it. */
class FirstSight {
  readonly target: Target;
  readonly #saved: SavedGroup | undefined;
  readonly #touched = new Set<string>();
  readonly #there: TracedRule[] = [];
  readonly #gaps: string[] = [];
  /** What rules became that a step changes which no step made. */
  readonly #edited = new Map<string, { readonly at: Date; readonly became: TracedRule[] }>();
  /** The value that a tag had before, where a step says it, and the values that steps gave it. */
  readonly #tags = new Map<string, { readonly first: string | undefined; readonly became: Set<string> }>();
  /** A group that a step makes was not there before it, and nothing after it says what was. */
  isMade = false;
  /** Its name, where a call says both name and id. */
  named: string | undefined;

  constructor(target: Target, saved: SavedGroup | undefined) {
    this.target = target;
    this.#saved = saved;
  }

  #isNew(...marks: readonly (string | undefined)[]): boolean {
    const known = marks.some((mark) => mark !== undefined && this.#touched.has(mark));
    for (const mark of marks) if (mark !== undefined) this.#touched.add(mark);
    return !known;
  }

  authorized(rules: readonly TracedRule[]): void {
    for (const { id, key } of rules) this.#isNew(id, key);
  }

  /** `again`: what is authorized in the same second, so that nobody knows which of the two came first. */
  revoked(at: Date, ids: readonly string[], rules: readonly TracedRule[], again: ReadonlySet<string>): void {
    for (const rule of rules) {
      const shown = this.#saved?.rules.find(({ key }) => key === rule.key);
      const isAfter = again.has(rule.key) && this.#saved !== undefined && shown === undefined;
      if (this.#isNew(rule.id, rule.key) && !isAfter) this.#there.push(rule);
    }
    for (const id of ids) {
      if (!this.#isNew(id)) continue;
      const shown = this.#saved?.rules.find((rule) => rule.id === id);
      if (shown !== undefined) this.#there.push(shown);
      else this.#gaps.push(`what \`${id}\` let through until ${timeText(at)}, when it was revoked by its id alone`);
    }
  }

  modified(at: Date, id: string, rule: TracedRule): void {
    if (this.#isNew(id)) this.#edited.set(id, { at, became: [] });
    for (const direction of DIRECTIONS) this.#touched.add(inDirection(rule, direction).key);
    this.#edited.get(id)?.became.push(rule);
  }

  tagged(tags: Readonly<Record<string, string>>, sets: boolean): void {
    for (const [key, value] of Object.entries(tags)) {
      const known = this.#tags.get(key) ?? { first: sets || value === '' ? undefined : value, became: new Set() };
      if (sets) known.became.add(value);
      this.#tags.set(key, known);
    }
  }

  /** A value that no step gave a tag was saved before them, and so is what was there. */
  #openingTags(): SavedGroup['tags'] {
    if (this.#saved?.tags === undefined) return undefined;
    const tags = new Map(Object.entries(this.#saved.tags));
    for (const [key, { first, became }] of this.#tags) {
      const shown = tags.get(key);
      if (shown !== undefined && !became.has(shown)) continue;
      if (first === undefined) tags.delete(key);
      else tags.set(key, first);
    }
    return Object.fromEntries(tags);
  }

  /** A rule that was revoked by what it says has the id of the saved rule that says it, unless that was made by a step. */
  #withId(rule: TracedRule): TracedRule {
    const isIt = ({ id, key }: TracedRule): boolean => key === rule.key && id !== undefined && !this.#touched.has(id);
    return rule.id === undefined ? (this.#saved?.rules.find(isIt) ?? rule) : rule;
  }

  get opening(): OpeningGroup {
    const saved = this.#saved;
    const gaps = [...this.#gaps];
    const rules = this.#there.map((rule) => this.#withId(rule));
    for (const [id, { at, became }] of this.#edited) {
      const shown = saved?.rules.find((rule) => rule.id === id);
      const isAfter = became.some((rule) => inDirection(rule, shown?.direction).key === shown?.key);
      if (shown !== undefined && !isAfter) rules.push(shown);
      else {
        gaps.push(`what \`${id}\` let through until ${timeText(at)}, when it was modified`);
        // Only the direction of a rule outlasts every change of it.
        if (shown !== undefined) rules.push(withFields(shown, UNKNOWN_RULE));
      }
    }
    const untouched = (saved?.rules ?? []).filter(
      ({ id, key }) => !this.#touched.has(key) && (id === undefined || !this.#touched.has(id)),
    );
    return {
      target: this.target,
      name: saved?.name ?? this.named,
      network: saved?.network,
      tags: this.#openingTags(),
      rules: [...untouched, ...rules],
      isWhole: saved !== undefined,
      gaps,
    };
  }
}

/** A rule of which only the direction is known. It cannot be read, so it is never taken for harmless. */
const UNKNOWN_RULE = { IpProtocol: 'unknown' };

function timeText(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z');
}

/** `SECOND GROUP RULE` of every rule that is authorized, to see which revokes share a second with one. */
function authorizedAt(step: Step, target: Target, key: string): string {
  return `${String(step.at.getTime())} ${targetKey(target)} ${key}`;
}

/**
 * How every group was before the first step that speaks of it. What steps speak of they decide: a rule whose first step
 * revokes it was there, one whose first step authorizes it was not. All else is as it was saved, and so it does not
 * matter when between the first and the last step that was. The steps are in order.
 */
export function openingOf(steps: readonly Step[], saved: readonly SavedGroup[]): readonly OpeningGroup[] {
  const names = new GroupNames();
  for (const { target, name } of saved) if (name !== undefined) names.add(target, name);
  const sights = new Map(saved.map((group) => [targetKey(group.target), new FirstSight(group.target, group)]));
  const sightOf = (target: Target): FirstSight => {
    const known = sights.get(targetKey(target)) ?? new FirstSight(target, undefined);
    sights.set(targetKey(target), known);
    return known;
  };
  for (const { deed, account, region } of steps) {
    if (!('group' in deed) || deed.group.id === undefined || deed.group.name === undefined) continue;
    const target = { cloud: CLOUD, account, region, id: deed.group.id };
    sightOf(target).named = deed.group.name;
    names.add(target, deed.group.name);
  }
  const again = new Set<string>();
  for (const step of steps) {
    if (step.deed.kind !== 'authorize') continue;
    const target = names.targetOf(step, step.deed.group);
    if (target !== undefined) for (const { key } of step.deed.rules) again.add(authorizedAt(step, target, key));
  }
  for (const step of steps) look(step, names, sightOf, again);
  return [...sights.values()].filter(({ isMade }) => !isMade).map(({ opening }) => opening);
}

function look(
  step: Step,
  names: GroupNames,
  sightOf: (target: Target) => FirstSight,
  again: ReadonlySet<string>,
): void {
  const { deed, account, region, at } = step;
  if (deed.kind === 'create group') {
    const target = { cloud: CLOUD, account, region, id: deed.id };
    names.add(target, deed.name);
    sightOf(target).isMade = true;
    return;
  }
  if (deed.kind === 'tag') {
    for (const id of deed.ids) {
      const sight = sightOf({ cloud: CLOUD, account, region, id });
      if (!sight.isMade) sight.tagged(deed.tags, deed.sets);
    }
    return;
  }
  const target = 'group' in deed ? names.targetOf(step, deed.group) : undefined;
  const sight = target === undefined ? undefined : sightOf(target);
  if (target === undefined || sight === undefined || sight.isMade) return;
  if (deed.kind === 'authorize') sight.authorized(deed.rules);
  if (deed.kind === 'modify') for (const { id, rule } of deed.edits) sight.modified(at, id, rule);
  if (deed.kind !== 'revoke') return;
  const twice = deed.rules.filter(({ key }) => again.has(authorizedAt(step, target, key)));
  sight.revoked(at, deed.ids, deed.rules, new Set(twice.map(({ key }) => key)));
}
