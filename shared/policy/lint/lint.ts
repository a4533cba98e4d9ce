// PolicySet -> what is odd in it. Nothing here keeps a policy from being used.
import type { Place, PolicySet } from '../../core/model/policy.ts';
import { TooLarge } from '../../core/space/traffic.ts';
import { Complaints } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { contradictionsIn } from './contradictory.ts';
import { cutOffIn } from './cut-off.ts';
import { deniedIn } from './denied.ts';
import { idleExceptionsIn } from './excepted.ts';
import { laterIn } from './later.ts';
import { oddClausesIn } from './odd.ts';
import { Effort, TooMuchWork } from './remark.ts';
import type { Remark } from './remark.ts';
import { shadowsIn } from './shadowed.ts';
import { tagDecidedIn } from './tagged.ts';

/** One kind of remark, and what was not looked for where the policies are too large. */
interface Kind {
  readonly looksFor: string;
  readonly remarksIn: (set: PolicySet, now: Date, effort: Effort) => readonly Remark[];
}

const KINDS: readonly Kind[] = [
  { looksFor: 'odd clauses', remarksIn: (set) => oddClausesIn(set) },
  { looksFor: 'policies that hang on tags', remarksIn: (set) => tagDecidedIn(set) },
  {
    looksFor: '`allow` clauses that a `deny` hits',
    remarksIn: ({ policies }, _now, effort) => policies.flatMap((policy) => deniedIn(policy, effort)),
  },
  {
    looksFor: 'clauses that say the same',
    remarksIn: ({ policies }, _now, effort) => policies.flatMap((policy) => shadowsIn(policy, effort)),
  },
  {
    looksFor: 'policies that contradict each other',
    remarksIn: (set, _now, effort) => contradictionsIn(set, effort),
  },
  { looksFor: 'exceptions that make no difference', remarksIn: idleExceptionsIn },
  { looksFor: 'networks that are cut off', remarksIn: (set, _now, effort) => cutOffIn(set, effort) },
  { looksFor: 'what a later version carries out', remarksIn: (set) => laterIn(set, topOf(set)) },
];

/** Where what is not of one place is told of: the first file. */
function topOf({ policies, exceptions, instances }: PolicySet): Place {
  const [first] = [...policies, ...exceptions, ...instances];
  return { file: first?.place.file ?? '', line: 1 };
}

function remarksOf({ looksFor, remarksIn }: Kind, set: PolicySet, now: Date): readonly Remark[] {
  try {
    return remarksIn(set, now, new Effort());
  } catch (error) {
    if (!(error instanceof TooMuchWork || error instanceof TooLarge)) throw error;
    const what = `the policies are too large to be searched for ${looksFor}; nothing is wrong with that`;
    return [{ place: topOf(set), what }];
  }
}

/**
 * Everything that is odd in a policy set and may be meant, by file and line. Where columns are concerned, the model knows
 * of none, so a remark is about its line as a whole. `now`: exceptions end.
 */
export function warningsOf(set: PolicySet, now: Date): readonly Problem[] {
  const complaints = new Complaints();
  for (const { place, what } of KINDS.flatMap((kind) => remarksOf(kind, set, now))) {
    complaints.add({ ...place, column: 1 }, what);
  }
  return complaints.sorted();
}
