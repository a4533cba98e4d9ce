import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { MOST_BYTES } from '../shared/policy/document.ts';
import { loadPolicy } from '../shared/policy/load.ts';
import { starterText } from '../shared/policy/starter.ts';
import { talkOver } from './dialogue.ts';
import type { Draft } from './draft.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { inferredFile } from './init-from.ts';
import { ANSWER_OPTIONS, answersOf } from './init-questions.ts';
import type { GivenAnswers } from './init-questions.ts';
import { errorCode } from './input-text.ts';
import { addInitOptions } from './options.ts';
import type { InitOptions } from './options.ts';
import { BLANK, line, lookOf, pageText, toned } from './page.ts';
import type { Line, Look } from './page.ts';
import { DEFAULT_FILE, DEFAULT_FOLDER } from './policy.ts';
import { visibleJson } from './visible.ts';

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    // What else keeps it from being looked at keeps it from being written, and says so then.
    return false;
  }
}

/** Said before any question is asked: answers that come to nothing are worse than none. */
async function checkPlace(out: string, force: boolean): Promise<void> {
  if (!force && (await exists(out))) {
    throw new Fault(
      'malformed',
      `\`${out}\` is already here, and is left as it is; write \`--out FILE\` for another file, or \`--force\` to replace it`,
    );
  }
  if (out === DEFAULT_FILE && (await exists(DEFAULT_FOLDER))) {
    const why = `beside \`${DEFAULT_FOLDER}/\` nobody would know which policy is meant`;
    throw new Fault('malformed', `\`${out}\` ${why}; write \`--out ${DEFAULT_FOLDER}/first.yaml\``);
  }
  if (!(await exists(dirname(out)))) {
    throw new Fault(
      'malformed',
      `folder \`${dirname(out)}\` does not exist; make it first, or write another \`--out\``,
    );
  }
}

async function write(out: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(out, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'EEXIST' ? 'came to be meanwhile, and is left as it is' : `cannot be written (${code})`;
    throw new Fault('malformed', `\`${out}\` ${why}; write another \`--out\``, { cause: error });
  }
}

/** What is written has to be a policy. One that is none is a mistake in this program, and is not left lying about. */
function checkText(out: string, text: string, now: Date): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    const size = `${String(bytes)} bytes, and at most ${String(MOST_BYTES)} of a policy file are read`;
    throw new Fault(
      'unsupported',
      `the policy would have ${size}; make several, each \`--from\` a part of the firewalls`,
    );
  }
  const loaded = loadPolicy([{ name: out, text }], now);
  if (loaded.kind === 'problems') {
    throw new Error(`the policy that was made is none: ${loaded.problems.map(({ message }) => message).join('; ')}`);
  }
}

function missingAnswers(options: GivenAnswers): readonly string[] {
  const keys = ['account', 'office', 'public', 'never', 'mode'] as const;
  return keys.filter((key) => options[key] === undefined).map((key) => `\`${ANSWER_OPTIONS[key]}\``);
}

/** The draft that the questions lead to; undefined where somebody stopped answering. */
async function starterDraft(options: InitOptions): Promise<Draft | undefined> {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  const missing = missingAnswers(options);
  if (!isTerminal && missing.length > 0 && options.yes === undefined) {
    throw new Fault(
      'malformed',
      `there is no terminal to ask at; write ${missing.join(', ')}, or \`--yes\` for what is usual`,
    );
  }
  const isAsked = missing.length > 0 && options.yes === undefined;
  const talk = isAsked
    ? talkOver(process.stdin, process.stderr, { isTerminal: true, width: lookOf(process.stderr, process.env).width })
    : undefined;
  const answers = await answersOf(
    options,
    options.region,
    talk === undefined ? { kind: 'defaults' } : { kind: 'ask', talk },
  );
  talk?.end();
  if (answers === undefined) return undefined;
  const region = answers.region ?? 'us-east-1';
  return {
    text: starterText(answers),
    about: [],
    next: [
      ['portcullis validate', 'reads it, and says what is wrong or odd'],
      [`portcullis check --cloud aws --region ${region}`, 'says where security groups differ from it'],
      [`portcullis plan --cloud aws --region ${region}`, 'says what enforcing it would change'],
    ],
    record: { mode: answers.mode, policies: 1 },
    warnings: [],
  };
}

function writtenLines(out: string, { about, next }: Draft): readonly Line[] {
  const policy = out === DEFAULT_FILE ? '' : ` --policy ${out}`;
  return [
    line(0, toned('good', 'written'), `: ${out}`),
    ...about,
    BLANK,
    line(0, 'Next:'),
    ...next.flatMap(([command, shows]) => [
      line(2, toned('strong', `${command}${policy}`)),
      line(6, toned('faint', shows)),
    ]),
  ];
}

async function init(options: InitOptions, look: Look): Promise<Result> {
  const { out = DEFAULT_FILE, force } = options;
  const now = new Date();
  await checkPlace(out, force === true);
  const draft = options.from === undefined ? await starterDraft(options) : await inferredFile(options, now);
  if (draft === undefined) throw new Fault('malformed', 'stopped before the last answer; nothing is written');
  checkText(out, draft.text, now);
  await write(out, draft.text, force === true);
  const output = options.json
    ? `${visibleJson({ version: 1, file: out, ...draft.record })}\n`
    : pageText(writtenLines(out, draft), look);
  return { code: EXIT.fine, output, warnings: draft.warnings };
}

export function addInit(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addInitOptions(program.command('init'))
    .summary('write a first policy')
    .description(
      'Writes a first policy: by five questions, or, with --from, from what is open now. It reports and changes ' +
        'nothing, unless you say `--mode enforce`. A file that is there is never overwritten.',
    )
    .addHelpText(
      'after',
      `
With --from, firewalls are grouped by a tag that says their role, else by name, and each group may go on
as it is: but what is dangerous and open to the internet is left out and listed, for \`check\` to find.

Exits with 0 if the policy is written, with 2 if it is not.

Examples:
  portcullis init
  portcullis init --account 111122223333 --office 203.0.113.0/24 --yes
  portcullis init --from live --region us-east-1
  portcullis init --from groups.json rules.json vpcs.json --out policies/now.yaml`,
    );
  verb.action(() => run(init(verb.opts<InitOptions>(), look)));
}
