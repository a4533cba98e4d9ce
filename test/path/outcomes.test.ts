import { DeleteSecurityGroupCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { CALLERS, PORTCULLIS } from '../../local/people.ts';
import { entriesOf, outcomes } from './record.ts';
import { guarded, incidentTitles, open, spelled, SSH, targetOf, underText } from './stage.ts';

const NO_SSH = ['ingress:', '  deny: [{ service: tcp/22, from: anywhere, why: use the bastion }]'];

it('a revert that failed is published once, and leads to its entry', async () => {
  const role = CALLERS.get(PORTCULLIS.accessKeyId)!;
  const callers = new Map([...CALLERS, [PORTCULLIS.accessKeyId, { ...role, mayWrite: false }]]);
  const { stage, group } = await underText(guarded(...NO_SSH), callers);
  await open(stage, group, SSH);
  const failed = (await entriesOf(stage, group)).filter(({ body }) => body.kind === 'failed');
  expect(failed).toHaveLength(1);
  expect(outcomes(stage)).toEqual([
    { version: 1, kind: 'failed', target: targetOf(group), sequence: failed[0]?.sequence },
  ]);
});

it('what is fine, gone or only observed opens no incident', async () => {
  const { stage, group } = await underText(guarded(...NO_SSH).replace('mode: enforce', 'mode: observe'));
  await open(stage, group, SSH);
  expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
  await stage.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [SSH] }));
  await stage.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));
  await stage.world.bus.idle();
  expect(incidentTitles(stage)).toEqual([]);
  expect(stage.world.bus.deadLetters()).toEqual([]);
});
