import { MemoryRows } from '../../shared/grants/memory.ts';
import { describeStore } from './contract.ts';

describeStore('grants in memory', () => {
  const rows = new MemoryRows();
  return { rows, elsewhere: rows };
});
