import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { warningsOf } from '../shared/policy/lint/lint.ts';
import { checkupsOf } from './checkup.ts';
import type { Checkup } from './checkup.ts';
import { cloudCheckups } from './doctor-cloud.ts';
import { doctorLines } from './doctor-page.ts';
import { settingCheckups } from './doctor-settings.ts';
import { storeCheckups } from './doctor-stores.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { addPolicyPath, JSON_HELP } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { readPolicy } from './policy.ts';
import { visibleJson } from './visible.ts';
import { counted } from './words.ts';

interface DoctorOptions {
  readonly policy?: readonly string[];
  readonly region?: string;
  readonly json?: true;
}

const here = checkupsOf('here');

/** What is found of the policy, and whether it enforces something: then more rights are needed. */
async function policyCheckup(
  options: DoctorOptions,
  now: Date,
): Promise<{ readonly checkup: Checkup; readonly enforces: boolean }> {
  const name = 'policy';
  try {
    const { loaded, files } = await readPolicy(options, now);
    if (loaded.kind === 'problems') {
      const [first] = loaded.problems;
      const more = loaded.problems.length - 1;
      const found = `${first?.message ?? ''}${more > 0 ? `, and ${counted(more, 'more problem')}` : ''}`;
      return { checkup: here(name, 'failed', found, 'run `portcullis validate` for all of it'), enforces: false };
    }
    const { policies } = loaded.set;
    const odd = warningsOf(loaded.set, now).length;
    const found = `${counted(policies.length, 'policy')} in ${counted(files, 'file')}, ${counted(odd, 'warning')}`;
    const enforces = policies.some(({ mode }) => mode === 'enforce');
    const checkup =
      odd === 0
        ? here(name, 'ok', found)
        : here(name, 'warning', found, 'run `portcullis validate`, which says what is odd');
    return { checkup, enforces };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const mend = 'write one with `portcullis init`, or name it with `--policy PATH`';
    return { checkup: here(name, 'failed', error.message, mend), enforces: false };
  }
}

async function doctor(options: DoctorOptions, look: Look): Promise<Result> {
  const { env } = process;
  const { checkup: policy, enforces } = await policyCheckup(options, new Date());
  const checkups: readonly Checkup[] = [
    // An older one would not have come so far.
    here('node', 'ok', process.versions.node),
    policy,
    ...settingCheckups(env),
    ...(await cloudCheckups(options.region, enforces, env)),
    ...(await storeCheckups(env, options.region)),
  ];
  const failed = checkups.filter(({ state }) => state === 'failed').length;
  const document = {
    version: 1,
    summary: {
      ok: checkups.filter(({ state }) => state === 'ok').length,
      warnings: checkups.filter(({ state }) => state === 'warning').length,
      failed,
      notChecked: checkups.filter(({ state }) => state === 'not checked').length,
    },
    checks: checkups,
  };
  return {
    code: failed === 0 ? EXIT.fine : EXIT.found,
    output: options.json ? `${visibleJson(document)}\n` : pageText(doctorLines(checkups), look),
    warnings: [],
  };
}

export function addDoctor(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addPolicyPath(program.command('doctor'))
    .summary('say what keeps Portcullis from working here')
    .description(
      'Looks at the policy, the settings, the rights of the credentials, the clock, the ledger and the ticket system, ' +
        'and says how to mend what is wrong. Changes nothing: rights are found out by dry runs.',
    )
    .option('--region <REGION>', 'the region to ask EC2 in (default: AWS_REGION)')
    .option('--json', JSON_HELP)
    .addHelpText(
      'after',
      `
Exits with 0 if nothing failed (warnings may be there), with 1 if something did, with 2 if nothing could be
looked at, such as after an unknown option.

Examples:
  portcullis doctor
  portcullis doctor --region us-east-1 --policy policies/ --json`,
    );
  verb.action(() => run(doctor(verb.opts<DoctorOptions>(), look)));
}
