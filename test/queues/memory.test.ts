import { MemoryQueues } from '../../shared/queues/memory.ts';
import { describeQueues } from './contract.ts';

describeQueues('queues in memory', () => {
  const queues = new MemoryQueues();
  return Promise.resolve({
    queues,
    queue: 'change',
    arrived: () => Promise.resolve(queues.sent.map(({ body, delayMs }) => ({ body, afterMs: delayMs }))),
    goneReceipt: () => Promise.resolve('receipt'),
    close: () => Promise.resolve(),
  });
});
