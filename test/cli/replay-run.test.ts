import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventFiles, eventsOf } from '../../cli/replay-files.ts';
import { Ear } from '../../cli/replay-hearing.ts';
import { ruleOfFields } from '../../shared/clouds/aws/retrace-rule.ts';
import {
  ACCOUNT,
  ALEX,
  closed,
  created,
  enveloped,
  LIST,
  OLD,
  opened,
  PIPELINE,
  POLICY,
  record,
  REGION,
  storyRecords,
  VPC,
  WEB,
} from './replay-story.ts';
import type { Json } from './replay-story.ts';
import { outcomesOf, replayOf, toldIn, without } from './replay-told.ts';

const ANYONE = '0.0.0.0/0';

function policyOf(fields: string): string {
  return `version: 1\npolicies:\n  - name: p\n    mode: enforce\n    ${fields.replaceAll('\n', '\n    ')}\n`;
}
const NO_SSH = policyOf('ingress: { deny: [{ service: tcp/22, from: anywhere }] }');

function tagged(time: string, key: string, value: string, group = WEB): Json {
  return record(time, 'CreateTags', {
    request: { resourcesSet: { items: [{ resourceId: group }] }, tagSet: { items: [{ key, value }] } },
  });
}

describe('what would have been done', () => {
  test('the story: once for the rule that is too wide, once when the office closes', () => {
    const document = replayOf(storyRecords(), POLICY);
    expect(toldIn(document)).toEqual([
      '09:30:00 reverted ~tcp/22 from 0.0.0.0/0',
      '14:00:00 told ~tcp/23 from 0.0.0.0/0',
      '20:00:00 reverted -tcp/22 from 203.0.113.0/24',
    ]);
    expect(document.summary).toMatchObject({
      events: 9,
      reverts: 2,
      changes: 2,
      tickets: 3,
      firewalls: 2,
      partlyKnown: 1,
    });
    expect(outcomesOf(document)).toEqual({ reverted: 1, told: 1, fine: 5, ignored: 2 });
  });

  test('every event is counted once, whatever it is', () => {
    const records = storyRecords();
    const [first] = records;
    const events = [
      ...records,
      first,
      first,
      { ...enveloped({ eventTime: '2026-11-02T09:00:00Z' }), 'detail-type': 'Scheduled Event', source: 'aws.events' },
      { Records: 3 },
      null,
      record('10:00:00', 'RevokeSecurityGroupIngress', { request: { groupName: 'nobody knows', ipProtocol: '-1' } }),
      record('22:00:00', 'DeleteSecurityGroup', { request: { groupId: OLD } }),
    ];
    const document = replayOf(events, POLICY);
    const counts = Object.values(document.summary.outcomes).reduce((sum, count) => sum + count, 0);
    expect(counts).toBe(events.length);
    expect(outcomesOf(document)).toMatchObject({ duplicate: 2, clock: 1, malformed: 2, unresolved: 1, gone: 1 });
  });

  test('the order of files, and of events in them, plays no part; nor does the envelope', () => {
    const records = storyRecords();
    const expected = toldIn(replayOf(records, POLICY));
    expect(toldIn(replayOf(records.toReversed(), POLICY))).toEqual(expected);
    expect(toldIn(replayOf([...records.slice(4), ...records.slice(0, 4)], POLICY))).toEqual(expected);
    expect(toldIn(replayOf(records.map(enveloped), POLICY))).toEqual(expected);
  });

  test('calls of one second: a group is made before it is opened, and deleted last', () => {
    const events = [
      record('09:00:00', 'DeleteSecurityGroup', { request: { groupId: OLD }, eventID: 'a' }),
      { ...opened('08:00:00', WEB, 22, ANYONE), eventID: 'b' },
      { ...closed('08:00:00', WEB, 22, '10.0.0.0/8'), eventID: 'c' },
      { ...opened('08:00:00', WEB, 22, '10.0.0.0/8', { id: 'sgr-00000000000000009' }), eventID: 'd' },
      { ...created('08:00:00', WEB, 'web'), eventID: 'e' },
      { ...opened('09:00:00', OLD, 22, ANYONE, { id: 'sgr-00000000000000008' }), eventID: 'f' },
    ];
    expect(toldIn(replayOf(events, NO_SSH))).toEqual([
      '08:00:00 reverted -tcp/22 from 0.0.0.0/0',
      '09:00:00 reverted -tcp/22 from 0.0.0.0/0',
    ]);
  });

  test('the world goes on as reverted: what is gone is not reverted again, and closing it is no event', () => {
    const events = [created('08:00:00', WEB, 'web'), opened('08:10:00', WEB, 22, ANYONE), tagged('08:20:00', 'a', 'b')];
    const again = opened('10:00:00', WEB, 22, ANYONE, { id: 'sgr-00000000000000007' });
    expect(toldIn(replayOf([...events, closed('09:00:00', WEB, 22, ANYONE), again], NO_SSH))).toEqual([
      '08:10:00 reverted -tcp/22 from 0.0.0.0/0',
      '10:00:00 reverted -tcp/22 from 0.0.0.0/0',
    ]);
    expect(replayOf([...events, again], NO_SSH).summary.tickets).toBe(2);
  });

  test('what is required is put back, and nobody is said to have opened it', () => {
    const policy = policyOf(
      'match: { tags: { role: web } }\ningress: { require: [{ service: tcp/443, from: anywhere, open: true }] }',
    );
    const events = [
      created('08:00:00', WEB, 'web', { role: 'web' }),
      opened('08:01:00', WEB, 443, ANYONE),
      closed('08:02:00', WEB, 443, ANYONE),
    ];
    const document = replayOf(events, policy);
    expect(toldIn(document)).toEqual([
      '08:00:00 reverted +tcp/443 from 0.0.0.0/0',
      '08:02:00 reverted +tcp/443 from 0.0.0.0/0',
    ]);
    expect(document.actors.map(({ actor, reverted }) => [actor, reverted])).toEqual([
      ['pipeline', 1],
      ['admin/alex', 1],
    ]);
  });

  test('how long rules stood in reality', () => {
    const stoodIn = (...more: readonly Json[]) =>
      replayOf([created('08:00:00', WEB, 'web'), opened('08:10:00', WEB, 22, ANYONE), ...more], NO_SSH).runs[0]
        ?.changes[0]?.stood;
    const from = '2026-11-02T08:10:00Z';
    expect(stoodIn(closed('09:10:00', WEB, 22, ANYONE))).toEqual({
      from,
      until: '2026-11-02T09:10:00Z',
      seconds: 3600,
    });
    expect(stoodIn(tagged('08:11:00', 'a', 'b'))).toEqual({ from, until: null, seconds: 60 });
    const deleted = record('08:12:00', 'DeleteSecurityGroup', { request: { groupId: WEB } });
    expect(stoodIn(deleted)).toMatchObject({ until: '2026-11-02T08:12:00Z' });
  });

  test('who is hit is who opened it, not who woke the run', () => {
    const policy = policyOf('match: { tags: { role: web } }\ningress: { allow: [] }');
    const events = [
      created('08:00:00', WEB, 'web'),
      opened('08:10:00', WEB, 22, ANYONE, { who: ALEX }),
      tagged('08:20:00', 'role', 'web'),
    ];
    const document = replayOf(events, policy);
    expect(document.runs.map(({ event }) => event?.actor)).toEqual(['pipeline']);
    expect(document.actors).toMatchObject([{ actor: 'admin/alex', reverted: 1, sourceAddresses: ['198.51.100.7'] }]);
  });
});

