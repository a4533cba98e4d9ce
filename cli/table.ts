// Rows of cells -> lines that fit the terminal.
import { KEPT_BLANK, line, toned } from './page.ts';
import type { Line, Look, Span } from './page.ts';
import { visible } from './visible.ts';

/** A row of a table, and what stands below it over the whole width. */
export interface Row {
  readonly cells: readonly Span[];
  readonly below: readonly (readonly Span[])[];
}

const GAP = 2;
/** A column is not made narrower than this: a time, or the id of an entry, would be unreadable. */
const NARROWEST = 6;
/** More of a cell than this is cut: `--json` has it whole. */
const MOST_LINES = 4;
const BELOW = 4;

function textOf(span: Span): string {
  return visible(typeof span === 'string' ? span : span.text);
}

/** Text in pieces of this width, broken at blanks where it can be. */
function piecesOf(text: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const at = blank > 0 ? blank : width;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  pieces.push(rest);
  if (pieces.length <= MOST_LINES) return pieces;
  const last = pieces[MOST_LINES - 1] ?? '';
  return [...pieces.slice(0, MOST_LINES - 1), `${last.slice(0, width - 1)}\u2026`];
}

/** Takes from the widest column until all of them fit. */
function widthsFor(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const room = width - GAP * (widths.length - 1);
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (now <= NARROWEST) break;
    widths[widest] = now - 1;
  }
  return widths;
}

/** One row of cells as printed lines, each cell in its column. */
function cellLines(cells: readonly Span[], widths: readonly number[]): readonly Line[] {
  const columns = cells.map((cell, index) => piecesOf(textOf(cell), widths[index] ?? NARROWEST));
  const height = Math.max(...columns.map((pieces) => pieces.length));
  return Array.from({ length: height }, (_, at) => {
    const pieces = columns.map((column) => column[at] ?? '');
    const last = pieces.findLastIndex((piece) => piece !== '');
    const spans = cells.slice(0, last + 1).flatMap((cell, index): readonly Span[] => {
      const text = (pieces[index] ?? '').replaceAll(' ', KEPT_BLANK);
      const blanks = index === last ? 0 : (widths[index] ?? 0) - text.length + GAP;
      return [typeof cell === 'string' ? text : { ...cell, text }, KEPT_BLANK.repeat(blanks)];
    });
    return line(0, ...spans);
  });
}

/** A table under its titles. A column is as wide as it has to be, and the widest ones give way where that is too much. */
export function tableLines(titles: readonly string[], rows: readonly Row[], { width }: Look): readonly Line[] {
  const natural = titles.map((title, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => textOf(cells[index] ?? '').length)),
  );
  const widths = widthsFor(natural, width);
  const head = titles.map((title) => toned('faint', title));
  return [
    ...cellLines(head, widths),
    ...rows.flatMap(({ cells, below }) => [
      ...cellLines(cells, widths),
      ...below.map((spans) => line(BELOW, ...spans)),
    ]),
  ];
}
