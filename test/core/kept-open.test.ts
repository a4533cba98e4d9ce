import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../shared/core/model/guard.ts';
import { CORE } from './core-modules.ts';
import { plainOf, policy, rule, seen } from './tables.ts';
import type { Seen } from './tables.ts';

/** What other rules keep open, and what becomes of the rule that is to go beside them. */

const OFFICES = Array.from({ length: 30 }, (_, index) => `198.51.100.${String(2 * index)}/32`);
const RULES = OFFICES.map((office) => `tcp/22 from ${office}`);
const POLICY = policy({ allow: [`tcp/22 from ${OFFICES.join(',')}`] });

function verdictOf({ judged, plan }: Seen) {
  const { drift } = judged;
  return CORE.guard.verdictOf({ drift, full: plan, acting: plan, changesInRun: 0, limits: LIMITS });
}

describe('a rule whose legal part has too many pieces', () => {
  it('goes where other rules keep all of them open', () => {
    const { after, plan } = seen(plainOf([...RULES, 'tcp/22 from 0.0.0.0/0'], [POLICY]));
    expect(after).toEqual(RULES.toSorted());
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['remove']);
  });

  it('becomes what the other rules leave out, where that is few enough', () => {
    const { after, plan } = seen(plainOf([...RULES.slice(0, 29), 'tcp/22 from 0.0.0.0/0'], [POLICY]));
    expect(after).toEqual(RULES.toSorted());
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['narrow']);
  });

  it('is held where they keep too few open', () => {
    const { after, plan } = seen(plainOf([...RULES.slice(0, 9), 'tcp/22 from 0.0.0.0/0'], [POLICY]));
    expect(after).toHaveLength(10);
    expect(plan.held.map(({ reason }) => reason)).toEqual([
      'what stays of `tcp/22 from 0.0.0.0/0` would take more than 20 rules; raise `maxFragments`, widen the `allow`, or set `overflow: remove`',
    ]);
  });

  it('is not told to raise what cannot be raised', () => {
    const many = Array.from({ length: 101 }, (_, index) => `198.51.100.${String(2 * index)}/32`);
    const most = policy({ allow: [`tcp/22 from ${many.join(',')}`] }, { maxFragments: 100 });
    const { plan } = seen(plainOf(['tcp/22 from 0.0.0.0/0'], [most]));
    expect(plan.held.map(({ reason }) => reason)).toEqual([
      'what stays of `tcp/22 from 0.0.0.0/0` would take more than 100 rules; widen the `allow`, or set `overflow: remove`',
    ]);
  });

  it('is tried again once another rule is drawn that keeps some of it open', () => {
    const wide = rule('tcp/22 from 0.0.0.0/0', 'wide');
    const half = rule('tcp/22 from 198.51.100.0/27', 'half');
    const { after, plan } = seen({ ...plainOf([], [POLICY]), rules: [wide, half] });
    expect(plan.held).toEqual([]);
    expect(after).toEqual(RULES.toSorted());
  });

  it('relies on what the plan adds for a clause, so that a second run finds nothing left', () => {
    const homes = ['any from 10.0.0.0/8', 'any from 192.168.0.0/16'];
    const one = policy({ allow: homes, require: ['any from 10.0.0.0/8'] }, { maxFragments: 1 });
    const { after, plan } = seen(plainOf(['udp/53 from 0.0.0.0/0'], [one]));
    expect(plan.held).toEqual([]);
    expect(after).toEqual(['any from 10.0.0.0/8', 'udp/53 from 192.168.0.0/16']);
  });

  it('keeps what another rule lets through, too, where it has room: that rule may go tomorrow', () => {
    const allowing = policy({ deny: ['tcp/22 from anywhere'] });
    const { after } = seen(plainOf(['tcp/20-25 from 0.0.0.0/0', 'tcp/20-23 from 10.0.0.0/8'], [allowing]));
    expect(after).toEqual([
      'tcp/20-21 from 0.0.0.0/0',
      'tcp/20-21 from 10.0.0.0/8',
      'tcp/23 from 10.0.0.0/8',
      'tcp/23-25 from 0.0.0.0/0',
    ]);
  });
});

describe('what one rule loses and another keeps open', () => {
  const overlapping = (own?: readonly string[]) => [
    { ...rule('tcp/80 from 0.0.0.0/0', 'beside'), ...(own === undefined ? {} : { own }) },
    rule('tcp/80-81 from 0.0.0.0/0', 'goes'),
  ];
  const whole = policy({ deny: ['tcp/81 from anywhere'] }, { revert: 'remove' });

  it('is no collateral where the other rule is for all that the first was for', () => {
    const { plan } = seen({ ...plainOf([], [whole]), rules: overlapping() });
    expect(plan.collateral).toEqual([]);
  });

  it('is collateral where the other rule is for some own addresses only', () => {
    const { plan } = seen({ ...plainOf([], [whole]), rules: overlapping(['10.0.0.4/32']) });
    expect(plan.collateral.map((one) => [one.rule.id, one.accepted])).toEqual([['goes', false]]);
  });

  it('is no collateral where the plan itself adds it', () => {
    const required = policy(
      { deny: ['tcp/81 from anywhere'], require: ['tcp/80 from 10.0.0.0/8'] },
      { revert: 'remove' },
    );
    const found = seen(plainOf(['tcp/80-81 from 10.0.0.0/8'], [required]));
    expect(found.plan.collateral).toEqual([]);
    expect(found.after).toEqual(['tcp/80 from 10.0.0.0/8']);
    expect(verdictOf(found)).toEqual({ kind: 'apply' });
  });
});

describe('the loss of what a clause requires', () => {
  const goes = ['tcp/80-81 from 0.0.0.0/0'];
  const whole = { revert: 'remove', collateral: 'allow' } as const;

  it('is accepted by nobody where nothing is added for it', () => {
    const clauses = { deny: ['tcp/81 from anywhere'], require: ['tcp/80 from anywhere'] };
    expect(verdictOf(seen(plainOf(goes, [policy(clauses, whole)])))).toEqual({
      kind: 'hold',
      reasons: [
        'it would also close tcp/80 from 0.0.0.0/0 by `tcp/80-81 from 0.0.0.0/0`, which `p1/ingress/require/1` requires ' +
          'and nothing is added for; let that clause be carried out, or set `revert: narrow`',
      ],
    });
  });

  it('is none where it is added', () => {
    const clauses = { deny: ['tcp/81 from anywhere'], require: ['tcp/80 from anywhere'] };
    expect(verdictOf(seen(plainOf(goes, [policy(clauses, { ...whole, open: true })])))).toEqual({ kind: 'apply' });
  });

  it('is accepted as ever where no clause requires it', () => {
    const clauses = { deny: ['tcp/81 from anywhere'], require: ['tcp/90 from anywhere'] };
    expect(verdictOf(seen(plainOf(goes, [policy(clauses, whole)])))).toEqual({ kind: 'apply' });
  });
});
