import { createHash } from 'node:crypto';
import { Fault } from '../base/fault.ts';
import { ticketTextsOf } from '../core/ticket-text.ts';
import type { TicketText } from '../core/ticket-text.ts';
import type { LedgerEntry } from '../core/model/ledger.ts';
import { targetKey } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { Ticket, Tickets } from '../tickets/contract.ts';
import { withLease } from './lease.ts';
import type { LeaseDeps } from './lease.ts';

export interface FileTicketDeps extends LeaseDeps {
  /** Undefined where nobody wants tickets. */
  readonly tickets: Tickets | undefined;
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

async function fileOne(text: TicketText, tickets: Tickets, deps: LeaseDeps): Promise<FiledTicket> {
  const { breach, title, description, impact, urgency } = text;
  const correlationId = correlationIdOf(breach);
  return withLease(correlationId, deps, async () => {
    const known = await tickets.find(correlationId);
    const ticket = known ?? (await tickets.create({ correlationId, title, description, impact, urgency }));
    return { breach, ticket, created: known === undefined };
  });
}

async function fileAll(entry: LedgerEntry, tickets: Tickets, deps: LeaseDeps): Promise<readonly FiledTicket[]> {
  const filed: FiledTicket[] = [];
  for (const text of ticketTextsOf(entry)) {
    const one = await fileOne(text, tickets, deps);
    const { breach, ticket, created } = one;
    const body = { kind: 'ticketed', breach, ticket: ticket.number, url: ticket.url, created } as const;
    await deps.ledger.append(entry.target, undefined, body);
    filed.push(one);
  }
  return filed;
}

/**
 * Sees to it that each breach of a ledger entry has a ticket, and records which. Works from the ledger alone, so it can
 * run at any time and any number of times; once all is filed nothing is due about the entry any more. Throws a `Fault`
 * where the ledger or the ticket system does not answer.
 */
export async function fileTicket(
  target: Target,
  sequence: number,
  deps: FileTicketDeps,
): Promise<readonly FiledTicket[]> {
  const { ledger, tickets } = deps;
  const [kept] = await ledger.newest(target, 1, sequence + 1);
  if (kept?.entry.sequence !== sequence) {
    throw new Fault(
      'malformed',
      `the ledger has no entry ${String(sequence)} of \`${targetKey(target)}\`; nothing is ticketed`,
    );
  }
  const filed = tickets === undefined ? [] : await fileAll(kept.entry, tickets, deps);
  await ledger.mark(target, sequence, { ...kept.mark, due: undefined });
  return filed;
}
