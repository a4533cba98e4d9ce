// What may be typed -> a completion script for fish.
import type { Follows, OptionWords, VerbWords } from './completion-words.ts';

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Whether a line belongs to a verb, as fish asks it. */
function condition(path: readonly string[], below: readonly string[]): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  return below.length === 0 ? seen : `${seen}; and not __fish_seen_subcommand_from ${below.join(' ')}`;
}

function action(follows: Follows): string {
  switch (follows.kind) {
    case 'files':
      return follows.words.length === 0 ? ' -r -F' : ` -r -F -a ${quoted(follows.words.join(' '))}`;
    case 'words':
      return ` -x -a ${quoted(follows.words.join(' '))}`;
    case 'text':
      return ' -x';
    case 'nothing':
      return ' -f';
  }
}

function optionLine(when: string, { flags, about, follows }: OptionWords): string {
  const spelled = flags
    .map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
    .join(' ');
  return `complete -c portcullis -n ${quoted(when)} ${spelled}${action(follows)} -d ${quoted(about)}`;
}

function verbLines(verbs: readonly VerbWords[], { path, options, below, follows }: VerbWords): readonly string[] {
  const when = condition(path, below);
  const aboutOf = (name: string): string =>
    verbs.find((verb) => verb.path.join(' ') === [...path, name].join(' '))?.about ?? '';
  const rest = follows.kind === 'nothing' ? [] : [`complete -c portcullis -n ${quoted(when)}${action(follows)}`];
  return [
    ...below.map(
      (name) => `complete -c portcullis -n ${quoted(when)} -f -a ${quoted(name)} -d ${quoted(aboutOf(name))}`,
    ),
    ...rest,
    ...options.map((option) => optionLine(when, option)),
  ];
}

/** A script that knows all verbs and options, and runs nothing but fish. */
export function fishScript(verbs: readonly VerbWords[]): string {
  return `# Completion of portcullis for fish. Save it as ~/.config/fish/completions/portcullis.fish, or load it with:
# portcullis completion fish | source
complete -c portcullis -f
${verbs.flatMap((verb) => verbLines(verbs, verb)).join('\n')}
`;
}
