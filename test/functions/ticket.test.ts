import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../../functions/aws/listen.ts';
import { ticket } from '../../functions/aws/ticket.ts';
import {
  BAD_RECORDS,
  batchOf,
  batchWith,
  changed,
  failed,
  fault,
  House,
  HTTPS,
  NO_BATCHES,
  RDP,
  SSH,
  targetOf,
} from './wiring.ts';

let house: House;

/** Group 1 was reverted (entry 2), group 2 too (two breaches of one clause), group 3 is fine (entry 1). */
beforeEach(async () => {
  house = new House();
  house.add(1, [HTTPS, SSH]);
  house.add(2, [HTTPS, SSH, RDP]);
  house.add(3, [HTTPS]);
  await listen(batchOf(changed(1), changed(2), changed(3)), house.wiring);
  house.lines.length = 0;
});

function run(event: unknown): Promise<object> {
  return ticket(event, house.wiring);
}

function notice(number: number, sequence = 2): object {
  return { target: targetOf(number), sequence };
}

/** The event as EventBridge delivers it. */
function outcome(number: number, sequence = 2): object {
  const detail = { version: 1, kind: 'reverted', target: targetOf(number), sequence };
  return { version: '0', id: 'event', source: 'portcullis', 'detail-type': 'Portcullis Outcome', detail };
}

async function ticketedOf(number: number): Promise<readonly object[]> {
  return (await house.ledger.entries(targetOf(number)))
    .map(({ body }) => body)
    .filter(({ kind }) => kind === 'ticketed');
}

describe('a message', () => {
  it.each([
    ['plain', notice(1)],
    ['an outcome event', outcome(1)],
    ['a plain one in a batch', batchOf(notice(1))],
    ['an outcome event in a batch', batchOf(outcome(1))],
  ])('(%s) gives the breach of its entry one ticket, and the ledger says which', async (_what, event) => {
    expect(await run(event)).toEqual(failed());
    expect(house.tickets.drafts).toHaveLength(1);
    expect(house.tickets.drafts[0]?.title).toMatch(/group 1 \(sg-00000000000000001\).*tcp\/22 from 0\.0\.0\.0\/0/);
    expect(await ticketedOf(1)).toEqual([expect.objectContaining({ ticket: 'MEM0000001', created: true })]);
    expect(house.linesOf('info').map(({ message }) => message)).toEqual(['ticket opened']);
  });

  it('that is what `change` published is understood', async () => {
    for (const published of house.publisher.notices) {
      expect(await run({ source: 'portcullis', detail: { version: 1, ...published } })).toEqual(failed());
    }
    expect(house.tickets.drafts).toHaveLength(2);
  });

  it('delivered again makes no second ticket, in one batch or in two', async () => {
    expect(await run(batchOf(notice(1), outcome(1), notice(1)))).toEqual(failed());
    expect(await run(batchOf(outcome(1)))).toEqual(failed());
    expect(house.tickets.drafts).toHaveLength(1);
    const created = (await ticketedOf(1)).map((body) => 'created' in body && body.created);
    expect(created).toEqual([true, false, false, false]);
  });

  it('makes one ticket of all that one clause found in one group', async () => {
    expect(await run(notice(2))).toEqual(failed());
    expect(house.tickets.drafts).toHaveLength(1);
    expect(house.tickets.drafts[0]?.description).toMatch(/tcp\/22 [^]*tcp\/3389 /);
  });

  it.each([
    ['where nothing was found', 3, 1],
    ['that only says what is meant to be done', 1, 1],
  ])('about an entry %s makes no ticket', async (_what, number, sequence) => {
    expect(await run(batchOf(notice(number, sequence)))).toEqual(failed());
    expect(house.tickets.drafts).toEqual([]);
    expect(await ticketedOf(number)).toEqual([]);
  });

  it('about an entry that says that a ticket exists makes none', async () => {
    await run(notice(1));
    expect(await run(notice(1, 3))).toEqual(failed());
    expect(house.tickets.drafts).toHaveLength(1);
  });
});

