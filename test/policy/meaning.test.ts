import { describe, expect, it } from 'vitest';
import { ANYWHERE, equal, NOBODY } from '../../shared/core/space/addresses.ts';
import { contains, rangesOf } from '../../shared/core/space/line.ts';
import { allowing, exceptionWith, inside, onlyPolicy, peer, policyWith, service, setOf } from './policies.ts';
import type { Addresses } from '../../shared/core/space/addresses.ts';
import type { Clause } from '../../shared/core/model/policy.ts';

const PORTS = 65536;
const TCP = 6 * PORTS;
const UDP = 17 * PORTS;
const SCTP = 132 * PORTS;
const ICMP = 1 * PORTS;
const ICMPV6 = 58 * PORTS;
const ESP = 50 * PORTS;

function clauseIn(text: string): Clause {
  return onlyPolicy(text).ingress.allow![0]!;
}

/** The addresses of a peer that has no names. */
function addressesIn(text: string): Addresses {
  const { addresses, names } = clauseIn(text).peers;
  expect(names).toEqual([]);
  return addresses;
}

describe('services', () => {
  it.each<[text: string, within: readonly number[], without: readonly number[]]>([
    ['any', [0, TCP, UDP + 53, 256 * PORTS - 1], [-1, 256 * PORTS]],
    ['tcp', [TCP, TCP + 65535], [TCP - 1, TCP + 65536]],
    ['tcp/443', [TCP + 443], [TCP + 442, TCP + 444, UDP + 443]],
    ['tcp/0-65535', [TCP, TCP + 65535], [TCP - 1, TCP + 65536]],
    ['tcp/8000-8100', [TCP + 8000, TCP + 8100], [TCP + 7999, TCP + 8101]],
    ['tcp+udp/53', [TCP + 53, UDP + 53], [TCP + 52, UDP + 54, SCTP + 53]],
    ['tcp+udp', [TCP, UDP + 65535], [SCTP]],
    ['icmp/8', [ICMP + 8 * 256, ICMP + 8 * 256 + 255], [ICMP + 7 * 256 + 255, ICMP + 9 * 256, ICMPV6 + 8 * 256]],
    ['icmp/3.4', [ICMP + 3 * 256 + 4], [ICMP + 3 * 256 + 3, ICMP + 3 * 256 + 5, ICMP + 4 * 256 + 3]],
    ['icmpv6/128.0', [ICMPV6 + 128 * 256], [ICMPV6 + 128 * 256 + 1]],
    ['50', [ESP, ESP + 65535], [ESP - 1, ESP + 65536]],
    ['esp', [ESP, ESP + 65535], [ESP - 1, ESP + 65536]],
    ['0', [0, 65535], [65536]],
    ['255', [255 * PORTS, 256 * PORTS - 1], [255 * PORTS - 1, 256 * PORTS]],
    ['sctp/3868', [SCTP + 3868], [SCTP + 3867, TCP + 3868]],
    ['[tcp/80, [udp/443, icmp]]', [TCP + 80, UDP + 443, ICMP], [TCP + 443, UDP + 80]],
  ])('%s', (text, within, without) => {
    const { slots } = clauseIn(service(text));
    expect(within.filter((slot) => !contains(slots, slot))).toEqual([]);
    expect(without.filter((slot) => contains(slots, slot))).toEqual([]);
  });

  it('is one set however it is split', () => {
    expect(clauseIn(service('[tcp/0-99, tcp/100-65535]')).slots).toEqual(clauseIn(service('tcp')).slots);
  });
});

describe('peers', () => {
  const probes = ['0.0.0.0', '10.0.0.0', '10.255.255.255', '11.0.0.0', '172.16.0.1', '172.32.0.0', '192.168.1.1'];
  const more = ['100.64.0.1', '100.128.0.0', '127.0.0.1', '169.254.1.1', '203.0.113.7', '255.255.255.255'];
  const six = ['::1', '::2', 'fc00::1', 'fdff::1', 'fe00::', 'fe80::1', 'fec0::', '2001:db8::1'];

  it.each<[text: string, within: readonly string[]]>([
    ['anywhere', [...probes, ...more, ...six]],
    ['0.0.0.0/0', [...probes, ...more]],
    ['"::/0"', six],
    ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255']],
    ['203.0.113.7', ['203.0.113.7']],
    ['10.255.255.255-11.0.0.0', ['10.255.255.255', '11.0.0.0']],
    ['10.255.255.255 - 11.0.0.0', ['10.255.255.255', '11.0.0.0']],
    ['"::1-::2"', ['::1', '::2']],
    ['[10.0.0.0/8, [203.0.113.7, "::1"]]', ['10.0.0.0', '10.255.255.255', '203.0.113.7', '::1']],
    [
      'private',
      [
        ...['10.0.0.0', '10.255.255.255', '172.16.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', '169.254.1.1'],
        ...['::1', 'fc00::1', 'fdff::1', 'fe80::1'],
      ],
    ],
  ])('%s', (text, within) => {
    expect(inside(addressesIn(peer(text)), [...probes, ...more, ...six])).toEqual(within);
  });

  it('keeps the families apart', () => {
    expect(equal(addressesIn(peer('[0.0.0.0/0, "::/0"]')), ANYWHERE)).toBe(true);
    expect(addressesIn(peer('0.0.0.0/0')).v6).toEqual(NOBODY.v6);
  });

  it('unites many networks into few ranges', () => {
    const list = Array.from(
      { length: 512 },
      (_, index) => `10.0.${String(index >> 1)}.${String((index & 1) * 128)}/25`,
    );
    expect(rangesOf(addressesIn(peer(`[${list.join(', ')}]`)).v4)).toHaveLength(1);
  });
});

