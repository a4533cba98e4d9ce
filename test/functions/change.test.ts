import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../../functions/aws/listen.ts';
import { ticket } from '../../functions/aws/ticket.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import {
  BAD_RECORDS,
  batchOf,
  batchWith,
  callEvent,
  changed,
  failed,
  fault,
  groupId,
  House,
  HTTPS,
  NAMELESS_RECORDS,
  NO_BATCHES,
  RDP,
  SSH,
  targetOf,
} from './wiring.ts';

let house: House;
beforeEach(() => {
  house = new House();
  house.add(1, [HTTPS, SSH]);
  house.add(2, [HTTPS, RDP]);
  house.add(3, [HTTPS]);
});

function run(event: unknown): Promise<object> {
  return listen(event, house.wiring);
}

function expectUntouched(): void {
  expect(house.cloud.reads).toEqual([]);
  expect(house.cloud.writes).toEqual([]);
  expect(house.publisher.notices).toEqual([]);
}

describe('an event', () => {
  it('as it is brings the group back to its policy, and is kept with what was done', async () => {
    expect(await run(changed(1))).toEqual(failed());
    expect(house.rules(1)).toEqual(['tcp/443 from 0.0.0.0/0']);
    expect(await house.kinds(1)).toEqual(['intended', 'reverted']);
    const [, entry] = await house.ledger.entries(targetOf(1));
    expect(entry?.hint).toMatchObject({ eventId: 'event-1', actor: 'alex', sourceAddress: '198.51.100.7' });
    expect(house.publisher.notices).toEqual([{ kind: 'reverted', target: targetOf(1), sequence: 2 }]);
  });

  it('in a batch does the same', async () => {
    expect(await run(batchOf(changed(1)))).toEqual(failed());
    expect(house.ruleCount(1)).toBe(1);
    expect(await house.kinds(1)).toEqual(['intended', 'reverted']);
  });

  it('about a group that is as it should be changes nothing', async () => {
    expect(await run(changed(3))).toEqual(failed());
    expect(house.cloud.writes).toEqual([]);
    expect(await house.kinds(3)).toEqual(['fine']);
  });

  it('about a group that is gone is no failure', async () => {
    expect(await run(batchOf(changed(99)))).toEqual(failed());
    expect(await house.kinds(99)).toEqual(['gone']);
  });

  it('says nothing about what to do: one that claims that all is open changes nothing that is fine', async () => {
    const forged = callEvent({ groupId: groupId(3), ipPermissions: { items: [{ ipProtocol: '-1' }] } });
    expect(await run(forged)).toEqual(failed());
    expect(house.cloud.writes).toEqual([]);
  });
});

describe('events that name nothing to look at', () => {
  const ignored: readonly [what: string, event: unknown][] = [
    ['of another service', changed(1, { record: { eventSource: 's3.amazonaws.com' } })],
    ['of a call that only reads', changed(1, { name: 'DescribeSecurityGroups' })],
    ['of a call that failed', changed(1, { record: { errorCode: 'Client.UnauthorizedOperation' } })],
    ['of another kind', { 'detail-type': 'EBS Volume Notification', source: 'aws.ec2', detail: {} }],
    ['of tags of a volume', callEvent({ resourcesSet: { items: [{ resourceId: 'vol-1' }] } }, { name: 'CreateTags' })],
  ];

  it.each(ignored)('%s: done, nothing is read, and the log says why', async (_what, event) => {
    expect(await run(batchOf(event))).toEqual(failed());
    expect(await run(event)).toEqual(failed());
    expectUntouched();
    expect(house.lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'event ignored'],
      ['info', 'event ignored'],
    ]);
  });

  it('beside others take nothing away from those', async () => {
    expect(await run(batchOf(...ignored.map(([, event]) => event), changed(1)))).toEqual(failed());
    expect(house.rules(1)).toEqual(house.rules(3));
  });
});

