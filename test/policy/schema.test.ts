import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadPolicy } from '../../shared/policy/load.ts';
import { policySchemaDocument } from '../../shared/policy/schema.ts';
import { NOW } from './policies.ts';

const ROOT = join(import.meta.dirname, '../..');

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const fits = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true }).compile(
  policySchemaDocument(),
);

function complaintsOf(text: string): readonly string[] {
  fits(parse(text));
  return (fits.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

const WHOLE = `version: 1
define:
  networks: { office: [203.0.113.0/24, "2001:db8:1::/48"], bastions: ["sg:bastion", 198.51.100.7] }
  services: { web: [tcp/80, tcp/443], ssh: tcp/22, tunnel: 50 }
policies:
  - name: production
    match: { cloud: aws, account: ["111122223333"], region: "us-*", not: { tags: { stage: [demo, "x*"] } } }
    mode: approve
    after: 30m
    grace: 5m
    revert: narrow
    maxFragments: 10
    overflow: remove
    collateral: allow
    defaults: judge
    ingress:
      allow:
        - { service: web, from: anywhere, why: public site }
        - { service: [ssh, [tunnel, 51]], from: [office, [bastions]], during: { days: mon-fri, hours: "08:00-20:00", zone: Asia/Shanghai } }
        - { service: tcp/9, from: "prefix-list:pl-0123456789abcdef0", within: private, name: lists }
      deny: [{ service: tcp/23, from: anywhere, firm: true }]
    egress: { allow: [] }
    limits: { openPorts: 15 }
    ticket: { assignmentGroup: Cloud Network, impact: 2, urgency: 2 }
  - name: web tier
    match: { id: sg-0123456789abcdef0 }
    ingress: { require: [{ service: tcp/443, from: anywhere, open: true }] }
    egress: { require: [{ service: tcp/443, to: 10.0.0.0/8, during: { days: [sat, sun], zone: UTC } }] }
instances:
  - name: web tier
    match: { tags: { role: web } }
    firewalls: { require: "sg:sg-0123456789abcdef0", allow: ["sg:sg-0123456789abcdef0", "sg:web"] }
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
  maxTicketsPerHour: 100
  maxExceptionDays: 90
  maxGrant: 8h
  leaveAfter: 24h
limits: { exposedFirewallsShare: 5% }
pause: false
`;

/** What is written instead of a part of the whole file, and where the schema complains. */
const BROKEN: readonly (readonly [part: string, instead: string, at: string])[] = [
  ['version: 1', 'version: "1"', '/version'],
  ['version: 1\n', '', ''],
  ['pause: false', 'paused: false', ''],
  ['pause: false', 'pause: "no"', '/pause'],
  ['networks: {', 'network: {', '/define'],
  ['mode: approve', 'mode: enforced', '/policies/0/mode'],
  ['after: 30m', 'after: 30', '/policies/0/after'],
  ['grace: 5m', 'grace: 5 minutes', '/policies/0/grace'],
  ['revert: narrow', 'revert: [narrow]', '/policies/0/revert'],
  ['maxFragments: 10', 'maxFragments: 101', '/policies/0/maxFragments'],
  ['overflow: remove', 'overflow: drop', '/policies/0/overflow'],
  ['defaults: judge', 'default: judge', '/policies/0'],
  ['account: ["111122223333"]', 'account: 111122223333', '/policies/0/match/account'],
  ['cloud: aws,', 'cloud: AWS,', '/policies/0/match/cloud'],
  ['tags: { stage: [demo, "x*"] }', 'tags: [stage]', '/policies/0/match/not/tags'],
  ['not: { tags: { stage: [demo, "x*"] } }', 'not: {}', '/policies/0/match/not'],
  ['service: web, from', 'from', '/policies/0/ingress/allow/0'],
  ['service: web, from: anywhere', 'service: web, to: anywhere', '/policies/0/ingress/allow/0'],
  ['service: web, from: anywhere', 'service: web, from: []', '/policies/0/ingress/allow/0/from'],
  ['service: web, from: anywhere', 'service: web, from: { sg: app }', '/policies/0/ingress/allow/0/from'],
  ['why: public site', 'why: ""', '/policies/0/ingress/allow/0/why'],
  ['name: lists', 'name: a/b', '/policies/0/ingress/allow/2/name'],
  ['name: lists', 'firm: true', '/policies/0/ingress/allow/2/firm'],
  ['firm: true', 'open: true', '/policies/0/ingress/deny/0/open'],
  ['open: true', 'within: private', '/policies/1/ingress/require/0/within'],
  ['open: true', 'open: yes please', '/policies/1/ingress/require/0/open'],
  ['[ssh, [tunnel, 51]]', '[ssh, 256]', '/policies/0/ingress/allow/1/service'],
  ['zone: Asia/Shanghai', 'timezone: Asia/Shanghai', '/policies/0/ingress/allow/1/during'],
  ['days: mon-fri, hours: "08:00-20:00", zone', 'zone', '/policies/0/ingress/allow/1/during'],
  ['days: mon-fri', 'days: monday', '/policies/0/ingress/allow/1/during/days'],
  ['"08:00-20:00"', '8-20', '/policies/0/ingress/allow/1/during/hours'],
  ['to: 10.0.0.0/8', 'from: 10.0.0.0/8', '/policies/1/egress/require/0'],
  ['egress: { allow: [] }', 'egress: {}', '/policies/0/egress'],
  ['openPorts: 15', 'openPorts: many', '/policies/0/limits/openPorts'],
  ['impact: 2', 'impact: 4', '/policies/0/ticket/impact'],
  ['"sg:web"]', '"sg:web", 10.0.0.1]', '/instances/0/firewalls/allow'],
  [', allow: ["sg:sg-0123456789abcdef0", "sg:web"]', '', '/instances/0/firewalls'],
  [
    'match: { id: sg-0123456789abcdef0 }\n    ingress: [',
    'match: { name: web }\n    ingress: [',
    '/exceptions/0/match',
  ],
  ['ingress: [{ service: tcp/5432, from: 198.51.100.40 }]\n    ', '', '/exceptions/0'],
  ['until: 2026-12-01T00:00:00Z', 'until: 2026-12-01', '/exceptions/0/until'],
  ['by: jo@example.com, ', '', '/exceptions/0/approved'],
  ['share: 10%', 'share: 10', '/guard/maxChangedFirewalls/share'],
  ['maxChangesPerRun: 100', 'maxChangesPerRun: 0', '/guard/maxChangesPerRun'],
  ['exposedFirewallsShare: 5%', 'openPorts: 15', '/limits'],
];

describe('a policy that is right fits the schema', () => {
  it('with every key of the language', () => {
    expect(loadPolicy([{ name: 'web.yaml', text: WHOLE }], NOW).kind).toBe('policy');
    expect(complaintsOf(WHOLE)).toEqual([]);
  });

  it('with a comma in its prose', () => {
    const text = WHOLE.replace('why: public site', 'why: public site, for everybody');
    expect(loadPolicy([{ name: 'web.yaml', text }], NOW).kind).toBe('policy');
    expect(complaintsOf(text)).toEqual([]);
  });

  const examples = readdirSync(join(ROOT, 'examples/policies')).filter((name) => !name.endsWith('.test.yaml'));

  it.each(examples)('the example %s', (name) => {
    expect(complaintsOf(textOf(`examples/policies/${name}`))).toEqual([]);
  });
});

describe('a policy that is built wrong does not', () => {
  it.each(BROKEN)('%s -> %s', (part, instead, at) => {
    const text = WHOLE.replace(part, instead);
    expect(text).not.toBe(WHOLE);
    expect(complaintsOf(text).filter((complaint) => complaint.startsWith(`${at} `))).not.toEqual([]);
    // Whatever the schema refuses is refused when it is read, too: an editor must not complain of what works.
    expect(loadPolicy([{ name: 'web.yaml', text }], NOW).kind).toBe('problems');
  });
});