describe('definitions', () => {
  const defined = `version: 1
define:
  networks: { branches: [north, south], north: 198.51.100.0/25, south: [north, 203.0.113.0/24] }
  services: { web: [http, tcp/443], http: tcp/80 }
policies:
  - name: web
    ingress: { allow: [{ service: [web, udp/443], from: [branches, 192.0.2.9] }] }
`;

  it('may refer to one another in any order', () => {
    const { slots, peers } = clauseIn(defined);
    const wanted = [TCP + 80, TCP + 443, UDP + 443];
    expect([...wanted, TCP + 81, UDP + 80].filter((slot) => contains(slots, slot))).toEqual(wanted);
    const addresses = ['198.51.100.1', '198.51.100.129', '203.0.113.9', '192.0.2.9', '192.0.2.8'];
    expect(inside(peers.addresses, addresses)).toEqual(['198.51.100.1', '203.0.113.9', '192.0.2.9']);
  });
});

describe('a policy', () => {
  it('has defaults where it is silent', () => {
    const { egress, name, place, ingress, ...silent } = onlyPolicy(policyWith(''));
    expect([name, place.line, ingress.deny]).toEqual(['web', 3, []]);
    expect(silent).toEqual({
      mode: 'report',
      match: {},
      approveAfterMs: undefined,
      defaults: 'keep',
      openPorts: undefined,
      handling: {
        revert: 'narrow',
        maxFragments: 20,
        overflow: 'hold',
        collateral: 'hold',
        graceMs: 0,
        ticket: {},
      },
    });
    expect(egress).toMatchObject({ allow: undefined, deny: [], require: [] });
  });

  it('tells a direction that allows nothing from one that says nothing of it', () => {
    const { ingress } = onlyPolicy(policyWith(''));
    expect(ingress.allow).toEqual([]);
    expect(onlyPolicy('version: 1\npolicies: [{ name: a, ingress: { deny: [] } }]').ingress.allow).toBeUndefined();
  });

  it('states how it is carried out', () => {
    const how = 'revert: remove, maxFragments: 3, overflow: remove, collateral: allow, grace: 5m';
    const ticket = 'ticket: { assignmentGroup: Cloud Network, impact: 2, urgency: 3 }';
    const policy = onlyPolicy(policyWith(`mode: enforce, ${how}, ${ticket}`));
    expect(policy.mode).toBe('enforce');
    expect(policy.handling).toEqual({
      revert: 'remove',
      maxFragments: 3,
      overflow: 'remove',
      collateral: 'allow',
      graceMs: 300_000,
      ticket: { assignmentGroup: 'Cloud Network', impact: 2, urgency: 3 },
    });
  });

  it('states how long an approval is waited for, whether defaults are judged, and how many ports may be open', () => {
    const policy = onlyPolicy(policyWith('mode: approve, after: 30m, defaults: judge, limits: { openPorts: 15 }'));
    expect(policy).toMatchObject({ mode: 'approve', approveAfterMs: 1_800_000, defaults: 'judge', openPorts: 15 });
    expect(onlyPolicy(policyWith('mode: approve, limits: { openPorts: 0 }'))).toMatchObject({
      approveAfterMs: undefined,
      openPorts: 0,
    });
    expect(onlyPolicy(policyWith('ticket: { urgency: 1 }')).handling.ticket).toEqual({ urgency: 1 });
  });

  it('keeps its match, with one value as a list of one', () => {
    const keys = 'cloud: aws, account: ["111122223333", "4444*"], region: "us-*", network: vpc-1, resourceGroup: web-*';
    const { match } = onlyPolicy(
      policyWith(
        `match: { ${keys}, id: sg-1, name: [a, b], tags: { env: "*", role: [web, api] }, not: { tags: { x: y } } }`,
      ),
    );
    expect(match).toEqual({
      cloud: ['aws'],
      account: ['111122223333', '4444*'],
      region: ['us-*'],
      network: ['vpc-1'],
      resourceGroup: ['web-*'],
      id: ['sg-1'],
      name: ['a', 'b'],
      tags: { env: ['*'], role: ['web', 'api'] },
      not: { tags: { x: ['y'] } },
    });
  });

  it('keeps a tag whose name means something to JavaScript', () => {
    const { match } = onlyPolicy(policyWith('match: { tags: { __proto__: a, constructor: b } }'));
    expect(Object.entries(match.tags ?? {})).toEqual([
      ['__proto__', ['a']],
      ['constructor', ['b']],
    ]);
  });

  it('names its clauses by position or by their own name, and says where they stand', () => {
    const { ingress } = onlyPolicy(`version: 1
policies:
  - name: web tier
    match: { tags: { role: web } }
    ingress:
      allow:
        - { service: tcp/443, from: anywhere }
        - { service: tcp/22, from: private, name: bastions, why: "  folded
            text " }
      deny:
        - service: tcp/23
          from: anywhere
      require:
        - { service: tcp/443, from: anywhere, open: true }
`);
    const clauses = [...(ingress.allow ?? []), ...ingress.deny, ...ingress.require];
    expect(clauses.map(({ id, open, why, place }) => [id, open, why, place.line])).toEqual([
      ['web tier/ingress/allow/1', false, undefined, 7],
      ['bastions', false, 'folded text', 8],
      ['web tier/ingress/deny/1', false, undefined, 11],
      ['web tier/ingress/require/1', true, undefined, 14],
    ]);
    expect(ingress.place).toEqual({ file: 'web.yaml', line: 5 });
  });

  it('may require what reaches only private addresses without naming firewalls', () => {
    const policy = onlyPolicy(policyWith('egress: { require: [{ service: tcp/53, to: private }] }'));
    expect(policy.egress.require).toHaveLength(1);
  });

  it('may share values by YAML aliases', () => {
    const { ingress, egress } = onlyPolicy(
      'version: 1\npolicies:\n  - name: a\n    ingress: { allow: [{ service: &s [tcp/80], from: private }] }\n    egress: { allow: [{ service: [*s, tcp/443], to: private }] }\n',
    );
    expect(contains(ingress.allow![0]!.slots, TCP + 80)).toBe(true);
    expect([80, 443].every((port) => contains(egress.allow![0]!.slots, TCP + port))).toBe(true);
  });

  it('is the same in JSON', () => {
    const yaml = onlyPolicy(allowing('{ service: [tcp/80, 50], from: [private, 203.0.113.0/24], why: public }'));
    const json = onlyPolicy(
      '{"version": 1,\n\t"policies": [{"name": "web",\n\n"ingress": {\n"allow": [\n{"service": ["tcp/80", 50], "from": ["private", "203.0.113.0/24"], "why": "public"}]}}]}',
    );
    expect(json.ingress.allow).toEqual(yaml.ingress.allow);
  });
});

