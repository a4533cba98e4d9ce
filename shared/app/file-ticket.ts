import { createHash } from 'node:crypto';
import { Fault } from '../base/fault.ts';
import { ticketTextsOf } from '../core/ticket-text.ts';
import type { TicketText } from '../core/ticket-text.ts';
import { targetKey } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Ticket, Tickets } from '../tickets/contract.ts';
import { withLease } from './lease.ts';

export interface FileTicketDeps {
  readonly ledger: Ledger;
  readonly tickets: Tickets;
  readonly leaseMs: number;
}

/** A ticket that a breach has, and whether this run opened it. */
export interface FiledTicket {
  readonly breach: string;
  readonly ticket: Ticket;
  readonly created: boolean;
}

/** The same breach gives the same id, so a ticket is found again however often an entry is delivered. */
function correlationIdOf(breach: string): string {
  return `portcullis-${createHash('sha256').update(breach).digest('hex')}`;
}

async function fileOne(text: TicketText, { tickets, ledger, leaseMs }: FileTicketDeps): Promise<FiledTicket> {
  const { breach, title, description, impact, urgency } = text;
  const correlationId = correlationIdOf(breach);
  return withLease(ledger, correlationId, leaseMs, async () => {
    const known = await tickets.find(correlationId);
    const ticket = known ?? (await tickets.create({ correlationId, title, description, impact, urgency }));
    return { breach, ticket, created: known === undefined };
  });
}

/**
 * Sees to it that each breach of a ledger entry has a ticket, and records which. Works from the ledger alone, so it can
 * run at any time and any number of times. Throws a `Fault` where the ledger or the ticket system does not answer.
 */
export async function fileTicket(
  target: Target,
  sequence: number,
  deps: FileTicketDeps,
): Promise<readonly FiledTicket[]> {
  const entry = await deps.ledger.entry(target, sequence);
  if (entry === undefined) {
    throw new Fault(
      'malformed',
      `the ledger has no entry ${String(sequence)} of \`${targetKey(target)}\`; nothing is ticketed`,
    );
  }
  const filed: FiledTicket[] = [];
  for (const text of ticketTextsOf(entry)) {
    const one = await fileOne(text, deps);
    await deps.ledger.append(target, undefined, {
      kind: 'ticketed',
      breach: one.breach,
      ticket: one.ticket.number,
      url: one.ticket.url,
      created: one.created,
    });
    filed.push(one);
  }
  return filed;
}
