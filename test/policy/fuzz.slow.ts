import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../shared/policy/load.ts';
import { peerOf } from '../../shared/policy/peer.ts';
import { trafficQuestionOf } from '../../shared/policy/question.ts';
import { serviceOf } from '../../shared/policy/service.ts';
import { NOW } from './policies.ts';

const GOOD = `version: 1
define:
  networks: { office: [203.0.113.0/24, "2001:db8::/32"], known: [office, 10.0.0.1-10.0.0.9, sg:bastion] }
  services: { web: [tcp/80, tcp/443] }
policies:
  - name: web
    match: { cloud: aws, account: ["111122223333"], tags: { role: web } }
    mode: approve
    after: 30m
    grace: 5m
    limits: { openPorts: 15 }
    ticket: { assignmentGroup: Cloud Network, impact: 2, urgency: 2 }
    ingress:
      allow: [{ service: web, from: anywhere, why: site }, { service: icmp/3.4, from: known, during: { days: mon-fri, hours: "08:00-20:00", zone: Asia/Shanghai } }, { service: tcp/443, from: prefix-list:pl-0123456789abcdef0, within: [network, office] }]
      deny: [{ service: [tcp/21, tcp/23], from: [anywhere, tag:Internet], firm: true, during: { hours: 22:00-06:00, zone: UTC } }]
      require: [{ service: tcp/443, from: anywhere, open: true }]
exceptions:
  - name: move
    match: { id: sg-1 }
    egress: [{ service: 50, to: private }]
    until: 2026-12-01T00:00:00Z
    approved: { by: alex, ticket: CHG0030192 }
instances:
  - { name: web, match: { tags: { role: web } }, firewalls: { require: [sg:web], allow: [sg:web, sg:sg-0123456789abcdef0] } }
guard: { maxChangesPerRun: 100, maxChangedFirewalls: { share: 10%, atLeast: 5, within: 1h }, maxGrant: 8h }
limits: { exposedFirewallsShare: 5% }
pause: false
`;

/** INVARIANT of the door: a policy that is not empty, or problems that each say where; never an exception. */
function judge(text: string): 'policy' | 'problems' {
  const loaded = loadPolicy([{ name: 'web.yaml', text }], NOW);
  if (loaded.kind === 'policy') expect(loaded.set.policies.length).toBeGreaterThan(0);
  else {
    expect(loaded.problems.length).toBeGreaterThan(0);
    const lines = text.split('\n').length;
    for (const { file, line, column, message } of loaded.problems) {
      expect(message).toMatch(/^policy `web\.yaml` line \d+: \S[^\n]*$/);
      expect([file, line >= 1 && line <= lines, column >= 1]).toEqual(['web.yaml', true, true]);
    }
  }
  return loaded.kind;
}

const words = GOOD.match(/\S+|\s+/g) ?? [];
const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    ...words,
    ': ',
    '- ',
    '&a ',
    '*a ',
    '!!str ',
    '{',
    '}',
    '[',
    ']',
    '\t',
    '"',
    '\n',
    '---\n',
    '<<: ',
    '#',
    '|',
    '%',
    '0',
    '-1',
  ),
);

describe('any input', () => {
  it('of any text is a policy or problems', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void judge(text)),
      { numRuns: 500 },
    );
  });

  it('of any JSON is a policy or problems', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => void judge(text)),
      { numRuns: 500 },
    );
  });

  it('of words of the language in any order is a policy or problems', () => {
    const text = fc.array(junk, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (parts) => void judge(parts)),
      { numRuns: 500 },
    );
  });

  it('of JSON with the language’s own keys is a policy or problems', () => {
    const keys = [...new Set(GOOD.match(/[a-z]+(?=:)/g))];
    const leaf = fc.oneof(fc.constantFrom(...words, null, true, 0, 443, ''), fc.string());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, leaf, fc.array(tie('value'), { maxLength: 4 }), tie('map')),
      map: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 6 }),
    }));
    const policy = fc.record({
      version: fc.constant(1),
      define: value,
      policies: fc.array(value),
      exceptions: fc.array(value),
      instances: fc.array(value),
      guard: value,
      limits: value,
    });
    fc.assert(
      fc.property(policy, (document) => void judge(JSON.stringify(document))),
      { numRuns: 500 },
    );
  });

  it('of a good policy with a slip in it is a policy or problems, and both happen', () => {
    const seen = { policy: 0, problems: 0 };
    const slip = fc.record({ at: fc.nat(GOOD.length - 1), drop: fc.nat(6), junk });
    fc.assert(
      fc.property(slip, ({ at, drop, junk: text }) => {
        seen[judge(GOOD.slice(0, at) + text + GOOD.slice(at + drop))] += 1;
      }),
      { numRuns: 1000 },
    );
    expect(judge(GOOD)).toBe('policy');
    expect(seen.policy).toBeGreaterThan(0);
    expect(seen.problems).toBeGreaterThan(0);
  });

  it('of any service, peer or question is a meaning or what is wrong', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc
        .array(
          fc.constantFrom(
            'tcp',
            'icmp',
            '+',
            '/',
            '-',
            '.',
            ':',
            '::',
            '0',
            '8',
            '255',
            '65536',
            ' ',
            'any',
            ',',
            'sg',
            'prefix-list',
            'tag',
          ),
          { maxLength: 8 },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(piece, piece, (a, b) => {
        for (const read of [serviceOf(a), peerOf(a), trafficQuestionOf(a), trafficQuestionOf(`${a} from ${b}`)]) {
          if (read.kind === 'wrong') expect(read.problem).toMatch(/^[^\n]+; [^\n]+$|^[^\n]+: [^\n]+$|^[^\n]+\?$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
