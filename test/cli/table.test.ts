import { describe, expect, test } from 'vitest';
import { pageText } from '../../cli/page.ts';
import { tableLines } from '../../cli/table.ts';
import type { Row } from '../../cli/table.ts';

const TITLES = ['TIME', 'ENTRY', 'BY'];
const plainRow = (...cells: readonly string[]): Row => ({ cells, below: [] });

function printed(rows: readonly Row[], width: number): readonly string[] {
  const look = { width, colour: false };
  return pageText(tableLines(TITLES, rows, look), look)
    .trimEnd()
    .split('\n');
}

describe('a table', () => {
  test('is as wide as it has to be, and its columns stand below each other', () => {
    const rows = [plainRow('08:00', 'sg-1/7', 'jo'), plainRow('8', 'sg-0123456789abcdef0/12', 'kim')];
    expect(printed(rows, 80)).toEqual([
      'TIME   ENTRY                    BY',
      '08:00  sg-1/7                   jo',
      '8      sg-0123456789abcdef0/12  kim',
    ]);
  });

  test.each([80, 100, 120])('never prints a line over %i columns, and loses no word of a short cell', (width) => {
    const long = 'somebody with a long name '.repeat(4).trim();
    const lines = printed([plainRow('2026-11-24T08:00:00Z', 'sg-0123456789abcdef0/7', long)], width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.join(' ').match(/somebody/g)).toHaveLength(4);
  });

  test('cuts what nobody would read to its end, and says so', () => {
    const lines = printed([plainRow('8', 'x'.repeat(10_000), 'jo')], 80);
    expect(lines).toHaveLength(5);
    expect(lines.at(-1)).toContain('\u2026');
  });

  test('has nothing in it that a terminal obeys', () => {
    const rows: readonly Row[] = [
      { cells: ['8', 'red\u001b[31m\nline', '\u202ejo'], below: [['more\u001b]0;title\u0007']] },
    ];
    const text = printed(rows, 80).join('\n');
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(text).toContain('red\\u{1b}[31m\\nline');
    expect(text).toContain('more\\u{1b}]0;title\\u{7}');
  });
});
