import { describe, expect, test } from 'vitest';
import { deedOf } from '../../shared/core/deeds.ts';
import type { Intent } from '../../shared/core/model/ledger.ts';
import type { ChangeRecord, RuleRecord, RulesRecord } from '../../shared/core/model/record.ts';
import { TARGET } from './core-case.ts';

const rule = (id: string | undefined, first: number, last: number): RuleRecord => ({
  ...(id === undefined ? {} : { id }),
  action: 'allow',
  protocol: 'tcp',
  ports: [first, last],
  peer: '0.0.0.0/0',
});
const rules = (...ingress: readonly RuleRecord[]): RulesRecord => ({ ingress, egress: [] });

const WIDE = rule('sgr-1', 0, 65535);
const NARROWED: ChangeRecord = {
  kind: 'narrow',
  direction: 'ingress',
  rule: WIDE,
  becomes: [rule(undefined, 443, 443), rule(undefined, 8080, 8080)],
};

function intentOf(before: RulesRecord, ...changes: readonly ChangeRecord[]): Intent {
  const firewall = { ...TARGET, networks: [], name: 'web', tags: {} };
  const body = { kind: 'intended', planId: 'p', before, firewall, findings: [], changes, collateral: [] } as const;
  return { target: TARGET, sequence: 1, at: new Date('2026-11-24T08:00:00Z'), hint: undefined, body };
}

describe('a rule that a run narrowed before it died', () => {
  const intent = intentOf(rules(WIDE), NARROWED);
  const isTold = (now: RulesRecord, ...later: readonly Intent[]): boolean =>
    deedOf(intent, false, now, later) !== undefined;

  test('is told of where the read shows all its pieces', () => {
    expect(isTold(rules(rule('sgr-1', 443, 443), rule('sgr-2', 8080, 8080)))).toBe(true);
  });

  test('is told of although somebody has edited one of the pieces since', () => {
    expect(isTold(rules(rule('sgr-1', 22, 22), rule('sgr-2', 8080, 8080)))).toBe(true);
  });

  test('is not told of where the rule is as it was, nor where no piece is new', () => {
    expect(isTold(rules(WIDE, rule('sgr-2', 8080, 8080)))).toBe(false);
    expect(isTold(rules(rule('sgr-1', 22, 22)))).toBe(false);
  });

  test('is told of although a later run speaks of what became of it', () => {
    const after = rules(rule('sgr-1', 443, 443), rule('sgr-2', 8080, 8080));
    const later = intentOf(after, { kind: 'remove', direction: 'ingress', rule: rule('sgr-1', 443, 443) });
    expect(isTold(rules(), later)).toBe(true);
  });

  test('is not told of where a later run found it as it was', () => {
    expect(isTold(rules(), intentOf(rules(WIDE), { kind: 'remove', direction: 'ingress', rule: WIDE }))).toBe(false);
  });
});
