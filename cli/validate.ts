import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { warningsOf } from '../shared/policy/lint/lint.ts';
import type { Loaded, Problem } from '../shared/policy/load.ts';
import { spotText } from '../shared/policy/problem.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { addPolicyOptions, momentOf } from './options.ts';
import type { PolicyOptions } from './options.ts';
import { line, pageText, toned } from './page.ts';
import type { Line, Look } from './page.ts';
import { readPolicy } from './policy.ts';
import { counted } from './words.ts';
import { visibleJson } from './visible.ts';

/** `web.yaml:12:9: what is wrong`, as compilers write it, so that editors can jump there. */
export function problemText({ file, line: at, column, message }: Problem): string {
  const prefix = `${spotText({ file, line: at })}: `;
  const what = message.startsWith(prefix) ? message.slice(prefix.length) : message;
  return `${file}:${String(at)}:${String(column)}: ${what}`;
}

function problemLines(problems: readonly Problem[]): readonly Line[] {
  const files = new Set(problems.map(({ file }) => file)).size;
  const count = `${counted(problems.length, 'problem')} in ${counted(files, 'file')}`;
  return [...problems.map((problem) => line(0, problemText(problem))), line(0, toned('bad', count))];
}

/** `web.yaml:12:1: warning: what is odd`, as compilers write it, too. */
function warningText(warning: Problem): string {
  const { file, line: at, column } = warning;
  const spot = `${file}:${String(at)}:${String(column)}: `;
  return `${spot}warning: ${problemText(warning).slice(spot.length)}`;
}

function recordOf({ file, line: at, column, message }: Problem): Problem {
  return { file, line: at, column, message };
}

/** What holds of a policy that can be used: what is in it, and what is odd about it. */
function validLines(
  loaded: Loaded & { readonly kind: 'policy' },
  files: number,
  warnings: readonly Problem[],
): readonly Line[] {
  const { policies, exceptions } = loaded.set;
  const parts = [counted(policies.length, 'policy'), counted(exceptions.length, 'exception'), counted(files, 'file')];
  const odd = warnings.length === 0 ? [] : [', ', toned('doubtful', counted(warnings.length, 'warning'))];
  return [
    ...warnings.map((warning) => line(0, warningText(warning))),
    line(0, `${parts.join(', ')}: `, toned('good', 'valid'), ...odd),
  ];
}

async function validate(options: PolicyOptions, strays: readonly string[], look: Look): Promise<Result> {
  const [stray] = strays;
  if (stray !== undefined) {
    throw new Fault('malformed', `\`validate\` takes no file by itself; write \`--policy ${strays.join(' ')}\``);
  }
  const now = momentOf(options, new Date());
  const { loaded, files } = await readPolicy(options, now);
  const problems = loaded.kind === 'problems' ? loaded.problems : [];
  const odd = loaded.kind === 'policy' ? warningsOf(loaded.set, now) : [];
  const code = loaded.kind === 'problems' ? EXIT.error : EXIT.fine;
  if (options.json) {
    const document = {
      version: 1,
      valid: loaded.kind === 'policy',
      problems: problems.map(recordOf),
      warnings: odd.map(recordOf),
    };
    return { code, output: `${visibleJson(document)}\n`, warnings: [] };
  }
  const lines = loaded.kind === 'problems' ? problemLines(problems) : validLines(loaded, files, odd);
  // A problem is one line, however long: tools split this output by lines.
  return { code, output: pageText(lines, { ...look, width: Infinity }), warnings: [] };
}

export function addValidate(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addPolicyOptions(program.command('validate'))
    .summary('read the policy and say everything that is wrong or odd about it')
    .description(
      'Reads the policy and says everything that is wrong with it, each problem with file, line and column; ' +
        'and warns of what is odd in a valid one, such as clauses that have no effect.',
    )
    .addHelpText(
      'after',
      `
Exits with 0 if the policy is valid, with warnings or without, with 2 if it is not.

Examples:
  portcullis validate
  portcullis validate --policy policies/ --json`,
    );
  // What people type first is a file behind the verb, and they are told where it goes.
  verb.allowExcessArguments().action(() => run(validate(verb.opts<PolicyOptions>(), verb.args, look)));
}
