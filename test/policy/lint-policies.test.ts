import { describe, expect, it } from 'vitest';
import { judgeOdd, warningLines, web } from './lint.ts';
import type { OddCase } from './lint.ts';
import { setOf } from './policies.ts';

/** A policy on one line, the first one on line 3. */
function file(...policies: readonly string[]): string {
  return `version: 1\npolicies:\n${policies.map((policy) => `  - { ${policy} }\n`).join('')}`;
}

const REQUIRES = 'ingress: { require: [{ service: tcp/443, from: anywhere, open: true }] }';
const PLAIN = 'ingress: { deny: [{ service: tcp/23, from: internet }] }';

function clash(what: string, by: string): string {
  return `3: \`a/ingress/require/1\` requires ${what}, and ${by} forbids it; a firewall that both govern is held whole; allow it there, or let the two policies match different firewalls`;
}

const CONTRADICTORY: readonly OddCase[] = [
  [
    'a deny of another policy',
    file(
      `name: a, match: { tags: { role: web } }, ${REQUIRES}`,
      'name: b, ingress: { deny: [{ service: tcp/440-450, from: 203.0.113.0/24, name: closed }] }',
    ),
    [clash('tcp/443 from 203.0.113.0/24', '`closed` (line 4)')],
  ],
  [
    'what the allow of another policy leaves out',
    file(
      `name: a, match: { tags: { role: web } }, ${REQUIRES}`,
      'name: b, ingress: { allow: [{ service: tcp/443, from: 0.0.0.0/0 }] }',
    ),
    [clash('tcp/443 from ::/0', '`b/ingress/allow` (line 4)')],
  ],
  [
    'an allow of a milder policy does not count, one of a policy as strict does',
    file(
      `name: a, match: { tags: { role: web } }, mode: report, ingress: { allow: [{ service: tcp/443, from: anywhere }], require: [{ service: tcp/443, from: anywhere, open: true }] }`,
      'name: b, mode: enforce, match: { account: "111122223333" }, ingress: { allow: [{ service: tcp/80, from: private }] }',
      'name: c, mode: report, ingress: { allow: [{ service: tcp/80, from: private }] }',
    ),
    [clash('tcp/443 from anywhere', '`b/ingress/allow` (line 4)')],
  ],
  [
    'a rule that names a group, where nothing allows the group',
    file(
      'name: a, match: { tags: { role: web } }, ingress: { require: [{ service: tcp/443, from: "sg:app" }] }',
      'name: b, ingress: { allow: [{ service: tcp/443, from: 10.0.0.0/8 }, { service: tcp/80, from: "sg:app" }] }',
      'name: c, ingress: { allow: [] }',
    ),
    [clash('tcp/443 from sg:app', '`c/ingress/allow` (line 5)')],
  ],
  [
    'a network that an allow names may be all that is required',
    file(
      'name: a, match: { tags: { role: web } }, ingress: { require: [{ service: tcp/443, from: 10.0.0.0/16 }] }',
      'name: b, ingress: { allow: [{ service: tcp/443, from: network }] }',
    ),
    [],
  ],
  [
    'other times',
    file(
      `name: a, match: { tags: { role: web } }, ${REQUIRES}`,
      'name: b, ingress: { deny: [{ service: tcp, from: anywhere, during: { days: sat, zone: UTC } }] }',
    ),
    [],
  ],
  ...[
    ['tags: { role: web }', 'tags: { role: [db, cache] }'],
    ['name: "web-*", tags: { a: b }', 'name: "db-*"'],
    ['region: "eu-*", tags: { a: b }', 'region: ["us-*", "ap-*"]'],
    ['account: "111122223333", tags: { a: b }', 'not: { account: "1111*" }'],
    ['id: sg-0123456789abcdef0', 'not: { id: [sg-0123456789abcdef0, sg-0123456789abcdef1] }'],
    ['id: "sg-0?a*"', 'id: "sg-00b*"'],
  ].map(([one = '', other = '']): OddCase => [
    `firewalls that cannot be the same: ${one} and ${other}`,
    file(`name: a, match: { ${one} }, ${REQUIRES}`, `name: b, match: { ${other} }, ingress: { allow: [] }`),
    [],
  ]),
  ...[
    ['tags: { role: web }', 'tags: { stage: prod }'],
    ['tags: { role: "web-*" }', 'tags: { role: "*-db" }'],
    ['tags: { role: web }', 'not: { account: "1111*" }'],
    ['tags: { role: web }', 'not: { tags: { role: web, stage: prod } }'],
    ['network: vpc-1, tags: { a: b }', 'network: vpc-2'],
    ['id: "sg-0a*"', 'id: "sg-0?1*"'],
  ].map(([one = '', other = '']): OddCase => [
    `firewalls that may be the same: ${one} and ${other}`,
    file(`name: a, match: { ${one} }, ${REQUIRES}`, `name: b, match: { ${other} }, ingress: { allow: [] }`),
    [clash('tcp/443 from anywhere', '`b/ingress/allow` (line 4)')],
  ]),
];

