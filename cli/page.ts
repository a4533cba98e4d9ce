import { styleText } from 'node:util';
import { visible } from './visible.ts';

/** What a piece of text is, not how it looks. */
export type Tone = 'strong' | 'bad' | 'doubtful' | 'good' | 'faint';

/** A piece of text, plain or with a tone. */
export type Span = string | { readonly text: string; readonly tone: Tone };

/** One paragraph: it starts at `indent`, and where it is wrapped it goes on at `hang`. */
export interface Line {
  readonly indent: number;
  readonly hang: number;
  readonly spans: readonly Span[];
}

/** How a page is printed. */
export interface Look {
  readonly width: number;
  readonly colour: boolean;
}

const STYLES = { strong: 'bold', bad: 'red', doubtful: 'yellow', good: 'green', faint: 'dim' } as const;

export const BLANK: Line = { indent: 0, hang: 0, spans: [] };

export function toned(tone: Tone, text: string): Span {
  return { text, tone };
}

export function line(indent: number, ...spans: readonly Span[]): Line {
  return { indent, hang: indent + 2, spans };
}

/** A line whose first column is a label; wrapped text stays in the second column. */
export function row(indent: number, labelWidth: number, label: Span, ...spans: readonly Span[]): Line {
  const text = typeof label === 'string' ? label : label.text;
  return { indent, hang: indent + labelWidth, spans: [label, pad(labelWidth - text.length), ...spans] };
}

/** Blanks at which a line is not wrapped; printed as ordinary ones. */
function pad(count: number): string {
  return KEPT_BLANK.repeat(Math.max(count, 1));
}

/** Where columns are to stand below each other. */
export const KEPT_BLANK = '\u00a0';

const LONGEST_UNBROKEN = 72;

/** What stands in backticks is there to be copied, so it stays on one line where it fits. */
function unbroken(text: string): string {
  return text.replace(/`[^`]*`/g, (quote) =>
    quote.length > LONGEST_UNBROKEN ? quote : quote.replaceAll(' ', KEPT_BLANK),
  );
}

interface Word {
  readonly spans: readonly Span[];
  readonly length: number;
}

/** The words of a line, each of one or more spans: a tone may begin within a word. */
function wordsOf(spans: readonly Span[]): readonly Word[] {
  const words: { spans: Span[]; length: number }[] = [{ spans: [], length: 0 }];
  for (const span of spans) {
    const text = unbroken(visible(typeof span === 'string' ? span : span.text));
    for (const [index, part] of text.split(' ').entries()) {
      if (index > 0) words.push({ spans: [], length: 0 });
      if (part === '') continue;
      const word = words.at(-1);
      word?.spans.push(typeof span === 'string' ? part : { ...span, text: part });
      if (word !== undefined) word.length += part.length;
    }
  }
  return words.filter(({ length }) => length > 0);
}

/** INVARIANT: styles are added last, to text in which nothing is left that a terminal obeys. */
function paintedText(text: string, tone: Tone | undefined): string {
  const plain = text.replaceAll(KEPT_BLANK, ' ');
  return tone === undefined ? plain : styleText(STYLES[tone], plain, { validateStream: false });
}

/** One printed row: neighbours of one tone are painted together, the blanks between them too. */
function rowText(indent: number, words: readonly Word[], colour: boolean): string {
  const pieces: { text: string; readonly tone: Tone | undefined }[] = [];
  const push = (text: string, tone: Tone | undefined): void => {
    const last = pieces.at(-1);
    if (last !== undefined && last.tone === tone) last.text += text;
    else pieces.push({ text, tone });
  };
  for (const [index, { spans }] of words.entries()) {
    const [first = ''] = spans;
    if (index > 0) push(' ', pieces.at(-1)?.tone === toneOf(first) ? toneOf(first) : undefined);
    for (const span of spans) push(typeof span === 'string' ? span : span.text, toneOf(span));
  }
  return ' '.repeat(indent) + pieces.map(({ text, tone }) => paintedText(text, colour ? tone : undefined)).join('');
}

function toneOf(span: Span): Tone | undefined {
  return typeof span === 'string' ? undefined : span.tone;
}

function wrapped({ indent, hang, spans }: Line, { width, colour }: Look): string {
  const rows: Word[][] = [];
  let column = 0;
  for (const word of wordsOf(spans)) {
    if (rows.length === 0 || column + 1 + word.length > width) {
      column = rows.length === 0 ? indent : hang;
      rows.push([word]);
    } else {
      column += 1;
      rows.at(-1)?.push(word);
    }
    column += word.length;
  }
  return rows.map((words, index) => rowText(index === 0 ? indent : hang, words, colour)).join('\n');
}

/** Lines as they go to stdout. Every span is made visible here, so that no verb can forget it. */
export function pageText(lines: readonly Line[], look: Look): string {
  return lines.map((one) => `${wrapped(one, look)}\n`).join('');
}

const NARROWEST = 80;
const WIDEST = 120;
const UNKNOWN_WIDTH = 100;

/** Colour only for a person at a terminal who did not ask for none (no-color.org). */
export function lookOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Look {
  const isTerminal = stream.isTTY === true;
  const width = isTerminal ? (stream.columns ?? UNKNOWN_WIDTH) : UNKNOWN_WIDTH;
  return {
    width: Math.min(Math.max(width, NARROWEST), WIDEST),
    colour: isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
  };
}