describe('a malformed message', () => {
  const malformed: readonly [what: string, body: unknown][] = [
    ['no text', ''],
    ['no JSON', 'not json'],
    ['half an event', JSON.stringify(changed(1)).slice(0, 200)],
    ['nothing', 'null'],
    ['a number', '1'],
    ['a list of events', [changed(1)]],
    ['an event inside a text', JSON.stringify(JSON.stringify(changed(1)))],
    ['an empty object', {}],
    ['no record', { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail: 'text' }],
    ['no group', callEvent({})],
    ['an id of something else', callEvent({ groupId: 'i-0123456789abcdef0' })],
    ['an id with more behind it', callEvent({ groupId: `${groupId(1)}/../x` })],
    ['an account that is none', changed(1, { record: { recipientAccountId: 'all' } })],
    ['no time', changed(1, { record: { eventTime: 'yesterday' } })],
    ['a batch inside a batch', batchOf(changed(1))],
  ];

  it.each(malformed)('(%s) comes back alone, and the others of its batch are done', async (_what, body) => {
    expect(await run(batchOf(changed(2), body, changed(3)))).toEqual(failed('m2'));
    expect(house.rules(2)).toEqual(house.rules(3));
    expect(house.cloud.reads).not.toContain(groupId(1));
    expect(house.linesOf('error').map(({ keys }) => keys['kind'])).toEqual(['malformed']);
  });

  it('that is the whole event is thrown, so that it ends as a dead letter', async () => {
    await expect(run({})).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
    await expect(run(null)).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
    await expect(run('text')).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
    expectUntouched();
  });

  it.each(NO_BATCHES)('(`Records` that are %s) is refused whole, and nothing is touched', async (_what, event) => {
    await expect(run(event)).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
    await expect(run(event)).rejects.toThrow(/`Records`.*no SQS messages; send an SQS batch or one plain event/);
    expectUntouched();
  });

  it.each(BAD_RECORDS)('(%s) that is one record of a batch comes back alone', async (_what, record) => {
    expect(await run(batchWith(record, 1, changed(2), changed(3)))).toEqual(failed('bad'));
    expect(house.rules(2)).toEqual(house.rules(3));
    expect(await house.kinds(3)).toEqual(['fine']);
    expect(house.cloud.reads).not.toContain(groupId(1));
    expect(house.linesOf('error').map(({ keys }) => keys)).toEqual([
      { kind: 'malformed', why: expect.stringMatching(/no text as its `body`; send it through SQS/) as string },
    ]);
  });

  it.each(NAMELESS_RECORDS)(
    '(a record with %s) brings the whole batch back, once the others are done',
    async (_what, record) => {
      await expect(run(batchWith(record, 0, changed(2)))).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
      expect(house.rules(2)).toEqual(house.rules(3));
    },
  );

  it('is never shown whole in the log', async () => {
    await run(batchOf(`{"secret": "hunter2-of-nobody ${'x'.repeat(5000)}"}`, 'hunter2-of-nobody'));
    const log = JSON.stringify(house.lines);
    expect(log).not.toContain('hunter2-of-nobody');
  });
});

