import { AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { bodiesOf, entriesOf, ownCalls } from './record.ts';
import {
  guarded,
  incidentTitles,
  makeGroup,
  NO_SSH,
  open,
  openStage,
  permission,
  rulesOf,
  spelled,
  under,
  underText,
} from './stage.ts';

const HTTPS_ONLY = ['ingress:', '  allow: [{ service: tcp/443, from: anywhere }]'];

describe('a policy that cannot be read', () => {
  it('starts nothing, and says every problem with its line', async () => {
    const policy = guarded('ingress:', '  allow: [{ service: tcp/443-80, from: anywhere }]', '  deni: []');
    const started = openStage(policy);
    await expect(started).rejects.toThrow(/policy\.yaml.*line 7.*`443-80`[^]*policy\.yaml.*line 8.*`deni`/);
  });
});

describe('how a policy wants its reverts', () => {
  it('`revert: remove` takes the rule whole, where the policy accepts what that closes', async () => {
    const { stage, group } = await under('revert: remove', 'collateral: allow', ...NO_SSH);
    await open(stage, group, permission('tcp', [22, 443], '203.0.113.0/24'));
    expect(await spelled(stage, group)).toEqual([]);
    const [reverted] = await bodiesOf(stage, group, 'reverted');
    expect(reverted!.collateral).toEqual([
      { direction: 'ingress', protocol: 'tcp', ports: [23, 443], peer: '203.0.113.0/24' },
    ]);
    expect(stage.world.serviceNow.incidents()[0]!.fields.description).toContain(
      'legitimate, and closed too: tcp/23-443 from 203.0.113.0/24',
    );
  });

  it('`revert: remove` is held whole where it would close what is legal', async () => {
    const { stage, group } = await under('revert: remove', ...NO_SSH);
    await open(stage, group, permission('tcp', [22, 443], '203.0.113.0/24'), permission('tcp', [22, 22], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0', 'tcp 22-443 203.0.113.0/24']);
    expect(ownCalls(stage)).toEqual([]);
    expect(stage.world.serviceNow.incidents()[0]!.fields.description).toContain(
      'set `collateral: allow` to accept that',
    );
  });

  it.each([
    ['is held where it would fall into more pieces than that', [], ['tcp 0-65535 0.0.0.0/0']],
    ['goes whole with `overflow: remove`', ['overflow: remove', 'collateral: allow'], []],
  ] as const)('with `maxFragments: 1` a rule %s', async (_what, keys, left) => {
    const { stage, group } = await under('maxFragments: 1', ...keys, ...NO_SSH);
    await open(stage, group, permission('tcp', [0, 65535], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(left);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('what one policy requires and another forbids is held, and both are named', async () => {
    const other = [
      '  - name: site',
      '    match: { tags: { guarded: "yes" } }',
      '    mode: enforce',
      '    ingress:',
      '      require: [{ service: tcp/22, from: 10.0.0.0/8 }]',
      '',
    ];
    const { stage, group } = await underText(`${guarded(...NO_SSH)}${other.join('\n')}`);
    await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
    expect(ownCalls(stage)).toEqual([]);
    const text = stage.world.serviceNow.incidents().map(({ fields }) => fields.description);
    expect(text.join('\n')).toContain('guarded');
    expect(text.join('\n')).toContain('site');
  });

  it('the strictest mode counts where two policies forbid the same', async () => {
    const trial = guarded(...NO_SSH)
      .replace('name: guarded', 'name: trial')
      .replace('mode: enforce', 'mode: observe')
      .split('\n')
      .slice(2)
      .join('\n');
    const { stage, group } = await underText(`${guarded(...NO_SSH)}${trial}`);
    await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual([]);
    expect(incidentTitles(stage)).toHaveLength(1);
  });
});

describe('what is required', () => {
  const SITE = ['ingress:', '  require: [{ service: tcp/443, from: 10.0.0.0/8, why: the site }]'];

  it('is put back when somebody takes it away, and the incident says who', async () => {
    const { stage, group } = await under(...SITE);
    const before = stage.world.serviceNow.incidents().length;
    await stage.ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [permission('tcp', [443, 443], '10.0.0.0/8')],
      }),
    );
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 10.0.0.0/8']);
    const last = (await entriesOf(stage, group)).findLast(({ body }) => body.kind === 'reverted');
    expect(last?.hint).toMatchObject({ actor: 'alex', eventName: 'RevokeSecurityGroupIngress' });
    // The same breach as at the making of the group: it has its incident already.
    expect([before, stage.world.serviceNow.incidents().length]).toEqual([1, 1]);
  });

  it('is not added where another rule lets it through already', async () => {
    const { stage, group } = await under(...SITE);
    const [ours] = (await rulesOf(stage, group)).filter(({ IsEgress }) => IsEgress === false);
    await open(stage, group, permission('tcp', [0, 65535], '10.0.0.0/8'));
    await stage.ec2.send(
      new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [ours!.SecurityGroupRuleId!] }),
    );
    await stage.world.bus.idle();
    expect(await spelled(stage, group)).toEqual(['tcp 0-65535 10.0.0.0/8']);
  });
});

describe('protocols, however they are written', () => {
  it.each([
    ['6', 'tcp 443-443 0.0.0.0/0'],
    ['tcp', 'tcp 443-443 0.0.0.0/0'],
    ['TCP', 'tcp 443-443 0.0.0.0/0'],
  ])('`%s` is TCP', async (protocol, left) => {
    const { stage, group } = await under(...HTTPS_ONLY);
    await open(stage, group, permission(protocol, [443, 444], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual([left]);
  });

  it('`17` on port 443 is not TCP on port 443', async () => {
    const { stage, group } = await under(...HTTPS_ONLY);
    await open(stage, group, permission('17', [443, 443], '0.0.0.0/0'), permission('tcp', [443, 443], '::/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 ::/0']);
  });

  it('ICMPv6 types are not ICMP types', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: icmp/8, from: anywhere }]');
    await open(stage, group, permission('icmpv6', [8, -1], '::/0'), permission('icmp', [8, -1], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['icmp 8--1 0.0.0.0/0']);
  });

  it('a protocol that has no ports on a group is judged whole', async () => {
    const { stage, group } = await under('ingress:', '  deny: [{ service: 47, from: anywhere }]');
    await open(stage, group, permission('47', undefined, '0.0.0.0/0'), permission('50', undefined, '0.0.0.0/0'));
    const rules = await spelled(stage, group);
    expect(rules).toContain('50 -1--1 0.0.0.0/0');
    expect(rules).not.toContain('47 -1--1 0.0.0.0/0');
  });
});

describe('peers that are known by name only', () => {
  it('a group is told of, and never taken away, where its members may be among those that are allowed', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/22, from: 10.0.1.0/24 }]');
    const other = await makeGroup(stage, 'other', {});
    await open(stage, group, {
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 23,
      UserIdGroupPairs: [{ GroupId: other }],
    });
    const rules = (await rulesOf(stage, group)).filter(({ IsEgress }) => IsEgress === false);
    expect(
      rules.map(({ ReferencedGroupInfo, FromPort, ToPort }) => [ReferencedGroupInfo?.GroupId, FromPort, ToPort]),
    ).toEqual([[other, 22, 22]]);
    // Port 23 is allowed to nobody and was closed; port 22 may be open, and that is what somebody has to look at.
    const [incident, ...more] = stage.world.serviceNow.incidents();
    expect(more).toEqual([]);
    expect(incident!.fields.short_description).toContain(`may be open: tcp/22 from sg:${other}`);
    expect(incident!.fields.description).toContain('narrowed');
  });

  it('the group itself is a peer like any other', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/22, from: 192.0.2.0/24 }]');
    await stage.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group }] }],
      }),
    );
    await stage.world.bus.idle();
    // The members are in the VPC, 10.0.0.0/16 and its IPv6 range: none of them is in 192.0.2.0/24.
    expect(await spelled(stage, group)).toEqual([]);
  });
});
