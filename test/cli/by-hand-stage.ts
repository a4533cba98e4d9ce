import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import { trueChance } from '../../local/chance.ts';
import type { Chance } from '../../local/chance.ts';
import { defaultVpc, keys, region, startLocalEc2 } from '../local/ec2-fixture.ts';
import type { Started } from '../local/ec2-fixture.ts';
import { folderOf, portcullis, portcullisOnTerminal } from './command.ts';
import type { Said } from './command.ts';
import { expectSession } from './golden.ts';
import { masked } from './mask.ts';

/** A local EC2, a folder with a policy, a ledger and a store of grants, and the real command as a process on it. */
export interface HandStage {
  readonly local: Started;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  run(...args: readonly string[]): Promise<Said>;
  /** A group with these ports open to these CIDRs, and its id, which sorts behind those of all groups before it. */
  group(name: string, ...open: readonly Opening[]): Promise<string>;
  open(id: string, ...open: readonly Opening[]): Promise<void>;
  /** What the group lets in, as EC2 tells it: `tcp 22-22 0.0.0.0/0`. */
  ingress(id: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type Opening = readonly [port: number, cidr: string, description?: string];

export const POLICY = `version: 1
define:
  networks: { office: 10.0.0.0/8 }
policies:
  - name: web
    match: { name: "web*" }
    mode: enforce
    ingress:
      allow:
        - { service: tcp/443, from: anywhere }
        - { service: tcp/22, from: office }
      deny:
        - { service: tcp/23, from: anywhere, why: no telnet, firm: true }
  - name: trial
    match: { name: "trial*" }
    mode: report
    ingress:
      allow: [{ service: tcp/443, from: anywhere }]
`;

/** Ids that count up, so that pages, which are in order of ids, are in order of making. */
function countingIds(): Chance {
  let count = 0;
  const chance: Chance = {
    ...trueChance(),
    hex: (digits) => {
      count += 1;
      return count.toString(16).padStart(digits, '0');
    },
    fork: () => chance,
  };
  return chance;
}

export async function openHandStage(policy = POLICY): Promise<HandStage> {
  const local = await startLocalEc2({ now: () => new Date(), chance: countingIds() });
  const folder = await folderOf({ 'portcullis.yaml': policy });
  const env = {
    AWS_ENDPOINT_URL_EC2: local.server.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: keys.deploy,
    AWS_SECRET_ACCESS_KEY: 'not-checked',
    AWS_EC2_METADATA_DISABLED: 'true',
    PORTCULLIS_LEDGER: 'sqlite:ledger.db',
    PORTCULLIS_GRANTS: 'sqlite:grants.db',
    PORTCULLIS_GRANTS_KEY: `file:${join(folder, 'key')}`,
  };
  const run = (...args: readonly string[]): Promise<Said> => portcullis(folder, args, { env });
  await run('grants', 'key', join(folder, 'key'));
  const open: HandStage['open'] = async (id, ...openings) => {
    for (const [port, cidr, description] of openings) {
      const range = { CidrIp: cidr, ...(description === undefined ? {} : { Description: description }) };
      const permission = { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [range] };
      await local.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: [permission] }));
    }
  };
  return {
    local,
    folder,
    env,
    run,
    open,
    group: async (name, ...openings) => {
      const made = { GroupName: name, Description: name, VpcId: defaultVpc };
      const id = (await local.client.send(new CreateSecurityGroupCommand(made))).GroupId!;
      await open(id, ...openings);
      return id;
    },
    ingress: async (id) => {
      const asked = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [id] }] });
      const { SecurityGroupRules: rules = [] } = await local.client.send(asked);
      return rules
        .filter(({ IsEgress }) => IsEgress === false)
        .map((rule) => `${rule.IpProtocol!} ${String(rule.FromPort)}-${String(rule.ToPort)} ${rule.CidrIpv4!}`)
        .sort();
    },
    close: () => local.close(),
  };
}

/** Masked together, so that an id is the same one in what was typed and in what came out. */
const EDGE = '\u0000';
const BORDER = '\u0001';

async function expectMasked(name: string, args: readonly string[], said: Said): Promise<void> {
  const all = masked([args.join(BORDER), said.stdout, said.stderr].join(EDGE));
  const [typed = '', stdout = '', stderr = ''] = all.split(EDGE);
  await expectSession(`hand-${name}`, typed.split(BORDER), { ...said, stdout, stderr });
}

/** Runs a command, and compares what it says with the golden file of this name, times and ids masked. */
export async function recorded(stage: HandStage, name: string, args: readonly string[]): Promise<Said> {
  const said = await stage.run(...args);
  await expectMasked(name, args, said);
  return said;
}

/** The same on a terminal of 80 columns without colours, at which somebody answers. */
export async function recordedOnTerminal(
  stage: HandStage,
  name: string,
  args: readonly string[],
  answer: string,
): Promise<void> {
  const said = await portcullisOnTerminal(stage.folder, args, {
    answer,
    env: { ...stage.env, NO_COLOR: '1', TERM: 'dumb' },
  });
  await expectMasked(name, args, said);
}
