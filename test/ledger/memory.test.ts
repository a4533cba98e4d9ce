import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { describeLedger } from './contract.ts';

describeLedger('the ledger in memory', (clock) => new MemoryLedger(clock));
