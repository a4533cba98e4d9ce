import { describe, it } from 'vitest';
import { allowing, exceptionWith, judgeBroken, policyWith } from './policies.ts';
import type { BrokenCase } from './policies.ts';

const MODE = '`mode` cannot be `off`; write one of `enforce`, `approve`, `report`, `observe`';
const CIDR =
  'CIDR `10.0.0.1/8` has host bits set; write `10.0.0.0/8` for the network, or `10.0.0.1` for the one address';
const PORT = 'port `99999` is out of range; ports go from 0 to 65535';

/** An unknown key is one problem, and what stands below it and around it is judged as if it were right. */
describe('unknown keys hide nothing', () => {
  it.each<BrokenCase>([
    [
      'at the top',
      'version: 1\npolices:\n  - name: web\n    mode: off\n    ingress: { allow: [] }\n',
      ['2: unknown key `polices` in a policy file; did you mean `policies`?', `4: ${MODE}`],
    ],
    [
      'in `define`',
      'version: 1\ndefine:\n  cidrs:\n    office: 10.0.0.1/8\npolicies:\n  - { name: web, mode: off, ingress: { allow: [{ service: any, from: office }] } }\n',
      ['3: unknown key `cidrs` in `define`; write `networks`', `4: ${CIDR}`, `6: ${MODE}`],
    ],
    [
      'in `define`, and nobody knows what it is',
      'version: 1\ndefine:\n  groups: { office: 10.0.0.0/8 }\npolicies:\n  - { name: web, mode: off, ingress: { allow: [{ service: any, from: office }] } }\n',
      ['3: unknown key `groups` in `define`; the keys here are `networks`, `services`', `5: ${MODE}`],
    ],
    [
      'definitions at the top',
      'version: 1\nnetworks: { office: 10.0.0.0/8 }\npolicies:\n  - { name: web, mode: off, ingress: { allow: [{ service: any, from: office }] } }\n',
      [
        '2: unknown key `networks` in a policy file; it belongs in `define`; the keys here are `version`, `define`, `policies`, `instances`, `exceptions`, `guard`, `limits`, `pause`',
        `4: ${MODE}`,
      ],
    ],
    [
      'a direction',
      'version: 1\npolicies:\n  - name: web\n    inbound:\n      permit: [{ service: tcp/22, from: 10.0.0.1/8 }]\n',
      [
        '4: unknown key `inbound` in a policy; write `ingress`',
        '5: unknown key `permit` in a direction; write `allow`',
        `5: ${CIDR}`,
      ],
    ],
    [
      'an `allow` that its own `require` contradicts',
      'version: 1\npolicies:\n  - name: web\n    ingress:\n      alow: [{ service: tcp/22, from: private }]\n      require: [{ service: tcp/23, from: 10.0.0.0/8 }]\n',
      [
        '5: unknown key `alow` in a direction; did you mean `allow`?',
        '6: `require` asks for tcp/23 from 10.0.0.0/8, which its own policy forbids; add it to `allow`, take it out of `deny`, or require less',
      ],
    ],
    [
      'in a clause',
      allowing('{ servise: tcp/22, source: 10.0.0.1/8 }'),
      [
        '6: unknown key `servise` in an `allow` clause; did you mean `service`?',
        '6: unknown key `source` in an `allow` clause; write `from`',
        `6: ${CIDR}`,
      ],
    ],
    [
      'the other side of a clause that goes out',
      policyWith('egress: { allow: [{ service: tcp/22, cidr: 10.0.0.1/8 }] }'),
      ['3: unknown key `cidr` in an `allow` clause; write `to`', `3: ${CIDR}`],
    ],
    [
      'the rest of a text with a comma',
      allowing('{ service: tcp/22, from: private, name: ftp, inside either }'),
      [
        '6: unknown key `inside either` in an `allow` clause; if a text with a comma was meant, put it in quotes; the keys here are `service`, `from`, `to`, `during`, `why`, `name`, `within`',
      ],
    ],
    [
      'the wrong side of a clause',
      allowing('{ service: tcp/22, to: 10.0.0.1/8 }'),
      ['6: `to` in an `ingress` clause; write `from`, which says who may start a flow to the firewall', `6: ${CIDR}`],
    ],
    [
      'a key whose value is written otherwise',
      allowing('{ port: 443, from: 10.0.0.1/8 }'),
      ['6: unknown key `port` in an `allow` clause; write `service`', `6: ${CIDR}`],
    ],
    [
      'in a match that does not narrow a `require`',
      policyWith('match: { vpc: vpc-1 }, egress: { require: [{ service: tcp/443, to: anywhere, open: true }] }'),
      [
        '3: unknown key `vpc` in `match`; write `network`',
        "3: `require` reaches beyond `private`, so its policy's `match` must state `tags`, `name` or `id`; otherwise every firewall would be opened",
      ],
    ],
    [
      'in a match that does',
      policyWith('match: { labels: { role: web } }, egress: { require: [{ service: any, to: anywhere, open: true }] }'),
      ['3: unknown key `labels` in `match`; write `tags`'],
    ],
    [
      'a short word that is only guessed at',
      policyWith('match: { nat: eipalloc-1 }'),
      ['3: unknown key `nat` in `match`; did you mean `not`?'],
    ],
    [
      'in an exception',
      exceptionWith(
        'name: move, match: { group: sg-1 }, ingress: [{ service: tcp/99999, from: private }], expires: soon, approved: { who: alex, ticket: 7 }',
      ),
      [
        '5: unknown key `group` in `match`; write `id`',
        `5: ${PORT}`,
        '5: unknown key `expires` in an exception; write `until`',
        '5: time `soon` is not readable; write it like `2026-12-01T00:00:00Z`',
        '5: unknown key `who` in `approved`; write `by`',
        '5: `ticket` is a number, not a text; put it in quotes: `"7"`',
      ],
    ],
    [
      'beside the right one, which counts',
      policyWith('mode: report, mod: off'),
      ['3: unknown key `mod` in a policy; did you mean `mode`?'],
    ],
  ])('%s', judgeBroken);
});
