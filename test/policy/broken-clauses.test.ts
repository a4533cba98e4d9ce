import { describe, it } from 'vitest';
import { allowing, judgeBroken, policyWith } from './policies.ts';
import type { BrokenCase } from './policies.ts';

describe('broken clauses', () => {
  it.each<BrokenCase>([
    [
      'to in ingress',
      allowing('{ service: tcp/22, to: anywhere }'),
      ['6: `to` in an `ingress` clause; write `from`, which says who may start a flow to the firewall'],
    ],
    [
      'from in egress',
      policyWith('egress: { deny: [{ service: tcp/25, from: anywhere }] }'),
      ['3: `from` in an `egress` clause; write `to`, which says where a flow may go'],
    ],
    [
      'no peer',
      allowing('{ service: tcp/22 }'),
      ['6: an `allow` clause has no `from`; write `from: anywhere` or the networks meant'],
    ],
    [
      'no service',
      allowing('{ from: anywhere }'),
      ['6: an `allow` clause has no `service`; write `service: tcp/443`, or `service: any` for all traffic'],
    ],
    [
      'a key of another tool',
      allowing('{ service: tcp/22, source: anywhere }'),
      ['6: unknown key `source` in an `allow` clause; write `from`'],
    ],
    [
      'a key of a policy',
      allowing('{ service: tcp/22, from: anywhere, mode: report }'),
      [
        '6: unknown key `mode` in an `allow` clause; it belongs in a policy; the keys here are `service`, `from`, `to`, `during`, `why`, `name`, `within`',
      ],
    ],
    [
      'a misspelt key',
      allowing('{ servise: tcp/22, from: anywhere }'),
      ['6: unknown key `servise` in an `allow` clause; did you mean `service`?'],
    ],
    [
      'open on an allow',
      allowing('{ service: tcp/22, from: anywhere, open: true }'),
      [
        '6: unknown key `open` in an `allow` clause; it belongs in a `require` clause; the keys here are `service`, `from`, `to`, `during`, `why`, `name`, `within`',
      ],
    ],
    [
      'open in quotes',
      policyWith('match: { id: sg-1 }, egress: { require: [{ service: tcp/22, to: private, open: "true" }] }'),
      ['3: `open` is the text `true`; write `true` or `false`, without quotes'],
    ],
    [
      'a text',
      allowing('ssh'),
      ['6: an `allow` clause is a mapping, and this is `ssh`; write `{ service: tcp/443, from: anywhere }`'],
    ],
    [
      'a number for why',
      allowing('{ service: tcp/22, from: anywhere, why: 12 }'),
      ['6: `why` is a number, not a text; put it in quotes: `"12"`'],
    ],
    [
      'allow with nothing',
      'version: 1\npolicies:\n  - name: web\n    ingress:\n      allow:\n',
      ['5: `allow` is empty; write `allow: []` to allow nothing, or clauses: `- { service: ..., from: ... }`'],
    ],
    [
      'one clause without a list',
      'version: 1\npolicies:\n  - name: web\n    ingress:\n      deny: { service: tcp/22, from: anywhere }\n',
      ['5: `deny` is a mapping; write one clause a line: `- { service: ..., from: ... }`'],
    ],
    [
      'a name that looks like an id',
      allowing('{ service: tcp/22, from: anywhere, name: web/ingress/deny/1 }'),
      ['6: clause name `web/ingress/deny/1` has a `/`, as the ids of unnamed clauses have; leave it out'],
    ],
    [
      'one name for two clauses',
      policyWith(
        'egress: { deny: [{ service: tcp/25, to: anywhere, name: mail }, { service: tcp/465, to: anywhere, name: mail }] }',
      ),
      ['3: clause name `mail` is used twice; the first is in policy `web.yaml` line 3'],
    ],
    [
      'require to the internet from every firewall',
      policyWith('egress: { require: [{ service: tcp/443, to: anywhere, open: true }] }'),
      [
        "3: `require` reaches beyond `private`, so its policy's `match` must state `tags`, `name` or `id`; otherwise every firewall would be opened",
      ],
    ],
    ...['name: "*"', 'name: "?*"', 'name: "???*"', 'id: "*?"', 'id: "sg-*"', 'id: "sg-0*"'].map((every): BrokenCase => [
      `a match of ${every}`,
      policyWith(`match: { ${every} }, egress: { require: [{ service: tcp/443, to: anywhere, open: true }] }`),
      [
        `3: \`require\` reaches beyond \`private\`, so its policy's \`match\` must state \`tags\`, \`name\` or \`id\`; \`${every}\` leaves none out, so write a whole id, more of the name, or \`tags\``,
      ],
    ]),
    [
      'require against its own allow',
      'version: 1\npolicies:\n  - name: web\n    match: { tags: { role: web } }\n    ingress:\n      allow: [{ service: tcp/443, from: private }]\n      require: [{ service: tcp/443, from: [10.0.0.0/8, 203.0.113.0/24] }]\n',
      [
        '7: `require` asks for tcp/443 from 203.0.113.0/24, which its own policy forbids; add it to `allow`, take it out of `deny`, or require less',
      ],
    ],
    [
      'require against its own deny',
      'version: 1\npolicies:\n  - name: web\n    egress:\n      deny: [{ service: tcp/8000-8100, to: 10.1.0.0/16 }]\n      require: [{ service: tcp/8080, to: 10.0.0.0/8 }]\n',
      [
        '6: `require` asks for tcp/8080 to 10.1.0.0/16, which its own policy forbids; add it to `allow`, take it out of `deny`, or require less',
      ],
    ],
  ])('%s', judgeBroken);
});
