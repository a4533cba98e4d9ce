// Findings x what the ledger has x time -> since when those with grace are known, and which have had their time.
import type { Finding } from './model/finding.ts';
import { isState } from './model/ledger.ts';
import type { LedgerBody, LedgerEntry } from './model/ledger.ts';

/** Instants as ISO time, by the ids of findings. */
export type Since = Readonly<Record<string, string>>;

function openIn(body: LedgerBody): ReadonlySet<string> {
  const left = body.kind === 'reverted' ? body.remaining : 'findings' in body ? body.findings : [];
  return new Set(left.map(({ id }) => id));
}

/** A firewall that could not be looked at shows neither that a finding was there nor that it was not. */
function newestShown(entries: readonly LedgerEntry[]): LedgerEntry | undefined {
  return entries.findLast(({ body }) => isState(body) && body.kind !== 'unreadable');
}

/**
 * Since when each finding with grace was there at every look. Each entry carries it on, so that it does not depend on
 * how many looks there were.
 */
export function sinceOf(findings: readonly Finding[], entries: readonly LedgerEntry[], now: Date): Since {
  const shown = newestShown(entries);
  const open = shown === undefined ? new Set<string>() : openIn(shown.body);
  const carried = shown !== undefined && 'since' in shown.body ? (shown.body.since ?? {}) : {};
  const waiting = findings.filter((finding) => finding.kind === 'excess' && finding.graceMs > 0);
  return Object.fromEntries(
    waiting.map(({ id }) => {
      const known = shown !== undefined && open.has(id) ? (carried[id] ?? shown.at.toISOString()) : undefined;
      return [id, known ?? now.toISOString()];
    }),
  );
}

/** The ids of findings that were to be given time, and have had it. */
export function waitedOut(findings: readonly Finding[], since: Since, now: Date): ReadonlySet<string> {
  const over = findings.filter((finding) => {
    if (finding.kind !== 'excess' || finding.graceMs === 0) return false;
    const from = since[finding.id];
    return from !== undefined && now.getTime() - Date.parse(from) >= finding.graceMs;
  });
  return new Set(over.map(({ id }) => id));
}
