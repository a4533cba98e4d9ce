import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { talkOver } from '../../cli/dialogue.ts';
import { answersOf } from '../../cli/init-questions.ts';
import { warningsOf } from '../../shared/policy/lint/lint.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { starterText } from '../../shared/policy/starter.ts';
import type { Answers } from '../../shared/policy/starter.ts';
import { expectGolden } from '../golden.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

/** What people see who type these lines, each after its prompt, and what it comes to. */
async function typed(
  lines: readonly string[],
): Promise<{ readonly shown: string; readonly answers: Answers | undefined }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown = text(output);
  const talk = talkOver(input, output, { isTerminal: false, width: 80 });
  const waiting = [...lines];
  const echoing = {
    say: (said: string, indent: number) => {
      talk.say(said, indent);
    },
    hear: async (prompt: string) => {
      const line = waiting.shift();
      if (line === undefined) input.end();
      else input.write(`${line}\n`);
      const heard = await talk.hear(prompt);
      output.write(`${heard ?? '^D'}\n`);
      return heard;
    },
  };
  const answers = await answersOf({}, undefined, { kind: 'ask', talk: echoing });
  talk.end();
  output.end();
  return { shown: await shown, answers };
}

function problemsIn(answers: Answers): readonly string[] {
  const loaded = loadPolicy([{ name: 'portcullis.yaml', text: starterText(answers) }], NOW);
  return (loaded.kind === 'problems' ? loaded.problems : warningsOf(loaded.set, NOW)).map(({ message }) => message);
}

describe('the five questions', () => {
  it('ask again, in the words of `validate`, and make a policy', async () => {
    const lines = ['acme', '1111-2222-3333', '203.0.113.7/24', '0.0.0.0/0', '203.0.113.0/24 2001:db8:1::/48'];
    const more = ['https', 'tcp/443-80', 'tcp/443', 'tcp/440-450', '', 'on', 'report'];
    const { shown, answers } = await typed([...lines, ...more]);
    await expectGolden('cli/init-questions', `${shown}\n${starterText(answers!)}`);
    expect(problemsIn(answers!)).toEqual([]);
  });

  it('take what is offered where nothing is typed', async () => {
    const { answers } = await typed(['', '', '', '', '']);
    expect(answers).toMatchObject({ account: undefined, office: [], public: ['tcp/443', 'tcp/80'], mode: 'report' });
    expect(problemsIn(answers!)).toEqual([]);
  });

  it('come to nothing where somebody stops', async () => {
    for (const lines of [[], ['', '203.0.113.0/24'], ['', '', '', '', 'maybe']]) {
      expect((await typed(lines)).answers).toBeUndefined();
    }
  });
});

describe('a first policy', () => {
  it('has neither problems nor warnings, whatever is answered', () => {
    for (const office of [[], ['203.0.113.0/24']]) {
      for (const open of [[], ['tcp/443', 'udp/443']]) {
        for (const never of [[], ['tcp/22'], ['tcp/3306', 'tcp/22', 'tcp/20-25']]) {
          for (const mode of ['report', 'enforce'] as const) {
            const answers = { account: '111122223333', region: undefined, office, public: open, never, mode };
            expect(problemsIn(answers), JSON.stringify(answers)).toEqual([]);
          }
        }
      }
    }
  });
});
