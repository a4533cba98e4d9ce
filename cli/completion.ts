import { Argument } from 'commander';
import type { Command } from 'commander';
import { bashScript } from './completion-bash.ts';
import { fishScript } from './completion-fish.ts';
import { wordsOf } from './completion-words.ts';
import type { VerbWords } from './completion-words.ts';
import { zshScript } from './completion-zsh.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (verbs: readonly VerbWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function addCompletion(program: Command, run: (verb: Promise<Result>) => Promise<void>): void {
  const verb = program
    .command('completion')
    .addArgument(new Argument('<SHELL>', 'the shell that the script is for').choices(SHELLS))
    .summary('print a script by which a shell completes verbs and options')
    .description(
      'Prints a script for a shell, by which the Tab key completes verbs, options, files and closed lists of values. ' +
        'The script knows them all by itself: nothing is run while you type.',
    )
    .addHelpText(
      'after',
      `
Exits with 0, with 2 for another shell.

Examples:
  echo 'eval "$(portcullis completion bash)"' >> ~/.bashrc
  portcullis completion zsh > "\${fpath[1]}/_portcullis"
  portcullis completion fish > ~/.config/fish/completions/portcullis.fish`,
    );
  verb.action((shell: Shell) =>
    run(Promise.resolve({ code: EXIT.fine, output: SCRIPTS[shell](wordsOf(program)), warnings: [] })),
  );
}
