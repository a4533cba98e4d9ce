import { rulesOf } from '../../shared/core/model/firewall.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import type { Reverted } from '../../shared/core/model/order.ts';
import type { Change } from '../../shared/core/model/plan.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { changeRecord, rulesRecord, targetRecord } from '../../shared/core/records.ts';
import { movedSince, restorationOf } from '../../shared/core/rollback.ts';
import { contentKey } from '../../shared/core/spell.ts';
import { cornersOf, dice, packetsOf } from '../oracle/corners.ts';
import { membersBetween } from '../oracle/named-verdict.ts';
import { rulesLettingThrough } from '../oracle/packet-walk.ts';
import type { PlainCase, PlainPacket, PlainRule } from '../oracle/plain-case.ts';
import { plainRuleOf, plainRulesOf, TRAITS } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, DIRECTIONS, judgedBy } from './judged.ts';

/**
 * A rollback right after a revert: what passed before passes again, and beside it only what the revert added for a
 * `require`; words and tags are the old ones; a second one finds nothing to do.
 */

const PACKETS = 120;

/** How often the cases were of each kind. */
export interface RollbackMix {
  cases: number;
  withChanges: number;
  narrowedInPlace: number;
  narrowedAnew: number;
  removed: number;
  added: number;
  inTwo: number;
  restored: number;
}

export function emptyRollbackMix(): RollbackMix {
  return {
    cases: 0,
    withChanges: 0,
    narrowedInPlace: 0,
    narrowedAnew: 0,
    removed: 0,
    added: 0,
    inTwo: 0,
    restored: 0,
  };
}

type Roll = (below: number) => number;

/** A cloud that takes changes: it keeps the id of a rule that it edits in place, and holds each content once. */
class PlainCloud {
  readonly #roll: Roll;
  #named = 0;

  constructor(roll: Roll) {
    this.#roll = roll;
  }

  after(firewall: Firewall, changes: readonly Change[]): Firewall {
    const rulesAfter = (direction: Direction): readonly Rule[] => {
      const own = changes.filter((change) => change.direction === direction);
      const touched = new Set(own.flatMap((change) => (change.kind === 'add' ? [] : [change.rule.id])));
      const rules = rulesOf(firewall, direction).filter(({ id }) => !touched.has(id));
      for (const change of own) {
        if (change.kind === 'remove') continue;
        let freeId = change.kind !== 'add' && this.#roll(2) === 0 ? change.rule.id : undefined;
        for (const content of change.becomes) {
          if (rules.some((rule) => contentKey(direction, rule) === contentKey(direction, content))) continue;
          rules.push({ ...content, id: freeId ?? `sgr-n${String((this.#named += 1))}` });
          freeId = undefined;
        }
      }
      return rules;
    };
    return {
      ...firewall,
      ingress: [{ combine: 'union', rules: rulesAfter('ingress') }],
      egress: [{ combine: 'union', rules: rulesAfter('egress') }],
    };
  }
}

/** Each rule once and with tags of its own, as a group can hold them. */
function heldBy(firewall: Firewall): Firewall {
  const rulesIn = (direction: Direction): readonly Rule[] => {
    const byContent = new Map(rulesOf(firewall, direction).map((rule) => [contentKey(direction, rule), rule]));
    return [...byContent.values()].map((rule) => ({ ...rule, tags: { owner: rule.id } }));
  };
  return {
    ...firewall,
    ingress: [{ combine: 'union', rules: rulesIn('ingress') }],
    egress: [{ combine: 'union', rules: rulesIn('egress') }],
  };
}

interface Revert {
  /** What is to be back: the image, and what somebody opened while it was being reverted. */
  readonly before: Firewall;
  readonly image: Firewall;
  readonly after: Firewall;
  readonly changes: readonly Change[];
}

/** What the ledger has of it, as it comes out of a store. */
function recorded({ image, changes, after }: Revert): Reverted {
  const body: Reverted = {
    kind: 'reverted',
    planId: 'plan',
    firewall: targetRecord(image),
    findings: [],
    changes: changes.map(changeRecord),
    collateral: [],
    before: rulesRecord(image),
    after: rulesRecord(after),
    remaining: [],
    closed: true,
    reasons: [],
    requestIds: [],
  };
  return JSON.parse(JSON.stringify(body)) as Reverted;
}

