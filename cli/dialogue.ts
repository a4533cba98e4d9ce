// Questions and answers over a terminal, or over whatever stands for one.
import { createInterface } from 'node:readline';
import type { Understood } from '../shared/policy/problem.ts';
import { line, pageText } from './page.ts';

/** One question, and what an answer means. */
export interface Question<T> {
  /** What is asked, in a line or two. */
  readonly text: string;
  /** What an empty answer means, as it would be typed. */
  readonly unstated: string;
  readonly read: (text: string) => Understood<T>;
}

/** Where questions go, and answers come from. */
export interface Talk {
  /** `indent` blanks stand before it. */
  say(text: string, indent: number): void;
  /** The next line that is typed; undefined once nobody answers any more. */
  hear(prompt: string): Promise<string | undefined>;
}

/** Asks until the answer means something, or nobody answers: then undefined. */
export async function asked<T>(question: Question<T>, talk: Talk): Promise<{ readonly value: T } | undefined> {
  const { text, unstated, read } = question;
  talk.say(text, 0);
  for (;;) {
    const typed = await talk.hear(`  [${unstated}] `);
    if (typed === undefined) return undefined;
    const answer = read(typed.trim() === '' ? unstated : typed.trim());
    if (answer.kind === 'meaning') return { value: answer.value };
    talk.say(answer.problem, 2);
  }
}

/** What was typed ahead waits here until it is asked for. */
class Lines {
  readonly #waiting: string[] = [];
  #asker: ((line: string | undefined) => void) | undefined;
  #isOver = false;

  take(line: string): void {
    const asker = this.#asker;
    this.#asker = undefined;
    if (asker === undefined) this.#waiting.push(line);
    else asker(line);
  }

  end(): void {
    this.#isOver = true;
    this.#asker?.(undefined);
  }

  next(): Promise<string | undefined> {
    const line = this.#waiting.shift();
    if (line !== undefined || this.#isOver) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#asker = resolve;
    });
  }
}

/** Two streams as a talk. The end of the input and Ctrl-C both mean that nobody answers any more. */
export function talkOver(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  { isTerminal, width }: { readonly isTerminal: boolean; readonly width: number },
): Talk & { end(): void } {
  const lines = new Lines();
  const reader = createInterface({ input, output, terminal: isTerminal, historySize: 0 });
  reader.on('line', (line) => {
    lines.take(line);
  });
  reader.on('SIGINT', () => {
    reader.close();
  });
  let isOver = false;
  reader.on('close', () => {
    // Whoever stops does so in the middle of a line.
    if (isTerminal && !isOver) output.write('\n');
    lines.end();
  });
  return {
    say: (text, indent) => output.write(pageText([line(indent, text)], { width, colour: false })),
    hear: (prompt) => {
      reader.setPrompt(prompt);
      reader.prompt();
      return lines.next();
    },
    end: () => {
      isOver = true;
      reader.close();
    },
  };
}
