import type { Queues } from './contract.ts';

export interface Sent {
  readonly queue: string;
  readonly body: unknown;
  readonly delayMs: number;
}

/** Keeps what was sent and postponed for whoever asks: for tests. */
export class MemoryQueues implements Queues {
  readonly sent: Sent[] = [];
  readonly postponed = new Map<string, number>();

  send(queue: string, bodies: readonly unknown[], delayMs = 0): Promise<void> {
    // As through a queue, what arrives is a copy.
    for (const body of bodies) this.sent.push({ queue, body: structuredClone(body), delayMs });
    return Promise.resolve();
  }

  postpone(_queue: string, receipt: string, forMs: number): Promise<void> {
    this.postponed.set(receipt, forMs);
    return Promise.resolve();
  }
}
