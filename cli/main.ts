import { Command, CommanderError } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { PolicyTooLarge } from '../shared/core/effective.ts';
import { TooLarge } from '../shared/core/space/traffic.ts';
import { addApply } from './apply.ts';
import { addCheck } from './check.ts';
import { addCompletion } from './completion.ts';
import { addDoctor } from './doctor.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { addExplain } from './explain.ts';
import { addGrants } from './grants.ts';
import { addInit } from './init.ts';
import { addLaterVerbs } from './later.ts';
import { addLedger } from './ledger.ts';
import { addOpen } from './open.ts';
import { lookOf } from './page.ts';
import { addPause } from './pause.ts';
import { addPlan } from './plan.ts';
import { PolicyProblems } from './policy.ts';
import { addReplay } from './replay.ts';
import { addRollback } from './rollback.ts';
import { addStatus } from './status.ts';
import { addTest } from './test.ts';
import { addSchema } from './schema.ts';
import { addValidate } from './validate.ts';
import { visible } from './visible.ts';

const VERSION = '0.1.0';

function complain(message: string): void {
  process.stderr.write(`portcullis: ${visible(message)}\n`);
}

/** One line a complaint, and no stack: an expected error says itself what to do. */
function complainOf(error: unknown): void {
  if (error instanceof PolicyProblems) for (const { message } of error.problems) complain(message);
  else if (error instanceof Fault || error instanceof PolicyTooLarge || error instanceof TooLarge)
    complain(error.message);
  else
    complain(
      `unexpected error: ${error instanceof Error ? error.message : String(error)}; set PORTCULLIS_DEBUG=1 to see where`,
    );
  if (process.env['PORTCULLIS_DEBUG'] === '1' && error instanceof Error) {
    process.stderr.write(`${(error.stack ?? '').split('\n').map(visible).join('\n')}\n`);
  }
}

/** Ends a verb: its output, its warnings and the exit code, or what went wrong. */
async function run(verb: Promise<Result>): Promise<void> {
  try {
    const { code, output, warnings } = await verb;
    process.exitCode = code;
    for (const warning of warnings) complain(`warning: ${warning}`);
    process.stdout.write(output);
  } catch (error) {
    process.exitCode = EXIT.error;
    complainOf(error);
  }
}

/** The words of the option parser as all other messages are: one line, input in backticks, what to write after a `;`. */
function usageText(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\(Did you mean (one of )?(.+?)\?\)$/, (_, several: string | undefined, words: string) =>
      several === undefined ? `; did you mean '${words}'?` : `; did you mean one of ${words}?`,
    )
    .replaceAll('\n', ' ')
    .replace(/\.$/, '')
    .replace(/\. ([AE])/, (_, first: string) => `; ${first.toLowerCase()}`)
    .replace(/'([^']*)'/g, '`$1`');
}

const HELP_END = `
Exits with 0 if there is nothing to report, with 1 if there is, with 2 if there
is no answer. \`portcullis VERB --help\` says what that means for a verb, and shows
examples.

To begin:
  portcullis init
  portcullis check --cloud aws --region us-east-1
  aws ec2 describe-security-groups | portcullis check --input -`;

function programOf(): Command {
  const program = new Command('portcullis')
    .description('Guards cloud firewalls: says where they differ from a policy, and what would be changed.')
    .version(VERSION)
    .helpCommand(false)
    .addHelpText('after', HELP_END)
    .exitOverride()
    .configureOutput({
      outputError: (text) => {
        complain(`${usageText(text)}; see \`portcullis --help\``);
      },
    });
  const look = lookOf(process.stdout, process.env);
  program.commandsGroup('Judge:');
  addCheck(program, run, look);
  addPlan(program, run, look);
  addExplain(program, run, look);
  program.commandsGroup('Act:');
  addApply(program, run, look);
  addOpen(program, run, look);
  addRollback(program, run, look);
  addGrants(program, run, look);
  addPause(program, run, look);
  program.commandsGroup('Look back:');
  addStatus(program, run, look);
  addLedger(program, run, look);
  addReplay(program, run, look);
  program.commandsGroup('Set up:');
  addInit(program, run, look);
  addValidate(program, run, look);
  addTest(program, run, look);
  addDoctor(program, run, look);
  addSchema(program, run);
  addCompletion(program, run);
  addLaterVerbs(program);
  return program;
}

// `portcullis check | head` closes the pipe early, and that is no error. The exit code is set before anything is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  complain(`the output cannot be written (${error.code ?? error.message}); check where it is redirected to`);
  process.exit(EXIT.error);
});
// Nobody reads what is said beside the output, as in `2>&1 | head`. The output may still have its reader, so it goes on.
process.stderr.on('error', () => undefined);

try {
  await programOf().parseAsync();
} catch (error) {
  // The parser has said itself what is wrong. Its own codes are 0 for help and version, 1 for all else.
  if (!(error instanceof CommanderError)) complainOf(error);
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? EXIT.fine : EXIT.error;
}