const ALONE = (name: string, by: string): string =>
  `3: \`${name}\` enforces by ${by} alone, so whoever may tag or make a firewall decides whether it is governed; add \`account\` or \`network\` to \`match\``;

const TAGGED: readonly OddCase[] = [
  ...(
    [
      ['tags: { role: web }', '`tags`'],
      ['cloud: aws, region: us-east-1, name: "web-*"', '`name`'],
      ['account: "*", tags: { role: web }, name: x', '`tags` and `name`'],
      ['not: { tags: { stage: demo } }', '`tags` under `not`'],
    ] as const
  ).map(([match, by]): OddCase => [
    `enforced by ${match}`,
    file(`name: a, mode: enforce, match: { ${match} }, ${PLAIN}`),
    [ALONE('a', by)],
  ]),
  ...[
    'account: "111122223333", tags: { role: web }',
    'network: vpc-1, name: x',
    'id: "sg-0a*", tags: { a: b }',
    'cloud: aws',
  ].map((match): OddCase => [
    `enforced by more: ${match}`,
    file(`name: a, mode: enforce, match: { ${match} }, ${PLAIN}`),
    [],
  ]),
  ['only reported', file(`name: a, mode: report, match: { tags: { role: web } }, ${PLAIN}`), []],
];

const INSIDE =
  '`a`: everything from inside the network is forbidden, but what is allowed from anywhere: no clause names `private`, `network`, a group, `self` or addresses of your own; write `{ service: any, from: network }` if firewalls are to keep talking to each other';
const OUTSIDE = INSIDE.replace('from inside', 'to the inside of').replaceAll('from', 'to');
const LOOK_UPS =
  '`a`: no clause lets out DNS, NTP or `any`, so resolvers and clocks of your own cannot be asked; write `{ service: [tcp+udp/53, udp/123], to: network }` if there are some';

function enforced(direction: string, clauses: string, keys = ''): string {
  return file(`name: a, mode: enforce, ${direction}: { allow: [${clauses}] }${keys}`);
}

const CUT_OFF: readonly OddCase[] = [
  ['only the web from everywhere', enforced('ingress', '{ service: tcp/443, from: anywhere }'), [`3: ${INSIDE}`]],
  [
    'and from an office',
    enforced('ingress', '{ service: tcp/443, from: 0.0.0.0/0 }, { service: tcp/22, from: 203.0.113.7 }'),
    [`3: ${INSIDE}`],
  ],
  ['nothing at all', enforced('ingress', ''), [`3: ${INSIDE.replace(', but what is allowed from anywhere', '')}`]],
  ...['private', 'network', 'self', '"sg:app"', '10.0.0.0/8', '[10.1.0.0/16, 203.0.113.7]', '"fd00::/8"'].map(
    (peer): OddCase => [`something from ${peer}`, enforced('ingress', `{ service: tcp/22, from: ${peer} }`), []],
  ),
  ['everything from anywhere', enforced('ingress', '{ service: any, from: anywhere }'), []],
  [
    'not all firewalls',
    enforced('ingress', '{ service: tcp/443, from: anywhere }', ', match: { id: sg-0123456789abcdef0 }'),
    [],
  ],
  ['only reported', enforced('ingress', '{ service: tcp/443, from: anywhere }').replace('enforce', 'report'), []],
  [
    'a policy beside it that holds for as many',
    file(
      'name: a, mode: enforce, ingress: { allow: [{ service: tcp/443, from: anywhere }] }',
      'name: b, mode: enforce, ingress: { allow: [{ service: tcp/1-442, from: network }] }',
    ),
    [],
  ],
  [
    'out to the web only',
    enforced('egress', '{ service: tcp/443, to: anywhere }'),
    [`3: ${OUTSIDE}`, `3: ${LOOK_UPS}`].sort(),
  ],
  ['out to a name server', enforced('egress', '{ service: udp/53, to: 10.0.0.2 }'), []],
  ['out to databases only', enforced('egress', '{ service: tcp/5432, to: private }'), [`3: ${LOOK_UPS}`]],
  ['out to all', enforced('egress', '{ service: any, to: anywhere }'), []],
];

