import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { line, lookOf, pageText, row, toned } from '../../cli/page.ts';

const PLAIN = { width: 40, colour: false };

describe('a page', () => {
  test('wraps between words, and goes on below the second column', () => {
    const page = pageText([row(2, 6, 'rule', 'one two three four five six seven eight nine')], PLAIN);
    expect(page).toBe('  rule  one two three four five six\n        seven eight nine\n');
  });

  test('keeps what stands in backticks on one line', () => {
    const page = pageText([line(0, 'add this line there: `{ service: tcp/22 }` at once')], PLAIN);
    expect(page).toBe('add this line there:\n  `{ service: tcp/22 }` at once\n');
  });

  test('paints what is one thing once', () => {
    const page = pageText([line(0, 'is ', toned('bad', 'very wrong'), ', and ', toned('bad', 'bad'))], {
      width: 80,
      colour: true,
    });
    expect(page).toBe('is \u001b[31mvery wrong\u001b[39m, and \u001b[31mbad\u001b[39m\n');
  });

  test('loses no word at any width, with colours or without', () => {
    const span = fc.oneof(
      fc.string(),
      fc.string().map((text) => toned('faint', text)),
    );
    fc.assert(
      fc.property(fc.array(span), fc.constantFrom(20, 80, Infinity), fc.boolean(), (spans, width, colour) => {
        const wide = pageText([line(0, ...spans)], { width: Infinity, colour: false });
        const page = stripVTControlCharacters(pageText([line(0, ...spans)], { width, colour }));
        expect(page.split(/\s+/)).toEqual(wide.split(/\s+/));
        expect(wide.trim().split('\n')).toHaveLength(1);
      }),
    );
  });

  test('is as wide as the terminal within bounds, and coloured on a terminal only', () => {
    expect(lookOf({}, {})).toEqual({ width: 100, colour: false });
    expect(lookOf({ isTTY: true, columns: 90 }, {})).toEqual({ width: 90, colour: true });
    expect(lookOf({ isTTY: true, columns: 300 }, { NO_COLOR: '1' })).toEqual({ width: 120, colour: false });
    expect(lookOf({ isTTY: true, columns: 20 }, { TERM: 'dumb' })).toEqual({ width: 80, colour: false });
  });
});
