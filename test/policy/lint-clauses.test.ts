import { describe, expect, it } from 'vitest';
import { judgeOdd, warningLines, web } from './lint.ts';
import type { OddCase } from './lint.ts';
import { setOf } from './policies.ts';

const DEAD: readonly OddCase[] = [
  [
    'a deny from anywhere over an allow from inside',
    web(['service: tcp/22, from: 10.0.0.0/8'], ['service: tcp/22, from: anywhere']),
    [
      '6: `web/ingress/allow/1` allows nothing, since `web/ingress/deny/1` (line 8) forbids all of it; write `from: internet` there, or remove this clause',
    ],
  ],
  [
    'the same over a group',
    web(
      ['service: tcp/22, from: "sg:app"'],
      ['service: tcp, from: 0.0.0.0/0', 'service: tcp, from: anywhere, name: all'],
    ),
    [
      '6: `web/ingress/allow/1` allows nothing, since `web/ingress/deny/1` (line 8) and `all` (line 9) together forbid all of it; write `from: internet` there, or remove this clause',
      '8: `web/ingress/deny/1` adds nothing: `all` (line 9) forbids all of it; remove this clause, or make that one narrower',
    ],
  ],
  [
    'two denies, each of a half',
    web(
      ['service: tcp/22, from: 203.0.113.0/24'],
      ['service: tcp/22, from: 203.0.113.0/25', 'service: tcp/1-22, from: 203.0.113.128/25'],
    ),
    [
      '6: `web/ingress/allow/1` allows nothing, since `web/ingress/deny/1` (line 8) and `web/ingress/deny/2` (line 9) together forbid all of it; let it forbid less, or remove this clause',
    ],
  ],
  [
    'a deny that is live at the same times only',
    web(
      ['service: tcp/22, from: 10.0.0.0/8, during: { days: sat, zone: UTC }', 'service: tcp/23, from: 10.0.0.0/8'],
      [22, 23].map((port) => `service: tcp/${String(port)}, from: 10.0.0.0/8, during: { days: sat, zone: UTC }`),
    ),
    [
      '6: `web/ingress/allow/1` allows nothing, since `web/ingress/deny/1` (line 9) forbids all of it; let it forbid less, or remove this clause',
    ],
  ],
  [
    'a prefix list whose entries must stay in what is denied',
    web(
      ['service: tcp/22, from: "prefix-list:pl-0123456789abcdef0", within: 10.1.0.0/16'],
      ['service: tcp/22, from: 10.0.0.0/8'],
    ),
    [
      '6: `web/ingress/allow/1` allows nothing, since `web/ingress/deny/1` (line 8) forbids all of it; let it forbid less, or remove this clause',
    ],
  ],
  [
    'a prefix list whose entries must stay in a network that nobody knows here',
    web(
      ['service: tcp/22, from: "prefix-list:pl-0123456789abcdef0", within: network'],
      ['service: tcp/22, from: 10.0.0.0/8, firm: true'],
    ),
    [],
  ],
  [
    'protocols that addresses of the other family never carry',
    web(['service: icmpv6, from: "prefix-list:pl-0123456789abcdef0", within: 10.0.0.0/8']),
    [
      '6: `web/ingress/allow/1` speaks of no traffic that can exist (`icmp` exists over IPv4 only, `icmpv6` over IPv6 only); write the other one, or other addresses',
    ],
  ],
];

const PARTLY: readonly OddCase[] = [
  [
    'a deny from anywhere over a part that is inside',
    web(['service: tcp/1-1024, from: 10.0.0.0/8'], ['service: [tcp/22, tcp/3389], from: anywhere']),
    [
      '8: `web/ingress/deny/1` takes back a part of what `web/ingress/allow/1` (line 6) allows: tcp/22 from 10.0.0.0/8; write `from: internet` if what is inside may',
    ],
  ],
  [
    'the inside is what is told of, also where more is hit',
    web(
      ['service: tcp/1-1024, from: [203.0.113.0/24, 10.0.0.0/8]', 'service: tcp/1-30, from: "sg:app"'],
      ['service: [tcp/22, tcp/3389], from: anywhere'],
    ),
    [
      '9: `web/ingress/deny/1` takes back a part of what `web/ingress/allow/1` (line 6) and `web/ingress/allow/2` (line 7) allow: tcp/22 from 10.0.0.0/8 and more; write `from: internet` if what is inside may',
    ],
  ],
  [
    'a deny from the internet over an office',
    web(['service: tcp/1-1024, from: 203.0.113.0/24'], ['service: tcp/22, from: internet']),
    [
      '8: `web/ingress/deny/1` takes back a part of what `web/ingress/allow/1` (line 6) allows: tcp/22 from 203.0.113.0/24; forbid less here, or allow less there',
    ],
  ],
  [
    'a deny from the internet spares what is inside',
    web(['service: tcp, from: 10.0.0.0/8'], ['service: tcp/22, from: internet']),
    [],
  ],
  [
    'a deny that is cut out of a wide allow',
    web(['service: tcp, from: anywhere'], ['service: tcp/23, from: anywhere']),
    [],
  ],
  [
    'a deny that is cut out of several allows together',
    web(['service: tcp, from: 10.0.0.0/9', 'service: tcp, from: 10.128.0.0/9'], ['service: tcp/23, from: 10.0.0.0/8']),
    [],
  ],
  [
    'a deny that nothing passes by is meant',
    web(['service: any, from: private'], ['service: tcp/23, from: anywhere, firm: true']),
    [],
  ],
  [
    'a group may be anybody, and that is no part to name',
    web(['service: tcp, from: "sg:app"'], ['service: tcp/23, from: 10.0.0.0/8']),
    [],
  ],
];

