// Files that the command line names -> Firewall[]. How a cloud or a document spells them is known elsewhere.
import { Fault } from '../shared/base/fault.ts';
import { rulesPerGroupOf } from '../shared/base/settings.ts';
import type { Surroundings } from '../shared/clouds/aws/declared.ts';
import { awsTraitsWith } from '../shared/clouds/aws/traits.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import type { PeerName } from '../shared/core/model/rule.ts';
import type { Addresses } from '../shared/core/space/addresses.ts';
import { answersIn } from './answer.ts';
import type { Answer } from './answer.ts';
import { documentsIn, foundIn } from './found.ts';
import type { Found } from './found.ts';
import { fileName, readText } from './input-text.ts';
import { readJson } from './json.ts';
import type { Source } from './source.ts';
import { isTemplateText, readTemplate } from './template-text.ts';

/** What the command line says about inputs, which may not say it themselves. */
export interface InputContext extends Surroundings {
  readonly networks: ReadonlyMap<string, Addresses>;
}

const EXPECTED = 'expected the JSON output of `aws ec2 describe-security-groups`';

/** `terraform plan -json` prints a line of JSON for each thing that it does, and not the plan. */
function isTerraformLog(text: string): boolean {
  return /^\s*\{"@level":/.test(text);
}

/** The value that a file's text stands for. */
function valueOf(name: string, text: string): unknown {
  if (isTemplateText(text)) {
    const read = readTemplate(text);
    if (read.kind === 'problem') throw new Fault('malformed', `${name} ${read.problem}`);
    return read.value;
  }
  const read = readJson(text);
  if (read.kind === 'value') return read.value;
  if (isTerraformLog(text)) {
    const instead = 'write `terraform plan -out=tfplan`, and then `terraform show -json tfplan > plan.json`';
    throw new Fault('malformed', `${name} is what a run of Terraform says with \`-json\`; ${instead}`);
  }
  const { line, column, problem } = read;
  throw new Fault('malformed', `${name} line ${String(line)} column ${String(column)}: ${problem}`);
}

async function answersOf(path: string, surroundings: Surroundings): Promise<readonly Answer[]> {
  const name = fileName(path);
  const text = await readText(path);
  if (text.trim() === '') throw new Fault('malformed', `${name} is empty; ${EXPECTED}`);
  return answersIn(name, valueOf(name, text), surroundings);
}

/** How each kind of input says where a group is, for whoever misses it. */
function silenceText({ document }: Found, what: 'region' | 'account'): string {
  if (document !== undefined) return `${document.what} need not say it`;
  return what === 'region' ? 'it has no `SecurityGroupArn`' : 'it has no `OwnerId`';
}

/** What the answer says, or else the option. Blank would fit no policy, so it is an error, and so is a contradiction. */
function settled(found: Found, what: 'region' | 'account', said: string, option: string | undefined): string {
  const { firewall, file } = found;
  const { id } = firewall.target;
  if (said === '' && option === undefined) {
    const example = what === 'region' ? 'us-east-1' : '111122223333';
    const why = silenceText(found, what);
    throw new Fault(
      'malformed',
      `${file} does not say the ${what} of \`${id}\` (${why}); write \`--${what} ${example}\``,
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
  return {
    ...found.firewall,
    target: {
      ...target,
      account: settled(found, 'account', target.account, account),
      region: settled(found, 'region', target.region, region),
    },
  };
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
    ...documentsIn(answers).flatMap(({ file, notes }) => notes.map((note) => `${file}: ${note}`)),
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
export async function readAnswers(paths: readonly string[], surroundings: Surroundings): Promise<readonly Answer[]> {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new Fault('malformed', '`--input -` is given twice; standard input can be read once');
  }
  const answers: Answer[] = [];
  for (const path of paths) answers.push(...(await answersOf(path, surroundings)));
  return answers;
}

function noGroups([first, ...more]: readonly Answer[]): Fault {
  const file = `${first?.file ?? 'the inputs'}${more.some((answer) => answer.file !== first?.file) ? ' and the others' : ''}`;
  const document = first?.document;
  const why =
    document === undefined
      ? `describe-vpcs output only says the ranges of networks, ${EXPECTED} too`
      : `it is ${document.what}${document.holds === '' ? ' with no resources' : ` with ${document.holds}`}`;
  return new Fault('malformed', `no security groups in ${file}; ${why}`);
}

/** The firewalls that saved answers show, and what they say of the written names. */
export function sourceIn(
  answers: readonly Answer[],
  stated: InputContext,
  readAt: Date,
  written: readonly PeerName[],
): Source {
  if (answers.every(({ kind }) => kind === 'Vpcs')) {
    throw noGroups(answers);
  }
  const found = foundIn(answers, { readAt, ranges: stated.networks, written });
  return {
    firewalls: found.map((one) => located(one, stated)),
    traits: awsTraitsWith(rulesPerGroupOf(process.env)),
    warnings: warningsFor(answers, found),
    places: new Map(documentsIn(answers).flatMap(({ places }) => [...places])),
  };
}

export async function readInputs(
  paths: readonly string[],
  stated: InputContext,
  readAt: Date,
  written: readonly PeerName[],
): Promise<Source> {
  return sourceIn(await readAnswers(paths, stated), stated, readAt, written);
}