describe('modes and holds', () => {
  const one = [created('08:00:00', WEB, 'web'), opened('08:10:00', WEB, 22, ANYONE)];

  test('report tells, pause holds, observe opens no ticket', () => {
    const told = replayOf([...one, tagged('08:20:00', 'a', 'b')], NO_SSH.replace('enforce', 'report'));
    expect([toldIn(told), told.summary.tickets, outcomesOf(told)]).toEqual([
      ['08:10:00 told -tcp/22 from 0.0.0.0/0'],
      1,
      { told: 2, fine: 1 },
    ]);
    const paused = replayOf(one, NO_SSH.replace('policies:', 'pause: true\npolicies:'));
    expect(toldIn(paused)).toEqual(['08:10:00 held -tcp/22 from 0.0.0.0/0']);
    expect(paused.runs[0]?.reasons.join()).toContain('pause: true');
    const observed = replayOf(one, NO_SSH.replace('enforce', 'observe'));
    expect([toldIn(observed), observed.summary.tickets]).toEqual([[], 0]);
  });

  test('a ticket lasts as long as its breach', () => {
    const policy = NO_SSH.replace('enforce', 'report');
    const more = opened('08:20:00', WEB, 22, '10.0.0.0/8', { id: 'sgr-00000000000000009' });
    const back = opened('09:30:00', WEB, 22, ANYONE, { id: 'sgr-00000000000000008' });
    const ticketsOf = (...events: readonly Json[]): number => replayOf([...one, ...events], policy).summary.tickets;
    expect(ticketsOf(more)).toBe(1);
    expect(ticketsOf(closed('09:00:00', WEB, 22, ANYONE), back)).toBe(2);
    expect(ticketsOf(more, closed('09:00:00', WEB, 22, ANYONE), back)).toBe(1);
  });

  test('grace: a sweep reverts what is left after it, and what was closed in time is never touched', () => {
    const policy = NO_SSH.replace('mode: enforce', 'mode: enforce\n    grace: 20m');
    const later = tagged('12:00:00', 'a', 'b');
    const left = replayOf([...one, later], policy);
    expect(toldIn(left)).toEqual(['08:10:00 held -tcp/22 from 0.0.0.0/0', '08:30:00 reverted -tcp/22 from 0.0.0.0/0']);
    expect(left.runs[1]?.event).toBeNull();
    const inTime = replayOf([...one, closed('08:25:00', WEB, 22, ANYONE), later], policy);
    expect(toldIn(inTime)).toEqual(['08:10:00 held -tcp/22 from 0.0.0.0/0']);
  });

  test('an exception permits until it ends', () => {
    const exception = `exceptions:
  - name: vendor
    match: { id: ${WEB} }
    ingress: [{ service: tcp/22, from: anywhere }]
    until: 2026-11-02T12:00:00Z
    approved: { by: jo@example.com, ticket: CHG0030192 }
`;
    expect(toldIn(replayOf([...one, tagged('18:00:00', 'a', 'b')], NO_SSH + exception))).toEqual([
      '12:00:00 reverted -tcp/22 from 0.0.0.0/0',
    ]);
  });

  test('a group that no policy governs, and one that was not asked for', () => {
    const policy = policyOf('match: { tags: { role: web } }\ningress: { allow: [] }');
    expect(outcomesOf(replayOf(one, policy))).toEqual({ ungoverned: 2 });
    expect(outcomesOf(replayOf(one, NO_SSH, { only: [OLD] }))).toEqual({ 'left-out': 2 });
  });

  test('a prefix list that is edited touches the groups that name it', () => {
    const items = [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, prefixListIds: { items: [{ prefixListId: LIST }] } }];
    const entries = (...cidrs: readonly string[]) => cidrs.map((Cidr, index) => ({ Cidr, tag: index + 1 }));
    const policy = policyOf('ingress: { deny: [{ service: tcp/22, from: internet }] }');
    const events = [
      record('08:00:00', 'CreateManagedPrefixList', {
        request: { CreateManagedPrefixListRequest: { PrefixListName: 'in', Entry: entries('10.0.0.0/8') } },
        answer: { CreateManagedPrefixListResponse: { prefixList: { prefixListId: LIST, version: 1 } } },
      }),
      created('08:00:01', WEB, 'web'),
      record('08:10:00', 'AuthorizeSecurityGroupIngress', { request: { groupId: WEB, ipPermissions: { items } } }),
      record('08:20:00', 'ModifyManagedPrefixList', {
        who: ALEX,
        request: {
          ModifyManagedPrefixListRequest: {
            PrefixListId: LIST,
            AddEntry: entries('198.51.100.0/24'),
            RemoveEntry: entries('10.0.0.0/8'),
          },
        },
      }),
    ];
    expect(toldIn(replayOf(events, policy))).toEqual([`08:20:00 reverted -tcp/22 from prefix-list:${LIST}`]);
  });
});