describe('a message that names no entry', () => {
  const malformed: readonly [what: string, body: unknown][] = [
    ['no text', ''],
    ['no JSON', 'MEM0000001'],
    ['nothing', 'null'],
    ['a list', [notice(1)]],
    ['an empty object', {}],
    ['no target', { sequence: 2 }],
    ['a target that is a text', { target: 'sg-1', sequence: 2 }],
    ['no sequence', { target: targetOf(1) }],
    ['the sequence zero', notice(1, 0)],
    ['a negative sequence', notice(1, -1)],
    ['half a sequence', notice(1, 1.5)],
    ['a sequence that is a text', { target: targetOf(1), sequence: '2' }],
    ['an empty id', { target: { ...targetOf(1), id: '' }, sequence: 2 }],
    ['an id of a thousand characters', { target: { ...targetOf(1), id: 'x'.repeat(1000) }, sequence: 2 }],
    ['an event of somebody else', { ...outcome(1), source: 'aws.ec2' }],
    ['an event without its part', { source: 'portcullis', detail: {} }],
  ];

  const unknown: readonly [what: string, body: unknown][] = [
    ['a sequence that the ledger does not have', notice(1, 99)],
    ['a group that the ledger does not know', notice(99)],
    ['a group of another account', { target: { ...targetOf(1), account: '444455556666' }, sequence: 2 }],
  ];

  it.each([
    ...malformed.map(([what, body]) => [what, body, /names no ledger entry; expected/] as const),
    ...unknown.map(([what, body]) => [what, body, /the ledger has no entry/] as const),
  ])('(%s) comes back alone; the others of its batch have their tickets', async (_what, body, why) => {
    expect(await run(batchOf(notice(1), body, outcome(2)))).toEqual(failed('m2'));
    expect(house.tickets.drafts).toHaveLength(2);
    const expected = { kind: 'malformed', why: expect.stringMatching(why) as string };
    expect(house.linesOf('error').map(({ keys }) => keys)).toEqual([expected]);
  });

  it('as the whole event is thrown', async () => {
    await expect(run({})).rejects.toThrow(/names no ledger entry; expected `\{ target: /);
    await expect(run(notice(1, 99))).rejects.toThrow(/no entry 99 /);
    expect(house.tickets.drafts).toEqual([]);
  });

  it.each(BAD_RECORDS)('(%s) comes back alone from the middle of a batch', async (_what, record) => {
    expect(await run(batchWith(record, 1, notice(1), outcome(2)))).toEqual(failed('bad'));
    expect(house.tickets.drafts).toHaveLength(2);
  });

  it.each(NO_BATCHES)('(`Records` that are %s) is refused whole', async (_what, event) => {
    await expect(run(event)).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
    expect(house.tickets.drafts).toEqual([]);
  });
});

describe('a ticket system that does not answer', () => {
  it('brings the message back, and the ticket is opened once it answers', async () => {
    vi.spyOn(house.tickets, 'find').mockRejectedValueOnce(fault('unavailable'));
    expect(await run(batchOf(notice(1), notice(2)))).toEqual(failed('m1'));
    expect(house.tickets.drafts).toHaveLength(1);
    expect(await ticketedOf(1)).toEqual([]);
    expect(await run(batchOf(notice(1)))).toEqual(failed());
    expect(house.tickets.drafts).toHaveLength(2);
  });

  it('after it has opened the ticket gets no twin', async () => {
    const { tickets } = house;
    const create = tickets.create.bind(tickets);
    vi.spyOn(tickets, 'create').mockImplementationOnce(async (draft) => {
      await create(draft);
      throw fault('unavailable', 'the answer was lost');
    });
    expect(await run(batchOf(notice(1)))).toEqual(failed('m1'));
    expect(await run(batchOf(notice(1)))).toEqual(failed());
    expect(tickets.drafts).toHaveLength(1);
    expect(await ticketedOf(1)).toEqual([expect.objectContaining({ ticket: 'MEM0000001', created: false })]);
  });

  it('is thrown as it is for a plain event', async () => {
    vi.spyOn(house.tickets, 'create').mockRejectedValueOnce(fault('forbidden', 'the login is not accepted'));
    await expect(run(notice(1))).rejects.toMatchObject({ kind: 'forbidden', message: 'the login is not accepted' });
  });

  it('with an error that is no fault is a bug, and still only that message fails', async () => {
    vi.spyOn(house.tickets, 'find').mockRejectedValueOnce(new TypeError('a bug'));
    expect(await run(batchOf(notice(1), notice(2)))).toEqual(failed('m1'));
    expect(house.linesOf('error').map(({ keys }) => keys)).toEqual([{ kind: 'bug', why: 'a bug' }]);
  });

  it('is not there at all: messages are done without, and malformed ones still come back', async () => {
    const wiring = { ...house.wiring, fileTicket: { ...house.wiring.fileTicket, tickets: undefined } };
    expect(await ticket(batchOf(notice(1), '{}', outcome(2)), wiring)).toEqual(failed('m2'));
    expect(await ticketedOf(1)).toEqual([]);
  });
});

it('two messages about one breach at once make one ticket', async () => {
  const answers = await Promise.all([run(batchOf(notice(1))), run(batchOf(outcome(1)))]);
  for (const answer of answers) expect([failed(), failed('m1')]).toContainEqual(answer);
  expect(await run(batchOf(notice(1)))).toEqual(failed());
  expect(house.tickets.drafts).toHaveLength(1);
});
