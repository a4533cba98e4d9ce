import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../cli/json.ts';

const PLACES: readonly (readonly [text: string, line: number, column: number, problem: string])[] = [
  ['{', 1, 2, 'the text ends where a key in double quotes, or `}` should be'],
  ['[1,\n 2,\n]', 3, 1, '`]` stands where a value should be'],
  ['{"a": 1,}', 1, 9, '`}` stands where a key in double quotes should be'],
  ['{"a" 1}', 1, 6, '`1` stands where `:` should be'],
  ['{"a": 1 "b": 2}', 1, 9, '`"b"` stands where `,` or `}` should be'],
  ['[1 2]', 1, 4, '`2` stands where `,` or `]` should be'],
  ["{'a': 1}", 1, 2, "`'` stands where a key in double quotes, or `}` should be"],
  ['[True]', 1, 2, '`True` stands where a value, or `]` should be'],
  ['[nulll]', 1, 6, '`l` stands where `,` or `]` should be'],
  ['["a\n"]', 1, 2, '`"a` stands where a value, or `]` should be'],
  ['[01]', 1, 3, '`1` stands where `,` or `]` should be'],
  ['[1}', 1, 3, '`}` stands where `,` or `]` should be'],
  [
    '{} {}',
    1,
    4,
    '`{` stands where the end of the file (several answers go into a list, or into files of their own) should be',
  ],
];

describe('a text that is no JSON', () => {
  test.each(PLACES)('%j', (text, line, column, problem) => {
    expect(readJson(text)).toEqual({ kind: 'problem', line, column, problem });
  });

  test('is found out at the place where it was broken', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, seed) => {
        const at = seed % (text.length + 1);
        const broken = `${text.slice(0, at)}\u0001${text.slice(at)}`;
        const read = readJson(broken);
        // Inside of a string the whole string is what is wrong, so the place may be before the break, never behind it.
        if (read.kind !== 'problem') throw new Error('a control character was taken for JSON');
        expect(read.line).toBe(1);
        expect(read.column).toBeLessThanOrEqual(at + 1);
        const before = broken.slice(read.column - 1, at);
        expect(before === '' || /^["\w.+-]/.test(before)).toBe(true);
      }),
    );
  });

  test('cut short ends where something should be', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.nat(), (value, seed) => {
        const text = JSON.stringify(value);
        const read = readJson(text.slice(0, seed % text.length));
        expect(read.kind).toBe('problem');
        expect(read.kind === 'problem' && read.problem).not.toContain('the end of the file');
      }),
    );
  });

  test('and JSON is read as it is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        expect(readJson(text)).toEqual({ kind: 'value', value });
      }),
    );
  });
});
