import type { Mode } from '../shared/core/model/policy.ts';
import { timeText } from './heading.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line, Look, Span } from './page.ts';
import { tableLines } from './table.ts';
import { counted, listed, spanText } from './words.ts';

/** How everything stands at one moment. Null: it is not set up here, so nobody can say. */
export interface Status {
  readonly version: 1;
  readonly at: string;
  readonly pause: { readonly by: string; readonly at: string; readonly why: string } | null;
  readonly pausedByPolicy: boolean;
  readonly orders: { readonly grants: number; readonly rejected: number } | null;
  readonly policies: readonly { readonly policy: string; readonly at: string; readonly mode: Mode }[];
  readonly ledger: LedgerStatus | null;
}

export interface LedgerStatus {
  /** Entries that wait for a function to announce, verify or settle them, and since when the first does. */
  readonly due: number;
  readonly dueSince: string | null;
  /** Entries of the last 24 hours by kind; of intents, those that did not come to an end. */
  readonly lastDay: Readonly<Record<string, number>>;
  readonly damaged: number;
}

const LABELS = 10;

function pausedLines({ pause, pausedByPolicy, orders, at }: Status): readonly Line[] {
  const since = pause === null ? '' : spanText(new Date(at).getTime() - new Date(pause.at).getTime());
  const byOrder =
    pause === null
      ? []
      : [
          row(
            0,
            LABELS,
            'changes',
            toned('bad', 'paused'),
            ` by ${pause.by} since ${timeText(new Date(pause.at))} (${since})`,
          ),
          row(0, LABELS, '', pause.why),
          row(0, LABELS, '', 'to let them go on: `portcullis resume`'),
        ];
  const byPolicy = pausedByPolicy
    ? [row(0, LABELS, 'changes', toned('bad', 'paused'), ' by `pause: true` in the policy')]
    : [];
  if (byOrder.length + byPolicy.length > 0) return [...byOrder, ...byPolicy];
  const unknown = 'not paused by the policy; whether by hand nobody can say here: PORTCULLIS_GRANTS is not set';
  return [row(0, LABELS, 'changes', orders === null ? toned('doubtful', unknown) : toned('good', 'not paused'))];
}

function grantsSpan({ orders }: Status): Span {
  if (orders === null) return toned('doubtful', 'not known: PORTCULLIS_GRANTS is not set');
  const rejected = orders.rejected === 0 ? '' : `; ${counted(orders.rejected, 'row')} in the store do not count`;
  return `${orders.grants === 0 ? 'none' : `${String(orders.grants)} live`}${rejected}`;
}

function ledgerLines({ ledger, at }: Status): readonly Line[] {
  if (ledger === null) {
    return [row(0, LABELS, 'ledger', toned('doubtful', 'not known: PORTCULLIS_LEDGER is not set'))];
  }
  const { due, dueSince, lastDay, damaged } = ledger;
  const kinds = Object.entries(lastDay).map(([kind, count]) => `${String(count)} ${kind}`);
  const since = dueSince === null ? undefined : new Date(dueSince);
  const overdue =
    since === undefined
      ? 'no entry waits for the functions'
      : `${counted(due, 'entry')} ${due === 1 ? 'waits' : 'wait'} for a sweep, the first since ${timeText(since)} (${spanText(new Date(at).getTime() - since.getTime())})`;
  return [
    row(
      0,
      LABELS,
      'ledger',
      kinds.length === 0 ? 'nothing in the last 24 hours' : `in the last 24 hours ${listed(kinds)}`,
    ),
    row(0, LABELS, '', since === undefined ? overdue : toned('doubtful', overdue)),
    ...(damaged === 0 ? [] : [row(0, LABELS, '', toned('bad', `${String(damaged)} entries are damaged`))]),
  ];
}

export function statusLines(status: Status, look: Look): readonly Line[] {
  const rows = status.policies.map(({ policy, mode, at }) => ({ cells: [policy, mode, at], below: [] }));
  return [
    ...pausedLines(status),
    row(0, LABELS, 'grants', grantsSpan(status)),
    ...ledgerLines(status),
    BLANK,
    ...(rows.length === 0 ? [line(0, 'no policies')] : tableLines(['POLICY', 'MODE', 'PLACE'], rows, look)),
  ];
}
