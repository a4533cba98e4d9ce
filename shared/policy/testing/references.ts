// Test file x PolicySet -> complaints of clauses and policies that the tests name and that are not there.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Direction } from '../../core/model/firewall.ts';
import { clausesOf } from '../../core/model/policy.ts';
import type { Policy, PolicySet } from '../../core/model/policy.ts';
import { nearestOf } from '../nearest.ts';
import { quoted } from '../problem.ts';
import type { Complaints } from '../problem.ts';
import type { ExpectedFlow, Reference, TestFile } from './case.ts';

/** What may be named after `by`, by direction, and what every other clause is, for a message. */
interface Known {
  readonly forbidding: Readonly<Record<Direction, readonly string[]>>;
  readonly others: ReadonlyMap<string, string>;
}

/** The clauses of one policy that forbid: its `deny` clauses, and `allow` as a whole, for what no clause allows. */
function forbiddingOf(policy: Policy, direction: Direction): readonly string[] {
  const { allow, deny } = clausesOf(policy, direction);
  return [...deny.map(({ id }) => id), ...(allow === undefined ? [] : [`${policy.name}/${direction}/allow`])];
}

function knownOf({ policies, exceptions }: PolicySet): Known {
  const others = new Map<string, string>();
  for (const direction of DIRECTIONS) {
    for (const policy of policies) {
      const { allow = [], require } = clausesOf(policy, direction);
      const instead = `write ${quoted(`${policy.name}/${direction}/allow`)} for what no clause allows`;
      for (const { id } of allow) others.set(id, `an \`allow\` clause, which forbids nothing; ${instead}`);
      for (const { id } of require) others.set(id, 'a `require` clause, which forbids nothing; leave it out');
    }
    const excepting = exceptions.flatMap((exception) => exception[direction]);
    for (const { id } of excepting) others.set(id, 'a clause of an exception, which forbids nothing; leave it out');
  }
  const forbidding = (direction: Direction): readonly string[] =>
    policies.flatMap((policy) => forbiddingOf(policy, direction));
  return { forbidding: { ingress: forbidding('ingress'), egress: forbidding('egress') }, others };
}

const MOST_LISTED = 6;

/** `did you mean`, or what there is to choose from. */
function hintFor(id: string, words: readonly string[]): string {
  const near = nearestOf(id, words);
  if (near !== undefined) return `did you mean ${quoted(near)}?`;
  if (words.length === 0) return 'there is none';
  const more = words.length > MOST_LISTED ? ', ...' : '';
  return `write one of ${words.slice(0, MOST_LISTED).map(quoted).join(', ')}${more}`;
}

function clauseProblem(id: string, direction: Direction, { forbidding, others }: Known): string | undefined {
  if (forbidding[direction].includes(id)) return undefined;
  const other = others.get(id);
  if (other !== undefined) return `${quoted(id)} is ${other}`;
  const opposite = direction === 'ingress' ? 'egress' : 'ingress';
  const hint = hintFor(id, forbidding[direction]);
  return forbidding[opposite].includes(id)
    ? `${quoted(id)} is about ${opposite}, and this traffic is ${direction}; ${hint}`
    : `the policy has no clause ${quoted(id)} that forbids ${direction}; ${hint}`;
}

/** Complains of every reference to what is not there: such a test would fail, or pass, for nothing. */
export function judgeReferences(file: TestFile, set: PolicySet, complaints: Complaints): void {
  const known = knownOf(set);
  const names = set.policies.map(({ name }) => name);
  const tell = ({ at }: Reference, problem: string | undefined): void => {
    if (problem !== undefined) complaints.add(at, problem);
  };
  for (const { expect } of file.tests) {
    const flows: readonly ExpectedFlow[] = [...expect.forbidden, ...expect.possible];
    for (const { flow, by } of flows) for (const one of by) tell(one, clauseProblem(one.id, flow.direction, known));
    for (const one of expect.policies ?? []) {
      if (!names.includes(one.id)) tell(one, `there is no policy ${quoted(one.id)}; ${hintFor(one.id, names)}`);
    }
  }
}
