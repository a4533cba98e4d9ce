// Saved answers of a cloud -> Firewall[]. The only file here that knows how a cloud spells them.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Fault } from '../shared/base/fault.ts';
import { rulesPerGroupOf } from '../shared/base/settings.ts';
import { firewallsOf } from '../shared/clouds/aws/decode.ts';
import type { Answers, Context } from '../shared/clouds/aws/decode.ts';
import { awsTraitsWith } from '../shared/clouds/aws/traits.ts';
import { placesIn } from '../shared/clouds/aws/names.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import type { PeerName } from '../shared/core/model/rule.ts';
import type { Addresses } from '../shared/core/space/addresses.ts';
import { answersIn, isFields } from './answer.ts';
import type { Answer } from './answer.ts';
import { readJson } from './json.ts';
import type { Source } from './source.ts';

/** What the command line says about saved answers, which may not say it themselves. */
export interface InputContext {
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly networks: ReadonlyMap<string, Addresses>;
}

function fileName(path: string): string {
  return path === '-' ? 'standard input' : `input \`${path}\``;
}

/** What the operating system calls a failure. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return path === '-' ? await buffer(process.stdin) : await readFile(path);
  } catch (error) {
    const code = errorCode(error);
    const what =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EISDIR'
          ? 'is a folder; write the files in it'
          : `cannot be read (${code})`;
    throw new Fault('malformed', `${fileName(path)} ${what}`, { cause: error });
  }
}

/** PowerShell's `>` writes UTF-16 with a byte order mark; everything else writes UTF-8. */
function textOf(path: string, bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Fault('malformed', `${fileName(path)} is no UTF-8 text; expected JSON`, { cause: error });
  }
}

const EXPECTED = 'expected the JSON output of `aws ec2 describe-security-groups`';

async function answersOf(path: string): Promise<readonly Answer[]> {
  const name = fileName(path);
  const text = textOf(path, await bytesOf(path));
  if (text.trim() === '') throw new Fault('malformed', `${name} is empty; ${EXPECTED}`);
  if (/^(AWSTemplateFormatVersion|Resources):/m.test(text)) {
    throw new Fault('unsupported', `${name} is a CloudFormation template, which is not supported in this version`);
  }
  const read = readJson(text);
  if (read.kind === 'problem') {
    const { line, column, problem } = read;
    throw new Fault('malformed', `${name} line ${String(line)} column ${String(column)}: ${problem}`);
  }
  return answersIn(name, read.value);
}

/** Decodes what one file says, so that a message can name the file. */
function decoded<T>({ file }: Answer, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `${file}: ${error.message}`, { cause: error });
  }
}

interface Found {
  readonly firewall: Firewall;
  readonly file: string;
  /** Without an answer that has them, name, tags and network of a firewall are blank, not known to be blank. */
  readonly described: boolean;
}

/** All rows of all files in one answer: EC2 pages them, so a group's rows may be spread over files. */
function mergedRules(answers: readonly Answer[]): { readonly SecurityGroupRules: readonly unknown[] } | undefined {
  const rules = answers.filter(({ kind }) => kind === 'SecurityGroupRules');
  if (rules.length === 0) return undefined;
  for (const answer of rules) decoded(answer, () => firewallsOf({ rules: answer.value }, NOWHERE));
  return { SecurityGroupRules: rules.flatMap(({ elements }) => elements) };
}

/** All VPCs of all files, but for those of which the command line states the ranges: it is newer than a file. */
function mergedVpcs(answers: readonly Answer[], { ranges }: Context): Answers['vpcs'] {
  const vpcs = answers.filter(({ kind }) => kind === 'Vpcs');
  for (const answer of vpcs) {
    decoded(answer, () => firewallsOf({ groups: { SecurityGroups: [] }, vpcs: answer.value }, NOWHERE));
  }
  const isStated = (vpc: unknown): boolean => {
    const id = isFields(vpc) ? vpc['VpcId'] : undefined;
    return typeof id === 'string' && ranges.has(id);
  };
  return { Vpcs: vpcs.flatMap(({ elements }) => elements).filter((vpc) => !isStated(vpc)) };
}

const NOWHERE: Context = { readAt: new Date(0), ranges: new Map(), written: [] };

/**
 * Groups joined with the rows of the same groups. A group without any row is judged by its group answer alone: the
 * rows may have been asked for with a filter, and the groups were not.
 */