describe('a batch', () => {
  it('with many messages about one group reads it once', async () => {
    const many = Array.from({ length: 10 }, (_, index) => changed(3, { eventId: `event-${String(index)}` }));
    expect(await run(batchOf(...many))).toEqual(failed());
    expect(house.cloud.reads).toEqual([groupId(3)]);
    expect(await house.kinds(3)).toEqual(['fine']);
  });

  it('that names one group by its id, its name, its tags and its answer reads it once', async () => {
    const answer = { securityGroupRuleSet: { items: [{ groupId: groupId(3) }] } };
    const events = [
      changed(3),
      callEvent({ groupName: 'group 3' }),
      callEvent({ resourcesSet: { items: [{ resourceId: groupId(3) }] } }, { name: 'DeleteTags' }),
      callEvent({}, { name: 'ModifySecurityGroupRules', record: { responseElements: answer } }),
    ];
    expect(await run(batchOf(...events))).toEqual(failed());
    expect(house.cloud.reads).toEqual([groupId(3)]);
  });

  it('takes groups of the same id in another account or region for others', async () => {
    const elsewhere = [
      changed(3, { record: { recipientAccountId: '444455556666' } }),
      changed(3, { record: { awsRegion: 'eu-central-2' } }),
    ];
    await run(batchOf(changed(3), ...elsewhere));
    expect(house.cloud.reads).toEqual([groupId(3), groupId(3), groupId(3)]);
    expect(await house.kinds(3)).toEqual(['fine']);
  });

  const older = changed(1, { at: '2026-11-24T11:58:00Z', eventId: 'older' });
  const newer = changed(1, { at: '2026-11-24T11:59:30Z', eventId: 'newer' });

  it.each([
    ['before', [newer, older]],
    ['after', [older, newer]],
  ])('keeps the newest news of a group that comes %s older ones', async (_where, events) => {
    await run(batchOf(...events));
    const hints = (await house.ledger.entries(targetOf(1))).map(({ hint }) => hint?.eventId);
    expect(hints).toEqual(['newer', 'newer']);
  });

  it('does not name in the ticket whoever touched the group before somebody opened it', async () => {
    const tagged = callEvent(
      { resourcesSet: { items: [{ resourceId: groupId(1) }] } },
      {
        name: 'CreateTags',
        at: '2026-11-24T11:58:59Z',
        record: { userIdentity: { type: 'IAMUser', userName: 'sam' } },
      },
    );
    await run(batchOf(tagged, newer));
    await ticket({ target: targetOf(1), sequence: 2 }, house.wiring);
    expect(house.tickets.drafts[0]?.description).toContain('alex');
    expect(house.tickets.drafts[0]?.description).not.toContain('sam');
  });

  it('fails with a group that cannot be read only the messages about it', async () => {
    house.cloud.failures.set(groupId(2), fault('unavailable'));
    const bodies = [changed(1), changed(2), changed(3), changed(2, { eventId: 'event-2' })];
    expect(await run(batchOf(...bodies))).toEqual(failed('m2', 'm4'));
    expect(house.rules(1)).toEqual(house.rules(3));
    expect(house.ruleCount(2)).toBe(2);

    house.cloud.failures.clear();
    expect(await run(batchOf(...bodies))).toEqual(failed());
    expect(house.rules(2)).toEqual(house.rules(3));
    expect(house.cloud.writes).toEqual([groupId(1), groupId(2)]);
  });

  it('names a message once, however many of its groups failed', async () => {
    house.cloud.failures.set(groupId(1), fault('busy'));
    house.cloud.failures.set(groupId(2), fault('unavailable'));
    const items = [1, 2, 3].map((number) => ({ resourceId: groupId(number) }));
    const tagged = callEvent({ resourcesSet: { items } }, { name: 'CreateTags' });
    expect(await run(batchOf(tagged))).toEqual(failed('m1'));
    expect(await house.kinds(3)).toEqual(['fine']);
  });

  it('brings back every message that named a group which failed, also those that named it beside others', async () => {
    house.cloud.failures.set(groupId(1), fault('unavailable'));
    const items = [{ resourceId: groupId(1) }, { resourceId: groupId(2) }];
    const tagged = callEvent({ resourcesSet: { items } }, { name: 'CreateTags' });
    expect(await run(batchOf(changed(2), tagged, changed(1)))).toEqual(failed('m2', 'm3'));
    expect(house.rules(2)).toEqual(house.rules(3));
  });

  it('leaves the rest for later once the cloud throttles: all calls share one budget', async () => {
    house.cloud.failures.set(groupId(2), fault('throttled'));
    expect(await run(batchOf(changed(1), changed(2), changed(3)))).toEqual(failed('m2', 'm3'));
    expect(house.cloud.reads).not.toContain(groupId(3));
    expect(house.rules(1)).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('takes an error that is no fault for a bug, and still does the rest', async () => {
    house.cloud.failures.set(groupId(2), new TypeError('a bug'));
    expect(await run(batchOf(changed(2), changed(1)))).toEqual(failed('m1'));
    expect(house.rules(1)).toEqual(house.rules(3));
    expect(house.linesOf('error').map(({ keys }) => keys)).toEqual([{ kind: 'bug', why: 'a bug' }]);
  });

  it('makes no more changes in one run than are allowed, and holds what is over', async () => {
    house = new House({ ...LIMITS, changesPerFirewall: 20, changesPerRun: 3 });
    for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH, RDP]);
    expect(await run(batchOf(changed(1), changed(2), changed(3)))).toEqual(failed());
    expect([1, 2, 3].map((number) => house.ruleCount(number))).toEqual([1, 3, 3]);
    expect(await house.kinds(2)).toEqual(['held']);
    const [held] = await house.ledger.entries(targetOf(2));
    expect(held?.body).toMatchObject({ reasons: [expect.stringMatching(/4 changes, more than the 3 allowed/)] });

    // A later run counts anew.
    expect(await run(batchOf(changed(2)))).toEqual(failed());
    expect(house.rules(2)).toEqual(house.rules(1));
  });
});

