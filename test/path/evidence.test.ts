import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RuleRecord } from '../../shared/core/model/record.ts';
import { bodiesOf, entriesOf, outcomes, ownCalls } from './record.ts';
import { guarded, makeGroup, open, openStage, permission, rulesOf, spelled, targetOf, under } from './stage.ts';

// What is left behind for an auditor: ledger, CloudTrail, outcome and incident have to tell one story.

const NO_SSH = ['ingress:', '  deny: [{ service: tcp/22, from: anywhere, why: use the bastion }]'];

/** A record's rules in the spelling of `spelled`, for tcp rules. */
function spelledRecords(records: readonly RuleRecord[]): readonly string[] {
  return records
    .map(({ protocol, ports, peer }) => `${String(protocol)} ${(ports ?? [0, 65535]).join('-')} ${peer}`)
    .sort();
}

describe('the record of a revert', () => {
  it('has the rules as EC2 showed them before and after', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [80, 80], '203.0.113.0/24'));
    await open(stage, group, permission('tcp', [20, 24], '0.0.0.0/0'));
    const [reverted] = await bodiesOf(stage, group, 'reverted');
    expect(spelledRecords(reverted!.before.ingress)).toEqual(['tcp 20-24 0.0.0.0/0', 'tcp 80-80 203.0.113.0/24']);
    expect(spelledRecords(reverted!.after.ingress)).toEqual(await spelled(stage, group));
    const ids = (await rulesOf(stage, group)).flatMap(({ IsEgress, SecurityGroupRuleId }) =>
      IsEgress === true ? [] : [SecurityGroupRuleId],
    );
    expect(new Set(reverted!.after.ingress.map(({ id }) => id))).toEqual(new Set(ids));
    expect(reverted).toMatchObject({ closed: true, remaining: [] });
  });

  it('names every call that our role made, and the intent stands before it', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [20, 24], '0.0.0.0/0'));
    await open(stage, group, permission('-1', undefined, '198.51.100.0/24'));
    await open(stage, group, permission('tcp', [22, 22], '::/0'));
    const calls = ownCalls(stage).map(({ requestID }) => requestID);
    const reverts = await bodiesOf(stage, group, 'reverted');
    expect(calls.length).toBeGreaterThanOrEqual(5);
    expect(reverts.flatMap(({ requestIds }) => requestIds)).toEqual(calls);
    const intents = await bodiesOf(stage, group, 'intended');
    expect(intents.map(({ planId, before }) => [planId, before])).toEqual(
      reverts.map(({ planId, before }) => [planId, before]),
    );
    const kinds = (await entriesOf(stage, group)).map(({ body }) => body.kind).filter((kind) => kind !== 'fine');
    expect(kinds.join(' ')).toMatch(/^(intended reverted( ticketed)* ?)+$/);
  });

  it('is announced once, by an event that names its entry', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/0'));
    const { sequence } = (await entriesOf(stage, group)).find(({ body }) => body.kind === 'reverted')!;
    expect(outcomes(stage)).toEqual([{ version: 1, kind: 'reverted', target: targetOf(group), sequence }]);
  });

  it('knows who did it: the ledger, and the incident in words', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/0'));
    const call = stage.events.find(({ detail }) => detail['eventName'] === 'AuthorizeSecurityGroupIngress')!;
    const entry = (await entriesOf(stage, group)).find(({ body }) => body.kind === 'reverted')!;
    expect(entry.hint).toMatchObject({
      eventId: call.detail['eventID'],
      eventName: 'AuthorizeSecurityGroupIngress',
      actor: 'alex',
      sourceAddress: call.detail['sourceIPAddress'],
    });
    const [incident] = stage.world.serviceNow.incidents();
    expect(incident!.fields.correlation_id).toMatch(/^portcullis-[0-9a-f]{64}$/);
    const { description } = incident!.fields;
    for (const part of [group, 'alex', 'tcp/22 from 0.0.0.0/0', 'use the bastion', `entry ${String(entry.sequence)}`]) {
      expect(description).toContain(part);
    }
    expect(description).toMatch(/\(.*policy\.yaml:\d+\)/);
  });

  it('leaves the rule in place with its id, its description and its tags where one rule can say the rest', async () => {
    const { stage, group } = await under(...NO_SSH);
    const ranges = { IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'site' }] };
    await open(stage, group, { ...permission('tcp', [80, 80]), ...ranges });
    const [first] = (await rulesOf(stage, group)).filter(({ IsEgress }) => IsEgress === false);
    await stage.ec2.send(
      new CreateTagsCommand({ Resources: [first!.SecurityGroupRuleId!], Tags: [{ Key: 'owner', Value: 'deploy' }] }),
    );
    await open(stage, group, { ...permission('tcp', [22, 30]), ...ranges });
    const after = (await rulesOf(stage, group)).filter(({ IsEgress }) => IsEgress === false);
    expect(after.map(({ FromPort, ToPort, Description }) => [FromPort, ToPort, Description])).toEqual(
      expect.arrayContaining([
        [80, 80, 'site'],
        [23, 30, 'site'],
      ]),
    );
    const kept = after.find(({ FromPort }) => FromPort === 80);
    expect(kept!.SecurityGroupRuleId).toBe(first!.SecurityGroupRuleId);
    expect(kept!.Tags).toEqual([{ Key: 'owner', Value: 'deploy' }]);
  });

  it('copies the description to each piece of a rule that was split', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, {
      ...permission('tcp', [0, 65535]),
      IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'partner' }],
    });
    const pieces = (await rulesOf(stage, group)).filter(({ IsEgress }) => IsEgress === false);
    expect(pieces.map(({ Description }) => Description)).toEqual(['partner', 'partner']);
  });
});

