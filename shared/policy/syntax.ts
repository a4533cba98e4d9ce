import type { ErrorCode } from 'yaml';

function reasonOf(code: ErrorCode, message: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'line is indented with a tab; indent with spaces';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a `key: value` stands inside another value; line it up with the keys above, or quote a text that has `: ` in it';
    case 'MULTILINE_IMPLICIT_KEY':
      return 'a key goes over more than one line; write `key: value` on one line, lined up with the keys above';
    case 'BAD_SCALAR_START':
      return 'plain text cannot start with `@` or a backtick; put it in quotes';
    case 'BAD_ALIAS':
      return '`*` starts an alias; if a text that starts with `*` was meant, put it in quotes: `"*"`';
    case 'TAG_RESOLVE_FAILED':
    case 'BAD_COLLECTION_TYPE':
    case 'MULTIPLE_TAGS':
      return 'a value has a YAML tag (`!...`) that is not supported; leave the tag out, or put a text that starts with `!` in quotes';
    case 'BAD_DIRECTIVE':
      return 'a line that starts with `%` is a YAML directive; leave it out';
    case 'BAD_DQ_ESCAPE':
      return 'a text in double quotes has an escape that does not exist; write `\\\\` for a backslash, or use single quotes';
    case 'RESOURCE_EXHAUSTION':
      return 'values are nested too deep';
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
    case 'UNEXPECTED_TOKEN':
      return shapeReasonOf(message);
    case 'ALIAS_PROPS':
    case 'BAD_PROP_ORDER':
    case 'BLOCK_IN_FLOW':
    case 'DUPLICATE_KEY':
    case 'IMPOSSIBLE':
    case 'KEY_OVER_1024_CHARS':
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_DOCS':
    case 'NON_STRING_KEY':
      return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  }
}

function shapeReasonOf(message: string): string {
  if (message.includes('end with a ]')) return 'a list that starts with `[` has no `]`, or its lines are not indented';
  if (message.includes('end with a }'))
    return 'a mapping that starts with `{` has no `}`, or its lines are not indented';
  if (message.includes('closing')) return 'a text in quotes has no closing quote';
  if (message.includes('Missing , ')) return 'a `,` is missing between two items';
  if (message.includes('Implicit map keys'))
    return 'a key has no value; write `key: value`, with a space after the colon';
  if (message.includes('All sequence items')) return 'the `-` of a list item does not line up with those above it';
  if (message.includes('without - indicator'))
    return 'line is neither indented like the keys above it nor a list item that starts with `- `';
  if (message.includes('at node end'))
    return 'something stands after the end of a value; check the quotes and the indentation';
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** What the YAML parser complains of, in words that say what to write instead where we know it. */
export function syntaxProblemOf(code: ErrorCode, message: string): string {
  return `not valid YAML: ${reasonOf(code, message.replace(/\s+/g, ' '))}`;
}