describe('what is not known is never fine', () => {
  const TAGGED = policyOf('match: { tags: { role: web } }\ningress: { allow: [] }');
  const NOT_TAGGED = policyOf('match: { not: { tags: { role: web } } }\ningress: { allow: [] }');
  const target = { cloud: 'aws', account: ACCOUNT, region: REGION, id: OLD };

  test.each([
    ['by tags', TAGGED],
    ['by tags that it must not have', NOT_TAGGED],
    ['by name', policyOf('match: { name: web }\ningress: { allow: [] }')],
    ['by network', policyOf(`match: { network: ${VPC} }\ningress: { allow: [] }`)],
  ])('a policy that matches %s is not decided', (_name, policy) => {
    const document = replayOf([opened('08:00:00', OLD, 22, ANYONE)], policy);
    expect(outcomesOf(document)).toEqual({ undecided: 1 });
    expect(document.undecided).toMatchObject([{ target: { id: OLD }, events: 1, undecided: ['policy `p`'] }]);
  });

  test('a tag that an event sets is known; a policy that surely does not fit is decided', () => {
    const events = [tagged('07:00:00', 'role', 'web', OLD), opened('08:00:00', OLD, 22, ANYONE)];
    expect(toldIn(replayOf(events, TAGGED))).toEqual(['08:00:00 reverted -tcp/22 from 0.0.0.0/0']);
    const elsewhere = TAGGED.replace('{ tags', '{ account: "444455556666", tags');
    expect(outcomesOf(replayOf([opened('08:00:00', OLD, 22, ANYONE)], elsewhere))).toEqual({ ungoverned: 1 });
  });

  test('rules that events show are judged, and what they do not show is not called fine', () => {
    expect(outcomesOf(replayOf([opened('08:00:00', OLD, 22, ANYONE)], NO_SSH))).toEqual({ reverted: 1 });
    expect(outcomesOf(replayOf([opened('08:00:00', OLD, 443, ANYONE)], NO_SSH))).toEqual({ undecided: 1 });
  });

  test('what is required may be among the rules that nobody has seen', () => {
    const policy = policyOf(`match: { id: ${OLD} }\ningress: { require: [{ service: tcp/443, from: 10.0.0.0/8 }] }`);
    const document = replayOf([tagged('08:00:00', 'a', 'b', OLD)], policy);
    expect([toldIn(document), document.undecided[0]?.undecided]).toEqual([[], ['what policy `p` requires']]);
  });

  test('an exception that may fit counts, and is named', () => {
    const exception = `exceptions:
  - name: vendor
    match: { account: "${ACCOUNT}", tags: { role: web } }
    ingress: [{ service: tcp/22, from: anywhere }]
    until: 2026-11-30T12:00:00Z
    approved: { by: jo@example.com, ticket: CHG0030192 }
`;
    const document = replayOf([opened('08:00:00', OLD, 22, ANYONE)], NO_SSH + exception);
    expect([toldIn(document), document.undecided[0]?.undecided]).toEqual([[], ['exception `vendor`']]);
  });

  test('saved state says what events do not, whenever it was saved', () => {
    const old = ruleOfFields(
      { SecurityGroupRuleId: 'sgr-00000000000000001', IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: ANYONE },
      'ingress',
    );
    const group = { target, name: 'old', tags: { role: 'web' }, network: VPC, rules: [old] };
    const saved = { groups: [group], ranges: new Map() };
    const document = replayOf([opened('08:00:00', OLD, 443, ANYONE)], TAGGED, { saved });
    expect(toldIn(document)).toEqual(['08:00:00 reverted -tcp/22 from 0.0.0.0/0 -tcp/443 from 0.0.0.0/0']);
    expect(document.actors.map(({ actor }) => actor).toSorted()).toEqual(['admin/alex', null]);
    expect(document.undecided).toEqual([]);
  });
});

