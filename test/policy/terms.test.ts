import { describe, expect, it } from 'vitest';
import { peerName } from '../../shared/core/model/rule.ts';
import { allowing, exceptionWith, inside, judgeBroken, onlyPolicy, policyWith, setOf } from './policies.ts';
import type { BrokenCase } from './policies.ts';

const LIST = 'prefix-list:pl-0123456789abcdef0';
const EVERY = 'otherwise every firewall would be opened';
const NEEDS = "so its policy's `match` must state `tags`, `name` or `id`";

/** What a clause says beside its traffic: `firm`, `open`, `within`. */
describe('terms of a clause', () => {
  it('are unstated at first', () => {
    const { ingress } = onlyPolicy(allowing('{ service: tcp/22, from: private }'));
    expect(ingress.allow![0]).toMatchObject({ during: undefined, within: undefined, firm: false, open: false });
  });

  it('make a deny firm', () => {
    const { egress } = onlyPolicy(
      policyWith('egress: { deny: [{ service: tcp/25, to: anywhere, firm: true }, { service: any, to: self }] }'),
    );
    expect(egress.deny.map(({ firm }) => firm)).toEqual([true, false]);
  });

  it('bound the prefix lists of an allow and of an exception', () => {
    const clause = `{ service: tcp/443, from: [${LIST}, 192.0.2.1], within: [network, 198.51.100.0/24] }`;
    const rest = 'until: 2026-12-01T00:00:00Z, approved: { by: alex, ticket: CHG0030192 }';
    const allow = onlyPolicy(allowing(clause)).ingress.allow![0]!;
    const except = setOf(exceptionWith(`name: move, match: { id: sg-1 }, ingress: [${clause}], ${rest}`))
      .exceptions[0]!;
    for (const { peers, within } of [allow, except.ingress[0]!]) {
      expect(peers.names).toEqual([peerName('prefix-list', 'pl-0123456789abcdef0')]);
      expect(within!.names).toEqual(['network']);
      expect(inside(within!.addresses, ['198.51.100.7', '192.0.2.1'])).toEqual(['198.51.100.7']);
    }
  });

  it('of a require may reach groups and networks of its own without a narrow match', () => {
    const policy = onlyPolicy(
      policyWith('egress: { require: [{ service: any, to: [network, self, sg:web, asg:web, tag:VirtualNetwork] }] }'),
    );
    expect(policy.egress.require).toHaveLength(1);
  });

  it('of a require may reach the internet with one', () => {
    const clause = `{ service: tcp/443, to: [internet, ${LIST}], open: true }`;
    expect(
      onlyPolicy(policyWith(`match: { name: web }, egress: { require: [${clause}] }`)).egress.require[0]!.open,
    ).toBe(true);
  });

  it.each<BrokenCase>([
    [
      'firm on an allow',
      allowing('{ service: tcp/22, from: anywhere, firm: true }'),
      [
        '6: unknown key `firm` in an `allow` clause; it belongs in a `deny` clause; the keys here are `service`, `from`, `to`, `during`, `why`, `name`, `within`',
      ],
    ],
    [
      'firm in words',
      policyWith('egress: { deny: [{ service: tcp/22, to: anywhere, firm: very }] }'),
      ['3: `firm` is the text `very`; write `true` or `false`, without quotes'],
    ],
    [
      'open on a deny',
      policyWith('egress: { deny: [{ service: tcp/22, to: anywhere, open: true }] }'),
      [
        '3: unknown key `open` in a `deny` clause; it belongs in a `require` clause; the keys here are `service`, `from`, `to`, `during`, `why`, `name`, `firm`',
      ],
    ],
    [
      'firm in an exception',
      exceptionWith(
        'name: move, match: { id: sg-1 }, ingress: [{ service: any, from: private, firm: true }], until: 2026-12-01T00:00:00Z, approved: { by: alex, ticket: CHG0030192 }',
      ),
      [
        '5: unknown key `firm` in a clause of an exception; it belongs in a `deny` clause; the keys here are `service`, `from`, `to`, `during`, `why`, `name`, `within`',
      ],
    ],
    [
      'within on a deny',
      policyWith(`egress: { deny: [{ service: tcp/22, to: ${LIST}, within: private }] }`),
      [
        '3: unknown key `within` in a `deny` clause; it belongs in an `allow` clause; the keys here are `service`, `from`, `to`, `during`, `why`, `name`, `firm`',
      ],
    ],
    [
      'within without a prefix list',
      allowing('{ service: tcp/22, from: [sg:web, 10.0.0.0/8], within: 10.0.0.0/8 }'),
      [
        '6: `within` bounds a prefix list, and `from` names none; name one, such as `prefix-list:pl-0123456789abcdef0`, or leave `within` out',
      ],
    ],
    [
      'within a group',
      allowing(`{ service: tcp/22, from: ${LIST}, within: [private, sg:web] }`),
      [
        '6: `within` names `sg:web`, whose addresses others decide; write addresses, `network`, `internet`, or defined networks that hold nothing else',
      ],
    ],
    [
      'within nothing',
      allowing(`{ service: tcp/22, from: ${LIST}, within: [] }`),
      [
        '6: `within` is an empty list; write `anywhere`, `private`, `203.0.113.0/24`, `198.51.100.7`, `sg:NAME` or a list of these',
      ],
    ],
    ...[
      ['internet', 'reaches `internet`'],
      [LIST, `may reach \`internet\` by \`${LIST}\``],
      ['tag:Internet', 'may reach `internet` by `tag:Internet`'],
      ['[sg:web, 198.51.100.7]', 'reaches beyond `private`'],
    ].map(([to = '', reach = '']): BrokenCase => [
      `require that ${reach} from every firewall`,
      policyWith(`egress: { require: [{ service: tcp/443, to: ${to}, open: true }] }`),
      [`3: \`require\` ${reach}, ${NEEDS}; ${EVERY}`],
    ]),
  ])('%s', judgeBroken);
});
