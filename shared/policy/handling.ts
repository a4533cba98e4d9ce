import { MOST_FRAGMENTS, REVERTS } from '../core/model/policy.ts';
import type { Handling, TicketWishes } from '../core/model/policy.ts';
import { durationIn } from './duration.ts';
import { fieldsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Entry } from './node.ts';
import type { Complaints } from './problem.ts';
import { integerIn, nameIn, wordIn } from './scalar.ts';
import { TICKET } from './shapes.ts';

const UNSTATED_FRAGMENTS = 20;

/** Turns a field into a value, or answers with what holds where it is unstated (or broken, and complained of). */
export function statedOr<T>(entry: Entry | undefined, read: (entry: Entry) => T | undefined, unstated: T): T {
  return entry === undefined ? unstated : (read(entry) ?? unstated);
}

function gradeIn(entry: Entry, complaints: Complaints): 1 | 2 | 3 | undefined {
  const grade = integerIn(entry, 1, 3, complaints);
  return ([1, 2, 3] as const).find((one) => one === grade);
}

function ticketIn(entry: Entry, complaints: Complaints): TicketWishes | undefined {
  const example = '`ticket: { assignmentGroup: Cloud Network, impact: 2, urgency: 2 }`';
  const fields = fieldsOf(entry.value, TICKET, example, complaints);
  if (fields === undefined) return undefined;
  const groupField = fields.get('assignmentGroup');
  const impactField = fields.get('impact');
  const urgencyField = fields.get('urgency');
  if (TICKET.known.every((key) => !fields.tries(key))) {
    complaints.add(fields.at, '`ticket` is empty; write `assignmentGroup`, `impact` or `urgency`, or remove it');
  }
  const assignmentGroup = groupField === undefined ? undefined : nameIn(groupField, complaints);
  const impact = impactField === undefined ? undefined : gradeIn(impactField, complaints);
  const urgency = urgencyField === undefined ? undefined : gradeIn(urgencyField, complaints);
  return {
    ...(assignmentGroup === undefined ? {} : { assignmentGroup }),
    ...(impact === undefined ? {} : { impact }),
    ...(urgency === undefined ? {} : { urgency }),
  };
}

/** How a policy's excess is taken away and told of. */
export function handlingOf(fields: Fields, complaints: Complaints): Handling {
  return {
    revert: statedOr(fields.get('revert'), (entry) => wordIn(entry, REVERTS, complaints), 'narrow'),
    maxFragments: statedOr(
      fields.get('maxFragments'),
      (entry) => integerIn(entry, 1, MOST_FRAGMENTS, complaints),
      UNSTATED_FRAGMENTS,
    ),
    overflow: statedOr(fields.get('overflow'), (entry) => wordIn(entry, ['hold', 'remove'], complaints), 'hold'),
    collateral: statedOr(fields.get('collateral'), (entry) => wordIn(entry, ['hold', 'allow'], complaints), 'hold'),
    graceMs: statedOr(fields.get('grace'), (entry) => durationIn(entry, '0s', '24h', complaints), 0),
    ticket: statedOr(fields.get('ticket'), (entry) => ticketIn(entry, complaints), {}),
  };
}
