import { describe, expect, it } from 'vitest';
import { CORE } from './core-modules.ts';
import type { Core } from './core-modules.ts';
import { holds, lawNames } from './laws.ts';
import type { LawName } from './laws.ts';
import { withMutatedCore } from './mutated-core.ts';
import type { Mistake } from './mutated-core.ts';

/**
 * Mistakes that somebody could make, one comparison or operator each, put into a copy of the core. A law that lets one
 * through is too weak, whatever it says of the core as it is. None of them makes a loop endless: nothing would end it.
 */
const MISTAKES: readonly (Mistake & { readonly so: string })[] = [
  {
    file: 'space/line.ts',
    find: 'toggle <= place',
    replace: 'toggle < place',
    so: 'the first place of a range lies outside it',
  },
  {
    file: 'space/addresses.ts',
    find: 'a.v4.length === 0 && a.v6.length === 0',
    replace: 'a.v4.length === 0 || a.v6.length === 0',
    so: 'peers of one family only are nobody',
  },
  {
    file: 'space/cidr.ts',
    find: '(value << 16n) | group',
    replace: '(value << 16n) & group',
    so: 'every IPv6 address is read as the first one',
  },
  {
    file: 'space/traffic.ts',
    find: 'from <= slot && slot < end',
    replace: 'from <= slot && slot <= end',
    so: 'the first slot of a band is looked for in the band before it',
  },
  {
    file: 'effective.ts',
    find: 'strictness(other.mode) >= strictness(policy.mode)',
    replace: 'strictness(other.mode) <= strictness(policy.mode)',
    so: 'a trial policy widens an enforced one',
  },
  {
    file: 'effective.ts',
    find: 'at.getTime() < until.getTime()',
    replace: 'at.getTime() > until.getTime()',
    so: 'exceptions count when their day has passed',
  },
  {
    file: 'drift.ts',
    find: 'rest = traffic.difference(rest, by.traffic);',
    replace: 'rest = traffic.union(rest, by.traffic);',
    so: 'what one clause forbids is found under the next one, too',
  },
  {
    file: 'drift.ts',
    find: 'by.policy.mode !== mode) continue',
    replace: 'by.policy.mode === mode) continue',
    so: 'a named peer is judged under the wrong policy',
  },
  {
    file: 'plan.ts',
    find: "finding.certainty === 'proven'",
    replace: "finding.certainty !== 'proven'",
    so: 'what is only possible is reverted',
  },
  {
    file: 'pieces.ts',
    find: 'if (band.from > at) return',
    replace: 'if (band.from < at) return',
    so: 'a piece reaches over slots that are not fine',
  },
  {
    file: 'sayable.ts',
    find: 'everyProtocol && !traits.named.includes',
    replace: 'everyProtocol || !traits.named.includes',
    so: 'what stays of a rule that names a peer is given up',
  },
  {
    file: 'remainder.ts',
    find: "handling.collateral === 'allow'",
    replace: "handling.collateral !== 'allow'",
    so: 'legal traffic is closed without leave',
  },
  {
    file: 'reverts.ts',
    find: '!written.has(contentKey(direction, content))',
    replace: 'written.has(contentKey(direction, content))',
    so: 'only what exists already is written',
  },
  {
    file: 'exposure.ts',
    find: 'addresses.includes(extent.least, packet.peer)',
    replace: '!addresses.includes(extent.least, packet.peer)',
    so: 'a named peer is everybody but who it surely is',
  },
  {
    file: 'simulate.ts',
    find: 'rule.id === change.rule.id',
    replace: 'rule.id !== change.rule.id',
    so: 'all rules but the changed one are rewritten',
  },
  {
    file: 'guard.ts',
    find: 'count > limits.changesPerFirewall',
    replace: 'count >= limits.changesPerFirewall',
    so: 'as many changes as are allowed are held',
  },
];

const RUNS = 300;
const SEED = 20261124;

/** The guard's law is the quickest, so it is asked first. */
const LAWS: readonly LawName[] = ['guard', ...lawNames.filter((law) => law !== 'guard')];

/** The first law that the core breaks. Each is asked up to its first counterexample only. */
function lawBrokenBy(core: Core): LawName | undefined {
  return LAWS.find((law) => {
    const asking = { runs: RUNS, seed: SEED, shrink: false, timeLimitMs: 240_000 };
    return holds(core, law, asking).counterexample !== undefined;
  });
}

describe('mistakes in the core', { timeout: 300_000 }, () => {
  it('are what breaks a law: the core as it is breaks none over the same cases', () => {
    expect(lawBrokenBy(CORE)).toBeUndefined();
  });

  it.each(MISTAKES)('$file: `$find` as `$replace`, so $so, is caught', async (mistake) => {
    const law = await withMutatedCore(mistake, lawBrokenBy);
    expect(law).toBeDefined();
  });

  it('have to be renewed when the core has changed below them', async () => {
    const gone = { file: 'space/line.ts', find: 'toggle <=> place', replace: 'toggle < place' };
    await expect(withMutatedCore(gone, lawBrokenBy)).rejects.toThrow(/occurs 0 times .* renew this mistake/);
  });
});
