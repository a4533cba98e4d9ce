import { expect, it } from 'vitest';
import { peerName } from '../../shared/core/model/rule.ts';
import { inside, setOf } from './policies.ts';

/** The example of the language's own description, whole, with a text in quotes that has a comma. */
const EXAMPLE = `version: 1
define:
  networks:
    office:   [203.0.113.0/24, "2001:db8:1::/48"]
    bastions: ["sg:bastion", 198.51.100.7]
  services:
    web: [tcp/80, tcp/443]
    ssh: tcp/22
policies:
  - name: production
    match: { cloud: aws, account: ["111122223333"], region: "us-*" }
    mode: enforce
    ingress:
      allow:
        - { service: web, from: anywhere, why: public site }
        - { service: ssh, from: [office, bastions], during: { days: mon-fri, hours: "08:00-20:00", zone: Asia/Shanghai } }
        - { service: tcp/6379, from: network, during: { hours: "05:00-03:00", zone: UTC } }
      deny:
        - { service: [tcp/21, tcp/23], from: anywhere, why: no ftp or telnet, inside either, firm: true }
    egress:
      allow: [{ service: any, to: anywhere }]
    limits: { openPorts: 15 }
    ticket: { assignmentGroup: Cloud Network, impact: 2, urgency: 2 }
  - name: web tier
    match: { cloud: aws, tags: { role: web } }
    mode: enforce
    ingress:
      require: [{ service: tcp/443, from: anywhere, open: true }]
instances:
  - name: web tier
    match: { cloud: aws, tags: { role: web } }
    firewalls: { require: ["sg:sg-0123456789abcdef0"], allow: ["sg:sg-0123456789abcdef0", "sg:sg-0fedcba9876543210"] }
exceptions:
  - name: vendor migration
    match: { id: sg-0123456789abcdef0 }
    ingress: [{ service: tcp/5432, from: 198.51.100.40 }]
    until: 2026-12-01T00:00:00Z
    approved: { by: jo@example.com, ticket: CHG0030192 }
guard:
  maxChangesPerFirewall: 20
  maxChangesPerRun: 100
  maxChangedFirewalls: { share: 10%, atLeast: 5, within: 1h }
  maxRevertsPerFinding: { count: 3, within: 1h }
`;

it('the example of the language is read whole', () => {
  const { policies, instances, exceptions } = setOf(EXAMPLE);
  const [production, web] = policies;
  const [, ssh, redis] = production!.ingress.allow!;
  expect(ssh!.peers.names).toEqual([peerName('sg', 'bastion')]);
  expect(inside(ssh!.peers.addresses, ['203.0.113.1', '198.51.100.7', '2001:db8:1::1', '192.0.2.1'])).toEqual([
    '203.0.113.1',
    '198.51.100.7',
    '2001:db8:1::1',
  ]);
  expect(redis).toMatchObject({
    peers: { names: ['network'] },
    during: { hours: { from: 300, to: 180 }, zone: 'UTC' },
  });
  expect(production!.ingress.deny[0]).toMatchObject({ firm: true, why: 'no ftp or telnet, inside either' });
  expect(production!.openPorts).toBe(15);
  expect(web!.ingress.require[0]!.open).toBe(true);
  expect([instances.length, exceptions.length]).toEqual([1, 1]);
});
