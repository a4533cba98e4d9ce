import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  EC2ServiceException,
  ModifySecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { LedgerBody } from '../shared/core/model/ledger.ts';
import { ACCOUNT, ALEX, REGION, VPC } from './people.ts';
import { printable } from './story.ts';
import type { Teller } from './story.ts';
import type { World } from './world.ts';

interface Stage {
  readonly ec2: EC2Client;
  readonly world: World;
  readonly teller: Teller;
  readonly policyPath: string;
  /** Aborted when somebody ends the demo: the act that is on is played to its end, and no further one begins. */
  readonly signal: AbortSignal;
}

/** The story is written for one policy. Under another one, a call of it may meet a rule that is gone or there already. */
function tellRefusal({ teller, policyPath }: Stage, error: unknown): void {
  if (!(error instanceof EC2ServiceException)) throw error;
  const why = `EC2 answered \`${error.name}\`, since the policy \`${policyPath}\` has closed or opened more than this story expects`;
  teller.line(`  ${teller.paint('yellow', 'left out'.padEnd(10))} ${printable(why)}; play it without \`--policy\``);
}

/** Undefined where the act was not played, or its call was refused. */
async function act<T>(stage: Stage, title: string, call: () => Promise<T>): Promise<T | undefined> {
  if (stage.signal.aborted) return undefined;
  stage.teller.line(`\n${stage.teller.paint('bold', title)}`);
  const result = await call().catch((error: unknown) => {
    tellRefusal(stage, error);
    return undefined;
  });
  await stage.world.bus.idle();
  // The story is told after the bus is idle: let what waits for that have its turn.
  await new Promise((resolve) => setImmediate(resolve));
  return result;
}

async function createWebGroup({ ec2 }: Stage): Promise<string> {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'web',
      Description: 'web servers',
      VpcId: VPC,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'role', Value: 'web' }] }],
    }),
  );
  if (GroupId === undefined) throw new Error('the local EC2 answered CreateSecurityGroup without a group id');
  return GroupId;
}

async function showRules({ ec2, teller }: Stage, group: string): Promise<void> {
  const answer = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [group] }] }),
  );
  teller.line(`\n${teller.paint('bold', 'What the group lets in now, as EC2 tells it')}`);
  for (const rule of answer.SecurityGroupRules ?? []) {
    if (rule.IsEgress === true) continue;
    const { IpProtocol = '', FromPort = '', ToPort = '', SecurityGroupRuleId = '' } = rule;
    teller.line(
      `  ${SecurityGroupRuleId}  ${IpProtocol} ${String(FromPort)}-${String(ToPort)}  ${rule.CidrIpv4 ?? rule.CidrIpv6 ?? ''}`,
    );
  }
}

/** The incident that was opened last, as a person in ServiceNow reads it. */
function showIncident({ world, teller }: Stage): void {
  const incident = world.serviceNow.incidents().at(-1);
  if (incident === undefined) return;
  const { number, short_description: title, description } = incident.fields;
  teller.line(`\n${teller.paint('bold', `The incident ${number}, as ServiceNow has it`)}`);
  for (const line of [title, '', ...description.split('\n')]) teller.line(`  ${printable(line)}`);
}

/** Why nothing was reverted and what to do to see it; undefined where something was. */
function noRevertText(bodies: readonly LedgerBody[], policyPath: string): string | undefined {
  if (bodies.some(({ kind }) => kind === 'reverted')) return undefined;
  const modes = new Set(
    bodies.flatMap((body) =>
      body.kind === 'held' || body.kind === 'failed' ? body.findings.map((one) => one.mode) : [],
    ),
  );
  const policy = `policy \`${policyPath}\``;
  if (bodies.some(({ kind }) => kind === 'failed' || kind === 'unreadable') || modes.has('enforce')) {
    return 'Nothing was reverted; what is told above says why.';
  }
  if (modes.size === 0) {
    return `Nothing was reverted, since ${policy} forbids none of this, or is not about this group; to see a revert, play it without \`--policy\`.`;
  }
  const stated = [...modes].map((mode) => `\`mode: ${mode}\``).join(' and ');
  return `Nothing was reverted, since ${policy} only tells (${stated}); to see a revert, write \`mode: enforce\` there.`;
}

async function tellIfNothingWasReverted({ world, teller, policyPath }: Stage, group: string): Promise<void> {
  const entries = await world.ledger.entries({ cloud: 'aws', account: ACCOUNT, region: REGION, id: group });
  const bodies = entries.map(({ body }) => body);
  const text = noRevertText(bodies, policyPath);
  if (text !== undefined) teller.line(`\n${teller.paint('yellow', printable(text))}`);
}

function tcp(first: number, last: number, ...cidrs: readonly string[]): IpPermission {
  return { IpProtocol: 'tcp', FromPort: first, ToPort: last, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) };
}

async function authorize({ ec2 }: Stage, group: string, permission: IpPermission): Promise<string> {
  const answer = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [permission] }),
  );
  return answer.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
}

/** Without an Authorize event, which is what a guard that listens to those alone would miss. */
async function editIntoEverything(stage: Stage, group: string, rule: string): Promise<void> {
  const edited = { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0', Description: 'just for a test' };
  await act(stage, '4. A legal rule is edited into an illegal one, which makes no Authorize event', () =>
    stage.ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: group,
        SecurityGroupRules: [{ SecurityGroupRuleId: rule, SecurityGroupRule: edited }],
      }),
    ),
  );
}

/** Plays a few minutes in the life of a web server's group, by real calls, and ends when all has settled. */
export async function playDemo(
  world: World,
  teller: Teller,
  { policyPath, signal }: { readonly policyPath: string; readonly signal: AbortSignal },
): Promise<void> {
  const ec2 = new EC2Client({ region: REGION, endpoint: world.ec2Url, credentials: ALEX, maxAttempts: 1 });
  const stage = { ec2, world, teller, policyPath, signal };
  try {
    const group = await act(
      stage,
      '1. A group for web servers is made; the policy requires that the site is open',
      () => createWebGroup(stage),
    );
    if (group === undefined) return;
    await act(stage, '2. Somebody opens SSH to the whole internet, and to the office, in one call', () =>
      authorize(stage, group, tcp(22, 22, '0.0.0.0/0', '203.0.113.0/24')),
    );
    const rule = await act(stage, '3. A range that is half legal: only the other half goes', () =>
      authorize(stage, group, tcp(80, 81, '0.0.0.0/0')),
    );
    if (rule !== undefined) await editIntoEverything(stage, group, rule);
    if (signal.aborted) return;
    await showRules(stage, group);
    showIncident(stage);
    await tellIfNothingWasReverted(stage, group);
  } finally {
    ec2.destroy();
  }
}
