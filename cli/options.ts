import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { union } from '../shared/core/space/addresses.ts';
import type { Addresses } from '../shared/core/space/addresses.ts';
import { timeOf } from '../shared/policy/exception.ts';
import { peerOf } from '../shared/policy/peer.ts';
import { addLaterOption } from './later.ts';

/** Which policy, as of when, printed how: options of every verb. */
export interface PolicyOptions {
  readonly policy?: readonly string[];
  readonly at?: string;
  readonly json?: true;
}

/** Which firewalls: options of the verbs that judge some. */
export interface JudgingOptions extends PolicyOptions {
  readonly input?: readonly string[];
  readonly cloud?: string;
  readonly region?: string;
  readonly account?: string;
  readonly firewall?: readonly string[];
  readonly network?: readonly string[];
}

export const JSON_HELP = 'print one JSON document and nothing else';

function appended(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** Which policy, for verbs that say themselves as of when it is judged by. */
export function addPolicyPath(verb: Command): Command {
  return verb.option(
    '--policy <PATH...>',
    'policy files or folders (default: PORTCULLIS_POLICY, else `portcullis.yaml` or `policies/`)',
  );
}

export function addPolicyOptions(verb: Command): Command {
  return addPolicyPath(verb)
    .option('--at <TIME>', 'judge as of this time, such as `2026-12-01T00:00:00Z` (default: now)')
    .option('--json', JSON_HELP);
}

const ROLE_INSTEAD = 'take on the role first, as by `aws sts assume-role`, and set its credentials in the environment';

export function addJudgingOptions(verb: Command): Command {
  addLaterOption(verb, '--role-arn', ROLE_INSTEAD);
  addLaterOption(verb, '--subscription', 'leave it out (no Azure firewalls are read yet)');
  return addPolicyOptions(verb)
    .option(
      '--input <FILE...>',
      'saved output of `aws ec2 describe-*` or `terraform show -json`, or a CloudFormation template; `-` for standard input',
    )
    .option('--cloud <CLOUD>', 'read live from this cloud: `aws`')
    .option('--region <REGION>', 'the region to read, or that an input is from (default with --cloud: AWS_REGION)')
    .option('--account <ID>', 'only firewalls of this account, or the account that an input is from')
    .option(...FIREWALL)
    .option(...NETWORK);
}

export const FIREWALL = [
  '--firewall <ID>',
  'only this firewall; may be given more than once (default: all)',
  appended,
] as const;
const NETWORK = [
  '--network <ID=CIDR,...>',
  "a network's address ranges, for inputs without describe-vpcs; may be given more than once",
  appended,
] as const;

/** Options of `replay`: its events say account, region and time themselves. */
export interface ReplayOptions extends PolicyOptions {
  readonly events: readonly string[];
  readonly input?: readonly string[];
  readonly region?: string;
  readonly account?: string;
  readonly firewall?: readonly string[];
  readonly network?: readonly string[];
}

export function addReplayOptions(verb: Command): Command {
  addLaterOption(verb, '--at', 'leave it out: each event is judged as of its own time');
  return addPolicyPath(verb)
    .requiredOption(
      '--events <PATH...>',
      'log files of CloudTrail, files of events, or folders of them, zipped or not; `-` for standard input',
    )
    .option('--input <FILE...>', 'saved output of `aws ec2 describe-*`: what the events do not tell of the firewalls')
    .option('--region <REGION>', 'the region that an input is from that does not say so itself')
    .option('--account <ID>', 'the account that an input is from that does not say so itself')
    .option(...FIREWALL)
    .option(...NETWORK)
    .option('--json', JSON_HELP);
}

/** Options of `init`: the answers to its questions, or where to look instead of asking. */
export interface InitOptions {
  readonly out?: string;
  readonly force?: true;
  readonly yes?: true;
  readonly from?: readonly string[];
  readonly account?: string;
  readonly region?: string;
  readonly office?: string;
  readonly public?: string;
  readonly never?: string;
  readonly mode?: string;
  readonly network?: readonly string[];
  readonly json?: true;
}

export function addInitOptions(verb: Command): Command {
  return verb
    .option('--out <FILE>', 'the file to write (default: `portcullis.yaml`)')
    .option('--force', 'replace the file if it is there')
    .option('--from <FILE...>', '`live`, or saved output of `aws ec2 describe-*`: no questions, but what is open now')
    .option('--account <ID>', 'the account that the policy is for, or `all`; with --from, as in `check`')
    .option('--region <REGION>', 'the region that it is for (default: all); with --from, as in `check`')
    .option('--office <CIDR,...>', 'from where people administer machines, or `none`')
    .option('--public <SERVICE,...>', 'what everybody on the internet may reach, or `none`')
    .option('--never <SERVICE,...>', 'what must never be open to the internet, or `none`')
    .option('--mode <MODE>', '`report` or `enforce`')
    .option('--yes', 'ask nothing: what is not stated is as usual')
    .option(...NETWORK)
    .option('--json', JSON_HELP);
}

/** The moment as of which everything is judged. */
export function momentOf({ at }: PolicyOptions, now: Date): Date {
  if (at === undefined) return now;
  const time = timeOf(at);
  if (time.kind === 'wrong') throw new Fault('malformed', `--at: ${time.problem}`);
  return time.value;
}

function networkOf(text: string): readonly (readonly [id: string, ranges: Addresses])[] {
  const [id = '', list = '', ...rest] = text.split('=');
  if (id === '' || list === '' || rest.length > 0) {
    throw new Fault('malformed', `--network \`${text}\` is not readable; write it like \`vpc-0abc=10.0.0.0/16\``);
  }
  return list.split(',').map((cidr) => {
    const ranges = cidr.includes('/') ? peerOf(cidr) : undefined;
    if (ranges === undefined) {
      throw new Fault('malformed', `--network \`${text}\`: \`${cidr}\` is no CIDR; write it like \`10.0.0.0/16\``);
    }
    if (ranges.kind === 'wrong') throw new Fault('malformed', `--network \`${text}\`: ${ranges.problem}`);
    return [id, ranges.value] as const;
  });
}

/** The address ranges of networks that the command line states. */
export function networksOf({ network }: JudgingOptions): ReadonlyMap<string, Addresses> {
  const networks = new Map<string, Addresses>();
  for (const [id, ranges] of (network ?? []).flatMap(networkOf)) {
    const known = networks.get(id);
    networks.set(id, known === undefined ? ranges : union(known, ranges));
  }
  return networks;
}
