import { MemoryPublisher } from '../../shared/publish/memory.ts';
import { describePublisher } from './contract.ts';

describePublisher('the publisher in memory', () => {
  const publisher = new MemoryPublisher();
  return Promise.resolve({
    publisher,
    heard: () => Promise.resolve(publisher.notices),
    close: () => Promise.resolve(),
  });
});
