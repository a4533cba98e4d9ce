// Words of the command line -> which names are run.

/** What was asked for, or the words that no name starts with. */
export type Asked =
  { readonly kind: 'names'; readonly names: ReadonlySet<string> } | { readonly kind: 'unknown'; readonly why: string };

/** The names that start with one of the words; all names where there is no word. */
export function askedFor(words: readonly string[], names: readonly string[]): Asked {
  const unknown = words.filter((word) => !names.some((name) => name.startsWith(word)));
  if (unknown.length > 0) {
    const said = unknown.map((word) => `\`${word}\``).join(', ');
    return { kind: 'unknown', why: `no bench is called ${said}; write the beginning of one of: ${names.join(', ')}` };
  }
  const wanted = names.filter((name) => words.length === 0 || words.some((word) => name.startsWith(word)));
  return { kind: 'names', names: new Set(wanted) };
}
