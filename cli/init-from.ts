// `init --from`: what is open now, live or in files, as a policy.
import { Fault } from '../shared/base/fault.ts';
import { inferredText, leftOutTexts } from '../shared/policy/infer/file.ts';
import { inferredFrom } from '../shared/policy/infer/inferred.ts';
import type { Inferred, LeftOut } from '../shared/policy/infer/inferred.ts';
import type { Draft } from './draft.ts';
import { sourceOf } from './firewalls.ts';
import type { InitOptions, JudgingOptions } from './options.ts';
import { line, toned } from './page.ts';
import type { Line } from './page.ts';
import { counted } from './words.ts';

const LIVE = 'live';

/** The same question to a source as `check` has, by other words. */
function judgingOf({ from = [], region, account, network }: InitOptions): JudgingOptions {
  const isLive = from.includes(LIVE);
  if (isLive && from.length > 1) {
    throw new Fault('malformed', `--from: \`${LIVE}\` stands alone; for a file of that name write \`./${LIVE}\``);
  }
  const where = { ...(region === undefined ? {} : { region }), ...(account === undefined ? {} : { account }) };
  const what = isLive ? { cloud: 'aws' } : { input: from };
  return { ...where, ...what, ...(network === undefined ? {} : { network }) };
}

const MOST_SHOWN = 12;

function leftOutLines(leftOut: readonly LeftOut[], policies: number): readonly Line[] {
  if (leftOut.length === 0) return [line(0, 'Nothing was left out: nothing dangerous is open to the internet.')];
  const texts = leftOutTexts(leftOut);
  const more = texts.length - MOST_SHOWN;
  return [
    line(0, toned('doubtful', counted(leftOut.length, 'rule')), ' left out, in whole or in part, for `check` to find:'),
    ...texts.slice(0, MOST_SHOWN).map((text) => line(2, text)),
    ...(more > 0
      ? [line(2, `and ${String(more)} more: the comments above the ${counted(policies, 'policy')} name all of them`)]
      : []),
  ];
}

function recordOf({ firewall, rule, text, why }: LeftOut): Readonly<Record<string, string>> {
  return { firewall: firewall.target.id, rule, traffic: text, why };
}

function draftOf(inferred: Inferred, text: string, where: readonly string[], warnings: readonly string[]): Draft {
  const leftOut = inferred.policies.flatMap((policy) => policy.leftOut);
  const count = `${counted(inferred.policies.length, 'policy')} for ${counted(inferred.firewalls, 'security group')}`;
  const check = ['portcullis', 'check', ...where].join(' ');
  return {
    text,
    about: [line(0, `${count}, mode report`), ...leftOutLines(leftOut, inferred.policies.length)],
    next: [
      ['portcullis validate', 'reads it, and says what is odd'],
      [check, 'finds what was left out'],
      [['portcullis', 'plan', ...where].join(' '), 'says how it would be closed'],
    ],
    record: {
      mode: 'report',
      policies: inferred.policies.length,
      firewalls: inferred.firewalls,
      leftOut: leftOut.map(recordOf),
    },
    warnings,
  };
}

/** The options by which `check` looks at the same. */
function whereOf({ input, region, account, network = [] }: JudgingOptions): readonly string[] {
  const what = input === undefined ? ['--cloud', 'aws'] : ['--input', ...input];
  const place = [
    ...(region === undefined ? [] : ['--region', region]),
    ...(account === undefined ? [] : ['--account', account]),
  ];
  return [...what, ...place, ...network.flatMap((one) => ['--network', one])];
}

/** A policy that says what is open now. */
export async function inferredFile(options: InitOptions, now: Date): Promise<Draft> {
  const answers = (['office', 'public', 'never'] as const).filter((key) => options[key] !== undefined);
  const [stray] = answers;
  if (stray !== undefined) {
    throw new Fault('malformed', `--${stray} is an answer to a question, and --from asks none; leave it out`);
  }
  if (options.mode !== undefined && options.mode !== 'report') {
    const instead = 'leave --mode out, look at what `plan` says, then write `mode: enforce` into the file';
    throw new Fault(
      'unsupported',
      `--mode \`${options.mode}\` with --from would enforce what nobody has read yet; ${instead}`,
    );
  }
  const judging = judgingOf(options);
  const { firewalls, warnings } = await sourceOf(judging, now, []);
  if (firewalls.length === 0) {
    throw new Fault(
      'malformed',
      'there are no security groups to make a policy from; run `portcullis init` for five questions',
    );
  }
  const inferred = inferredFrom(firewalls);
  const from = judging.input === undefined ? `${inferred.regions.join(', ')}, read live,` : judging.input.join(', ');
  return draftOf(inferred, inferredText(inferred, { from, at: now }), whereOf(judging), warnings);
}
