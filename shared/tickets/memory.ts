import type { Ticket, TicketDraft, Tickets } from './contract.ts';

/** Keeps tickets in the process: for tests and for `PORTCULLIS_TICKETS=memory:`. */
export class MemoryTickets implements Tickets {
  readonly drafts: TicketDraft[] = [];

  find(correlationId: string): Promise<Ticket | undefined> {
    const index = this.drafts.findIndex((draft) => draft.correlationId === correlationId);
    return Promise.resolve(index < 0 ? undefined : this.#ticket(index));
  }

  create(draft: TicketDraft): Promise<Ticket> {
    this.drafts.push(draft);
    return Promise.resolve(this.#ticket(this.drafts.length - 1));
  }

  #ticket(index: number): Ticket {
    const number = `MEM${String(index + 1).padStart(7, '0')}`;
    return { number, url: `memory:${number}` };
  }
}