function addedBy(changes: readonly Change[]): readonly PlainRule[] {
  return changes.flatMap((change) =>
    change.kind === 'add'
      ? change.becomes.map((content) => plainRuleOf({ ...content, id: 'required' }, change.direction))
      : [],
  );
}

function checkPassing(plain: PlainCase, seed: number, { before, after, changes }: Revert, restored: Firewall): void {
  const [was, left, now] = [plainRulesOf(before), plainRulesOf(after), plainRulesOf(restored)];
  const meant = [...was, ...addedBy(changes)];
  const asked = { ...plain, rules: was };
  const more = [...left, ...now];
  const packets = packetsOf(asked, seed, PACKETS, more);
  for (const members of membersBetween(asked, cornersOf(asked, more).addresses, dice(seed))) {
    for (const packet of packets) {
      const passes = (rules: readonly PlainRule[], one: PlainPacket): boolean =>
        rulesLettingThrough(rules, one, members).length > 0;
      if (passes(now, packet) && !passes(meant, packet)) broken('rolled back, and more passes', { packet, members });
      if (!passes(now, packet) && passes(meant, packet)) broken('rolled back, and less passes', { packet, members });
    }
  }
}

function checkRules({ before, changes }: Revert, restored: Firewall): void {
  for (const direction of DIRECTIONS) {
    const now = new Map(rulesOf(restored, direction).map((rule) => [contentKey(direction, rule), rule]));
    for (const rule of rulesOf(before, direction)) {
      const same = now.get(contentKey(direction, rule));
      const isAlike = same?.description === rule.description && same.tags['owner'] === rule.id;
      if (!isAlike) broken('a rule is not back with its words and tags', { rule: rule.id, same });
    }
    const meant = new Set([
      ...rulesOf(before, direction).map((rule) => contentKey(direction, rule)),
      ...changes
        .flatMap((change) => (change.kind === 'add' ? change.becomes : []))
        .map((content) => contentKey(direction, content)),
    ]);
    const others = rulesOf(restored, direction).filter((rule) => !meant.has(contentKey(direction, rule)));
    if (others.length > 0) broken('a rule is there that nobody made', others);
  }
}

/** Each edit that somebody makes after the revert is told of, and the revert itself is none. */
function checkMoved(body: Reverted, after: Firewall, roll: Roll): void {
  if (movedSince(body.after, after).length > 0) broken('moved by nobody', movedSince(body.after, after));
  for (const direction of DIRECTIONS) {
    const rules = rulesOf(after, direction);
    const rule = rules[roll(Math.max(rules.length, 1))];
    const othersOf = rules.filter((one) => one !== rule);
    const fresh = { ...(rule ?? { tags: {} }), description: 'by hand', id: 'sgr-fresh' };
    const edits: readonly (readonly [string, readonly Rule[]])[] =
      rule === undefined
        ? []
        : [
            ['gone', othersOf],
            ['one more', [...rules, { ...rule, ...fresh }]],
            ['other words', [...othersOf, { ...rule, description: 'other' }]],
            ['another id', [...othersOf, { ...rule, id: 'sgr-fresh' }]],
            ['other ports', [...othersOf, { ...rule, box: { ...rule.box, slots: [6 * 65_536 + 7, 6 * 65_536 + 8] } }]],
          ];
    for (const [what, edited] of edits) {
      const moved = { ...after, [direction]: [{ combine: 'union', rules: edited }] };
      const isSaid = movedSince(body.after, moved).some((text) => text.includes(direction));
      const isSame = JSON.stringify(rulesRecord(moved)) === JSON.stringify(rulesRecord(after));
      if (!isSaid && !isSame) broken('moved, and not told of', { what, direction });
    }
  }
}

function noteRevert(mix: RollbackMix, { before, after, changes }: Revert): void {
  const ids = new Set(DIRECTIONS.flatMap((direction) => rulesOf(after, direction).map(({ id }) => id)));
  const count = (key: keyof RollbackMix, isSo: boolean): void => {
    if (isSo) mix[key] += 1;
  };
  const narrowed = changes.flatMap((change) => (change.kind === 'narrow' ? [change.rule.id] : []));
  const known = new Set(DIRECTIONS.flatMap((direction) => rulesOf(before, direction).map(({ id }) => id)));
  count(
    'narrowedInPlace',
    narrowed.some((id) => ids.has(id) && known.has(id)),
  );
  count(
    'narrowedAnew',
    narrowed.some((id) => !ids.has(id)),
  );
  count(
    'removed',
    changes.some(({ kind }) => kind === 'remove'),
  );
  count(
    'added',
    changes.some(({ kind }) => kind === 'add'),
  );
}

