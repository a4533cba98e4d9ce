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
const MISTAKES: readonly (Mistake & { readonly law: LawName; readonly so: string })[] = [
  {
    file: 'space/line.ts',
    find: 'toggle <= place',
    law: 'exposure',
    replace: 'toggle < place',
    so: 'the first place of a range lies outside it',
  },
  {
    file: 'space/addresses.ts',
    find: 'a.v4.length === 0 && a.v6.length === 0',
    law: 'exposure',
    replace: 'a.v4.length === 0 || a.v6.length === 0',
    so: 'peers of one family only are nobody',
  },
  {
    file: 'space/cidr.ts',
    find: '(value << 16n) | group',
    law: 'exposure',
    replace: '(value << 16n) & group',
    so: 'every IPv6 address is read as the first one',
  },
  {
    file: 'space/traffic.ts',
    find: 'from <= slot && slot < end',
    law: 'exposure',
    replace: 'from <= slot && slot <= end',
    so: 'the first slot of a band is looked for in the band before it',
  },
  {
    file: 'effective.ts',
    find: 'strictness(other.mode) >= strictness(policy.mode)',
    law: 'forbidden',
    replace: 'strictness(other.mode) <= strictness(policy.mode)',
    so: 'a trial policy widens an enforced one',
  },
  {
    file: 'effective.ts',
    find: 'at.getTime() < until.getTime()',
    law: 'forbidden',
    replace: 'at.getTime() > until.getTime()',
    so: 'exceptions count when their day has passed',
  },
  {
    file: 'drift.ts',
    find: 'rest = traffic.difference(rest, by.traffic);',
    law: 'findings',
    replace: 'rest = traffic.union(rest, by.traffic);',
    so: 'what one clause forbids is found under the next one, too',
  },
  {
    file: 'drift.ts',
    find: 'by.policy.mode !== mode) continue',
    law: 'named peers',
    replace: 'by.policy.mode === mode) continue',
    so: 'a named peer is judged under the wrong policy',
  },
  {
    file: 'plan.ts',
    find: "finding.certainty === 'proven'",
    law: 'revert',
    replace: "finding.certainty !== 'proven'",
    so: 'what is only possible is reverted',
  },
  {
    file: 'pieces.ts',
    find: 'if (band.from > at) return',
    law: 'revert',
    replace: 'if (band.from < at) return',
    so: 'a piece reaches over slots that are not fine',
  },
  {
    file: 'sayable.ts',
    find: 'everyProtocol && !traits.named.includes',
    law: 'revert',
    replace: 'everyProtocol || !traits.named.includes',
    so: 'what stays of a rule that names a peer is given up',
  },
  {
    file: 'remainder.ts',
    find: "handling.collateral === 'allow'",
    law: 'revert',
    replace: "handling.collateral !== 'allow'",
    so: 'legal traffic is closed without leave',
  },
  {
    file: 'reverts.ts',
    find: '!present.has(contentKey(direction, content))',
    law: 'revert',
    replace: 'present.has(contentKey(direction, content))',
    so: 'only what exists already is written',
  },
  {
    file: 'exposure.ts',
    find: 'addresses.includes(extent.least, packet.peer)',
    law: 'exposure',
    replace: '!addresses.includes(extent.least, packet.peer)',
    so: 'a named peer is everybody but who it surely is',
  },
  {
    file: 'simulate.ts',
    find: 'replaced.get(rule.id) ?? [rule]',
    law: 'revert',
    replace: 'replaced.get(rule.id) ?? []',
    so: 'the rules that no change speaks of are gone',
  },
  {
    file: 'guard.ts',
    find: 'count > limits.changesPerFirewall',
    law: 'guard',
    replace: 'count >= limits.changesPerFirewall',
    so: 'as many changes as are allowed are held',
  },
  {
    file: 'guard.ts',
    find: 'changesInRun + count > limits.changesPerRun',
    law: 'guard',
    replace: 'changesInRun + count >= limits.changesPerRun',
    so: 'a run stops one change before its bound',
  },
  {
    file: 'model/finding.ts',
    find: "finding.mode === 'enforce'",
    law: 'revert',
    replace: "finding.mode !== 'enforce'",
    so: 'trials are carried out, and what is enforced is not',
  },
  {
    file: 'remainder.ts',
    find: "revert.excess[0].handling.revert === 'remove'",
    law: 'revert',
    replace: "revert.excess[0].handling.revert !== 'remove'",
    so: 'rules go whole where they should be narrowed',
  },
  {
    file: 'effective.ts',
    find: 'strictness(policy.mode) >= strictness(mode)',
    law: 'named peers',
    replace: 'strictness(policy.mode) <= strictness(mode)',
    so: 'a named peer is judged by the milder policies',
  },
  {
    file: 'pieces.ts',
    find: 'band.from < end && from < band.end',
    law: 'revert',
    replace: 'band.from > end && from < band.end',
    so: 'what is needed on some slots is looked for behind them',
  },
];

const RUNS = 300;
const SEED = 20261124;

function breaks(core: Core, law: LawName): boolean {
  const asking = { runs: RUNS, seed: SEED, shrink: false, timeLimitMs: 240_000 };
  return holds(core, law, asking).counterexample !== undefined;
}

describe('mistakes in the core', { timeout: 300_000 }, () => {
  it('are what breaks a law: the core as it is breaks none over the same cases', () => {
    expect(lawNames.filter((law) => breaks(CORE, law))).toEqual([]);
  });

  it.each(MISTAKES)('$file: `$find` as `$replace`, so $so: breaks the law of $law', async (mistake) => {
    expect(await withMutatedCore(mistake, (core) => breaks(core, mistake.law))).toBe(true);
  });

  it('have to be renewed when the core has changed below them', async () => {
    const gone = { file: 'space/line.ts', find: 'toggle <=> place', replace: 'toggle < place' };
    await expect(withMutatedCore(gone, (core) => core)).rejects.toThrow(/occurs 0 times .* renew this mistake/);
  });
});
