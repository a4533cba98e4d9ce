import { createInterface } from 'node:readline/promises';
import { Fault } from '../shared/base/fault.ts';

/** Whoever sits before the command, if anybody does. */
export interface Person {
  /** Whether they see what is printed, and can answer. */
  readonly canAnswer: boolean;
  show(page: string): void;
  /** What they type. */
  ask(question: string): Promise<string>;
}

export const terminal: Person = {
  canAnswer: process.stdin.isTTY && process.stdout.isTTY,
  show: (page) => process.stdout.write(page),
  ask: async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    // Ctrl-D is an answer, too, and no yes.
    const closed = new Promise<string>((resolve) => {
      lines.once('close', () => {
        resolve('');
      });
    });
    try {
      return await Promise.race([lines.question(question), closed]);
    } finally {
      lines.close();
    }
  },
};

/** Whether they want it. Throws a `Fault` where nobody can be asked. */
export async function isWanted(question: string, person: Person): Promise<boolean> {
  if (!person.canAnswer) {
    throw new Fault(
      'malformed',
      'nobody can be asked here, so nothing was changed; write `--yes` to change it unasked',
    );
  }
  return (await person.ask(`${question} only \`yes\` is taken: `)).trim() === 'yes';
}
