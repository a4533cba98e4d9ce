import { describe, expect, test } from 'vitest';
import type { Context } from '../../shared/clouds/aws/decode.ts';
import { awsTraits } from '../../shared/clouds/aws/traits.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { judgementOf } from '../../shared/core/judge.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { ACCOUNT, firewallIn, groupsAnswer, GROUP, OTHER_ACCOUNT, PEER_GROUP, VPC } from './sample.ts';

/** What is not known of a name or a network never makes a rule proven excess: it might be the very one that is allowed. */

const NOW = new Date('2026-11-24T08:00:00Z');
const RANGES: Context['ranges'] = new Map([[VPC, { v4: [167772160, 167837696], v6: [] }]]);
const HTTPS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const FROM_LIST = { ...HTTPS, PrefixListIds: [{ PrefixListId: 'pl-0123456789abcdef0' }] };
const FROM_GROUP = { ...HTTPS, UserIdGroupPairs: [{ GroupId: PEER_GROUP, UserId: ACCOUNT }] };

function bookOf(lines: readonly string[], more: readonly string[] = []): DesiredBook {
  const head = ['version: 1', 'policies:', '  - name: p', `    match: { account: "${ACCOUNT}" }`, '    mode: enforce'];
  const text = [...head, ...lines.map((line) => `    ${line}`), ...more, ''].join('\n');
  const loaded = loadPolicy([{ name: 'p.yaml', text }], NOW);
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return new DesiredBook(loaded.set);
}

interface Given {
  readonly permission: object;
  readonly book: DesiredBook;
  readonly group?: object;
  readonly more?: Partial<Context>;
}

/** The certainty of each finding, and what a run does. */
function judged({ permission, book, group = {}, more = {} }: Given): readonly [readonly string[], string] {
  const groups = groupsAnswer({ IpPermissions: [permission], ...group });
  const firewall = firewallIn(groups, undefined, { ranges: RANGES, written: book.written, ...more });
  const judgement = judgementOf(firewall, book.for(firewall, NOW), awsTraits, { limits: book.limits, changesInRun: 0 });
  return [judgement.drift.findings.map(({ certainty }) => certainty), judgement.verdict.kind];
}

function allowing(...clauses: readonly string[]): DesiredBook {
  return bookOf(['ingress:', '  allow:', ...clauses.map((clause) => `    - { service: tcp/443, ${clause} }`)]);
}

const CLOUDFRONT = 'from: "prefix-list:aws/com.amazonaws.global.cloudfront.origin-facing"';

describe('a name that nobody could look up', () => {
  test.each([
    ['a list by owner and name', FROM_LIST, allowing(CLOUDFRONT)],
    ['a group by name', FROM_GROUP, allowing('from: "sg:app"')],
  ])('%s in an `allow` may be the peer of a rule: possible, and nothing is taken away', (_, permission, book) => {
    expect(judged({ permission, book })).toEqual([['possible'], 'none']);
  });

  test('in an exception, too', () => {
    const exception = [
      'exceptions:',
      '  - name: vendor',
      `    match: { id: ${GROUP} }`,
      `    ingress: [{ service: tcp/443, ${CLOUDFRONT} }]`,
      '    until: 2026-12-01T00:00:00Z',
      '    approved: { by: alex@example.com, ticket: CHG0030192 }',
    ];
    const book = bookOf(['ingress:', '  deny: [{ service: tcp/443, from: anywhere }]'], exception);
    expect(judged({ permission: FROM_LIST, book })).toEqual([['possible'], 'none']);
  });

  test('of one kind says nothing of peers of another kind', () => {
    expect(judged({ permission: FROM_GROUP, book: allowing(CLOUDFRONT) })).toEqual([['proven'], 'apply']);
    expect(judged({ permission: FROM_LIST, book: allowing('from: "sg:app"') })).toEqual([['proven'], 'apply']);
  });

  test('that surely stands for nobody here leaves the rule proven', () => {
    const more = { isWhole: true };
    expect(judged({ permission: FROM_GROUP, book: allowing('from: "sg:app"'), more })).toEqual([['proven'], 'apply']);
  });
});

describe('a group of another account', () => {
  const permission = {
    ...HTTPS,
    UserIdGroupPairs: [{ GroupId: PEER_GROUP, UserId: OTHER_ACCOUNT, VpcPeeringConnectionId: 'pcx-1' }],
  };

  test.each([`sg:${PEER_GROUP}`, `sg:${OTHER_ACCOUNT}/${PEER_GROUP}`])('is allowed as `%s`', (name) => {
    expect(judged({ permission, book: allowing(`from: "${name}"`) })).toEqual([[], 'none']);
  });

  test('is denied by its id, surely', () => {
    const book = bookOf(['ingress:', `  deny: [{ service: tcp/443, from: "sg:${PEER_GROUP}" }]`]);
    expect(judged({ permission, book })).toEqual([['proven'], 'apply']);
  });
});

