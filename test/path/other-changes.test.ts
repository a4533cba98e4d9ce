import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  ModifySecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  incidentTitles,
  makeGroup,
  NO_SSH,
  open,
  openEgress,
  permission,
  rulesOf,
  spelled,
  SSH,
  targetOf,
  under,
  takeLease,
} from './stage.ts';

describe('governance that changes without a rule', () => {
  it('a tag that brings an open group under a policy closes it; one that is taken away lets it be', async () => {
    const { stage } = await under(...NO_SSH);
    const late = await makeGroup(stage, 'late', {});
    await open(stage, late, SSH);
    expect(await spelled(stage, late)).toEqual(['tcp 22-22 0.0.0.0/0']);
    const Tags = [{ Key: 'guarded', Value: 'yes' }];
    await stage.ec2.send(new CreateTagsCommand({ Resources: [late], Tags }));
    await stage.world.bus.idle();
    expect(await spelled(stage, late)).toEqual([]);
    await stage.ec2.send(new DeleteTagsCommand({ Resources: [late], Tags }));
    await open(stage, late, SSH);
    expect(await spelled(stage, late)).toEqual(['tcp 22-22 0.0.0.0/0']);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('a tag on a rule does not shield it', async () => {
    const { stage, group } = await under(...NO_SSH);
    const lease = await takeLease(stage, group);
    const rule = await stage.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [SSH],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'portcullis', Value: 'required' }] }],
      }),
    );
    expect(rule.SecurityGroupRules).toHaveLength(1);
    await stage.world.ledger.release(lease);
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual([]);
  });
});

describe('egress', () => {
  it('an edit of a legal rule into an illegal one is reverted, and ingress stays as it is', async () => {
    const { stage, group } = await under('egress:', '  allow: [{ service: tcp/443, to: 198.51.100.0/24 }]');
    await open(stage, group, SSH);
    await openEgress(stage, group, permission('tcp', [443, 443], '198.51.100.128/25'));
    const rule = (await rulesOf(stage, group)).find(({ CidrIpv4 }) => CidrIpv4 === '198.51.100.128/25');
    await stage.ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: group,
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: rule?.SecurityGroupRuleId,
            SecurityGroupRule: { IpProtocol: '-1', CidrIpv4: '198.51.0.0/16' },
          },
        ],
      }),
    );
    await stage.world.bus.idle();
    const egress = await spelled(stage, group, 'egress');
    expect(egress.length).toBeGreaterThan(0);
    for (const text of egress) expect(text).toMatch(/^tcp 443-443 198\.51\.100\./);
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
    const last = (await stage.world.ledger.entries(targetOf(group))).findLast(({ body }) => body.kind === 'reverted');
    expect(last?.body).toMatchObject({ closed: true, remaining: [] });
  });
});
