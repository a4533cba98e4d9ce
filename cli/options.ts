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

function appended(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

export function addPolicyOptions(verb: Command): Command {
  return verb
    .option(
      '--policy <PATH...>',
      'policy files or folders (default: PORTCULLIS_POLICY, else `portcullis.yaml` or `policies/`)',
    )
    .option('--at <TIME>', 'judge as of this time, such as `2026-12-01T00:00:00Z` (default: now)')
    .option('--json', 'print one JSON document and nothing else');
}

const ROLE_INSTEAD = 'take on the role first, as by `aws sts assume-role`, and set its credentials in the environment';

export function addJudgingOptions(verb: Command): Command {
  addLaterOption(verb, '--role-arn', ROLE_INSTEAD);
  addLaterOption(verb, '--subscription', 'leave it out (no Azure firewalls are read yet)');
  return addPolicyOptions(verb)
    .option('--input <FILE...>', 'saved output of `aws ec2 describe-*`, or `-` for standard input')
    .option('--cloud <CLOUD>', 'read live from this cloud: `aws`')
    .option('--region <REGION>', 'the region to read, or that an input is from (default with --cloud: AWS_REGION)')
    .option('--account <ID>', 'only firewalls of this account, or the account that an input is from')
    .option('--firewall <ID>', 'only this firewall; may be given more than once (default: all)', appended)
    .option(
      '--network <ID=CIDR,...>',
      "a network's address ranges, for inputs without describe-vpcs; may be given more than once",
      appended,
    );
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
