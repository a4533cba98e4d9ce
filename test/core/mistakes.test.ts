import { describe, expect, it } from 'vitest';
import { CORE } from './core-modules.ts';
import type { Core } from './core-modules.ts';
import { holds, lawNames } from './laws.ts';
import type { LawName } from './laws.ts';
import { withMutatedCore } from './mutated-core.ts';
import type { Mistake } from './mutated-core.ts';

/**
 * Mistakes that somebody could make, one operator each, put into a copy of the core. A law that lets one through is
 * too weak, whatever it says of the core as it is.
 */
const MISTAKES: readonly Mistake[] = [
  // A range that ends where another begins is cut by one toggle.
  { file: 'space/line.ts', find: 'nextA <= nextB', replace: 'nextA < nextB' },
  // The last place before an end is taken for outside.
  { file: 'space/line.ts', find: 'toggle <= place', replace: 'toggle < place' },
  // Whoever has IPv6 peers only counts as nobody.
  {
    file: 'space/addresses.ts',
    find: 'a.v4.length === 0 && a.v6.length === 0',
    replace: 'a.v4.length === 0 || a.v6.length === 0',
  },
  // `::/0` becomes `::/1`.
  {
    file: 'space/cidr.ts',
    find: 'at % (size * 2n) === 0n && at + size * 2n <= end',
    replace: 'at % (size * 2n) === 0n && at + size * 2n < end',
  },
  // The border between two bands falls to the wrong one.
  { file: 'space/traffic.ts', find: 'bandA.from <= at', replace: 'bandA.from < at' },
  // A trial policy widens an enforced one.
  {
    file: 'effective.ts',
    find: 'strictness(other.mode) >= strictness(policy.mode)',
    replace: 'strictness(other.mode) <= strictness(policy.mode)',
  },
  // What one prohibition has claimed is claimed by the next one, too.
  {
    file: 'drift.ts',
    find: 'rest = traffic.difference(rest, by.traffic);',
    replace: 'rest = traffic.union(rest, by.traffic);',
  },
  // A milder policy's part of a named peer is reverted as if it were enforced.
  { file: 'drift.ts', find: 'by.policy.mode !== mode) continue', replace: 'by.policy.mode === mode) continue' },
  // What only may pass is planned away.
  { file: 'plan.ts', find: "finding.certainty === 'proven'", replace: "finding.certainty !== 'possible' || true" },
  // The first address behind what is fine is written along.
  {
    file: 'pieces.ts',
    find: 'if (band.from > at) return addresses.NOBODY;',
    replace: 'if (band.from < at) return addresses.NOBODY;',
  },
  // A named peer surely lets through what it may let through at most.
  {
    file: 'exposure.ts',
    find: 'addresses.includes(extent.least, packet.peer)',
    replace: 'addresses.includes(extent.most, packet.peer)',
  },
  // A narrowed rule stays beside what it becomes.
  {
    file: 'simulate.ts',
    find: 'rule.id === change.rule.id ? becomes : [rule]',
    replace: 'rule.id !== change.rule.id ? becomes : [rule]',
  },
  // One change more than the bound is let through.
  { file: 'guard.ts', find: 'count > limits.changesPerFirewall', replace: 'count > limits.changesPerFirewall + 1' },
];

const RUNS = 400;
const SEED = 20261124;

/** The first law that the core breaks. */
function lawBrokenBy(core: Core): LawName | undefined {
  return lawNames.find(
    (law) =>
      holds(core, law, { runs: RUNS, seed: SEED, shrink: false, timeLimitMs: 60_000 }).counterexample !== undefined,
  );
}

describe('mistakes in the core', { timeout: 180_000 }, () => {
  it('are what breaks a law: the core as it is breaks none over the same cases', () => {
    expect(lawBrokenBy(CORE)).toBeUndefined();
  });

  it.each(MISTAKES)('$file: `$find` as `$replace` is caught', async (mistake) => {
    const law = await withMutatedCore(mistake, lawBrokenBy);
    expect(law).toBeDefined();
    console.info(`${mistake.file}: caught by ${law ?? 'no law'}`);
  });
});
