import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ACCOUNT, CALLERS, REGION } from '../../local/people.ts';
import {
  guarded,
  impatient,
  incidentTitles,
  ledgerKinds,
  makeGroup,
  NO_SSH,
  open,
  openStage,
  permission,
  rulesOf,
  spelled,
  SSH,
  underText,
  takeLease,
} from './stage.ts';

/** Somebody who may read and not write. */
const SAM = { accessKeyId: 'AKIALOCALSAM00000001', secretAccessKey: 'local-sam' };
const WITH_SAM = new Map([
  ...CALLERS,
  [
    SAM.accessKeyId,
    {
      type: 'IAMUser' as const,
      userName: 'sam',
      arn: ['arn', 'aws', 'iam', '', ACCOUNT, 'user/sam'].join(':'),
      accountId: ACCOUNT,
      principalId: 'AIDALOCALSAM00000001',
      mayWrite: false,
    },
  ],
]);

function under(policy: readonly string[], name?: string): ReturnType<typeof underText> {
  return underText(guarded(...policy), WITH_SAM, undefined, name);
}

describe('calls of strangers', () => {
  it('who may not write raise events that are ignored: nothing is read, changed or told', async () => {
    const { stage, group } = await under(NO_SSH);
    await open(stage, group, permission('tcp', [443, 443], '0.0.0.0/0'));
    const [rules, kinds] = [await rulesOf(stage, group), await ledgerKinds(stage, group)];
    const sam = new EC2Client({ region: REGION, endpoint: stage.world.ec2Url, credentials: SAM, maxAttempts: 1 });
    onTestFinished(() => {
      sam.destroy();
    });
    const call = new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [SSH] });
    await expect(sam.send(call)).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    await stage.world.bus.idle();
    const [event] = stage.events.filter(({ detail }) => detail['errorCode'] !== undefined);
    expect(event?.detail['errorCode']).toBe('Client.UnauthorizedOperation');
    expect(await rulesOf(stage, group)).toEqual(rules);
    expect(await ledgerKinds(stage, group)).toEqual(kinds);
    expect(stage.world.bus.deadLetters()).toEqual([]);
  });

  // EC2 takes these characters in the name of a group: `a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*` (CreateSecurityGroup).
  it.each(['javascript:gs.getUserID()', '${gs.now()} {{7*7}}', '[code]x[/code] active=true'])(
    'who name their group `%s` get an incident in plain text, and run nothing',
    async (name) => {
      const { stage, group } = await under(NO_SSH, name);
      await open(stage, group, SSH);
      expect(await spelled(stage, group)).toEqual([]);
      const [title, ...more] = incidentTitles(stage);
      expect(more).toEqual([]);
      expect(title).toContain(name);
      expect(title).toContain(group);
      expect(stage.world.serviceNow.evaluated).toEqual([]);
      expect(stage.world.serviceNow.ignored).toEqual([]);
    },
  );

  it('who say in their event that they closed something do not keep it open', async () => {
    const stage = await openStage(guarded(...NO_SSH), CALLERS, impatient);
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    const [example] = stage.events;
    // The event of the opening is lost; one that speaks of a revoke comes instead, with an old time.
    const lease = await takeLease(stage, group);
    await open(stage, group, SSH);
    await stage.world.ledger.release(lease);
    const detail = {
      ...example!.detail,
      eventName: 'RevokeSecurityGroupIngress',
      eventTime: '2020-01-01T00:00:00Z',
      requestParameters: { groupId: group },
    };
    stage.world.bus.put({ ...example!, id: 'forged', time: '2020-01-01T00:00:00Z', detail });
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual([]);
    expect(incidentTitles(stage)).toHaveLength(1);
  });
});
