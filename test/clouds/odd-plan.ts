import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Change, Plan } from '../../shared/core/model/plan.ts';
import type { Rule, RuleContent } from '../../shared/core/model/rule.ts';
import { withBox } from '../../shared/core/model/rule.ts';
import { portSlots, TCP } from '../../shared/core/space/slots.ts';
import { plainRuleOf } from '../core/core-case.ts';
import { saidBy } from '../oracle/raw-rules.ts';
import { planOf } from './plans.ts';

/** What becomes of one rule, by a number. */
type Fate = 'stays' | 'goes' | 'part' | 'itself and a part' | 'as another' | 'as another and a part';

const FATES: readonly Fate[] = ['stays', 'goes', 'part', 'itself and a part', 'as another', 'as another and a part'];
const PARTS: readonly (readonly [number, number])[] = [
  [443, 443],
  [1, 65_535],
];

function textOf(direction: Direction, content: RuleContent): string {
  return saidBy(plainRuleOf({ ...content, id: '' }, direction));
}

function changesIn(firewall: Firewall, direction: Direction, picks: readonly number[]): readonly Change[] {
  const rules = rulesOf(firewall, direction);
  const pick = (at: number): number => picks[at % picks.length]! + 7 * Math.floor(at / picks.length);
  const fateOf = (at: number): Fate => FATES[pick(at) % FATES.length]!;
  const staying = rules.filter((_, at) => fateOf(at) === 'stays');
  const moving = new Set(rules.filter((rule) => !staying.includes(rule)).map((rule) => textOf(direction, rule)));
  const isFree = (rule: Rule, content: RuleContent): boolean => {
    const text = textOf(direction, content);
    // A plan that takes away and keeps the same contradicts itself.
    return text === textOf(direction, rule) || !moving.has(text);
  };
  return rules.flatMap((rule, at): readonly Change[] => {
    const fate = fateOf(at);
    if (fate === 'stays') return [];
    const other = staying[pick(at) % Math.max(staying.length, 1)];
    const parts = PARTS.map(([first, last]) => withBox(rule, { slots: portSlots(TCP, first, last) }));
    const whole = withBox(rule, {});
    const slots = portSlots(TCP, 80, 80);
    const copied = other === undefined ? [] : [withBox(rule, other.box), withBox(rule, { ...other.box, slots })];
    const becomes = [
      ...(fate === 'itself and a part' ? [whole] : []),
      ...(fate.startsWith('as another') ? copied : []),
      ...(fate.endsWith('part') ? parts : []),
    ].filter((content) => isFree(rule, content));
    if (becomes.length === 0) return [{ kind: 'remove', direction, rule }];
    return [{ kind: 'narrow', direction, rule, becomes }];
  });
}

/** A plan that no policy asks for: rules become what others say, stay beside their parts, or go. */
export function oddPlanFor(firewall: Firewall, picks: readonly number[]): Plan {
  return planOf(
    firewall,
    DIRECTIONS.flatMap((direction) => changesIn(firewall, direction, picks)),
  );
}
