import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice, Publisher } from '../../shared/publish/contract.ts';

export const NOTICE: Notice = {
  kind: 'reverted',
  target: { cloud: 'aws', account: '111122223333', region: 'eu-central-1', id: 'sg-0123456789abcdef0' },
  sequence: 3,
};

/** A publisher for one test. */
export interface OpenPublisher {
  readonly publisher: Publisher;
  /** What listeners have heard so far, as they heard it. */
  readonly heard: () => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

/** What every publisher has to do. `open` gives one that nobody has published on. */
export function describePublisher(name: string, open: () => Promise<OpenPublisher>): void {
  describe(name, () => {
    let opened: OpenPublisher;
    let publisher: Publisher;

    beforeEach(async () => {
      opened = await open();
      ({ publisher } = opened);
    });
    afterEach(() => opened.close());

    it('tells nothing that was not published', async () => {
      expect(await opened.heard()).toEqual([]);
    });

    it.each(['held', 'reverted', 'failed'] as const)('tells of an outcome of the kind `%s`, once', async (kind) => {
      await publisher.publish({ ...NOTICE, kind });
      expect(await opened.heard()).toEqual([expect.objectContaining({ ...NOTICE, kind })]);
    });

    it('tells each notice of its own, also where many are published at once', async () => {
      const sequences = Array.from({ length: 15 }, (_, index) => index + 1);
      await Promise.all(sequences.map((sequence) => publisher.publish({ ...NOTICE, sequence })));
      const heard = await opened.heard();
      expect(heard).toHaveLength(15);
      for (const sequence of sequences) expect(heard).toContainEqual(expect.objectContaining({ ...NOTICE, sequence }));
    });

    it('tells the same notice again when it is published again: listeners have to bear it', async () => {
      await publisher.publish(NOTICE);
      await publisher.publish(NOTICE);
      expect(await opened.heard()).toHaveLength(2);
    });

    it('keeps the names of a target apart, whatever is in them', async () => {
      const target = { cloud: 'aws', account: '"},{', region: '\u0000/\\"', id: 'sg-ü ✓ ${x}' };
      await publisher.publish({ ...NOTICE, target });
      expect(await opened.heard()).toEqual([expect.objectContaining({ ...NOTICE, target })]);
    });
  });
}
