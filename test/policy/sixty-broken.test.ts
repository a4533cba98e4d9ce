import { expect, it } from 'vitest';
import { expectGolden } from '../golden.ts';
import { allowing, exceptionWith, messagesOf, peer, policyWith, service } from './policies.ts';

/** Sixty slips that people make, and what they are told: one golden file, to be read as they would read it. */

const EXCEPTION =
  'name: vendor, match: { id: sg-0123456789abcdef0 }, ingress: [{ service: tcp/5432, from: 198.51.100.40 }]';
const APPROVED = 'approved: { by: jo@example.com, ticket: CHG0030192 }';

function during(text: string): string {
  return allowing(`{ service: tcp/22, from: private, during: ${text} }`);
}

function top(lines: string): string {
  return `version: 1\npolicies:\n  - { name: web, ingress: { allow: [] } }\n${lines}\n`;
}

const BROKEN: readonly string[] = [
  // Services.
  service('tcp/443-80'),
  service('tcp/70000'),
  service('tcp:443'),
  service('443'),
  service('https'),
  service('icmp/22-23'),
  service('icmp/300'),
  service('esp/5'),
  service('256'),
  service('[]'),
  // Peers.
  peer('10.0.0.1/8'),
  peer('10.0.0.0/33'),
  peer('10.0.0.9-10.0.0.1'),
  peer('0.0.0.0'),
  peer('Anywhere'),
  peer('all'),
  peer('www.example.com'),
  peer('sg-0123456789abcdef0'),
  peer('"sg:"'),
  peer('"sg:sg-0123"'),
  peer('pl-0123456789abcdef0'),
  peer('"prefix-list:partners"'),
  peer('"sg:111122223333/web"'),
  peer('office'),
  peer('"10.0.0.0/8, 192.0.2.7"'),
  // Clauses.
  allowing('{ from: anywhere }'),
  allowing('{ service: tcp/22 }'),
  allowing('{ service: tcp/22, to: anywhere }'),
  allowing('{ service: tcp/22, source: 10.0.0.0/8 }'),
  allowing('{ service: icmpv6, from: 10.0.0.0/8 }'),
  allowing('{ service: tcp/22, from: private, firm: true }'),
  allowing('{ service: tcp/22, from: private, open: true }'),
  allowing('{ service: tcp/22, from: private, within: [10.0.0.0/8] }'),
  // Times.
  during('{ days: mon-fri, hours: "08:00-20:00" }'),
  during('{ hours: "08:00-08:00", zone: UTC }'),
  during('{ hours: "8-20", zone: UTC }'),
  during('{ hours: "08:00-25:00", zone: UTC }'),
  during('{ days: monday, zone: UTC }'),
  during('{ days: mon-fri, zone: "+08:00" }'),
  during('{ days: mon-fri, zone: CST }'),
  during('{ days: mon-fri, zone: Asia/Shangai }'),
  during('{ zone: UTC }'),
  // Policies.
  policyWith('mode: enforced'),
  policyWith('mode: enforce, after: 30m'),
  policyWith('revert: delete'),
  policyWith('maxFragments: 500'),
  policyWith('grace: 5'),
  policyWith('limits: { openPorts: -1 }'),
  policyWith('match: { account: 111122223333 }'),
  policyWith('match: { vpc: vpc-0123 }'),
  policyWith('ticket: { urgency: high }'),
  'version: 1\npolicies:\n  - name: web\n    ingress:\n      deny: [{ service: tcp/22, from: anywhere }]\n      require: [{ service: tcp/22, from: 10.0.0.0/8 }]\n',
  'version: 1\npolicies:\n  - name: web\n    ingress:\n      require: [{ service: tcp/443, from: internet }]\n',
  // Exceptions, the file as a whole.
  exceptionWith(`${EXCEPTION}, until: 2027-12-01T00:00:00Z, ${APPROVED}`),
  exceptionWith(`${EXCEPTION}, until: 2026-12-01, ${APPROVED}`),
  exceptionWith(`${EXCEPTION}, until: 2026-12-01T00:00:00Z`),
  top('guard: { maxChangedFirewalls: { share: 10 } }'),
  top('limits: { exposedFirewallsShare: 0.05 }'),
  top('instances:\n  - { name: web, match: {}, firewalls: { require: ["sg:web"], allow: ["sg:app"] } }'),
  'policies:\n  - { name: web, ingress: { allow: [] } }\n',
];

it('sixty broken policies and their messages', async () => {
  expect(BROKEN).toHaveLength(60);
  const told = BROKEN.map((text, index) => {
    const messages = messagesOf(text);
    expect(messages, text).not.toEqual([]);
    return [`${String(index + 1)}.`, text.trimEnd(), '', ...messages.map((message) => `=> ${message}`), ''].join('\n');
  });
  await expectGolden('policy/sixty-broken', told.join('\n'));
});
