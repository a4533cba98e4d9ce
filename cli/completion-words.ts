// The program -> what may be typed: verbs, their options, and what follows each.
import type { Argument, Command, Option } from 'commander';

/** What may follow an option, or stand by itself after a verb. */
export type Follows =
  | { readonly kind: 'nothing' }
  /** Files, and words that may stand in place of one. */
  | { readonly kind: 'files'; readonly words: readonly string[] }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Something that only the user knows: an id, a time. */
  | { readonly kind: 'text' };

export interface OptionWords {
  /** All spellings: `-h`, `--help`. */
  readonly flags: readonly string[];
  readonly about: string;
  readonly follows: Follows;
  /** Whether several values may follow. */
  readonly isList: boolean;
}

export interface VerbWords {
  /** The verb, and the verb below it where there is one: `grants list`. */
  readonly path: readonly string[];
  readonly about: string;
  readonly options: readonly OptionWords[];
  readonly below: readonly string[];
  readonly follows: Follows;
}

/** Values that are words of ours and stand in no option's own choices, whose messages would be others then. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--cloud': ['aws'],
  '--from': ['live'],
  '--mode': ['report', 'enforce'],
};

/** In the help files are called `FILE` or `PATH`, whatever else they are. */
function followsBy(placeholder: string, words: readonly string[] | undefined): Follows {
  if (/\b(FILE|PATH)\b/.test(placeholder)) return { kind: 'files', words: words ?? [] };
  return words === undefined ? { kind: 'text' } : { kind: 'words', words };
}

function optionWords(option: Option): OptionWords {
  const flags = [option.short, option.long].flatMap((flag) => flag ?? []);
  const words = option.argChoices ?? VALUES[option.long ?? ''];
  const takes = option.required || option.optional;
  return {
    flags,
    about: option.description,
    follows: takes ? followsBy(option.flags, words) : { kind: 'nothing' },
    isList: option.variadic,
  };
}

function followsVerb([argument]: readonly Argument[]): Follows {
  return argument === undefined ? { kind: 'nothing' } : followsBy(argument.name(), argument.argChoices);
}

function verbWords(command: Command, path: readonly string[]): readonly VerbWords[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  const own: VerbWords = {
    path,
    about: command.summary() || command.description(),
    options: help.visibleOptions(command).map(optionWords),
    below: below.map((one) => one.name()),
    follows: followsVerb(command.registeredArguments),
  };
  return [own, ...below.flatMap((one) => verbWords(one, [...path, one.name()]))];
}

/** Everything that may be typed, verb by verb; the first is the program itself. Hidden verbs and options are left out. */
export function wordsOf(program: Command): readonly VerbWords[] {
  return verbWords(program, []);
}
