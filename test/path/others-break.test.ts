import { describe, expect, it } from 'vitest';
import {
  incidentTitles,
  ledgerKinds,
  makeGroup,
  NO_SSH,
  open,
  openEgress,
  permission,
  rulesOf,
  spelled,
  under,
} from './stage.ts';

// What other tools break, by real calls to EC2 against the real functions.

const HTTPS_ONLY = ['ingress:', '  allow: [{ service: tcp/443, from: anywhere }]'];

describe('the legal part stays', () => {
  it('443-444 from 0.0.0.0/0 with 443 allowed keeps 443, in place', async () => {
    const { stage, group } = await under(...HTTPS_ONLY);
    await open(stage, group, {
      ...permission('tcp', [443, 444]),
      IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'site' }],
    });
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 0.0.0.0/0']);
    expect((await rulesOf(stage, group)).find(({ IsEgress }) => IsEgress === false)?.Description).toBe('site');
    expect(await ledgerKinds(stage, group)).toContain('reverted');
    expect(incidentTitles(stage)).toEqual([expect.stringContaining('tcp/444 from 0.0.0.0/0')]);
  });

  it('10.0.0.0/8 beside 0.0.0.0/0 in one permission stays', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: tcp/22, from: 10.0.0.0/8 }]');
    await open(stage, group, permission('tcp', [22, 22], '10.0.0.0/8', '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 22-22 10.0.0.0/8']);
  });

  it('a legal change stays as it was made, and makes no ticket', async () => {
    const { stage, group } = await under(...HTTPS_ONLY);
    await open(stage, group, permission('tcp', [443, 443], '203.0.113.0/24', '::/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 203.0.113.0/24', 'tcp 443-443 ::/0']);
    expect(incidentTitles(stage)).toEqual([]);
  });

  it('a group that no policy governs is never touched', async () => {
    const { stage } = await under('ingress:', '  allow: []');
    const other = await makeGroup(stage, 'other', {});
    await open(stage, other, permission('-1', undefined, '0.0.0.0/0'));
    expect(await spelled(stage, other)).toEqual(['-1 -1--1 0.0.0.0/0']);
    expect(incidentTitles(stage)).toEqual([]);
  });
});

describe('the internet in all its spellings', () => {
  it('0.0.0.0/1 with 128.0.0.0/1, and ::/0, are seen', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [22, 22], '0.0.0.0/1', '128.0.0.0/1', '::/0'));
    expect(await spelled(stage, group)).toEqual([]);
    expect(incidentTitles(stage)).toHaveLength(1);
  });

  it('a port within a wide range is cut out of it', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('tcp', [0, 65535], '::/0'));
    expect(await spelled(stage, group)).toEqual(['tcp 0-21 ::/0', 'tcp 23-65535 ::/0']);
  });
});

describe('every protocol', () => {
  it.each([
    ['without ports', {}],
    ['with ports 0 and 0', { FromPort: 0, ToPort: 0 }],
    ['with ports -1 and -1', { FromPort: -1, ToPort: -1 }],
    ['with all ports', { FromPort: 0, ToPort: 65535 }],
  ])('is one thing when it is opened %s', async (_spelling, ports) => {
    const { stage, group } = await under(...HTTPS_ONLY);
    await open(stage, group, { IpProtocol: '-1', ...ports, IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
    expect(await spelled(stage, group)).toEqual(['tcp 443-443 0.0.0.0/0']);
  });

  it('is narrowed over the protocols that rules can name, and the incident lists what else is closed', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('-1', undefined, '203.0.113.0/24'));
    expect(await spelled(stage, group)).toEqual([
      '132 -1--1 203.0.113.0/24',
      '47 -1--1 203.0.113.0/24',
      '50 -1--1 203.0.113.0/24',
      '51 -1--1 203.0.113.0/24',
      'icmp -1--1 203.0.113.0/24',
      'tcp 0-21 203.0.113.0/24',
      'tcp 23-65535 203.0.113.0/24',
      'udp 0-65535 203.0.113.0/24',
    ]);
    expect(stage.world.serviceNow.incidents()[0]!.fields.description).toContain(
      'legitimate, and closed too: protocol 0, protocols 2-5',
    );
  });
});

describe('an ICMP type is not a port', () => {
  it('a policy about tcp ports says nothing of ICMP type 22', async () => {
    const { stage, group } = await under(...NO_SSH);
    await open(stage, group, permission('icmp', [22, -1], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['icmp 22--1 0.0.0.0/0']);
  });

  it('of all ICMP, only the type that is allowed stays', async () => {
    const { stage, group } = await under('ingress:', '  allow: [{ service: [icmp/8, icmp/3.4], from: anywhere }]');
    await open(stage, group, permission('icmp', [-1, -1], '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['icmp 3-4 0.0.0.0/0', 'icmp 8--1 0.0.0.0/0']);
  });

  it('a policy against ICMPv6 finds nothing in a rule for every protocol over IPv4', async () => {
    const { stage, group } = await under('ingress:', '  deny: [{ service: icmpv6, from: anywhere }]');
    await open(stage, group, permission('-1', undefined, '0.0.0.0/0'));
    expect(await spelled(stage, group)).toEqual(['-1 -1--1 0.0.0.0/0']);
  });
});

describe('egress', () => {
  it('is judged by its own clauses', async () => {
    const { stage, group } = await under('egress:', '  allow: [{ service: tcp/443, to: anywhere }]');
    // The rule that EC2 puts into a new group is an ordinary rule.
    expect(await spelled(stage, group, 'egress')).toEqual(['tcp 443-443 0.0.0.0/0', 'tcp 443-443 ::/0']);
    await openEgress(stage, group, permission('udp', [53, 53], '198.51.100.0/24'));
    expect(await spelled(stage, group, 'egress')).toEqual(['tcp 443-443 0.0.0.0/0', 'tcp 443-443 ::/0']);
    await open(stage, group, permission('udp', [53, 53], '198.51.100.0/24'));
    expect(await spelled(stage, group)).toEqual(['udp 53-53 198.51.100.0/24']);
  });
});