describe('odd events', () => {
  test('none without a time, an id or an account makes it stop', () => {
    const [first = {}] = storyRecords();
    const odd = [
      'eventTime',
      'eventID',
      'recipientAccountId',
      'awsRegion',
      'userIdentity',
      'requestParameters',
      'responseElements',
    ];
    const events = odd.flatMap((name) => [without(first, name), { ...first, [name]: 7 }, { ...first, [name]: null }]);
    const document = replayOf(
      events.map((one, index) => ({ eventID: String(index), ...one })),
      POLICY,
    );
    expect(document.summary.events).toBe(events.length);
    expect(document.summary.outcomes.malformed).toBeGreaterThan(5);
  });

  test('without an id nothing is taken for a duplicate', () => {
    const one = without(opened('08:00:00', WEB, 22, ANYONE, { who: PIPELINE }), 'eventID');
    expect(outcomesOf(replayOf([created('07:00:00', WEB, 'web'), one, one], NO_SSH))).toMatchObject({ reverted: 2 });
  });
});

// Recordings of the real cloud may lie beside the project; they are of others, so they are not in it.
const recordings = process.env['PORTCULLIS_FIXTURES'] ?? join(import.meta.dirname, '../../../shared/fixtures');
const present = existsSync(recordings);
if (!present) console.info(`no recordings in ${recordings}: the replay of them is skipped`);

