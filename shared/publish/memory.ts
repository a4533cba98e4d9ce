import type { Notice, Publisher } from './contract.ts';

/** Keeps notices for whoever asks: for tests. */
export class MemoryPublisher implements Publisher {
  readonly notices: Notice[] = [];

  publish(notice: Notice): Promise<void> {
    this.notices.push(notice);
    return Promise.resolve();
  }
}
