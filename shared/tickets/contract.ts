/** What a person has to know, before any ticket system has given it a number. */
export interface TicketDraft {
  /** The same for the same breach, at most 100 characters of `a-z0-9-`. */
  readonly correlationId: string;
  /** One line. */
  readonly title: string;
  readonly description: string;
  /** 1 is high, 3 is low. */
  readonly impact: 1 | 2 | 3;
  readonly urgency: 1 | 2 | 3;
}

export interface Ticket {
  /** As people know it: `INC0010001`. */
  readonly number: string;
  /** Where a person opens it. */
  readonly url: string;
}

/**
 * A ticket system. Methods throw a `Fault`: unavailable, throttled (try again later), forbidden (login or rights),
 * malformed (an answer that is not what the system documents).
 */
export interface Tickets {
  /** The open ticket of a breach, if there is one. */
  find(correlationId: string): Promise<Ticket | undefined>;
  create(draft: TicketDraft): Promise<Ticket>;
}