describe.each([
  ['examples', join(import.meta.dirname, '../../examples/events'), true],
  ['recordings', recordings, present],
])('every event of the %s', (_name, folder, isThere) => {
  test.skipIf(!isThere)('has one outcome, and a reason where nothing is looked at', async () => {
    const ear = new Ear(new Date('2026-11-24T12:00:00Z'));
    const kinds = readdirSync(folder).filter((name) => isThere && !name.endsWith('.md'));
    expect(kinds.length).toBeGreaterThan(0);
    for (const file of await eventFiles([folder])) for (const event of await eventsOf(file)) ear.take(event);
    const { read, malformed, ignored } = ear.heard(1);
    for (const { where, why } of malformed) expect([where.length, why.length > 10]).toEqual([expect.any(Number), true]);
    for (const why of ignored.keys()) expect(why.length).toBeGreaterThan(10);
    expect(read).toBeGreaterThan(20);
  });
});

test.skipIf(!present)('recorded calls of CloudTrail are replayed, each with an outcome', async () => {
  const events: unknown[] = [];
  for (const folder of ['cloudtrail', 'cloudtrail-logfile', 'eventbridge-c7n']) {
    for (const file of await eventFiles([join(recordings, folder)])) {
      for (const event of await eventsOf(file)) {
        expect(event.kind).toBe('event');
        if (event.kind === 'event') events.push(event.value);
      }
    }
  }
  const document = replayOf(events, NO_SSH);
  const { malformed, ...others } = document.summary.outcomes;
  expect(malformed).toBe(0);
  expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(events.length);
  expect(toldIn(document)).toEqual(['12:23:55 reverted -tcp/22 from 0.0.0.0/0']);
});