function foundIn(answers: readonly Answer[], stated: Context): readonly Found[] {
  const rules = mergedRules(answers);
  const vpcs = mergedVpcs(answers, stated);
  const grouped = answers.filter(({ kind }) => kind === 'SecurityGroups');
  // A policy may name a group that is in another file.
  const context = { ...stated, others: grouped.flatMap((answer) => decoded(answer, () => placesIn(answer.value))) };
  const withRows = new Map(
    (rules === undefined ? [] : firewallsOf({ rules, vpcs }, context)).map((firewall) => [
      firewall.target.id,
      firewall,
    ]),
  );
  const described = grouped.flatMap((answer): readonly Found[] => {
    const alone = decoded(answer, () => firewallsOf({ groups: answer.value, vpcs }, context));
    const joined =
      rules === undefined ? [] : firewallsOf({ groups: answer.value, rules, vpcs }, context).slice(0, alone.length);
    const { file } = answer;
    return alone.map((firewall, index) => ({
      firewall: withRows.has(firewall.target.id) ? (joined[index] ?? firewall) : firewall,
      file,
      described: true,
    }));
  });
  const known = new Map<string, Found>();
  for (const found of described) {
    const { id } = found.firewall.target;
    const first = known.get(id);
    if (first !== undefined) throw new Fault('malformed', shownTwice(id, first.file, found.file));
    known.set(id, found);
  }
  const file = answers.find(({ kind }) => kind === 'SecurityGroupRules')?.file ?? '';
  const rest = [...withRows.values()].filter(({ target }) => !known.has(target.id));
  return [...described, ...rest.map((firewall) => ({ firewall, file, described: false }))];
}

function shownTwice(id: string, first: string, second: string): string {
  const where = first === second ? `twice in ${first}` : `in ${first} and in ${second}`;
  return `security group \`${id}\` is ${where}; leave one of them out, since they may be of different moments`;
}

/** What the answer says, or else the option. Blank would fit no policy, so it is an error, and so is a contradiction. */
function settled(found: Found, what: 'region' | 'account', said: string, option: string | undefined): string {
  const { firewall, file } = found;
  const { id } = firewall.target;
  if (said === '' && option === undefined) {
    const example = what === 'region' ? 'us-east-1' : '111122223333';
    const source = what === 'region' ? 'has no `SecurityGroupArn`' : 'has no `OwnerId`';
    throw new Fault(
      'malformed',
      `${file} does not say the ${what} of \`${id}\` (it ${source}); write \`--${what} ${example}\``,
    );
  }
  if (said !== '' && option !== undefined && said !== option) {
    throw new Fault(
      'malformed',
      `${file} says that \`${id}\` is in ${what} \`${said}\`, and --${what} says \`${option}\`; leave --${what} out`,
    );
  }
  return said === '' ? (option ?? '') : said;
}

function located(found: Found, { region, account }: InputContext): Firewall {
  const { target } = found.firewall;
  const where = {
    account: settled(found, 'account', target.account, account),
    region: settled(found, 'region', target.region, region),
  };
  if (where.account === target.account && where.region === target.region) return found.firewall;
  return { ...found.firewall, target: { ...target, ...where } };
}

/** What is not in the files, and what that means for the answer. */
function warningsFor(answers: readonly Answer[], found: readonly Found[]): readonly string[] {
  const undescribed = found.filter(({ described }) => !described).map(({ firewall }) => `\`${firewall.target.id}\``);
  const unfinished = ['SecurityGroups', 'SecurityGroupRules', 'Vpcs'].flatMap((kind) => {
    const pages = answers.filter((answer) => answer.kind === kind);
    const [first] = pages;
    return first !== undefined && pages.every(({ hasMore }) => hasMore) ? [first.file] : [];
  });
  return [
    ...unfinished.map(
      (file) => `${file} is not the last page (it has \`NextToken\`); what is on later pages is not judged`,
    ),
    ...(undescribed.length === 0
      ? []
      : [
          `name, tags and VPC of ${undescribed.slice(0, 5).join(', ')}${undescribed.length > 5 ? ' and others' : ''} are not ` +
            'in the input, so no policy that matches by them fits; add the output of `aws ec2 describe-security-groups`',
        ]),
  ];
}

/** All answers in some files, in their order. */
export async function readAnswers(paths: readonly string[]): Promise<readonly Answer[]> {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new Fault('malformed', '`--input -` is given twice; standard input can be read once');
  }
  const answers: Answer[] = [];
  for (const path of paths) answers.push(...(await answersOf(path)));
  return answers;
}

/** The firewalls that saved answers show, and what they say of the written names. */
export function sourceIn(
  answers: readonly Answer[],
  stated: InputContext,
  readAt: Date,
  written: readonly PeerName[],
): Source {
  if (answers.every(({ kind }) => kind === 'Vpcs')) {
    const also = 'describe-vpcs output only says the ranges of networks';
    throw new Fault('malformed', `no security groups in ${answers[0]?.file ?? 'the inputs'}; ${also}, ${EXPECTED} too`);
  }
  const found = foundIn(answers, { readAt, ranges: stated.networks, written });
  return {
    firewalls: found.map((one) => located(one, stated)),
    traits: awsTraitsWith(rulesPerGroupOf(process.env)),
    warnings: warningsFor(answers, found),
  };
}

export async function readInputs(
  paths: readonly string[],
  stated: InputContext,
  readAt: Date,
  written: readonly PeerName[],
): Promise<Source> {
  return sourceIn(await readAnswers(paths), stated, readAt, written);
}
