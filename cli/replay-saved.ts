// Saved answers -> what a replay takes from them: groups, their rules, and the ranges of networks.
import { Fault } from '../shared/base/fault.ts';
import { rangesOfVpcs } from '../shared/clouds/aws/ranges.ts';
import type { Saved } from '../shared/clouds/aws/retrace.ts';
import { savedGroupsOf } from '../shared/clouds/aws/retrace-saved.ts';
import type { AnswerKind, Answer } from './answer.ts';
import { documentsIn } from './found.ts';
import { checkAccount } from './firewalls.ts';
import { readAnswers, sourceIn } from './input.ts';
import { networksOf } from './options.ts';
import type { ReplayOptions } from './options.ts';

function elementsOf(answers: readonly Answer[], kind: AnswerKind): readonly unknown[] {
  return answers.filter((answer) => answer.kind === kind).flatMap(({ elements }) => elements);
}

/** What is known beside the events, with warnings for people. Without `--input`, nothing but stated ranges is. */
export async function readSaved(
  options: ReplayOptions,
  readAt: Date,
): Promise<{ readonly saved: Saved; readonly warnings: readonly string[] }> {
  const { input, region, account } = options;
  checkAccount(account);
  const networks = networksOf(options);
  if (input === undefined) return { saved: { groups: [], ranges: networks }, warnings: [] };
  const answers = await readAnswers(input, { region, account });
  const [document] = documentsIn(answers);
  if (document !== undefined) {
    const expected = 'a replay begins with what is live: the output of `aws ec2 describe-*`';
    throw new Fault('unsupported', `${document.file} is ${document.what}; ${expected}`);
  }
  // Decoded once, so that a mistake in a file is said as every verb says it, and accounts and regions are settled.
  const { firewalls, warnings } = sourceIn(answers, { region, account, networks }, readAt, []);
  const parts = { groups: elementsOf(answers, 'SecurityGroups'), rules: elementsOf(answers, 'SecurityGroupRules') };
  const groups = savedGroupsOf(
    parts,
    firewalls.map(({ target }) => target),
  );
  const shown = rangesOfVpcs({ Vpcs: elementsOf(answers, 'Vpcs') });
  return { saved: { groups, ranges: new Map([...shown, ...networks]) }, warnings };
}
