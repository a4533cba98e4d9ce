// One security group as calls leave it: its real rules, and what would be left of them after reverts.
import type { Direction } from '../../core/model/firewall.ts';
import type { Change } from '../../core/model/plan.ts';
import type { Hint, Target } from '../../core/model/target.ts';
import type { Described, Edit } from './retrace-call.ts';
import type { OpeningGroup } from './retrace-opening.ts';
import { inDirection, ruleOfContent, withFields } from './retrace-rule.ts';
import type { TracedRule } from './retrace-rule.ts';

/** A rule that stands in reality, since a call made it. */
export interface Standing {
  readonly number: number;
  /** Its description may change while it stands. */
  rule: TracedRule;
  /** The event of the call that made the rule what it is; undefined where it was there before the first event. */
  readonly cause: Hint | undefined;
}

/** A rule of the group as it would be: what is left of a standing one, or what a revert added. */
export interface Piece {
  readonly rule: TracedRule;
  readonly of: Standing | undefined;
}

export class TracedGroup {
  readonly target: Target;
  readonly name: string | undefined;
  readonly network: string | undefined;
  /** As far as they are known. */
  tags: Readonly<Record<string, string>>;
  readonly knowsTags: boolean;
  readonly isWhole: boolean;
  readonly gaps: string[];
  /** Whether the events show it being made, and so everything that became of it. */
  readonly isSeenMade: boolean;
  /** Further VPCs that the group is in. */
  readonly joined = new Set<string>();
  isGone = false;
  readonly #standing = new Map<number, Standing>();
  /** What reverts left of standing rules. A rule that is not in here is as it stands. */
  readonly #left = new Map<number, readonly TracedRule[]>();
  #added: readonly TracedRule[] = [];
  /** Revokes that hit nothing, by what they named: of two calls in one second nobody knows which was first. */
  #missed: { at: number; readonly marks: Set<string> } = { at: 0, marks: new Set() };
  #count = 0;

  constructor({ target, name, network, tags, rules, isWhole, gaps }: OpeningGroup, isSeenMade = false) {
    this.target = target;
    this.name = name;
    this.network = network;
    this.tags = tags ?? {};
    this.knowsTags = tags !== undefined;
    this.isWhole = isWhole;
    this.gaps = [...gaps];
    this.isSeenMade = isSeenMade;
    for (const rule of rules) this.#stand(rule, undefined);
  }

