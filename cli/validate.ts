import type { Command } from 'commander';
import { spotText } from '../shared/policy/problem.ts';
import type { Problem } from '../shared/policy/load.ts';
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

async function validate(options: PolicyOptions, look: Look): Promise<Result> {
  const { loaded, files } = await readPolicy(options, momentOf(options, new Date()));
  const problems = loaded.kind === 'problems' ? loaded.problems : [];
  const code = loaded.kind === 'problems' ? EXIT.error : EXIT.fine;
  if (options.json) {
    const document = {
      version: 1,
      valid: loaded.kind === 'policy',
      problems: problems.map(({ file, line: at, column, message }) => ({ file, line: at, column, message })),
    };
    return { code, output: `${visibleJson(document)}\n`, warnings: [] };
  }
  // A problem is one line, however long: tools split this output by lines.
  if (loaded.kind === 'problems') {
    return { code, output: pageText(problemLines(problems), { ...look, width: Infinity }), warnings: [] };
  }
  const { policies, exceptions } = loaded.set;
  const parts = [counted(policies.length, 'policy'), counted(exceptions.length, 'exception'), counted(files, 'file')];
  return { code, output: pageText([line(0, `${parts.join(', ')}: `, toned('good', 'valid'))], look), warnings: [] };
}

export function addValidate(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addPolicyOptions(program.command('validate'))
    .summary('read the policy and say everything that is wrong with it')
    .description('Reads the policy and says everything that is wrong with it, each problem with file, line and column.')
    .addHelpText(
      'after',
      `
Exits with 0 if the policy is valid, with 2 if it is not.

Examples:
  portcullis validate
  portcullis validate --policy policies/ --json`,
    );
  verb.action(() => run(validate(verb.opts<PolicyOptions>(), look)));
}