describe('a group known by name', () => {
  it('is found, read and brought back', async () => {
    expect(await run(callEvent({ groupName: 'group 1' }))).toEqual(failed());
    expect(house.rules(1)).toEqual(house.rules(3));
  });

  it('that several groups carry means all of them', async () => {
    house.add(4, [HTTPS, SSH], 'group 1');
    expect(await run(batchOf(callEvent({ groupName: 'group 1' })))).toEqual(failed());
    expect(house.rules(1)).toEqual(house.rules(3));
    expect(house.rules(4)).toEqual(house.rules(3));
  });

  it('that cannot be looked up fails its message alone', async () => {
    house.cloud.failures.set('group 1', fault('unavailable'));
    expect(await run(batchOf(callEvent({ groupName: 'group 1' }), changed(2)))).toEqual(failed('m1'));
    expect(house.rules(2)).toEqual(house.rules(3));
    expect(house.cloud.reads).not.toContain(groupId(1));
  });

  it('that no group carries is no failure, and is not passed over in silence', async () => {
    expect(await run(batchOf(callEvent({ groupName: 'deleted since' })))).toEqual(failed());
    expect(house.cloud.finds).toEqual(['deleted since']);
    expect(house.cloud.reads).toEqual([]);
    expect(JSON.stringify(house.lines)).toContain('deleted since');
  });
});

describe('a failure', () => {
  it('of a plain event is thrown as it is', async () => {
    house.cloud.failures.set(groupId(1), fault('throttled', 'the rate limit is reached'));
    await expect(run(changed(1))).rejects.toMatchObject({ kind: 'throttled', message: 'the rate limit is reached' });
  });

  it('to publish brings the message back; the revert stands, and the next run tells of it', async () => {
    const { publisher } = house;
    vi.spyOn(publisher, 'publish').mockRejectedValueOnce(fault('unavailable'));
    expect(await run(batchOf(changed(1)))).toEqual(failed('m1'));
    expect(house.rules(1)).toEqual(house.rules(3));
    expect(publisher.notices).toEqual([]);
    expect(await run(batchOf(changed(1)))).toEqual(failed());
    expect(publisher.notices).toEqual([{ kind: 'reverted', target: targetOf(1), sequence: 2 }]);
    expect(house.cloud.writes).toEqual([groupId(1)]);
  });

  it('of one of two runs at once is busy: one writes, the other message comes back', async () => {
    let open: () => void = () => undefined;
    house.cloud.gate = new Promise((resolve) => {
      open = resolve;
    });
    const runs = [run(batchOf(changed(1))), run(batchOf(changed(1)))];
    await new Promise((resolve) => setImmediate(resolve));
    open();
    const answers = await Promise.all(runs);
    expect(answers).toContainEqual(failed());
    expect(answers).toContainEqual(failed('m1'));
    expect(house.cloud.writes).toEqual([groupId(1)]);
    expect(house.linesOf('error').map(({ keys }) => keys['kind'])).toEqual(['busy']);
    expect(await run(batchOf(changed(1)))).toEqual(failed());
    expect(house.rules(1)).toEqual(house.rules(3));
  });
});
