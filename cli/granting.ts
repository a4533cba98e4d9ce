import { randomBytes } from 'node:crypto';
import { Fault } from '../shared/base/fault.ts';
import type { ByHand } from '../shared/app/by-hand.ts';
import type { Grant } from '../shared/core/model/grant.ts';
import type { Guard } from '../shared/core/model/guard.ts';
import type { Staying } from '../shared/core/model/order.ts';
import { timeText } from './heading.ts';
import { durationMsOf } from './operator.ts';
import { LABELS, outcomeLines } from './outcome-page.ts';
import type { Outcome } from './outcome.ts';
import { pageText, row } from './page.ts';
import type { Line, Look } from './page.ts';
import { spanText } from './words.ts';
import { visibleJson } from './visible.ts';

/** How long a grant of this cause may last, and who says so. */
function boundOf(cause: Grant['cause'], guard: Guard): { readonly mostMs: number; readonly source: string } {
  const isStated = guard.stated.includes('maxGrant');
  const stated = isStated ? '`guard.maxGrant` of the policy' : 'what holds where the policy has no `guard.maxGrant`';
  if (cause === 'open') return { mostMs: guard.maxGrantMs, source: stated };
  return { mostMs: guard.maxRollbackGrantMs, source: `the bound of rollbacks, by ${stated}` };
}

/** The grant that an order may need. Throws a `Fault` (malformed) where it would last longer than the policy lets it. */
export function stayingFor(cause: Grant['cause'], forText: string, guard: Guard, now: Date): Staying {
  const ms = durationMsOf('--for', forText);
  const { mostMs, source } = boundOf(cause, guard);
  if (ms > mostMs) {
    const most = spanText(mostMs).replace(' ', '');
    throw new Fault(
      'malformed',
      `--for \`${forText}\` is longer than \`${most}\`, ${source}; write \`--for ${most}\` or less`,
    );
  }
  return { grantId: `g-${randomBytes(4).toString('hex')}`, until: new Date(now.getTime() + ms) };
}

/** The grant that was made, if one was needed. */
export function grantIn(result: ByHand): Grant | undefined {
  return result.kind === 'done' ? result.work.grant : undefined;
}

function grantLines(grant: Grant, now: Date): readonly Line[] {
  const closing = grant.cause === 'open' ? '; then a run closes it' : '';
  const left = spanText(grant.until.getTime() - now.getTime());
  return [
    row(2, LABELS, 'granted', `until ${timeText(grant.until)} (in ${left}), as \`${grant.id}\`${closing}`),
    row(2, LABELS, 'undo', `portcullis grants revoke ${grant.id}`),
  ];
}

/** What `open` and `rollback` print: the outcome, and the grant under which it stays. */
export function grantedText(
  outcome: Outcome,
  grant: Grant | undefined,
  now: Date,
  { json, look }: { readonly json: true | undefined; readonly look: Look },
): string {
  if (json === true) {
    const { target, outcome: kind, entry, done, left, reasons } = outcome;
    const more = { ...(entry === undefined ? {} : { entry }), ...(grant === undefined ? {} : { grant }) };
    return `${visibleJson({ version: 1, at: now.toISOString(), target, outcome: kind, ...more, done, left, reasons })}\n`;
  }
  return pageText([...outcomeLines(outcome), ...(grant === undefined ? [] : grantLines(grant, now))], look);
}
