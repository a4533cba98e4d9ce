import type { LedgerEntry } from '../../shared/core/model/ledger.ts';
import { ticketTextsOf } from '../../shared/core/ticket-text.ts';
import { expectGolden } from '../golden.ts';

/** Compares all tickets of an entry with the golden file of this name. */
export function expectTickets(name: string, entry: LedgerEntry): Promise<void> {
  const texts = ticketTextsOf(entry).map(
    ({ title, description, impact, urgency }) =>
      `${title}\n[impact ${String(impact)}, urgency ${String(urgency)}]\n\n${description}\n`,
  );
  return expectGolden(`ticket/${name}`, texts.join('\n----\n\n'));
}
