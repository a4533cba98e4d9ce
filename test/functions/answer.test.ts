import { beforeEach, describe, expect, it } from 'vitest';
import { batchAnswer } from '../../functions/aws/answer.ts';
import { comesBackInMs } from '../../shared/app/retry.ts';
import { messagesIn } from '../../functions/aws/envelope.ts';
import type { Message } from '../../functions/aws/envelope.ts';
import { listen } from '../../functions/aws/listen.ts';
import { Fault } from '../../shared/base/fault.ts';
import type { FaultKind } from '../../shared/base/fault.ts';
import { batchOf, changed, failed, fault, groupId, House, HTTPS, SSH } from './wiring.ts';

// When a message that failed comes back, and that it does.

const MINUTES_15 = 15 * 60_000;
const KINDS: readonly FaultKind[] = ['throttled', 'unavailable', 'busy', 'conflict', 'forbidden', 'unsupported'];
const RECEIVES = Array.from({ length: 20 }, (_, index) => index + 1);

describe('how long a message stays away', () => {
  it('is twice as long each time, half of it by chance, and a quarter of an hour at most', () => {
    for (const kind of [...KINDS, 'bug']) {
      const error = kind === 'bug' ? new TypeError('a bug') : new Fault(kind as FaultKind, 'not now');
      for (const receives of RECEIVES) {
        const longest = Math.min(2 ** receives * 1000, MINUTES_15);
        expect(comesBackInMs(error, receives, () => 0)).toBe(longest / 2);
        expect(comesBackInMs(error, receives, () => 0.999_999)).toBeLessThan(longest);
        expect(comesBackInMs(error, receives, () => 0.999_999)).toBeGreaterThan(longest * 0.99);
      }
    }
  });

  it('is nothing where it is malformed: it gets no better', () => {
    for (const receives of RECEIVES) expect(comesBackInMs(fault('malformed'), receives, () => 0.9)).toBe(0);
  });

  it('is no longer than a lease that is in the way, and no shorter than is known', () => {
    const busy = (retryInMs: number): Fault => new Fault('busy', 'another has it', { retryInMs });
    expect(comesBackInMs(busy(70_000), 10, () => 0.5)).toBe(70_000);
    expect(comesBackInMs(busy(70_000), 1, () => 0.5)).toBe(1500);
    expect(comesBackInMs(busy(0), 5, () => 0.5)).toBe(0);
  });

  it('is a sane number after any count of receives', () => {
    for (const receives of [0, 1, 1000, 5000, Number.MAX_SAFE_INTEGER]) {
      const ms = comesBackInMs(fault('throttled'), receives, () => 0.5);
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(MINUTES_15);
    }
  });
});

describe('a batch of which some failed', () => {
  let house: House;
  beforeEach(() => {
    house = new House();
    for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH]);
  });

  /** The batch with a receipt of its own for each message, received so often. */
  function received(receives: number, ...bodies: readonly unknown[]): { readonly Records: readonly unknown[] } {
    const { Records } = batchOf(...bodies);
    return {
      Records: Records.map((record, index) => ({
        ...(record as object),
        receiptHandle: `receipt-${String(index + 1)}`,
        attributes: { ApproximateReceiveCount: String(receives) },
      })),
    };
  }

  it('has those put off, each in its own queue and by its own receipt, and named; the others are done with', async () => {
    house.cloud.failures.set(groupId(2), fault('unavailable'));
    expect(await listen(received(4, changed(1), changed(2), 'nonsense'), house.wiring)).toEqual(failed('m3', 'm2'));
    expect(house.queues.postponed).toEqual(
      new Map([
        ['receipt-3', 0],
        ['receipt-2', 12_000],
      ]),
    );
  });

  it('by a lease: it comes back once that has run out at the latest', async () => {
    await house.ledger.lease(`aws/111122223333/eu-central-1/${groupId(1)}`, 40_000);
    house.nowMs += 15_000;
    expect(await listen(received(9, changed(1)), house.wiring)).toEqual(failed('m1'));
    expect(house.queues.postponed.get('receipt-1')).toBe(25_000);
  });

  it('names a message that could not be put off all the same, and the log says why', async () => {
    house.cloud.failures.set(groupId(1), fault('throttled'));
    house.queues.postpone = () => Promise.reject(fault('forbidden', 'sqs:ChangeMessageVisibility is not allowed'));
    expect(await listen(received(1, changed(1), changed(2)), house.wiring)).toEqual(failed('m1', 'm2'));
    const lines = house.linesOf('error').filter(({ message }) => message === 'message not postponed');
    expect(lines.map(({ keys }) => keys)).toEqual(
      [1, 2].map(() => ({ queue: 'change', kind: 'forbidden', why: 'sqs:ChangeMessageVisibility is not allowed' })),
    );
  });

  it('puts them off at once: one after the other a silent queue would take the time that the function has', async () => {
    let under = 0;
    let most = 0;
    house.queues.postpone = async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    };
    await listen(received(1, ...Array.from({ length: 10 }, () => 'nonsense')), house.wiring);
    expect(most).toBe(10);
  });

  it.each([
    ['no receipt', { receiptHandle: undefined }],
    ['an empty receipt', { receiptHandle: '' }],
    ['no queue', { eventSourceARN: undefined }],
    ['no attributes', { attributes: undefined }],
    ['no count of receives', { attributes: {} }],
    ['a count that is none', { attributes: { ApproximateReceiveCount: 'many' } }],
    ['a count of nothing', { attributes: { ApproximateReceiveCount: '0' } }],
  ])('with %s: it comes back when the queue says, and is worked on before that', async (_what, without) => {
    const { Records } = received(1, changed(1), 'nonsense');
    const bare = { Records: Records.map((record) => ({ ...(record as object), ...without })) };
    expect(await listen(bare, house.wiring)).toEqual(failed('m2'));
    expect(house.queues.postponed.size).toBe(0);
    expect(house.ruleCount(1)).toBe(1);
  });

  it('of which one has no id is thrown whole, once all of them are put off', async () => {
    const failures = new Map<Message, unknown>();
    const [message] = messagesIn(received(1, changed(1)), failures);
    if (message === undefined) throw new Error('expected a message');
    failures.set(message, fault('throttled'));
    failures.set(
      { ...message, id: undefined, delivery: { queue: 'change', receipt: 'other', receives: 1 } },
      fault('busy'),
    );
    await expect(batchAnswer(failures, house.wiring.answer)).rejects.toMatchObject({ kind: 'busy' });
    expect([...house.queues.postponed.keys()]).toEqual(['receipt-1', 'other']);
  });
});
