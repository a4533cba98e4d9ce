import type { Spot } from './node.ts';

/** One thing that is wrong with a policy. `message` says all of it, the file and the line too. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A text that means something, or what is wrong with it and what to write instead. */
export type Understood<T> =
  { readonly kind: 'meaning'; readonly value: T } | { readonly kind: 'wrong'; readonly problem: string };

export function meaning<T>(value: T): Understood<T> {
  return { kind: 'meaning', value };
}

export function wrong(problem: string): { readonly kind: 'wrong'; readonly problem: string } {
  return { kind: 'wrong', problem };
}

const LONGEST_QUOTE = 80;

function oneLineOf(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029`]+/g, ' ').trim();
}

/** Input as a message shows it: in backticks, on one line, cut where it is long. */
export function quoted(text: string): string {
  const oneLine = oneLineOf(text);
  return oneLine.length <= LONGEST_QUOTE ? `\`${oneLine}\`` : `\`${oneLine.slice(0, LONGEST_QUOTE)}...\``;
}

const LONGEST_TEXT = 300;

/** A text that the core wrote for people, cut where a message would grow past reading. */
export function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}...`;
}

/** What kind of file it is that something is wrong with. */
type FileNoun = 'policy' | 'test';

/** Where something stands, the file's path whole, as messages say it: policy `web.yaml` line 12. */
export function spotText(
  { file, line }: { readonly file: string; readonly line: number },
  noun: FileNoun = 'policy',
): string {
  return `${noun} \`${oneLineOf(file)}\` line ${String(line)}`;
}

function order(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.line !== b.line) return a.line - b.line;
  if (a.column !== b.column) return a.column - b.column;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

/** Gathers what is wrong, so that a reader learns of everything at once and not of one problem a run. */
export class Complaints {
  readonly #noun: FileNoun;
  readonly #problems = new Map<string, Problem>();

  constructor(noun: FileNoun = 'policy') {
    this.#noun = noun;
  }

  /** How many different problems were found so far. */
  get count(): number {
    return this.#problems.size;
  }

  /** Says that something is wrong at a spot. Said twice (two aliases of one broken list), it counts once. */
  add({ file, line, column }: Spot, what: string): void {
    // A test is often one long line.
    const inLine = this.#noun === 'test' ? ` column ${String(column)}` : '';
    const problem = { file, line, column, message: `${spotText({ file, line }, this.#noun)}${inLine}: ${what}` };
    this.#problems.set(JSON.stringify(problem), problem);
  }

  /** Everything that was said, by file, line and column. */
  sorted(): readonly Problem[] {
    return [...this.#problems.values()].sort(order);
  }
}
