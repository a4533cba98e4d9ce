// What may be typed -> a completion script for zsh.
import type { Follows, OptionWords, VerbWords } from './completion-words.ts';

/** Within single quotes, and within what \`_arguments\` and \`_describe\` take apart at colons and brackets. */
function said(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/[[\]:]/g, '\\$&')
    .replaceAll("'", `'\\''`);
}

function action(follows: Follows): string {
  switch (follows.kind) {
    case 'files':
      return follows.words.length === 0 ? ':file:_files' : `:file:{ compadd ${follows.words.join(' ')}; _files }`;
    case 'words':
      return `:value:(${follows.words.join(' ')})`;
    case 'text':
      return ':value: ';
    case 'nothing':
      return '';
  }
}

function optionSpec({ flags, about, follows, isList }: OptionWords): readonly string[] {
  // Several values after one option: one is completed, and more after the option is written again.
  const repeats = isList || follows.kind === 'text' ? '*' : '';
  return flags.map((flag) => `'${repeats}${flag}[${said(about)}]${action(follows)}'`);
}

function functionName(path: readonly string[]): string {
  return ['_portcullis', ...path].join('_').replaceAll('-', '_');
}

function verbFunction(verbs: readonly VerbWords[], { path, options, below, follows }: VerbWords): string {
  const specs = options.flatMap(optionSpec);
  const rest = follows.kind === 'nothing' ? [] : [`'*${action(follows)}'`];
  if (below.length === 0) {
    const all = [...specs, ...rest].map((spec) => `    ${spec}`).join(' \\\n');
    return `${functionName(path)}() {\n  _arguments -s -S \\\n${all}\n}`;
  }
  const described = below.map((name) => {
    const about = verbs.find((verb) => verb.path.join(' ') === [...path, name].join(' '))?.about ?? '';
    return `    '${name}:${said(about)}'`;
  });
  const arms = below.map((name) => `    ${name}) ${functionName([...path, name])} ;;`);
  return `${functionName(path)}() {
  local line state
  local -a verbs=(
${described.join('\n')}
  )
  _arguments -C \\
${specs.map((spec) => `    ${spec} \\`).join('\n')}
    '1: :->verb' '*::argument:->rest'
  case "$state" in
    verb) _describe verb verbs ;;
    rest)
      case "$line[1]" in
${arms.map((arm) => `    ${arm}`).join('\n')}
      esac
      ;;
  esac
}`;
}

/** A script that knows all verbs and options, and runs nothing but zsh. */
export function zshScript(verbs: readonly VerbWords[]): string {
  const functions = verbs.map((verb) => verbFunction(verbs, verb)).join('\n');
  return `#compdef portcullis
# Completion of portcullis for zsh. Put it as \`_portcullis\` into a folder of $fpath, or load it after compinit with:
# source <(portcullis completion zsh)
${functions}
if [ "$funcstack[1]" = _portcullis ]; then _portcullis "$@"; else compdef _portcullis portcullis; fi
`;
}