const SUN = 'during: { days: sun, zone: UTC }';

function excepted(policy: string, clauses: string, keys = 'match: { id: sg-0123456789abcdef0 }'): string {
  const until = keys.includes('until') ? '' : ', until: 2026-12-01T00:00:00Z';
  return `${file(policy)}exceptions:\n  - { name: e, ${keys}${until}, approved: { by: jo, ticket: CHG1 }, ingress: [${clauses}] }\n`;
}

const SSH = '{ service: tcp/22, from: 203.0.113.7 }';
const ANYWAY = '5: `e/ingress/1` permits what is permitted anyway: no policy forbids it; remove it';

const EXCEPTIONS: readonly OddCase[] = [
  ['something forbidden', excepted('name: a, ingress: { allow: [] }', SSH), []],
  ['something denied', excepted('name: a, ingress: { deny: [{ service: tcp, from: anywhere }] }', SSH), []],
  [
    'something denied at times',
    excepted(`name: a, ingress: { deny: [{ service: tcp, from: anywhere, ${SUN} }] }`, SSH),
    [],
  ],
  [
    'something that is not denied',
    excepted('name: a, ingress: { deny: [{ service: tcp/23, from: anywhere }] }', SSH),
    [ANYWAY],
  ],
  ['something allowed', excepted('name: a, ingress: { allow: [{ service: tcp, from: anywhere }] }', SSH), [ANYWAY]],
  [
    'something allowed at times',
    excepted(`name: a, ingress: { allow: [{ service: tcp, from: anywhere, ${SUN} }] }`, SSH),
    [],
  ],
  [
    'a group that may be what is denied',
    excepted('name: a, ingress: { deny: [{ service: tcp, from: "sg:other" }] }', '{ service: tcp/22, from: "sg:app" }'),
    [],
  ],
  [
    'a firewall that no policy governs',
    excepted('name: a, match: { id: sg-0123456789abcdef1 }, ingress: { allow: [] }', SSH),
    [
      '5: `e/ingress/1` permits what is permitted anyway: no policy governs what `e` matches, so nothing is forbidden there; remove it',
    ],
  ],
  [
    'one that has ended',
    excepted(
      'name: a, ingress: { allow: [] }',
      SSH,
      'match: { id: sg-0123456789abcdef0 }, until: 2026-11-24T12:00:00Z',
    ),
    [
      '5: exception `e` ended at 2026-11-24T12:00:00Z and permits nothing any more; remove it, or have it approved again with a later `until`',
    ],
  ],
  [
    'one that ends before its day',
    excepted(
      'name: a, ingress: { allow: [] }',
      SSH.replace(' }', `, ${SUN} }`),
      'match: { id: sg-0123456789abcdef0 }, until: 2026-11-29T00:00:00Z',
    ),
    [
      '5: `e/ingress/1` is never live: `e` ends at 2026-11-29T00:00:00Z, before the times in its `during` come; write other times, or a later `until`',
    ],
  ],
  [
    'one that ends a minute into its day',
    excepted(
      'name: a, ingress: { allow: [] }',
      SSH.replace(' }', `, ${SUN} }`),
      'match: { id: sg-0123456789abcdef0 }, until: 2026-11-29T00:01:00Z',
    ),
    [],
  ],
  [
    'one for whoever has a tag in an account',
    excepted('name: a, ingress: { allow: [] }', SSH, 'match: { account: "111122223333", tags: { role: web } }'),
    [
      '5: exception `e` is given by `tags` alone, so whoever may tag or make a firewall there may claim it; name the firewall by its `id`',
    ],
  ],
  ['one for an account', excepted('name: a, ingress: { allow: [] }', SSH, 'match: { account: "111122223333" }'), []],
];