const SHADOWED: readonly OddCase[] = [
  [
    'an allow by a wider one, whichever comes first',
    web([
      'service: tcp/443, from: 10.1.0.0/16',
      'service: tcp/1-1024, from: 10.0.0.0/8',
      'service: tcp/80, from: 10.2.0.0/16',
    ]),
    [
      '6: `web/ingress/allow/1` adds nothing: `web/ingress/allow/2` (line 7) allows all of it; remove this clause, or make that one narrower',
      '8: `web/ingress/allow/3` adds nothing: `web/ingress/allow/2` (line 7) allows all of it; remove this clause, or make that one narrower',
    ],
  ],
  [
    'the second of two that say the same',
    web(['service: tcp/443, from: [network, "sg:app"]', 'service: tcp/443, from: ["sg:app", network]']),
    [
      '7: `web/ingress/allow/2` adds nothing: `web/ingress/allow/1` (line 6) allows all of it; remove this clause, or make that one narrower',
    ],
  ],
  [
    'a group by anywhere',
    web(['service: tcp/443, from: anywhere', 'service: tcp/443, from: "sg:app"']),
    [
      '7: `web/ingress/allow/2` adds nothing: `web/ingress/allow/1` (line 6) allows all of it; remove this clause, or make that one narrower',
    ],
  ],
  ['a group is not its network', web(['service: tcp/443, from: private', 'service: tcp/443, from: "sg:app"']), []],
  [
    'a network may have public addresses',
    web(['service: tcp/443, from: private', 'service: tcp/443, from: network']),
    [],
  ],
  [
    'one that is live at some times by one that always is, and not the other way round',
    web([
      'service: tcp/443, from: 10.1.0.0/16, during: { days: sat, zone: UTC }',
      'service: tcp/443, from: 10.0.0.0/8',
    ]),
    [
      '6: `web/ingress/allow/1` adds nothing: `web/ingress/allow/2` (line 7) allows all of it; remove this clause, or make that one narrower',
    ],
  ],
  [
    'at other times',
    web([
      'service: tcp/443, from: 10.1.0.0/16',
      'service: tcp/443, from: 10.0.0.0/8, during: { days: sat, zone: UTC }',
    ]),
    [],
  ],
  [
    'what nothing passes by is not said by what an exception may pass by',
    web([], ['service: tcp/23, from: 10.1.0.0/16, firm: true', 'service: tcp/23, from: anywhere']),
    [],
  ],
  [
    'a require of a group asks for a rule that names it',
    'version: 1\npolicies:\n  - name: web\n    match: { id: sg-0123456789abcdef0 }\n    ingress:\n      require:\n' +
      '        - { service: tcp/443, from: private }\n        - { service: tcp/443, from: "sg:app" }\n        - { service: tcp/443, from: 10.0.0.0/8 }\n',
    [
      '9: `web/ingress/require/3` adds nothing: `web/ingress/require/1` (line 7) requires all of it; remove this clause, or make that one narrower',
    ],
  ],
];

const LISTS_AND_SCTP: readonly OddCase[] = [
  [
    'a list that others may edit',
    web(['service: tcp/22, from: ["prefix-list:pl-0123456789abcdef0", 10.0.0.0/8]']),
    [
      '6: `web/ingress/allow/1` lets in all of `prefix-list:pl-0123456789abcdef0`, so whoever may edit it decides what passes; add `within:` with the networks that entries must stay in',
    ],
  ],
  [
    'a list that is bounded, one of Amazon, one in a deny',
    web(
      [
        'service: tcp/22, from: "prefix-list:pl-0123456789abcdef0", within: 10.0.0.0/8',
        'service: tcp/80, from: "prefix-list:aws/com.amazonaws.global.cloudfront.origin-facing"',
      ],
      ['service: tcp/23, from: "prefix-list:pl-0123456789abcdef0"'],
    ),
    [],
  ],
  [
    'ports of SCTP',
    web(['service: [tcp/80, sctp/5], from: 10.0.0.0/9', 'service: sctp/0-65535, from: 10.0.0.0/8']),
    [
      '6: `web/ingress/allow/1` names sctp/5, and no security group can name ports of SCTP: a rule covers all of them, so what should stay of such a rule cannot be written, and its change is held; write `sctp`',
    ],
  ],
];

describe('an allow that a deny hits whole', () => {
  it.each(DEAD)('%s', judgeOdd);
});

describe('an allow that a deny hits in part', () => {
  it.each(PARTLY)('%s', judgeOdd);
});

describe('clauses that another one says already', () => {
  it.each(SHADOWED)('%s', judgeOdd);
});

describe('prefix lists and SCTP', () => {
  it.each(LISTS_AND_SCTP)('%s', judgeOdd);
});

it('a clause without days is never live', () => {
  const set = setOf(web(['service: tcp/22, from: 10.0.0.0/8, during: { days: sat, zone: UTC }']));
  const [policy] = set.policies;
  const [clause] = policy!.ingress.allow!;
  const idle = { ...clause!, during: { ...clause!.during!, days: [] } };
  expect(warningLines(set)).toEqual([]);
  expect(warningLines({ ...set, policies: [{ ...policy!, ingress: { ...policy!.ingress, allow: [idle] } }] })).toEqual([
    '6: `web/ingress/allow/1` is never live, since its `during` has no days; write some, or leave `days` out for every day',
  ]);
});
