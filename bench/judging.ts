import { firewallsOf } from '../shared/clouds/aws/decode.ts';
import { awsTraitsWith } from '../shared/clouds/aws/traits.ts';
import { driftOf } from '../shared/core/drift.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import type { Finding } from '../shared/core/model/finding.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { Bench, BenchResult } from './bench.ts';
import { fleetOf } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { linesOf, policySetOf } from './policies.ts';

const AT = new Date('2026-11-24T12:00:00Z');
const SEED = 20261124;
const SIZES = [2, 20, 200, 2000] as const;
const ROUNDS = 5;
const TRAITS = awsTraitsWith(undefined);

/** What `portcullis check --input` does between the parsed answers and its page, with a policy that nobody compiled yet. */
function findingsOf(groups: unknown, vpcs: unknown, set: PolicySet): readonly Finding[] {
  const book = new DesiredBook(set);
  const context = { readAt: AT, ranges: new Map(), written: book.written };
  return firewallsOf({ groups, vpcs }, context).flatMap(
    (firewall) => driftOf(firewall, book.for(firewall, AT), TRAITS).findings,
  );
}

/** Throws unless exactly those rules have findings into which the generator put excess. */
function checkFindings(findings: readonly Finding[], { excess }: Fleet, clauses: number): void {
  const found = new Set(
    findings.map((finding) => `${finding.target.id} ${finding.kind === 'excess' ? finding.rule.id : finding.kind}`),
  );
  const missed = [...excess].filter((rule) => !found.has(rule));
  const invented = [...found].filter((rule) => !excess.has(rule));
  if (missed.length + invented.length === 0) return;
  throw new Error(
    `${String(clauses)} clauses: ${String(missed.length)} rules with excess are not found, such as \`${missed[0] ?? ''}\`, ` +
      `and ${String(invented.length)} without are, such as \`${invented[0] ?? ''}\``,
  );
}

function msOf(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

async function run(isWanted: (name: string) => boolean, say: (text: string) => void): Promise<readonly BenchResult[]> {
  const sizes = SIZES.filter((size) => isWanted(`judging-${String(size)}`));
  if (sizes.length === 0) return [];
  const fleet = fleetOf(SEED);
  const vpcs: unknown = JSON.parse(fleet.vpcs);
  const mb = fleet.groups.length / 1e6;
  say(`judging ${String(fleet.ruleCount)} rules, ${mb.toFixed(0)} MB, ${String(fleet.excess.size)} with excess`);
  const sets = new Map(sizes.map((size) => [size, policySetOf(linesOf(size), AT)]));
  const parseMs: number[] = [];
  const judgeMs = new Map<number, number[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [size, set] of sets) {
      let groups: unknown;
      parseMs.push(msOf(() => (groups = JSON.parse(fleet.groups))));
      let findings: readonly Finding[] = [];
      judgeMs.get(size)?.push(msOf(() => (findings = findingsOf(groups, vpcs, set))));
      checkFindings(findings, fleet, size);
    }
  }
  const rateOf = (ms: readonly number[]): number => (1000 * fleet.ruleCount) / Math.min(...ms);
  const parseRate = rateOf(parseMs);
  say(`JSON.parse ${parseMs.map((ms) => ms.toFixed(0)).join(' ')} ms`);
  return sizes.map((size): BenchResult => {
    const ms = judgeMs.get(size) ?? [];
    const rate = rateOf(ms);
    say(`${String(size)} clauses ${ms.map((one) => one.toFixed(0)).join(' ')} ms`);
    return {
      name: `judging-${String(size)}`,
      unit: 'rules/s',
      value: Math.round(rate),
      ratioTo: { 'json-parse': rate / parseRate },
    };
  });
}

export const judging: Bench = {
  names: SIZES.map((size) => `judging-${String(size)}`),
  run: (w, s) => Promise.resolve().then(() => run(w, s)),
};
