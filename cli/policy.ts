import { stat } from 'node:fs/promises';
import { Fault } from '../shared/base/fault.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import { readPolicyFiles } from '../shared/policy/files.ts';
import { loadPolicy } from '../shared/policy/load.ts';
import type { Loaded, Problem } from '../shared/policy/load.ts';
import type { PolicyOptions } from './options.ts';

export const DEFAULT_FILE = 'portcullis.yaml';
export const DEFAULT_FOLDER = 'policies';

/** A policy that cannot be used: everything that is wrong with it. */
export class PolicyProblems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`the policy has ${String(problems.length)} problems`);
    this.name = 'PolicyProblems';
    this.problems = problems;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    // Whatever keeps it from being read is said when it is read because somebody names it.
    return false;
  }
}

async function defaultPaths(): Promise<readonly string[]> {
  const [file, folder] = await Promise.all([exists(DEFAULT_FILE), exists(DEFAULT_FOLDER)]);
  if (file && folder) {
    throw new Fault(
      'malformed',
      `\`${DEFAULT_FILE}\` and \`${DEFAULT_FOLDER}/\` are both here; write \`--policy PATH\` to say which one is meant`,
    );
  }
  if (file) return [DEFAULT_FILE];
  if (folder) return [DEFAULT_FOLDER];
  throw new Fault(
    'malformed',
    `no policy: neither \`${DEFAULT_FILE}\` nor \`${DEFAULT_FOLDER}/\` is here; write \`--policy PATH\` or set PORTCULLIS_POLICY`,
  );
}

async function policyPaths({ policy }: PolicyOptions): Promise<readonly string[]> {
  if (policy !== undefined) return policy;
  const set = process.env['PORTCULLIS_POLICY'] ?? '';
  if (set === '') return defaultPaths();
  if (/^[a-z0-9]+:\/\//.test(set)) {
    throw new Fault(
      'unsupported',
      `PORTCULLIS_POLICY is \`${set}\`, and the command line reads files only; write \`--policy PATH\``,
    );
  }
  return [set];
}

/** What was read of the policy, and from how many files. */
export interface ReadPolicy {
  readonly loaded: Loaded;
  readonly files: number;
}

/** Reads the policy as of one moment: whether an exception ends too far ahead depends on it. */
export async function readPolicy(options: PolicyOptions, at: Date): Promise<ReadPolicy> {
  const files = await readPolicyFiles(await policyPaths(options));
  return { loaded: loadPolicy(files, at), files: files.length };
}

/** Reads a policy that has to be whole. Throws `PolicyProblems` where it is not: nothing is judged by half a policy. */
export async function policySetOf(options: PolicyOptions, at: Date): Promise<PolicySet> {
  const { loaded } = await readPolicy(options, at);
  if (loaded.kind === 'problems') throw new PolicyProblems(loaded.problems);
  return loaded.set;
}