const LATER: readonly OddCase[] = [
  ...(
    [
      [
        'mode: approve',
        '`mode: approve` is carried out by a later version and only reports until then; write `enforce` to revert now',
      ],
      [
        'revert: restore',
        '`revert: restore` is carried out by a later version and only reports until then; write `narrow` to revert now',
      ],
      [
        'defaults: judge',
        "`defaults: judge` is about an NSG's own rules, which a later version reads; it changes nothing until then",
      ],
      [
        'match: { cloud: azure }',
        'it matches firewalls of Azure alone, which a later version guards; it governs nothing until then',
      ],
    ] as const
  ).map(([keys, what]): OddCase => [
    keys,
    file(`name: a, ${PLAIN}`, `name: b, ${keys}, ${PLAIN}`, `name: c, ${keys}, ${PLAIN}`),
    [`4: \`b\` (and 1 more): ${what}`],
  ]),
  [
    'instances',
    `${file(`name: a, ${PLAIN}`)}instances:\n  - { name: i, firewalls: { allow: "sg:app" } }\n`,
    ['5: `instances` is read and checked; a later version carries it out'],
  ],
  [
    'guard and limits',
    `${file(`name: a, ${PLAIN}`)}guard: { maxChangesPerRun: 5, maxExceptionDays: 9, maxTicketsPerHour: 5, leaveAfter: 1h, maxRevertsPerFinding: { count: 2 } }\nlimits: { exposedFirewallsShare: 5% }\n`,
    [
      '1: `guard.maxRevertsPerFinding` cannot be counted across runs before a later version, so nothing is changed at all; leave it out to go by the bounds of one run',
      '1: `guard.maxTicketsPerHour` and `guard.leaveAfter` are read and checked; a later version carries it out',
      '1: `limits.exposedFirewallsShare` is read and checked; a later version counts it',
    ],
  ],
  ['nothing of the kind', `${file(`name: a, ${PLAIN}`)}guard: { maxChangesPerRun: 5 }\n`, []],
];

describe('what one policy requires and another forbids', () => {
  it.each(CONTRADICTORY)('%s', judgeOdd);
});

describe('policies that tags decide about', () => {
  it.each(TAGGED)('%s', judgeOdd);
});

describe('networks that are cut off', () => {
  it.each(CUT_OFF)('%s', judgeOdd);
});

describe('exceptions that make no difference', () => {
  it.each(EXCEPTIONS)('%s', judgeOdd);
});

describe('what a later version carries out', () => {
  it.each(LATER)('%s', judgeOdd);
});

describe('large policies', () => {
  const many = (count: number, clause: (at: number) => string): readonly string[] =>
    Array.from({ length: count }, (_, at) => clause(at));

  it('two thousand clauses are looked at, one against another', () => {
    const allow = many(
      2000,
      (at) => `service: tcp/${String(at)}-${String(at + 1)}, from: 10.${String(at % 250)}.0.0/16`,
    );
    expect(warningLines(setOf(web([...allow, 'service: tcp/7, from: 10.7.3.0/24'])))).toEqual([
      '2006: `web/ingress/allow/2001` adds nothing: `web/ingress/allow/8` (line 13) allows all of it; remove this clause, or make that one narrower',
    ]);
  });

  it('what would take long is skipped, and said', () => {
    const wide = many(700, (at) => `service: tcp/${String(at)}-${String(at + 300)}, from: 10.0.0.0/8`);
    const holes = many(
      700,
      (at) =>
        `service: tcp, from: [10.7.${String(at >> 8)}.${String(at % 256)}, 198.51.${String(at >> 8)}.${String(at % 256)}]`,
    );
    expect(warningLines(setOf(web(wide, holes)))).toEqual([
      '1: the policies are too large to be searched for `allow` clauses that a `deny` hits; nothing is wrong with that',
    ]);
  });
});
