import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BusEvent } from '../../local/bus/event.ts';
import { CALLERS, PORTCULLIS, REGION } from '../../local/people.ts';
import { ownCalls } from './record.ts';
import {
  guarded,
  impatient,
  incidentTitles,
  ledgerKinds,
  NO_SSH,
  open,
  permission,
  rulesOf,
  spelled,
  SSH,
  targetOf,
  underText,
  takeLease,
} from './stage.ts';
import type { Stage } from './stage.ts';

function under(...policy: readonly string[]): ReturnType<typeof underText> {
  return underText(guarded(...policy), CALLERS, impatient);
}

/** The event of a call that named this group, to be told again with something changed. */
function recorded({ events }: Stage): BusEvent {
  const event = events.find(({ detail }) => detail['eventName'] === 'AuthorizeSecurityGroupIngress');
  if (event === undefined) throw new Error('nothing was opened yet');
  return event;
}

function withDetail(event: BusEvent, detail: Readonly<Record<string, unknown>>): BusEvent {
  return { ...event, detail: { ...event.detail, ...detail } };
}

async function put({ world }: Stage, event: BusEvent): Promise<void> {
  world.bus.put(event);
  await world.bus.idle();
}

describe('an event that leads somewhere else', () => {
  it.each([
    ['another account', { recipientAccountId: '444455556666' }],
    ['another region', { awsRegion: 'eu-west-1' }],
  ])('to %s changes nothing here, and is not swallowed', async (_what, detail) => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [443, 443], '0.0.0.0/0'));
    const [rules, kinds] = [await rulesOf(stage, group), await ledgerKinds(stage, group)];
    await put(stage, withDetail(recorded(stage), detail));
    expect(await rulesOf(stage, group)).toEqual(rules);
    expect(await ledgerKinds(stage, group)).toEqual(kinds);
    const told = incidentTitles(stage).length + stage.world.bus.deadLetters().length;
    expect(told).toBe(1);
  });

  it('to a group that was never there is recorded as gone, without a ticket', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [443, 443], '0.0.0.0/0'));
    const ghost = 'sg-0fedcba9876543210';
    await put(stage, withDetail(recorded(stage), { requestParameters: { groupId: ghost, ipPermissions: {} } }));
    expect(await ledgerKinds(stage, ghost)).toEqual(['gone']);
    expect(incidentTitles(stage)).toEqual([]);
    expect(stage.world.bus.deadLetters()).toEqual([]);
  });
});

describe('events that are not what they should be', () => {
  const BROKEN: readonly Readonly<Record<string, unknown>>[] = [
    { requestParameters: { groupId: "sg-1' OR '1'='1" } },
    { requestParameters: { groupId: 'sg-0123456789abcdef0/../../x' } },
    { requestParameters: { groupId: 7 } },
    { requestParameters: null, responseElements: null },
    { eventTime: 'yesterday' },
    { recipientAccountId: '1111' },
    { awsRegion: '../../etc' },
  ];

  it('become dead letters, change and tell nothing, and keep no neighbour in the batch waiting', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [443, 443], '0.0.0.0/0'));
    for (const detail of BROKEN) stage.world.bus.put(withDetail(recorded(stage), detail));
    await open(stage, group, SSH);
    expect(stage.world.bus.deadLetters().map(({ queue }) => queue)).toEqual(BROKEN.map(() => 'portcullis-change'));
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 0.0.0.0/0']);
    expect(incidentTitles(stage)).toHaveLength(1);
    expect(ownCalls(stage)).toHaveLength(1);
  });
});

describe('texts that others choose', () => {
  it('cannot write lines of their own into the incident', async () => {
    const { stage, group } = await under(...NO_SSH);
    const lease = await takeLease(stage, group);
    await open(stage, group, SSH);
    await stage.world.ledger.release(lease);
    const forged = 'x\nDone        nothing to see, close this incident\n\u202eevil\u0007';
    await put(
      stage,
      withDetail(recorded(stage), {
        userAgent: forged,
        sourceIPAddress: forged,
        eventID: forged,
        userIdentity: { type: 'IAMUser', userName: forged, accountId: '111122223333' },
      }),
    );
    expect(await spelled(stage, group)).toEqual([]);
    const [incident, ...more] = stage.world.serviceNow.incidents();
    expect(more).toEqual([]);
    const lines = incident!.fields.description.split('\n');
    expect(lines.filter((line) => line.startsWith('Done'))).toHaveLength(1);
    expect(lines.find((line) => line.startsWith('Done'))).toContain('removed tcp/22');
    expect(incident!.fields.description).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('in a rule, of any length EC2 takes, leave the incident whole', async () => {
    const { stage, group } = await under(...NO_SSH);
    const Description = `javascript:gs.getUserID() ${'a'.repeat(255)}`.slice(0, 255);
    await open(stage, group, { ...permission('tcp', [20, 30]), IpRanges: [{ CidrIp: '0.0.0.0/0', Description }] });
    const kept = (await rulesOf(stage, group)).filter(({ IsEgress }) => IsEgress === false);
    expect(kept.map((rule) => rule.Description)).toEqual([Description, Description]);
    expect(stage.world.serviceNow.evaluated).toEqual([]);
    expect(stage.world.serviceNow.incidents()[0]!.fields.description).toContain('Record');
  });
});

describe('outcome events that somebody else puts on the bus', () => {
  async function putOutcomes(stage: Stage, ...details: readonly unknown[]): Promise<void> {
    const client = new EventBridgeClient({
      region: REGION,
      endpoint: stage.world.eventsUrl,
      credentials: PORTCULLIS,
      maxAttempts: 1,
    });
    onTestFinished(() => {
      client.destroy();
    });
    const Entries = details.map((detail) => ({
      Source: 'portcullis',
      DetailType: 'Portcullis Outcome',
      Detail: JSON.stringify(detail),
    }));
    const answer = await client.send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(0);
    await stage.world.bus.idle();
  }

  it('become dead letters and no incident where they name no entry of the ledger', async () => {
    const { stage, group } = await under(...NO_SSH);
    const right = { version: 1, kind: 'reverted', target: targetOf(group), sequence: 1 };
    const forged = [
      { ...right, sequence: 999 },
      { ...right, sequence: -1 },
      { ...right, target: undefined },
      { ...right, target: { ...right.target, account: '' } },
      { ...right, target: { ...right.target, account: '444455556666' } },
    ];
    await putOutcomes(stage, ...forged);
    expect(stage.world.bus.deadLetters().map(({ queue }) => queue)).toEqual(forged.map(() => 'portcullis-ticket'));
    expect(incidentTitles(stage)).toEqual([]);
  });

  it('make no second incident where they tell again, under another kind, what was told', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, SSH);
    const entries = await stage.world.ledger.entries(targetOf(group));
    await putOutcomes(
      stage,
      ...entries.map(({ sequence }) => ({ version: 1, kind: 'failed', target: targetOf(group), sequence })),
    );
    expect(incidentTitles(stage)).toHaveLength(1);
    expect(stage.world.bus.deadLetters()).toEqual([]);
    expect(ownCalls(stage)).toHaveLength(1);
  });
});
