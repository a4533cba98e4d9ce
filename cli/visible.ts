/** `\u{1b}`: one character as people can see it. */
function escaped(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  }
}

/**
 * Text from outside without anything that a terminal obeys or hides: a rule's description may hold escape sequences
 * that recolour a finding away, or marks that reverse the order of letters.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

/** JSON that is safe to print to a terminal: the same value, with those characters written as escapes. */
export function visibleJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  // They can only stand inside of strings: outside JSON has line feeds and blanks, which are left alone.
  return text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
