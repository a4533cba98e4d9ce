import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queues } from '../../shared/queues/contract.ts';

export interface Arrived {
  readonly body: unknown;
  readonly afterMs: number;
}

/** Some queues, and what a test has to see of them. */
export interface Opened {
  readonly queues: Queues;
  /** A queue that is there. */
  readonly queue: string;
  /** All that has arrived once nothing is under way, in any order. */
  arrived(): Promise<readonly Arrived[]>;
  /** A receipt of a message that is done with. */
  goneReceipt(): Promise<string>;
  close(): Promise<void>;
}

function textsOf(arrived: readonly Arrived[]): readonly string[] {
  return arrived.map(({ body, afterMs }) => `${JSON.stringify(body)} after ${String(afterMs)}`).sort();
}

/** What all queues have to do. Nothing is promised of the order. */
export function describeQueues(name: string, open: () => Promise<Opened>): void {
  describe(name, () => {
    let opened: Opened;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it.each([0, 1, 10, 11, 25])('deliver %i messages that are sent together, each once', async (count) => {
      const bodies = Array.from({ length: count }, (_, index) => ({ number: index, of: 'ä €' }));
      await opened.queues.send(opened.queue, bodies);
      expect(textsOf(await opened.arrived())).toEqual(textsOf(bodies.map((body) => ({ body, afterMs: 0 }))));
    });

    it('deliver what was sent, whatever becomes of it at the sender', async () => {
      const body = { stops: [{ owed: [1] }] };
      await opened.queues.send(opened.queue, [body]);
      body.stops.length = 0;
      expect(textsOf(await opened.arrived())).toEqual(['{"stops":[{"owed":[1]}]} after 0']);
    });

    it.each([1000, 60_000, 300_000, 900_000])('deliver once a delay of %i ms is over', async (delayMs) => {
      await opened.queues.send(opened.queue, ['later'], delayMs);
      await opened.queues.send(opened.queue, ['now'], 0);
      expect(textsOf(await opened.arrived())).toEqual([`"later" after ${String(delayMs)}`, '"now" after 0']);
    });

    it('take it for no error that a message to be put off is gone', async () => {
      const receipt = await opened.goneReceipt();
      await expect(opened.queues.postpone(opened.queue, receipt, 60_000)).resolves.toBeUndefined();
    });
  });
}
