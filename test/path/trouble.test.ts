import {
  DeleteSecurityGroupCommand,
  ModifySecurityGroupRulesCommand,
  AuthorizeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CALLERS, PORTCULLIS } from '../../local/people.ts';
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
  targetOf,
  under,
  takeLease,
} from './stage.ts';

describe('a ticket system in trouble', () => {
  it('delays no revert, and has exactly one incident when it is back', async () => {
    const { stage, group } = await under(...NO_SSH);
    const { serviceNow, bus } = stage.world;
    serviceNow.down = true;
    const failed = new Promise<void>((resolve) => {
      bus.onFailure(({ receiveCount }) => {
        if (receiveCount === 2) resolve();
      });
    });
    await stage.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [SSH] }));
    await failed;
    expect(await spelled(stage, group)).toEqual([]);
    expect(await ledgerKinds(stage, group)).toContain('reverted');
    expect(incidentTitles(stage)).toEqual([]);
    serviceNow.down = false;
    await bus.idle();
    expect(incidentTitles(stage)).toHaveLength(1);
    expect(bus.deadLetters()).toEqual([]);
  });

  it('makes no twin where the incident was written and the answer got lost', async () => {
    const { stage, group } = await under(...NO_SSH);
    const { serviceNow, bus } = stage.world;
    serviceNow.answersLost = true;
    bus.onFailure(() => {
      serviceNow.answersLost = false;
    });
    await open(stage, group, SSH);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('gets one incident for one breach, however often it comes back', async () => {
    const { stage, group } = await under(...NO_SSH);
    for (let time = 0; time < 3; time += 1) await open(stage, group, SSH);
    await open(stage, group, permission('tcp', [20, 25], '::/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 20-21 ::/0', 'tcp 23-25 ::/0']);
    expect(incidentTitles(stage)).toHaveLength(1);
  });
});

describe('events in trouble', () => {
  it('a doubled event changes and tells nothing more', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, SSH);
    const before = await rulesOf(stage, group);
    const call = stage.events.find(({ detail }) => detail['eventName'] === 'AuthorizeSecurityGroupIngress');
    for (let time = 0; time < 5; time += 1) stage.world.bus.put(call!);
    await stage.world.bus.idle();
    expect(await rulesOf(stage, group)).toEqual(before);
    expect(incidentTitles(stage)).toHaveLength(1);
    expect((await ledgerKinds(stage, group)).filter((kind) => kind === 'reverted')).toHaveLength(1);
  });

  it('a lost event is caught by the next one, whatever that is about', async () => {
    const stage = await openStage(guarded(...NO_SSH), CALLERS, impatient);
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    // The lease keeps the run away until every delivery of the first event has failed.
    const lease = await takeLease(stage, group);
    await open(stage, group, SSH);
    expect(stage.world.bus.deadLetters().length).toBeGreaterThan(0);
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
    await stage.world.ledger.release(lease);
    await open(stage, group, permission('tcp', [443, 443], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 0.0.0.0/0']);
  });

  it('an event that nobody understands becomes a dead letter and changes nothing', async () => {
    const stage = await openStage(guarded(...NO_SSH), CALLERS, impatient);
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    const before = await rulesOf(stage, group);
    const [event] = stage.events;
    stage.world.bus.put({
      ...event!,
      detail: { eventSource: 'ec2.amazonaws.com', eventName: 'AuthorizeSecurityGroupIngress' },
    });
    await stage.world.bus.idle();
    expect(stage.world.bus.deadLetters()).toHaveLength(1);
    expect(await rulesOf(stage, group)).toEqual(before);
  });

  it('a call that was refused raises an event that is ignored', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [443, 443], '0.0.0.0/0'));
    const entries = (await ledgerKinds(stage, group)).length;
    await expect(open(stage, group, permission('tcp', [443, 443], '0.0.0.0/0'))).rejects.toThrow(/already exists/);
    await stage.world.bus.idle();
    expect(await ledgerKinds(stage, group)).toHaveLength(entries);
  });

  it('our own writes raise events that find nothing to do', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, SSH);
    const kinds = await ledgerKinds(stage, group);
    expect(kinds.filter((kind) => kind === 'reverted')).toHaveLength(1);
    expect(kinds.at(-1)).not.toBe('intended');
    expect(kinds).toContain('fine');
  });
});

