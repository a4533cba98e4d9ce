/** A JSON text's value, or the first place where it is no JSON and what was expected there. */
export type ReadJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'problem'; readonly line: number; readonly column: number; readonly problem: string };

type Expected = 'value' | 'first item' | 'first key' | 'key' | 'colon' | 'next' | 'end';

const BLANKS = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ANYTHING = /"[^"\n]{0,20}"?|[\p{L}\p{N}_.+-]{1,20}|./uy;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Walks a text that is no JSON up to the place where it stops to be JSON. The language's own parser does not say where. */
class Walk {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #expected: Expected = 'value';
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** What was expected where the walk cannot go on. */
  stop(): string {
    for (;;) {
      this.at += matchAt(BLANKS, this.#text, this.at)?.length ?? 0;
      const token = this.#token();
      if (token === undefined) return this.#expectation();
      this.at += token.length;
    }
  }

  #after(): Expected {
    return this.#open.length === 0 ? 'end' : 'next';
  }

  #close(token: '}' | ']'): string | undefined {
    if (this.#open.at(-1) !== (token === '}' ? '{' : '[')) return undefined;
    this.#open.pop();
    this.#expected = this.#after();
    return token;
  }

  #token(): string | undefined {
    const next = this.#text[this.at];
    const expected = this.#expected;
    switch (expected) {
      case 'end':
        return undefined;
      case 'colon':
        if (next !== ':') return undefined;
        this.#expected = 'value';
        return next;
      case 'next':
        if (next === '}' || next === ']') return this.#close(next);
        if (next !== ',') return undefined;
        this.#expected = this.#open.at(-1) === '{' ? 'key' : 'value';
        return next;
      case 'first key':
      case 'key': {
        if (next === '}' && expected === 'first key') return this.#close(next);
        const key = matchAt(STRING, this.#text, this.at);
        if (key !== undefined) this.#expected = 'colon';
        return key;
      }
      case 'first item':
      case 'value':
        if (next === ']' && expected === 'first item') return this.#close(next);
        return this.#value(next);
    }
  }

  #value(next: string | undefined): string | undefined {
    if (next === '{' || next === '[') {
      this.#open.push(next);
      this.#expected = next === '{' ? 'first key' : 'first item';
      return next;
    }
    const scalar = matchAt(STRING, this.#text, this.at) ?? matchAt(SCALAR, this.#text, this.at);
    if (scalar !== undefined) this.#expected = this.#after();
    return scalar;
  }

  #expectation(): string {
    switch (this.#expected) {
      case 'end':
        return 'the end of the file (several answers go into a list, or into files of their own)';
      case 'colon':
        return '`:`';
      case 'next':
        return this.#open.at(-1) === '{' ? '`,` or `}`' : '`,` or `]`';
      case 'first key':
        return 'a key in double quotes, or `}`';
      case 'key':
        return 'a key in double quotes';
      case 'first item':
        return 'a value, or `]`';
      case 'value':
        return 'a value';
    }
  }
}

function problemIn(text: string): ReadJson & { readonly kind: 'problem' } {
  const walk = new Walk(text);
  const expected = walk.stop();
  const before = text.slice(0, walk.at).split('\n');
  const found = matchAt(ANYTHING, text, walk.at);
  const stands = found === undefined ? 'the text ends' : `\`${found}\` stands`;
  return {
    kind: 'problem',
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    problem: `${stands} where ${expected} should be`,
  };
}

export function readJson(text: string): ReadJson {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value };
  } catch {
    return problemIn(text);
  }
}
