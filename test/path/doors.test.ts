import {
  AssociateVpcCidrBlockCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  DescribeManagedPrefixListsCommand,
  ModifyManagedPrefixListCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, ALEX, REGION, VPC } from '../../local/people.ts';
import { bodiesOf } from './record.ts';
import { incidentTitles, makeGroup, NO_SSH, open, permission, spelled, SSH, targetOf, under } from './stage.ts';
import type { Stage } from './stage.ts';

/** Somebody opens SSH, and no event ever tells of it. */
async function openUnheard({ ec2, world }: Stage, group: string): Promise<void> {
  world.bus.weather.lost = 1;
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [SSH] }));
  await world.bus.idle();
  world.bus.weather.lost = 0;
}

async function launch({ ec2 }: Stage, ...groups: readonly string[]): Promise<string> {
  const input = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, SecurityGroupIds: [...groups] };
  const { Instances = [] } = await ec2.send(new RunInstancesCommand(input));
  return Instances[0]?.InstanceId ?? '';
}

describe('an instance that starts', () => {
  it('has every group of its interfaces looked at, whatever event got lost before', async () => {
    const { stage, group } = await under(...NO_SSH);
    const other = await makeGroup(stage, 'other');
    await openUnheard(stage, group);
    await openUnheard(stage, other);
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
    await launch(stage, group, other);
    await stage.world.bus.idle();
    for (const one of [group, other]) expect(await spelled(stage, one)).toEqual([]);
    expect(incidentTitles(stage)).toHaveLength(2);
  });

  it('that was stopped and comes back is looked at by its state alone', async () => {
    const { stage, group } = await under(...NO_SSH);
    const instance = await launch(stage, group);
    await stage.ec2.send(new StopInstancesCommand({ InstanceIds: [instance] }));
    await stage.world.bus.idle();
    await openUnheard(stage, group);
    await stage.ec2.send(new StartInstancesCommand({ InstanceIds: [instance] }));
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual([]);
  });
});

describe('a change beside the group', () => {
  it('to a prefix list that a rule names closes the rule when the list opens it', async () => {
    const { stage, group } = await under(...NO_SSH);
    const { PrefixList } = await stage.ec2.send(
      new CreateManagedPrefixListCommand({
        PrefixListName: 'office',
        MaxEntries: 5,
        AddressFamily: 'IPv4',
        Entries: [{ Cidr: '10.9.0.0/16' }],
      }),
    );
    const list = PrefixList?.PrefixListId ?? '';
    const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: list }] };
    await open(stage, group, rule);
    const before = (await bodiesOf(stage, group, 'fine')).length;
    const { PrefixLists = [] } = await stage.ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [list] }));
    await stage.ec2.send(
      new ModifyManagedPrefixListCommand({
        PrefixListId: list,
        CurrentVersion: PrefixLists[0]?.Version,
        AddEntries: [{ Cidr: '203.0.113.0/24' }],
      }),
    );
    await stage.world.bus.idle();
    expect((await bodiesOf(stage, group, 'fine')).length).toBe(before + 1);
  });

  it('to the ranges of its VPC is judged at once, although ranges are kept for minutes', async () => {
    const { stage, group } = await under('ingress:', '  deny: [{ service: tcp/5432, from: network }]');
    await open(stage, group, permission('tcp', [5432, 5432], '10.77.0.0/16'));
    expect(await spelled(stage, group)).toEqual(['tcp 5432-5432 10.77.0.0/16']);
    await stage.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: VPC, CidrBlock: '10.77.0.0/16' }));
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual([]);
  });
});

describe('a clock that ticks', () => {
  async function tick({ world }: Stage): Promise<void> {
    const sqs = new SQSClient({ region: REGION, endpoint: world.queuesUrl, credentials: ALEX });
    const event = {
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      account: ACCOUNT,
      region: REGION,
      time: '2026-11-24T08:00:00Z',
      detail: '{}',
    };
    const QueueUrl = `${world.queuesUrl}/${ACCOUNT}/portcullis-sweep`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
    sqs.destroy();
    await world.bus.idle();
  }

  it('finds what no event told of, closes it, and says that no event did', async () => {
    const { stage, group } = await under(...NO_SSH);
    await openUnheard(stage, group);
    await tick(stage);
    expect(await spelled(stage, group)).toEqual([]);
    const [incident] = stage.world.serviceNow.incidents();
    expect(incident?.fields.description).toContain('no event told of it');
  });

  it('leaves no line for a group that is right, however often it ticks', async () => {
    const { stage, group } = await under(...NO_SSH);
    const before = await stage.world.ledger.entries(targetOf(group));
    await tick(stage);
    await tick(stage);
    expect(await stage.world.ledger.entries(targetOf(group))).toEqual(before);
    expect(stage.world.bus.deadLetters()).toEqual([]);
  });
});
