import { Argument, Command } from 'commander';
import { expect, it } from 'vitest';
import { bashScript } from '../../cli/completion-bash.ts';
import { fishScript } from '../../cli/completion-fish.ts';
import { wordsOf } from '../../cli/completion-words.ts';
import { zshScript } from '../../cli/completion-zsh.ts';
import { expectGolden } from '../golden.ts';

/** A small command with one of everything: lists of files, words, texts, an argument, verbs below a verb, hidden ones. */
function smallProgram(): Command {
  const program = new Command('portcullis').description('guards').version('1.0.0').helpCommand(false);
  program
    .command('check')
    .summary('find what is [odd]: quickly')
    .option('--input <FILE...>', "the group's rules")
    .option('--cloud <CLOUD>', 'read live')
    .option('-r, --region <REGION>', 'where')
    .option('--json', 'for programs');
  program
    .command('completion')
    .summary('print a script')
    .addArgument(new Argument('<SHELL>').choices(['bash', 'zsh']));
  const grants = program.command('grants').summary('run-time exceptions');
  grants.command('list').summary('show them').option('--json', 'for programs');
  grants.command('revoke').summary('end one').argument('<ID>');
  program.command('secret', { hidden: true }).summary('nobody knows');
  return program;
}

it.each([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
] as const)('a script for %s', async (shell, script) => {
  const text = script(wordsOf(smallProgram()));
  expect(text).not.toContain('secret');
  await expectGolden(`cli/completion-${shell}`, text);
});
