// Test files -> what became of each test, or everything that is wrong with them.
import { dirname, join } from 'node:path';
import { Fault } from '../shared/base/fault.ts';
import { awsTraits } from '../shared/clouds/aws/traits.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import { judgementOf } from '../shared/core/judge.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import { Complaints, quoted } from '../shared/policy/problem.ts';
import { readTestFiles } from '../shared/policy/files.ts';
import { flowsIn } from '../shared/policy/testing/case.ts';
import type { SavedFirewall, TestCase, TestFile } from '../shared/policy/testing/case.ts';
import { failuresOf } from '../shared/policy/testing/outcome.ts';
import type { Failure } from '../shared/policy/testing/outcome.ts';
import { testFileOf } from '../shared/policy/testing/read.ts';
import { judgeReferences } from '../shared/policy/testing/references.ts';
import { momentaryIn } from '../shared/policy/testing/times.ts';
import { readInputs } from './input.ts';
import type { PolicyOptions } from './options.ts';
import { PolicyProblems, policySetOf } from './policy.ts';
import { firewallOf, namesIn, withPeers } from './test-firewall.ts';

export interface TestOutcome {
  readonly test: TestCase;
  /** Empty where the test passes. */
  readonly failures: readonly Failure[];
}

export interface FileOutcome {
  readonly file: string;
  readonly outcomes: readonly TestOutcome[];
}

interface Run {
  readonly now: Date;
  /** Whether the command line says as of when: then no test depends on the clock. */
  readonly isDated: boolean;
  readonly complaints: Complaints;
}

/** A test file and the policy that it is about. */
interface Bench {
  readonly file: TestFile;
  readonly set: PolicySet;
  readonly book: DesiredBook;
}

async function savedFirewall(
  file: string,
  saved: SavedFirewall,
  at: Date,
  written: Parameters<typeof readInputs>[3],
): Promise<Firewall> {
  const { from, region, account, id, networks = new Map() } = saved;
  const ranges = new Map([...networks].flatMap(([key, range]) => (range === undefined ? [] : [[key, range] as const])));
  const paths = from.map((path) => join(dirname(file), path));
  const { firewalls } = await readInputs(paths, { region, account, networks: ranges }, at, written);
  const found = id === undefined ? firewalls : firewalls.filter(({ target }) => target.id === id);
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const there = firewalls
    .slice(0, 6)
    .map(({ target }) => quoted(target.id))
    .join(', ');
  const what = id === undefined ? 'there is more than one firewall' : `there is no firewall ${quoted(id)}`;
  throw new Fault('malformed', `${what} in ${from.map(quoted).join(', ')}; write \`id\`, one of ${there}`);
}

/** The firewall of a test. Undefined, with a complaint, where a saved answer does not have it. */
async function firewallIn(bench: Bench, test: TestCase, at: Date, { complaints }: Run): Promise<Firewall | undefined> {
  const { subject, peers } = test;
  const written = [...new Set([...bench.book.written, ...namesIn(flowsIn(test), peers)])];
  if (subject.kind === 'stated') return firewallOf(subject.firewall, subject.rules, { peers, written }, at);
  try {
    const saved = await savedFirewall(bench.file.name, subject.firewall, at, written);
    return withPeers(saved, { peers, written });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    complaints.add(subject.firewall.at, error.message);
    return undefined;
  }
}

async function outcomeOf(bench: Bench, test: TestCase, run: Run): Promise<TestOutcome | undefined> {
  const at = test.at ?? run.now;
  const firewall = await firewallIn(bench, test, at, run);
  if (firewall === undefined) return undefined;
  const momentary = test.at === undefined && !run.isDated ? momentaryIn(firewall, bench.set) : undefined;
  if (momentary !== undefined) {
    const why = `${momentary}, so this test depends on when it is run`;
    run.complaints.add(test.spot, `${why}; say as of when, such as \`at: 2026-12-01T10:00:00Z\``);
  }
  const { book } = bench;
  const judgement = judgementOf(firewall, book.for(firewall, at), awsTraits, { limits: book.limits, changesInRun: 0 });
  return { test, failures: failuresOf(test, judgement) };
}

/** Reads each policy once, however many test files are about it. What the command line names goes before what a file names. */
class Policies {
  readonly #options: PolicyOptions;
  readonly #now: Date;
  readonly #read = new Map<string, Promise<PolicySet>>();

  constructor(options: PolicyOptions, now: Date) {
    this.#options = options;
    this.#now = now;
  }

  for(file: TestFile): Promise<PolicySet> {
    const stated = file.policy?.map((path) => join(dirname(file.name), path));
    const policy = this.#options.policy ?? stated;
    const key = JSON.stringify(policy ?? []);
    const read =
      this.#read.get(key) ?? policySetOf({ ...this.#options, ...(policy === undefined ? {} : { policy }) }, this.#now);
    this.#read.set(key, read);
    return read;
  }
}

/** Runs every test of these files. Throws `PolicyProblems` with all that is wrong with any of them, or with a policy. */
export async function outcomesOf(
  paths: readonly string[],
  options: PolicyOptions,
  now: Date,
): Promise<readonly FileOutcome[]> {
  const complaints = new Complaints('test');
  const run = { now, isDated: options.at !== undefined, complaints };
  const files = (await readTestFiles(paths)).map((file) => testFileOf(file, complaints));
  const policies = new Policies(options, now);
  const ofPolicies = new Map<string, PolicyProblems>();
  const results: FileOutcome[] = [];
  for (const file of files) {
    try {
      const set = await policies.for(file);
      judgeReferences(file, set, complaints);
      const bench = { file, set, book: new DesiredBook(set) };
      const outcomes: TestOutcome[] = [];
      for (const test of file.tests) {
        const outcome = await outcomeOf(bench, test, run);
        if (outcome !== undefined) outcomes.push(outcome);
      }
      results.push({ file: file.name, outcomes });
    } catch (error) {
      if (!(error instanceof PolicyProblems)) throw error;
      ofPolicies.set(JSON.stringify(error.problems), error);
    }
  }
  const problems = [...complaints.sorted(), ...[...ofPolicies.values()].flatMap((error) => error.problems)];
  if (problems.length > 0) throw new PolicyProblems(problems);
  return results;
}
