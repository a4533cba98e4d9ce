import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import type { IpPermission } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { bodiesOf, ownCalls } from './record.ts';
import { incidentTitles, makeGroup, open, permission, spelled, SSH, targetOf, under } from './stage.ts';
import type { Stage } from './stage.ts';

/** Rules of one direction and address family that EC2 takes, unless the quota is raised. */
const LIMIT = 60;
const POLICY = [
  'ingress:',
  '  deny:',
  '    - { service: tcp/22, from: anywhere }',
  '    - { service: [tcp/3389, tcp/3501], from: anywhere }',
];
/** What stays of it would be three rules: one in its place and two more. */
const RANGE = permission('tcp', [3000, 4000], '0.0.0.0/0');
const RANGE_TEXT = 'tcp 3000-4000 0.0.0.0/0';

function harmless(count: number): readonly IpPermission[] {
  return Array.from({ length: count }, (_, at) => permission('tcp', [8000 + at, 8000 + at], '10.0.0.0/8'));
}

async function codeOf({ ec2 }: Stage, group: string, one: IpPermission): Promise<unknown> {
  const command = new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [one] });
  return ec2.send(command).then(
    () => 'taken',
    (error: unknown) => (error instanceof Error ? error.name : error),
  );
}

it('in a group without room, what can only go goes, and what would need room is left and told of', async () => {
  const { stage, group } = await under(...POLICY);
  await open(stage, group, ...harmless(LIMIT - 2), SSH, RANGE);

  const left = await spelled(stage, group);
  expect(left).not.toContain('tcp 22-22 0.0.0.0/0');
  expect(left).toContain(RANGE_TEXT);
  expect(left).toHaveLength(LIMIT - 1);
  expect(ownCalls(stage).map(({ eventName }) => eventName)).toEqual(['RevokeSecurityGroupIngress']);

  const [reverted, ...more] = await bodiesOf(stage, group, 'reverted');
  expect(more).toEqual([]);
  expect(reverted?.closed).toBe(false);
  expect(reverted?.reasons.join(' ')).toContain('the cloud takes 60 rules');
  expect(JSON.stringify(reverted?.remaining)).toContain('3389');
  expect(JSON.stringify(reverted?.remaining)).not.toContain('tcp/22 ');

  expect(incidentTitles(stage)).toHaveLength(2);
  const telling = (text: string): string | undefined =>
    stage.world.serviceNow.incidents().find(({ fields }) => fields.short_description.includes(text))?.fields
      .description;
  expect(telling('tcp/22 from 0.0.0.0/0')).toContain('what was forbidden does not pass any more');
  expect(telling('tcp/3389')).toContain('raise the quota');
  expect(stage.world.bus.deadLetters()).toEqual([]);
});

it('the room of what goes first is used for the pieces of what stays', async () => {
  const { stage, group } = await under(...POLICY);
  const telnet = permission('tcp', [22, 22], '203.0.113.0/24');
  await open(stage, group, ...harmless(LIMIT - 3), SSH, telnet, RANGE);
  const left = await spelled(stage, group);
  expect(left.filter((text) => text.endsWith(' 0.0.0.0/0'))).toEqual([
    'tcp 3000-3388 0.0.0.0/0',
    'tcp 3390-3500 0.0.0.0/0',
    'tcp 3502-4000 0.0.0.0/0',
  ]);
  expect(left).toHaveLength(LIMIT);
  expect(incidentTitles(stage)).not.toEqual([]);
});

it('the local EC2 takes as many rules as EC2 does, and no more', async () => {
  const { stage } = await under(...POLICY);
  const group = await makeGroup(stage, 'full', {});
  await open(stage, group, ...harmless(LIMIT));
  expect(await codeOf(stage, group, SSH)).toBe('RulesPerSecurityGroupLimitExceeded');
  expect(await spelled(stage, group)).toHaveLength(LIMIT);
  expect(await stage.world.ledger.entries(targetOf(group))).not.toEqual([]);
});