describe('the modes', () => {
  it.each([
    ['report', 1, ['held']],
    ['observe', 0, ['held']],
  ])('%s changes nothing and makes %i incidents', async (mode, tickets, kinds) => {
    const stage = await openStage(guarded(...NO_SSH).replace('mode: enforce', `mode: ${mode}`));
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
    expect(ownCalls(stage)).toEqual([]);
    expect(stage.world.serviceNow.incidents()).toHaveLength(tickets);
    expect(outcomes(stage).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('of two policies each has its own: one reverts, one only tells, each has its incident', async () => {
    const report = [
      '  - name: trial',
      '    mode: report',
      '    ingress:',
      '      deny: [{ service: tcp/23, from: anywhere }]',
    ];
    const stage = await openStage(`${guarded(...NO_SSH)}${report.join('\n')}\n`);
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    await open(stage, group, permission('tcp', [22, 23], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 23-23 0.0.0.0/0']);
    const titles = stage.world.serviceNow.incidents().map(({ fields }) => fields.short_description);
    expect(titles).toHaveLength(2);
    expect(titles.find((title) => title.includes('tcp/22'))).toContain('was open, and is closed');
    expect(titles.find((title) => title.includes('tcp/23'))).toContain('is open');
    // The incident of what stays open must not claim that something was done about it.
    const told = stage.world.serviceNow.incidents().find(({ fields }) => fields.short_description.includes('tcp/23'));
    expect(told!.fields.description).toMatch(/^Done +nothing/m);
  });
});

describe('exceptions', () => {
  const exception = (until: string): string =>
    [
      'exceptions:',
      '  - name: vendor migration',
      '    match: { account: "111122223333" }',
      '    ingress: [{ service: tcp/22, from: 198.51.100.40 }]',
      `    until: ${until}`,
      '    approved: { by: alex@example.com, ticket: CHG0030192 }',
      '',
    ].join('\n');
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

  it('keep what they name while they live, and not more', async () => {
    const stage = await openStage(`${guarded(...NO_SSH)}${exception(inDays(10))}`);
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    await open(stage, group, permission('tcp', [22, 22], '198.51.100.40/31'));
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 198.51.100.40/32']);
  });

  it('count for nothing once they have ended', async () => {
    const stage = await openStage(`${guarded(...NO_SSH)}${exception(inDays(-1))}`);
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    await open(stage, group, permission('tcp', [22, 22], '198.51.100.40/32'));
    expect(await spelled(stage, group)).toEqual([]);
  });
});
