import { styleText } from 'node:util';
import type { Span, Tone } from '../../cli/page.ts';
import { visible } from '../../cli/visible.ts';

/** One line of the view. It is never wrapped: what does not fit is cut. */
export type Row = readonly Span[];

/** How the view is drawn: in columns and rows of the terminal. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly colour: boolean;
}

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  strong: 'bold',
  bad: 'red',
  doubtful: 'yellow',
  good: 'green',
  faint: 'dim',
};

/** Characters that terminals draw in two columns (Unicode's East Asian Width, roughly: more than are, never fewer). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Marks that are drawn onto the character before them. */
const MARK = /\p{M}/u;

function columnsOf(character: string): number {
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** Text of at most so many columns; `…` stands for what was cut. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let room = width - 1;
  for (const character of text) {
    room -= columnsOf(character);
    if (room < 0) break;
    kept += character;
  }
  return width > 0 ? `${kept}…` : '';
}

/** Text broken between words into lines of at most so many columns; a longer word has a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of visible(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Text in a column of this width, at its left or right side. */
export function cell(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const shown = cut(visible(text), width);
  const pad = ' '.repeat(width - widthOf(shown));
  return side === 'left' ? shown + pad : pad + shown;
}

/**
 * A row as it goes to the terminal, in at most `width` columns.
 * INVARIANT: styles are added last, to text in which nothing is left that a terminal obeys.
 */
export function rowText(row: Row, { width, colour }: Pick<Frame, 'width' | 'colour'>): string {
  let room = width;
  let text = '';
  for (const span of row) {
    const [plain, tone] = typeof span === 'string' ? [span, undefined] : [span.text, span.tone];
    const shown = cut(visible(plain), room);
    room -= widthOf(shown);
    if (shown === '') break;
    text += colour && tone !== undefined ? styleText(STYLES[tone], shown, { validateStream: false }) : shown;
    if (shown.endsWith('…') && shown !== visible(plain)) break;
  }
  return text.trimEnd();
}
