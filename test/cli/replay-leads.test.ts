import { describe, expect, test } from 'vitest';
import { pageText } from '../../cli/page.ts';
import { replayLines } from '../../cli/replay-page.ts';
import { created, record, VPC, WEB } from './replay-story.ts';
import type { Json } from './replay-story.ts';
import { outcomesOf, replayOf } from './replay-told.ts';

const ANYONE = '0.0.0.0/0';

const NO_SSH =
  'version: 1\npolicies:\n  - name: p\n    mode: enforce\n    ingress: { deny: [{ service: tcp/22, from: anywhere }] }\n';

describe('leads that find nobody, or not surely everybody', () => {
  const INSTANCE = 'i-0123456789abcdef0';
  const start = (time: string, groupId: string): Json =>
    record(time, 'RunInstances', {
      request: { groupSet: { items: [{ groupId }] } },
      answer: { instancesSet: { items: [{ instanceId: INSTANCE }] } },
    });

  test('a fine group beside an instance that nobody can resolve is no fine event', () => {
    const document = replayOf([created('08:00:00', WEB, 'web'), start('08:10:00', WEB)], NO_SSH);
    expect(outcomesOf(document)).toEqual({ fine: 1, undecided: 1 });
    expect(document.unresolved).toEqual([{ what: `instance ${INSTANCE}`, events: 1 }]);
  });

  test('what is more than that stays, and so does an event that names no group at all', () => {
    const alone = record('08:20:00', 'StartInstances', {
      request: { instancesSet: { items: [{ instanceId: INSTANCE }] } },
    });
    const rule = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: ANYONE }] } };
    const paused = NO_SSH.replace('enforce', 'report');
    const open = record('08:05:00', 'AuthorizeSecurityGroupIngress', {
      request: { groupId: WEB, ipPermissions: { items: [rule] } },
    });
    const document = replayOf([created('08:00:00', WEB, 'web'), open, start('08:10:00', WEB), alone], paused);
    expect(outcomesOf(document)).toEqual({ fine: 1, told: 2, unresolved: 1 });
    expect(document.unresolved).toEqual([{ what: `instance ${INSTANCE}`, events: 2 }]);
  });

  test('groups that name a list or are in a network are known only among those here, which is said', () => {
    const range = record('08:10:00', 'AssociateVpcCidrBlock', {
      request: { vpcId: VPC },
      answer: { vpcId: VPC, cidrBlockAssociation: { cidrBlock: '10.1.0.0/16' } },
    });
    const document = replayOf([created('08:00:00', WEB, 'web'), range], NO_SSH);
    expect(outcomesOf(document)).toEqual({ fine: 2 });
    expect([document.unresolved, document.partlyResolved]).toEqual([[], [{ what: `network ${VPC}`, events: 1 }]]);
    const page = pageText(replayLines(document), { width: 100, colour: false });
    expect(page).toContain(`may touch more firewalls than those looked at\n  network ${VPC}: 1 event\n`);
  });
});
