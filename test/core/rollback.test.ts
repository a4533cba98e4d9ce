import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainCase } from './arbitraries.ts';
import type { Reverted } from '../../shared/core/model/order.ts';
import type { RuleRecord } from '../../shared/core/model/record.ts';
import { rulesRecord } from '../../shared/core/records.ts';
import { restorationOf } from '../../shared/core/rollback.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { firewallOf, TARGET } from './core-case.ts';
import { CORE } from './core-modules.ts';
import { emptyRollbackMix, rollbackLaw } from './law-rollback.ts';
import '../seed.ts';

const RUNS = 250;

describe('a rollback', () => {
  it('restores what passed before the revert, words and tags included', () => {
    const mix = emptyRollbackMix();
    fc.assert(
      fc.property(plainCase, fc.nat(0x7fffffff), (plain, seed) => {
        rollbackLaw(CORE, plain, seed, mix);
      }),
      { numRuns: RUNS },
    );
    console.info(JSON.stringify(mix));
    for (const [name, count] of Object.entries(mix)) expect(count, name).toBeGreaterThan(RUNS / 50);
  });
});

describe('a record that cannot be what it was', () => {
  const body: Reverted = {
    kind: 'reverted',
    planId: 'plan',
    firewall: { ...TARGET, networks: [], name: 'web', tags: {} },
    findings: [],
    changes: [{ kind: 'remove', direction: 'ingress', rule: record('sgr-1', '10.0.0.0/8') }],
    collateral: [],
    before: { ingress: [record('sgr-1', '10.0.0.0/8')], egress: [] },
    after: { ingress: [], egress: [] },
    remaining: [],
    closed: true,
    reasons: [],
    requestIds: [],
  };
  const firewall = firewallOf(CORE, { rules: [], policies: [], exceptions: [], named: {}, aliases: {} });

  function record(id: string, peer: string): RuleRecord {
    return { id, action: 'allow', protocol: 'tcp', ports: [22, 22], peer };
  }

  it('says which rule, and nothing is put back', () => {
    const image = { ingress: [record('sgr-1', '10.0.0.1/8')], egress: [] };
    expect(restorationOf({ ...body, before: image }, firewall)).toEqual({
      kind: 'unreadable',
      why: "the ledger's image of `sgr-1: tcp/22 from 10.0.0.1/8` cannot be read; put it back by hand",
    });
    const changes = [{ kind: 'remove', direction: 'ingress' }] as const;
    expect(restorationOf({ ...body, changes }, firewall).kind).toBe('unreadable');
  });

  it('of a rule with several peers has them all', () => {
    const peers = ['10.0.0.0/8', '192.0.2.0/24'];
    const image = { ingress: peers.map((peer) => record('sgr-1', peer)), egress: [] };
    const restoration = restorationOf({ ...body, before: image }, firewall);
    const written = restoration.kind === 'changes' ? rulesRecord(simulate(firewall, restoration.changes)).ingress : [];
    expect(written.map(({ peer }) => peer)).toEqual(peers);
  });
});
