import { expect, it } from 'vitest';
import { MemoryTickets } from '../../shared/tickets/memory.ts';
import { describeTickets, draftOf, idOf } from './contract.ts';

describeTickets('tickets in memory', () => {
  const tickets = new MemoryTickets();
  return { tickets, count: () => tickets.drafts.length, close: () => Promise.resolve() };
});

it('keeps the drafts, for tests to read', async () => {
  const tickets = new MemoryTickets();
  await tickets.create(draftOf(idOf(1)));
  await tickets.create(draftOf(idOf(2), { urgency: 3 }));
  expect(tickets.drafts).toEqual([draftOf(idOf(1)), draftOf(idOf(2), { urgency: 3 })]);
});
