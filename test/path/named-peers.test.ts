import { CreateManagedPrefixListCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { bodiesOf } from './record.ts';
import { guarded, incidentTitles, makeGroup, open, permission, rulesOf, spelled, under, underText } from './stage.ts';
import type { Stage } from './stage.ts';

/** Peers by name, from a real EC2 call to the incident. */

async function makeList({ ec2 }: Stage, name: string, ...cidrs: readonly string[]): Promise<string> {
  const answer = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: name,
      AddressFamily: 'IPv4',
      MaxEntries: 10,
      Entries: cidrs.map((Cidr) => ({ Cidr })),
    }),
  );
  return answer.PrefixList!.PrefixListId!;
}

function fromGroup(GroupId: string, port: number) {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId }] };
}

function fromList(PrefixListId: string, first: number, last = first) {
  return { IpProtocol: 'tcp', FromPort: first, ToPort: last, PrefixListIds: [{ PrefixListId }] };
}

async function peersOf(stage: Stage, group: string): Promise<readonly string[]> {
  const rules = await rulesOf(stage, group);
  const inbound = rules.filter(({ IsEgress }) => IsEgress === false);
  return inbound.map(
    ({ FromPort, CidrIpv4, ReferencedGroupInfo, PrefixListId }) =>
      `${String(FromPort)} ${CidrIpv4 ?? ReferencedGroupInfo?.GroupId ?? PrefixListId ?? ''}`,
  );
}

describe('a group that the policy allows by its name', () => {
  it('stays, and what it might be in addresses does not', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/22, from: "sg:bastion" }]');
    const bastion = await makeGroup(stage, 'bastion', {});
    const other = await makeGroup(stage, 'other', {});
    await open(stage, group, fromGroup(bastion, 22), fromGroup(other, 22), permission('tcp', [22, 22], '10.0.1.5/32'));
    expect(await peersOf(stage, group)).toEqual([`22 ${bastion}`]);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('is nobody else where the own group is meant', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/7000, from: self }]');
    const other = await makeGroup(stage, 'other', {});
    await open(stage, group, fromGroup(group, 7000), fromGroup(other, 7000));
    expect(await peersOf(stage, group)).toEqual([`7000 ${group}`]);
  });
});

describe('a prefix list', () => {
  const WITHIN = 'tcp/443, from: "prefix-list:111122223333/partners", within: [198.51.100.0/24]';

  it('that is allowed stays, one that is not goes, and ports are narrowed', async () => {
    const { stage, group } = await under('ingress:', `  allow: [{ service: ${WITHIN} }]`);
    const partners = await makeList(stage, 'partners', '198.51.100.0/28', '198.51.100.64/28');
    const strangers = await makeList(stage, 'strangers', '203.0.113.0/24');
    await open(stage, group, fromList(partners, 443, 444), fromList(strangers, 443));
    expect(await peersOf(stage, group)).toEqual([`443 ${partners}`]);
  });

  it('that holds more than the policy accepts is held, and the ticket names the entries', async () => {
    const { stage, group } = await under('ingress:', `  allow: [{ service: ${WITHIN} }]`);
    const partners = await makeList(stage, 'partners', '198.51.100.0/28', '203.0.113.0/24');
    await open(stage, group, fromList(partners, 443));
    expect(await peersOf(stage, group)).toEqual([`443 ${partners}`]);
    const [incident] = stage.world.serviceNow.incidents();
    expect(incident!.fields.description).toContain('holds addresses that are forbidden: tcp/443 from 203.0.113.0/24');
  });
});

describe('`network` and `internet`', () => {
  it('are the ranges of the own VPC, and all that is neither private nor in there', async () => {
    const { stage, group } = await under(
      'ingress:',
      '  allow: [{ service: tcp/6379, from: network }, { service: tcp/443, from: anywhere }]',
      '  deny: [{ service: tcp/443, from: internet, firm: true }]',
    );
    await open(
      stage,
      group,
      permission('tcp', [6379, 6379], '10.0.0.0/8'),
      permission('tcp', [443, 443], '10.0.0.0/8'),
    );
    const kept = await spelled(stage, group);
    expect(kept).toContain('tcp 443-443 10.0.0.0/8');
    expect(kept.filter((rule) => rule.startsWith('tcp 6379-6379'))).toHaveLength(1);
    expect(kept).not.toContain('tcp 6379-6379 10.0.0.0/8');
  });
});

describe('a required peer by name', () => {
  it('is added as a rule that names it, once the group exists', async () => {
    const { stage, group } = await under('ingress:', '  require: [{ service: tcp/8443, from: "sg:probes" }]');
    await open(stage, group, permission('tcp', [443, 443], '10.0.0.0/8'));
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 10.0.0.0/8']);
    const probes = await makeGroup(stage, 'probes', {});
    await open(stage, group, permission('tcp', [444, 444], '10.0.0.0/8'));
    expect(await peersOf(stage, group)).toContain(`8443 ${probes}`);
  });
});

describe('what is not carried out yet', () => {
  it.each([
    ['grace: 5m', 'the sweep that follows'],
    ['revert: restore', 'is not carried out yet'],
  ])('`%s` changes nothing, and says why', async (line, why) => {
    const { stage, group } = await under(line, 'ingress:', '  deny: [{ service: tcp/22, from: anywhere }]');
    await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
    const [held] = await bodiesOf(stage, group, 'held');
    expect(held!.reasons.join()).toContain(why);
  });

  it.each(['pause: true', 'guard: { maxRevertsPerFinding: { count: 3, within: 1h } }'])(
    '`%s` holds every change',
    async (line) => {
      const policy = guarded('ingress:', '  deny: [{ service: tcp/22, from: anywhere }]');
      const { stage, group } = await underText(`${policy}${line}\n`);
      await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/0'));
      expect(await spelled(stage, group)).toEqual(['tcp 22-22 0.0.0.0/0']);
      expect(incidentTitles(stage)).toHaveLength(1);
    },
  );
});

describe('a group that a service tends', () => {
  it('is only told of, unless the policy means it by its id', async () => {
    const { stage } = await under('ingress:', '  deny: [{ service: tcp/22, from: anywhere }]');
    const tended = await makeGroup(stage, 'k8s', { guarded: 'yes', 'kubernetes.io/cluster/prod': 'owned' });
    await open(stage, tended, permission('tcp', [22, 22], '0.0.0.0/0'));
    expect(await spelled(stage, tended)).toEqual(['tcp 22-22 0.0.0.0/0']);
    expect(incidentTitles(stage)).toHaveLength(1);
  });
});