/** A revert as it may have been made: its plan, a part of it, or in two goes, with something opened in between. */
function revertOf(core: Core, plain: PlainCase, cloud: PlainCloud, roll: Roll, mix: RollbackMix): Revert | undefined {
  const { firewall, desired, drift } = judgedBy(core, plain);
  if (drift.contradictions.length > 0) return undefined;
  const before = heldBy(firewall);
  const planned = (one: Firewall): readonly Change[] =>
    core.plan.planFor(one, core.drift.driftOf(one, desired, TRAITS), TRAITS, roll(2) === 0 ? 'proven' : 'enforced')
      .changes;
  const all = planned(before);
  const first = roll(4) === 0 ? all.slice(0, 1 + roll(all.length)) : all;
  const after = cloud.after(before, first);
  if (roll(2) === 0) return { image: before, before, after, changes: first };
  const opened: readonly Change[] = roll(2) === 0 ? [{ kind: 'remove', direction: 'ingress', rule: OPENED }] : [];
  const second = [...halved(after, first, roll), ...opened];
  mix.inTwo += second.length > 0 ? 1 : 0;
  const meant = opened.length === 0 ? before : withRule(before, OPENED);
  return { image: before, before: meant, after: cloud.after(after, second), changes: [...first, ...second] };
}

/** Nobody else says the same. */
const OPENED: Rule = {
  id: 'sgr-opened',
  description: 'opened meanwhile',
  tags: { owner: 'sgr-opened' },
  box: {
    slots: [17 * 65_536 + 4_321, 17 * 65_536 + 4_322],
    sourcePorts: [0, 65_536],
    peer: { kind: 'addresses', addresses: { v4: [3_325_256_711, 3_325_256_712], v6: [] } },
    own: { v4: [0, 2 ** 32], v6: [0n, 2n ** 128n] },
  },
};

function withRule(firewall: Firewall, rule: Rule): Firewall {
  return { ...firewall, ingress: [{ combine: 'union', rules: [...rulesOf(firewall, 'ingress'), rule] }] };
}

/** A stricter policy came in between: what a rule was narrowed to is narrowed again, or goes. */
function halved(after: Firewall, first: readonly Change[], roll: Roll): readonly Change[] {
  return first.flatMap((change): readonly Change[] => {
    if (change.kind !== 'narrow' || roll(2) === 0) return [];
    const { direction } = change;
    const made = new Set(change.becomes.map((content) => contentKey(direction, content)));
    const rule = rulesOf(after, direction).find((one) => made.has(contentKey(direction, one)));
    if (rule === undefined) return [];
    const { v4 } = rule.box.peer.kind === 'addresses' ? rule.box.peer.addresses : { v4: [] };
    const [from, end] = v4;
    if (from === undefined || end === undefined || end - from < 2) return [{ kind: 'remove', direction, rule }];
    const peer = { kind: 'addresses', addresses: { v4: [from, from + (end - from) / 2], v6: [] } } as const;
    return [{ kind: 'narrow', direction, rule, becomes: [{ ...rule, box: { ...rule.box, peer } }] }];
  });
}

export function rollbackLaw(core: Core, plain: PlainCase, seed: number, mix: RollbackMix): void {
  const roll = dice(seed);
  const cloud = new PlainCloud(roll);
  mix.cases += 1;
  const revert = revertOf(core, plain, cloud, roll, mix);
  if (revert === undefined || revert.changes.length === 0) return;
  mix.withChanges += 1;
  noteRevert(mix, revert);
  const body = recorded(revert);
  checkMoved(body, revert.after, roll);
  const restoration = restorationOf(body, revert.after);
  if (restoration.kind === 'unreadable') return broken('its own record cannot be read', restoration.why);
  if (restoration.changes.length > 0) mix.restored += 1;
  const restored = cloud.after(revert.after, restoration.changes);
  checkPassing(plain, seed, revert, restored);
  checkRules(revert, restored);
  const touched = restoration.changes.flatMap((change) => (change.kind === 'add' ? [] : [change.rule.id]));
  if (new Set(touched).size < touched.length) broken('one rule is changed twice', touched);
  const again = restorationOf(body, restored);
  if (again.kind === 'unreadable' || again.changes.length > 0) broken('a second rollback does something', again);
}
