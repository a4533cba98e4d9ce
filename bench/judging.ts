import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { firewallsOf } from '../shared/clouds/aws/decode.ts';
import { awsTraitsWith } from '../shared/clouds/aws/traits.ts';
import { driftOf } from '../shared/core/drift.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import type { Finding } from '../shared/core/model/finding.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { Bench, BenchResult } from './bench.ts';
import { CedarSide } from './cedar.ts';
import { fleetOf } from './judging-fleet.ts';
import type { Fleet, Point } from './judging-fleet.ts';
import { linesOf, policySetOf } from './policies.ts';

const AT = new Date('2026-11-24T12:00:00Z');
const SEED = 20261124;
const SIZES = [2, 20, 200, 2000] as const;
const ROUNDS = 5;
const TRAITS = awsTraitsWith();

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

/** So that no measurement pays for what the one before it left behind. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

/** The times of one kind of work, in ms. */
class Times {
  readonly #all: number[] = [];

  take(work: () => unknown): void {
    collectGarbage();
    this.#all.push(msOf(work));
  }

  get best(): number {
    return Math.min(...this.#all);
  }

  get text(): string {
    return `${this.#all.map((ms) => ms.toFixed(0)).join(' ')} ms`;
  }
}

function timesFor<K>(keys: readonly K[]): ReadonlyMap<K, Times> {
  return new Map(keys.map((key) => [key, new Times()]));
}

/** Asks Cedar about each point, and throws where it permits what the generator forbids, or the other way round. */
function askCedar(cedar: CedarSide, points: readonly Point[]): void {
  const wrong = points.find((point) => cedar.isPermitted(point) === point.isForbidden);
  if (wrong !== undefined) throw new Error(`Cedar is asked something else: it is wrong about ${JSON.stringify(wrong)}`);
}

/** The firewall that costs a book its first page, and nothing else. */
const NOBODY: Firewall = {
  target: { cloud: 'aws', account: '', region: '', id: '' },
  name: '',
  tags: {},
  networks: [],
  version: '',
  readAt: AT,
  ingress: [],
  egress: [],
  names: new Map(),
  aliases: new Map(),
  unresolved: new Set(),
  managedBy: undefined,
  unread: [],
};

function run(isWanted: (name: string) => boolean, say: (text: string) => void): readonly BenchResult[] {
  const sizes = SIZES.filter((size) => isWanted(nameOf(size)));
  const isCompiled = isWanted(COMPILE);
  if (sizes.length === 0 && !isCompiled) return [];
  const sets = new Map(SIZES.map((size) => [size, policySetOf(linesOf(size), AT)]));
  const compile = new Times();
  const largest = sets.get(2000);
  for (let round = 0; isCompiled && round < ROUNDS && largest !== undefined; round += 1)
    compile.take(() => new DesiredBook(largest).for(NOBODY, AT));
  const compiled = isCompiled ? [{ name: COMPILE, unit: 'ms', value: Number(compile.best.toFixed(1)) }] : [];
  if (sizes.length === 0) return compiled;

  const fleet = fleetOf(SEED);
  const vpcs: unknown = JSON.parse(fleet.vpcs);
  const mb = (fleet.groups.length / 1e6).toFixed(0);
  const { ruleCount, excess, points } = fleet;
  say(`${String(ruleCount)} rules in ${mb} MB, ${String(excess.size)} with excess; best of ${String(ROUNDS)}`);
  const cedar = sizes.includes(20) ? new CedarSide(linesOf(20)) : undefined;
  const parsing = new Times();
  const asking = new Times();
  const judgings = timesFor(sizes);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [size, times] of judgings) {
      const set = sets.get(size);
      if (set === undefined) continue;
      let groups: unknown;
      parsing.take(() => (groups = JSON.parse(fleet.groups)));
      let findings: readonly Finding[] = [];
      times.take(() => (findings = findingsOf(groups, vpcs, set)));
      checkFindings(findings, fleet, size);
    }
    if (cedar !== undefined)
      asking.take(() => {
        askCedar(cedar, points);
      });
  }
  say(`JSON.parse: ${parsing.text}`);
  if (cedar !== undefined)
    say(`Cedar, 20 clauses, ${String(points.length)} rules in addresses, one point of each: ${asking.text}`);
  const rateOf = (times: Times, rules: number): number => (1000 * rules) / times.best;
  const results = sizes.map((size): BenchResult => {
    const times = judgings.get(size) ?? new Times();
    say(`${String(size)} clauses: ${times.text}`);
    const rate = rateOf(times, ruleCount);
    const toParse = { 'json-parse': rate / rateOf(parsing, ruleCount) };
    const ratioTo = size === 20 ? { ...toParse, cedar: rate / rateOf(asking, points.length) } : toParse;
    return { name: nameOf(size), unit: 'rules/s', value: Math.round(rate), ratioTo };
  });
  return [...results, ...compiled];
}

const COMPILE = 'compile-2000';

function nameOf(size: number): string {
  return `judging-${String(size)}`;
}

export const judging: Bench = {
  names: [...SIZES.map(nameOf), COMPILE],
  run: (isWanted, say) =>
    new Promise((settle) => {
      settle(run(isWanted, say));
    }),
};