describe('a network of which a part is not known', () => {
  const inside = { ...HTTPS, IpRanges: [{ CidrIp: '10.0.1.0/24' }] };

  test.each<[string, Partial<Context>]>([
    ['because associations could not be read', { associations: 'unknown' }],
    ['because a further VPC has unknown ranges', { associations: new Map([[GROUP, ['vpc-0ccccccccccccccc3']]]) }],
  ])('%s: what surely is in it is allowed all the same', (_, more) => {
    expect(judged({ permission: inside, book: allowing('from: network'), more })).toEqual([[], 'none']);
  });
});

describe('`within`', () => {
  test('bounds prefix lists, and no group beside them', () => {
    const list = '"prefix-list:pl-0123456789abcdef0"';
    const book = allowing(`from: ["sg:${PEER_GROUP}", ${list}], within: [203.0.113.0/24]`);
    expect(judged({ permission: FROM_GROUP, book })).toEqual([[], 'none']);
  });
});

describe('a group in another VPC, in the same answers', () => {
  test('may be anybody, whatever the pair leaves out', () => {
    const other = { GroupId: PEER_GROUP, GroupName: 'app', OwnerId: ACCOUNT, VpcId: 'vpc-0ccccccccccccccc3' };
    const book = allowing('from: 10.9.0.0/16');
    const more = { places: [{ id: PEER_GROUP, name: 'app', owner: ACCOUNT, network: other.VpcId }] };
    const pair = { ...HTTPS, UserIdGroupPairs: [{ GroupId: PEER_GROUP }] };
    expect(judged({ permission: pair, book, more })).toEqual([['possible'], 'none']);
  });
});

describe('a group that a service tends', () => {
  const group = { Tags: [{ Key: 'kubernetes.io/cluster/prod', Value: 'owned' }] };
  const open = { ...HTTPS, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  const DENY = ['ingress:', '  deny: [{ service: tcp/443, from: anywhere }]'];
  const byId = (id: string): readonly string[] => [
    '  - name: by id',
    `    match: { id: "${id}" }`,
    '    mode: enforce',
    '    ingress: { deny: [{ service: tcp/22, from: anywhere }] }',
  ];

  test('is only reported on; a pattern does not mean it by its id', () => {
    expect(judged({ permission: open, book: bookOf(DENY), group })).toEqual([['proven'], 'hold']);
    expect(judged({ permission: open, book: bookOf(DENY, byId('sg-*')), group })).toEqual([['proven'], 'hold']);
  });

  test('is guarded like any other where a policy means it by its id', () => {
    expect(judged({ permission: open, book: bookOf(DENY, byId(GROUP)), group })).toEqual([['proven'], 'apply']);
  });
});

describe('a `require` by name that its own policy forbids', () => {
  test.each([
    [
      'deny: [{ service: tcp/22, from: "sg:app" }]',
      'require: [{ service: tcp/22, from: "sg:app" }]',
      'tcp/22 from sg:app',
    ],
    [
      'allow: [{ service: tcp/443, from: anywhere }]',
      'require: [{ service: tcp/22, from: "sg:app" }]',
      'tcp/22 from sg:app',
    ],
    [
      'deny: [{ service: tcp/22, from: anywhere }]',
      'require: [{ service: tcp/22, from: network }]',
      'tcp/22 from network',
    ],
  ])('is an error at load: %s, %s', (forbidding, requiring, shown) => {
    expect(() => bookOf(['ingress:', `  ${forbidding}`, `  ${requiring}`])).toThrow(
      `\`require\` asks for ${shown}, which its own policy forbids`,
    );
  });

  test('is none where it depends on who the peer is', () => {
    expect(() =>
      bookOf([
        'ingress:',
        '  allow: [{ service: tcp/22, from: 10.0.0.0/8 }]',
        '  require: [{ service: tcp/22, from: "sg:app" }]',
      ]),
    ).not.toThrow();
  });
});

describe('a `require` that names a peer by its id', () => {
  test.each([`sg:${PEER_GROUP}`, `sg:${OTHER_ACCOUNT}/${PEER_GROUP}`])('is carried out: %s', (name) => {
    const book = bookOf(['ingress:', `  require: [{ service: tcp/8443, from: "${name}" }]`]);
    const open = { ...HTTPS, IpRanges: [{ CidrIp: '10.0.1.0/24' }] };
    expect(judged({ permission: open, book })).toEqual([['proven'], 'apply']);
  });

  test('is left to a person where a `deny` may hit it', () => {
    const lines = [
      '  deny: [{ service: tcp/8443, from: "sg:app" }]',
      '  require: [{ service: tcp/8443, from: 10.0.0.0/16 }]',
    ];
    const open = { ...HTTPS, IpRanges: [{ CidrIp: '10.0.1.0/24' }] };
    expect(judged({ permission: open, book: bookOf(['ingress:', ...lines]) })).toEqual([['proven'], 'hold']);
  });
});
