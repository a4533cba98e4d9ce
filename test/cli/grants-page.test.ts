import { describe, expect, test } from 'vitest';
import { datedOf, grantsLines } from '../../cli/grants-page.ts';
import { pageText } from '../../cli/page.ts';
import { UNSTATED_GUARD } from '../../shared/core/model/guard.ts';
import type { Grant } from '../../shared/core/model/grant.ts';
import { TARGET } from '../app/scene.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

function grant(more: Partial<Grant> = {}): Grant {
  return {
    id: 'g-0000000a',
    cause: 'open',
    target: TARGET,
    ingress: [{ protocol: 'tcp', ports: [22, 22], peer: '198.51.100.7/32' }],
    egress: [],
    at: new Date('2026-11-24T11:00:00Z'),
    until: new Date('2026-11-24T13:30:00Z'),
    by: 'jo',
    ticket: 'CHG0030192',
    ...more,
  };
}

function shown(...grants: readonly Grant[]): string {
  const look = { width: 80, colour: false };
  const dated = grants.map((one) => datedOf(one, UNSTATED_GUARD, NOW));
  return pageText(grantsLines(dated, NOW, look), look);
}

describe('the list of grants', () => {
  test('says until when each lasts, who made it and for what', () => {
    expect(shown(grant())).toBe(
      [
        'ID          UNTIL                 ENDS       BY  TICKET',
        'g-0000000a  2026-11-24T13:30:00Z  in 1h 30m  jo  CHG0030192',
        '    sg-0123456789abcdef0: opened tcp/22 from 198.51.100.7/32',
        '1 grant',
        '',
      ].join('\n'),
    );
  });

  test('tells what has ended and what does not hold yet, and never more than the policy lets it', () => {
    expect(shown(grant({ until: NOW }))).toContain('ended');
    expect(shown(grant({ at: new Date('2026-11-24T12:30:00Z') }))).toContain('not yet');
    expect(shown(grant({ until: new Date('2026-12-24T12:00:00Z') }))).toContain('2026-11-24T19:00:00Z');
    expect(shown()).toBe('no grants\n');
  });

  test('has all addresses together, peers by name, and what cannot be read', () => {
    const ingress = ['0.0.0.0/1', '128.0.0.0/1', 'sg:sg-0fedcba9876543210'].map((peer) => ({ protocol: 'esp', peer }));
    const text = shown(grant({ cause: 'rollback', ingress, egress: [{ protocol: 'nonsense', peer: '::/0' }] }));
    expect(text.replace(/\s+/g, ' ')).toContain(
      'rolled back esp from 0.0.0.0/0, esp from sg:sg-0fedcba9876543210, what cannot be read, so it permits nothing: nonsense to ::/0',
    );
  });

  test('shows nothing that a terminal obeys, and no line over its width', () => {
    const text = shown(grant({ by: `\u001b[2J${'jo '.repeat(4000)}`, ticket: '\u202eCHG' }));
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text.split('\n').length).toBeLessThan(10);
  });
});