describe('people in trouble', () => {
  it('an edit of a legal rule into an illegal one is reverted', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/443, from: anywhere }]');
    await open(stage, group, permission('tcp', [443, 443], '203.0.113.0/24'));
    const rule = (await rulesOf(stage, group)).find(({ IsEgress }) => IsEgress === false);
    await stage.ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: group,
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: rule?.SecurityGroupRuleId,
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, CidrIpv4: '0.0.0.0/0' },
          },
        ],
      }),
    );
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 0.0.0.0/0']);
  });

  it('a group is found by its name, as the flat call of a default VPC gives it', async () => {
    const { stage, group } = await under(...NO_SSH);
    await stage.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupName: 'web',
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        CidrIp: '0.0.0.0/0',
      }),
    );
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual([]);
  });

  it('a group that is deleted meanwhile is recorded as gone', async () => {
    const { stage, group } = await under(...NO_SSH);
    await stage.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));
    await stage.world.bus.idle();
    expect((await ledgerKinds(stage, group)).at(-1)).toBe('gone');
    expect(stage.world.bus.deadLetters()).toEqual([]);
  });

  it('what a missing rule let through is put back, with our mark', async () => {
    const { stage, group } = await under('ingress:', '  require: [{ service: tcp/443, from: 10.0.0.0/8 }]');
    const rules = (await rulesOf(stage, group)).filter(({ IsEgress }) => IsEgress === false);
    expect(rules.map(({ CidrIpv4, FromPort }) => [CidrIpv4, FromPort])).toEqual([['10.0.0.0/8', 443]]);
    expect(rules[0]?.Tags).toEqual([expect.objectContaining({ Key: 'portcullis' })]);
  });

  it('a rule for the members of a group is proven where no member may, and possible where some may', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/443, from: 10.0.0.0/25 }]');
    const peer = await makeGroup(stage, 'clients', {});
    const from = (port: number) => ({
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      UserIdGroupPairs: [{ GroupId: peer }],
    });
    await open(stage, group, from(443), from(22));
    // The VPC is 10.0.0.0/16: on 443 its members may be allowed or not, on 22 nobody is.
    expect(await spelled(stage, group)).toEqual([`tcp 443-443 ${peer}`]);
    const entries = await stage.world.ledger.entries(targetOf(group));
    const last = entries.findLast(({ body }) => body.kind === 'reverted')?.body;
    expect(last?.kind === 'reverted' && last.remaining.map(({ certainty }) => certainty)).toEqual(['possible']);
  });

  it('twenty-one openings at once are held whole, with a ticket that says why', async () => {
    const { stage, group } = await under(...NO_SSH);
    const cidrs = Array.from({ length: 21 }, (_, index) => `198.51.100.${String(index)}/32`);
    await open(stage, group, permission('tcp', [22, 22], ...cidrs));
    expect(await spelled(stage, group)).toHaveLength(21);
    expect(await ledgerKinds(stage, group)).toContain('held');
    expect(await ledgerKinds(stage, group)).not.toContain('intended');
    const [incident] = stage.world.serviceNow.incidents();
    expect(incident?.fields.urgency).toBe('1');
    expect(incident?.fields.short_description).toContain('is open');
    expect(incident?.fields.description).toContain('more than the 20 allowed at once');
  });

  it('a hostile description arrives as plain text and changes no query', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/443, from: anywhere }]');
    const Description = "javascript:gs.getUserID()^ORactive=true <b>'{}";
    await open(stage, group, {
      ...permission('tcp', [22, 22]),
      IpRanges: [{ CidrIp: '0.0.0.0/0', Description: Description.replaceAll(/['<>^]/g, '') }],
    });
    expect(await spelled(stage, group)).toEqual([]);
    expect(stage.world.serviceNow.evaluated).toEqual([]);
    expect(stage.world.serviceNow.ignored).toEqual([]);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('where our own role may not write, the port stays open and a ticket says what was refused', async () => {
    const role = CALLERS.get(PORTCULLIS.accessKeyId)!;
    const callers = new Map([...CALLERS, [PORTCULLIS.accessKeyId, { ...role, mayWrite: false }]]);
    const stage = await openStage(guarded(...NO_SSH), callers);
    onTestFinished(() => stage.close());
    const group = await makeGroup(stage, 'web');
    await open(stage, group, SSH);
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
    expect(await ledgerKinds(stage, group)).toContain('failed');
    const [incident] = stage.world.serviceNow.incidents();
    expect(incident?.fields.urgency).toBe('1');
    expect(incident?.fields.description).toContain('ec2:RevokeSecurityGroupIngress');
  });
});