describe('an exception', () => {
  const keys = 'name: move, match: { id: sg-1 }, approved: { by: alex@example.com, ticket: CHG0030192 }';

  it('has an end, an owner and clauses', () => {
    const [exception] = setOf(
      exceptionWith(`${keys}, ingress: [{ service: tcp/5432, from: 198.51.100.40 }], until: 2026-12-01T08:00:00+08:00`),
    ).exceptions;
    expect(exception).toMatchObject({
      name: 'move',
      match: { id: ['sg-1'] },
      until: new Date('2026-12-01T00:00:00Z'),
      approved: { by: 'alex@example.com', ticket: 'CHG0030192' },
      egress: [],
    });
    expect(exception!.ingress.map(({ id }) => id)).toEqual(['move/ingress/1']);
    expect(inside(exception!.ingress[0]!.peers.addresses, ['198.51.100.40', '198.51.100.41'])).toEqual([
      '198.51.100.40',
    ]);
  });

  it('that has ended does not stop the rest of the policy from loading', () => {
    const clauses = 'egress: [{ service: any, to: private }], until: 2020-01-01T00:00:00Z';
    expect(setOf(exceptionWith(`${keys}, ${clauses}`)).exceptions).toHaveLength(1);
  });

  it('may end in exactly 90 days', () => {
    const clauses = 'egress: [{ service: any, to: private }], until: 2027-02-22T12:00:00Z';
    expect(setOf(exceptionWith(`${keys}, ${clauses}`)).exceptions).toHaveLength(1);
  });
});