  #stand(rule: TracedRule, cause: Hint | undefined): void {
    this.#count += 1;
    this.#standing.set(this.#count, { number: this.#count, rule, cause });
  }

  #drop({ number, rule }: Standing): void {
    this.#standing.delete(number);
    this.#left.delete(number);
    this.#added = this.#added.filter(({ key }) => key !== rule.key);
  }

  #named(id: string | undefined, key: string | undefined): readonly Standing[] {
    const standing = [...this.#standing.values()];
    const byId = id === undefined ? [] : standing.filter(({ rule }) => rule.id === id);
    return byId.length > 0 ? byId : standing.filter(({ rule }) => rule.key === key);
  }

  /** Where only a call to modify has shown a rule, its direction is known once it is revoked. */
  #revoked({ id, direction, key }: TracedRule): readonly Standing[] {
    const named = this.#named(id, key);
    if (named.length > 0) return named;
    return [...this.#standing.values()].filter(
      ({ rule }) => rule.direction === undefined && inDirection(rule, direction).key === key,
    );
  }

  /** The rules that must have gone before: EC2 refuses a twin, so their removal is not among the events. */
  authorize(at: Date, rules: readonly TracedRule[], cause: Hint | undefined): readonly Standing[] {
    return rules.flatMap((rule) => {
      const isOver = this.#missed.at === at.getTime() && this.#missed.marks.delete(rule.key);
      const twins = this.#named(rule.id, rule.key);
      for (const twin of twins) this.#drop(twin);
      if (!isOver || !this.isWhole) this.#stand(rule, cause);
      return twins;
    });
  }

  /** The rules that are gone because of it. */
  revoke(at: Date, ids: readonly string[], rules: readonly TracedRule[]): readonly Standing[] {
    if (this.#missed.at !== at.getTime()) this.#missed = { at: at.getTime(), marks: new Set() };
    const byId = ids.flatMap((id) => this.#named(id, undefined));
    const byContent = rules.flatMap((rule) => {
      const hit = this.#revoked(rule);
      if (hit.length === 0) this.#missed.marks.add(rule.key);
      return hit;
    });
    const gone = new Map([...byId, ...byContent].map((standing) => [standing.number, standing]));
    for (const standing of gone.values()) this.#drop(standing);
    return [...gone.values()];
  }

  /** A rule that was reverted in the meantime counts as what it becomes: somebody wants that. */
  modify(edits: readonly Edit[], cause: Hint | undefined): readonly Standing[] {
    return edits.flatMap(({ id, rule }) => {
      const [known] = this.#named(id, undefined);
      if (known !== undefined) this.#drop(known);
      const tags = known?.rule.row['Tags'];
      const changed = inDirection(rule, known?.rule.direction ?? rule.direction);
      this.#stand(tags === undefined ? changed : withFields(changed, { Tags: tags }), cause);
      return known === undefined ? [] : [known];
    });
  }

  describe(rules: readonly Described[]): void {
    for (const { id, key, description } of rules) {
      for (const standing of this.#named(id, key)) {
        const described = (rule: TracedRule): TracedRule => withFields(rule, { Description: description });
        standing.rule = described(standing.rule);
        const left = this.#left.get(standing.number);
        if (left !== undefined) this.#left.set(standing.number, left.map(described));
      }
    }
  }

  tag(tags: Readonly<Record<string, string>>, sets: boolean): void {
    const rest = Object.entries(this.tags).filter(([key]) => sets || !Object.hasOwn(tags, key));
    this.tags = sets ? { ...this.tags, ...tags } : Object.fromEntries(rest);
  }

  delete(): readonly Standing[] {
    this.isGone = true;
    return [...this.#standing.values()];
  }

  /** The rules as they would be, each content once. */
  get pieces(): readonly (readonly [Piece, ...Piece[]])[] {
    const byKey = new Map<string, [Piece, ...Piece[]]>();
    const add = (piece: Piece): void => {
      const known = byKey.get(piece.rule.key);
      if (known === undefined) byKey.set(piece.rule.key, [piece]);
      else known.push(piece);
    };
    for (const standing of this.#standing.values()) {
      for (const rule of this.#left.get(standing.number) ?? [standing.rule]) add({ rule, of: standing });
    }
    for (const rule of this.#added) add({ rule, of: undefined });
    return [...byKey.values()];
  }

  #replace({ rule, of }: Piece, by: readonly TracedRule[]): void {
    const replaced = (rules: readonly TracedRule[]): readonly TracedRule[] =>
      rules.flatMap((one) => (one === rule ? by : [one]));
    if (of === undefined) this.#added = replaced(this.#added);
    else this.#left.set(of.number, replaced(this.#left.get(of.number) ?? [of.rule]));
  }

  /** Leaves the rules as a plan would. `piecesOf` says which rules a change speaks of. */
  carryOut(changes: readonly Change[], piecesOf: (direction: Direction, ruleId: string) => readonly Piece[]): void {
    for (const change of changes) {
      const { direction } = change;
      const contents = change.kind === 'remove' ? [] : change.becomes;
      if (change.kind === 'add') {
        this.#added = [...this.#added, ...contents.map((content) => ruleOfContent(direction, content))];
        continue;
      }
      const [first, ...twins] = piecesOf(direction, change.rule.id);
      // The first piece is what EC2 would edit in place, where it can, so it keeps the id.
      const rules = contents.map((content, index) =>
        ruleOfContent(direction, content, index === 0 ? first?.rule.id : undefined),
      );
      if (first !== undefined) this.#replace(first, rules);
      for (const twin of twins) this.#replace(twin, []);
    }
  }

  /** The prefix lists that its rules would name. */
  get lists(): ReadonlySet<unknown> {
    return new Set(this.pieces.map(([{ rule }]) => rule.row['PrefixListId']));
  }
}
