// What may be typed -> a completion script for bash.
import type { Follows, OptionWords, VerbWords } from './completion-words.ts';

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What is offered after something: shell code that sets `words`, or asks for files. */
function offer(follows: Follows): string {
  switch (follows.kind) {
    case 'files':
      return follows.words.length === 0 ? 'files=1' : `files=1 words=${quoted(follows.words.join(' '))}`;
    case 'words':
      return `words=${quoted(follows.words.join(' '))}`;
    case 'text':
    case 'nothing':
      return ':';
  }
}

/** Where an option is typed and a value is due, only that is offered; within a list, more of it. */
function valueCase({ path, options }: VerbWords): readonly string[] {
  const arm = ({ flags, follows }: OptionWords): string =>
    `      ${flags.map((flag) => quoted([...path, flag].join(' '))).join('|')}) ${offer(follows)}; return ;;`;
  return options.filter(({ follows }) => follows.kind !== 'nothing').map(arm);
}

function verbCase({ path, options, below, follows }: VerbWords): string {
  const flags = options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--')));
  const pattern = path.length === 0 ? `''` : quoted(path.join(' '));
  const rest = follows.kind === 'nothing' ? '' : ` ${offer(follows)};`;
  return `      ${pattern}) options=${quoted(flags.join(' '))}; below=${quoted(below.join(' '))};${rest} ;;`;
}

function lists(verbs: readonly VerbWords[]): string {
  const flags = verbs.flatMap(({ options }) =>
    options.filter(({ isList }) => isList).flatMap((option) => option.flags),
  );
  return [...new Set(flags)].join(' ');
}

function verbPaths(verbs: readonly VerbWords[]): string {
  return verbs
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.join(' ')))
    .join('|');
}

/** A script that knows all verbs and options, and runs nothing but bash. */
export function bashScript(verbs: readonly VerbWords[]): string {
  return `# Completion of portcullis for bash. Load it with: eval "$(portcullis completion bash)"
_portcullis_after() {
  # Sets \`words\`, or \`files\`, for a value of option $2 of verb $1; fails where no value is due.
  case "$1\${1:+ }$2" in
${verbs.flatMap(valueCase).join('\n')}
  esac
  return 1
}
_portcullis() {
  local verb='' option='' word index words='' files='' options='' below=''
  local lists=' ${lists(verbs)} '
  local current="\${COMP_WORDS[COMP_CWORD]}"
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      -*) option="$word" ;;
      *)
        if [[ -z $option ]]; then
          case "$verb\${verb:+ }$word" in
            ${verbPaths(verbs)}) verb="$verb\${verb:+ }$word" ;;
          esac
        elif [[ $lists != *" $option "* ]]; then
          option=''
        fi
        ;;
    esac
    # An option without a value ends where it stands.
    if [[ -n $option ]] && ! _portcullis_after "$verb" "$option"; then option=''; fi
    words='' files=''
  done
  if [[ $current != -* && -n $option ]] && _portcullis_after "$verb" "$option"; then :; else
    case "$verb" in
${verbs.map(verbCase).join('\n')}
    esac
    if [[ $current == -* ]]; then words="$options" files=''; else words="$words $below"; fi
  fi
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
  fi
}
complete -F _portcullis portcullis
`;
}
