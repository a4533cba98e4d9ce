// Rules without an id of EC2 <-> rows of an answer, which all have one.
import { DIRECTIONS, rulesOf } from '../../core/model/firewall.ts';
import type { Direction, Firewall } from '../../core/model/firewall.ts';
import type { Rule } from '../../core/model/rule.ts';
import { ruleText } from '../../core/spell.ts';
import type { Fields } from './fields.ts';
import type { Piece } from './retrace-group.ts';

/** Pieces that say the same, and so are one rule. */
export type Pieces = readonly [Piece, ...Piece[]];

/** Longer than any id of EC2, so that it can be told from them. */
const MADE_UP_LENGTH = 40;

function rowId([{ rule }]: Pieces, index: number): string {
  return rule.id ?? `sgr-${index.toString(16).padStart(MADE_UP_LENGTH, '0')}`;
}

function isMadeUp(id: string): boolean {
  return id.length === 'sgr-'.length + MADE_UP_LENGTH;
}

/** The rules of a group as an answer of DescribeSecurityGroupRules shows them. */
export function rowsOf(pieces: readonly Pieces[], group: string): readonly Fields[] {
  return pieces.map((some, index) => ({
    ...some[0].rule.row,
    SecurityGroupRuleId: rowId(some, index),
    GroupId: group,
  }));
}

/** Ids as people see them: a rule that has none is known by what it says, as everywhere. */
export class ShownIds {
  /** By what rules say: events speak of few different ones, and spelling takes longer than reading. */
  readonly #texts = new Map<string, string>();

  #textOf(direction: Direction, rule: Rule, key: string): string {
    const text = this.#texts.get(key) ?? ruleText(direction, rule);
    this.#texts.set(key, text);
    return text;
  }

  /** The firewall that was read from rows, and what its rules were made from, by direction and id. */
  shown(
    read: Firewall,
    pieces: readonly Pieces[],
  ): { readonly firewall: Firewall; readonly made: ReadonlyMap<string, Pieces> } {
    const byRow = new Map(pieces.map((some, index) => [rowId(some, index), some]));
    const made = new Map<string, Pieces>();
    const named = (direction: Direction): Firewall['ingress'] => {
      const rules = rulesOf(read, direction).map((rule) => {
        const some = byRow.get(rule.id);
        if (some === undefined) return rule;
        const id = isMadeUp(rule.id) ? this.#textOf(direction, rule, some[0].rule.key) : rule.id;
        made.set(`${direction} ${id}`, some);
        return id === rule.id ? rule : { ...rule, id };
      });
      return [{ combine: 'union', rules }];
    };
    const [ingress = [], egress = []] = DIRECTIONS.map(named);
    const unread = read.unread.map((one) => (isMadeUp(one.rule) ? { ...one, rule: 'a rule without an id' } : one));
    return { firewall: { ...read, ingress, egress, unread }, made };
  }
}
