import { describe, expect, test } from 'vitest';
import { durationMsOf, operatorOf, reasonOf, ticketOf } from '../../cli/operator.ts';
import { stayingFor } from '../../cli/granting.ts';
import { UNSTATED_GUARD } from '../../shared/core/model/guard.ts';

describe('what people say of themselves and why', () => {
  test('is kept as it is written', () => {
    expect(operatorOf({ by: ' Jörg Müller ' })).toBe('Jörg Müller');
    expect(ticketOf({ ticket: 'CHG0030192' })).toBe('CHG0030192');
    expect(ticketOf({})).toBeUndefined();
    expect(operatorOf({})).not.toBe('');
  });

  test.each([
    ['an escape sequence', 'jo\u001b[2J'],
    ['a second line', 'jo\nroot'],
    ['a mark that turns letters round', 'jo\u202eroot'],
    ['nothing', '  '],
    ['ten thousand characters', 'x'.repeat(10_000)],
  ])('is refused where it is %s, and not shown', (_what, text) => {
    for (const say of [() => operatorOf({ by: text }), () => ticketOf({ ticket: text }), () => reasonOf(text)]) {
      expect(say).toThrow(/^--(by|ticket|why) /);
      expect(say).not.toThrow(text.trim() === '' ? /never/ : text);
    }
  });
});

describe('how long something stays', () => {
  const now = new Date('2026-11-24T12:00:00Z');

  test('ends when it is said to', () => {
    expect(durationMsOf('--for', '90m')).toBe(5_400_000);
    expect(stayingFor('open', '2h', UNSTATED_GUARD, now).until).toEqual(new Date('2026-11-24T14:00:00Z'));
    expect(stayingFor('rollback', '24h', UNSTATED_GUARD, now).until).toEqual(new Date('2026-11-25T12:00:00Z'));
  });

  test.each([
    ['open', '481m', '`8h`, what holds where the policy has no `guard.maxGrant`'],
    ['rollback', '25h', 'write `--for 1d` or less'],
    ['open', '0s', 'is no time at all'],
    ['open', 'soon', 'write it like'],
  ] as const)('is bounded: %s for %s', (cause, text, message) => {
    expect(() => stayingFor(cause, text, UNSTATED_GUARD, now)).toThrow(message);
  });

  test('says that the policy bounds it where it does', () => {
    const guard = { ...UNSTATED_GUARD, maxGrantMs: 3_600_000, stated: ['maxGrant'] };
    expect(() => stayingFor('open', '2h', guard, now)).toThrow('`1h`, `guard.maxGrant` of the policy');
  });
});
