// PlanRecord x Firewall as it is -> why a plan that was made before does not fit any more.
import type { Firewall } from './model/firewall.ts';
import type { ChangeRecord, PlanRecord } from './model/record.ts';
import { movedSince } from './rollback.ts';

/** The same for equal values, whatever the order of their keys. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, one]) => [key, canonical(one)]);
}

function keysOf(changes: readonly ChangeRecord[]): string {
  return JSON.stringify(changes.map((change) => JSON.stringify(canonical(change))).sort());
}

/** In words; nothing where the plan still fits: the rules are those that it was made from, and the changes are the same. */
export function movedFrom(expected: PlanRecord, now: PlanRecord, firewall: Firewall): readonly string[] {
  const differences = movedSince(expected.before, firewall);
  if (differences.length > 0) return differences;
  return keysOf(expected.changes) === keysOf(now.changes) ? [] : ['the policy or a grant asks for other changes now'];
}
