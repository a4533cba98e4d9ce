import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import type { IpPermission } from '@aws-sdk/client-ec2';
import { ALEX, REGION, VPC } from './people.ts';
import { printable } from './story.ts';
import type { Teller } from './story.ts';
import type { World } from './world.ts';

interface Stage {
  readonly ec2: EC2Client;
  readonly world: World;
  readonly teller: Teller;
  /** Aborted when somebody ends the demo: the act that is on is played to its end, and no further one begins. */
  readonly signal: AbortSignal;
}

async function act(stage: Stage, title: string, call: () => Promise<unknown>): Promise<void> {
  if (stage.signal.aborted) return;
  stage.teller.line(`\n${stage.teller.paint('bold', title)}`);
  await call();
  await stage.world.bus.idle();
  // The story is told after the bus is idle: let what waits for that have its turn.
  await new Promise((resolve) => setImmediate(resolve));
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

function tcp(first: number, last: number, ...cidrs: readonly string[]): IpPermission {
  return { IpProtocol: 'tcp', FromPort: first, ToPort: last, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) };
}

async function authorize({ ec2 }: Stage, group: string, permission: IpPermission): Promise<string> {
  const answer = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [permission] }),
  );
  return answer.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
}

/** Plays a few minutes in the life of a web server's group, by real calls, and ends when all has settled. */
export async function playDemo(world: World, teller: Teller, signal: AbortSignal): Promise<void> {
  const ec2 = new EC2Client({ region: REGION, endpoint: world.ec2Url, credentials: ALEX, maxAttempts: 1 });
  const stage = { ec2, world, teller, signal };
  try {
    let group = '';
    await act(stage, '1. A group for web servers is made; the policy requires that the site is open', async () => {
      group = await createWebGroup(stage);
    });
    await act(stage, '2. Somebody opens SSH to the whole internet, and to the office, in one call', () =>
      authorize(stage, group, tcp(22, 22, '0.0.0.0/0', '203.0.113.0/24')),
    );
    let rule = '';
    await act(stage, '3. A range that is half legal: only the other half goes', async () => {
      rule = await authorize(stage, group, tcp(80, 81, '0.0.0.0/0'));
    });
    await act(stage, '4. A legal rule is edited into an illegal one, which makes no Authorize event', () =>
      ec2.send(
        new ModifySecurityGroupRulesCommand({
          GroupId: group,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: rule,
              SecurityGroupRule: { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0', Description: 'just for a test' },
            },
          ],
        }),
      ),
    );
    if (signal.aborted) return;
    await showRules(stage, group);
    showIncident(stage);
  } finally {
    ec2.destroy();
  }
}
