import { UNSTATED_GUARD } from '../core/model/guard.ts';
import type { Guard } from '../core/model/guard.ts';
import { durationIn } from './duration.ts';
import { fieldsOf } from './fields.ts';
import { statedOr } from './handling.ts';
import type { Entry } from './node.ts';
import type { Complaints } from './problem.ts';
import { integerIn, shareIn } from './scalar.ts';
import { CHANGED_FIREWALLS, GUARD, REVERTS_PER_FINDING } from './shapes.ts';

/** Far over what any fleet has. A larger number is a slip, and would bound nothing. */
const MOST = 100_000;
const MOST_DAYS = 365;

function changedFirewallsIn(entry: Entry, complaints: Complaints): Guard['maxChangedFirewalls'] | undefined {
  const example = '`maxChangedFirewalls: { share: 10%, atLeast: 5, within: 1h }`';
  const fields = fieldsOf(entry.value, CHANGED_FIREWALLS, example, complaints);
  if (fields === undefined) return undefined;
  const { share, atLeast, withinMs } = UNSTATED_GUARD.maxChangedFirewalls;
  return {
    share: statedOr(fields.get('share'), (field) => shareIn(field, complaints), share),
    atLeast: statedOr(fields.get('atLeast'), (field) => integerIn(field, 0, MOST, complaints), atLeast),
    withinMs: statedOr(fields.get('within'), (field) => durationIn(field, '1m', '7d', complaints), withinMs),
  };
}

function revertsPerFindingIn(entry: Entry, complaints: Complaints): Guard['maxRevertsPerFinding'] | undefined {
  const example = '`maxRevertsPerFinding: { count: 3, within: 1h }`';
  const fields = fieldsOf(entry.value, REVERTS_PER_FINDING, example, complaints);
  if (fields === undefined) return undefined;
  const { count, withinMs } = UNSTATED_GUARD.maxRevertsPerFinding;
  return {
    count: statedOr(fields.get('count'), (field) => integerIn(field, 1, MOST, complaints), count),
    withinMs: statedOr(fields.get('within'), (field) => durationIn(field, '1m', '7d', complaints), withinMs),
  };
}

/** The bounds that a file states, and the values of POLICY.md for all others. Undefined, with a complaint, for no mapping. */
export function guardIn(entry: Entry, complaints: Complaints): Guard | undefined {
  const fields = fieldsOf(entry.value, GUARD, '`guard: { maxChangesPerRun: 100 }`', complaints);
  if (fields === undefined) return undefined;
  if (entry.value.kind === 'map' && entry.value.entries.length === 0) {
    complaints.add(entry.value.at, '`guard` is empty; write `maxChangesPerRun: 100` or another bound, or remove it');
  }
  const count = (key: string, most: number, unstated: number): number =>
    statedOr(fields.get(key), (field) => integerIn(field, 1, most, complaints), unstated);
  const unstated = UNSTATED_GUARD;
  const maxGrantMs = statedOr(
    fields.get('maxGrant'),
    (field) => durationIn(field, '1m', '30d', complaints),
    unstated.maxGrantMs,
  );
  return {
    maxChangesPerFirewall: count('maxChangesPerFirewall', MOST, unstated.maxChangesPerFirewall),
    maxChangesPerRun: count('maxChangesPerRun', MOST, unstated.maxChangesPerRun),
    maxChangedFirewalls: statedOr(
      fields.get('maxChangedFirewalls'),
      (field) => changedFirewallsIn(field, complaints),
      unstated.maxChangedFirewalls,
    ),
    maxRevertsPerFinding: statedOr(
      fields.get('maxRevertsPerFinding'),
      (field) => revertsPerFindingIn(field, complaints),
      unstated.maxRevertsPerFinding,
    ),
    maxTicketsPerHour: count('maxTicketsPerHour', MOST, unstated.maxTicketsPerHour),
    maxExceptionDays: count('maxExceptionDays', MOST_DAYS, unstated.maxExceptionDays),
    maxGrantMs,
    // A rollback's grant is never shorter than what an operator may open by hand.
    maxRollbackGrantMs: Math.max(unstated.maxRollbackGrantMs, maxGrantMs),
    leaveAfterMs: statedOr(
      fields.get('leaveAfter'),
      (field) => durationIn(field, '0s', '30d', complaints),
      unstated.leaveAfterMs,
    ),
    stated: GUARD.known.filter((key) => fields.get(key) !== undefined),
  };
}
