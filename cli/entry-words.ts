// LedgerEntry -> what it says, in a few words.
import { changeTexts } from '../shared/core/change-text.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import type { FindingRecord, OrderRecord } from '../shared/core/model/record.ts';
import { targetKey } from '../shared/core/model/target.ts';
import { counted } from './words.ts';

/** The kinds of entries as people ask for them: what was done by hand is told apart from what a run did. */
export const KINDS = [
  'applied',
  'failed',
  'fine',
  'gone',
  'held',
  'intended',
  'opened',
  'reverted',
  'rolled-back',
  'ticketed',
  'unreadable',
  'verified',
] as const;
export type Kind = (typeof KINDS)[number];

const BY_ORDER: Readonly<Record<OrderRecord['kind'], Kind>> = {
  apply: 'applied',
  open: 'opened',
  rollback: 'rolled-back',
};

export function orderOf({ body }: LedgerEntry): OrderRecord | undefined {
  return body.kind === 'reverted' || body.kind === 'intended' ? body.order : undefined;
}

export function kindOf(entry: LedgerEntry): Kind {
  const { body } = entry;
  return body.kind === 'reverted' && body.order !== undefined ? BY_ORDER[body.order.kind] : body.kind;
}

/** Who did it: whoever asked for it by hand, else a run. */
export function actorOf(entry: LedgerEntry): string {
  return orderOf(entry)?.by ?? 'portcullis';
}

const MOST = 4;

function cut(texts: readonly string[], noun: string): readonly string[] {
  const more = texts.length - MOST;
  return more > 0 ? [...texts.slice(0, MOST), `and ${counted(more, `more ${noun}`)}`] : texts;
}

function foundTexts(findings: readonly FindingRecord[]): readonly string[] {
  return cut(
    findings.map(({ text, kind, certainty }) => `${text}${kind === 'missing' ? ' is missing' : ''} (${certainty})`),
    'finding',
  );
}

function reasonText(reason: string): string {
  return reason === 'mode' ? 'not changed, since the mode changes nothing by itself' : `not changed: ${reason}`;
}

function orderTexts(order: OrderRecord | undefined): readonly string[] {
  if (order === undefined) return [];
  const { ticket, grant, revert } = order;
  const parts = [
    ...(revert === undefined ? [] : [`rollback of ${revert}`]),
    ...(grant === undefined ? [] : [`granted as ${grant}`]),
    ...(ticket === undefined ? [] : [`for ${ticket}`]),
  ];
  return parts.length === 0 ? [] : [parts.join(', ')];
}

/** What woke the run, where an event did. The change that it tells of need not be the one that is to blame. */
export function causeText({ hint }: LedgerEntry): string | undefined {
  return hint === undefined ? undefined : `after ${hint.eventName} by ${hint.actor}`;
}

/** What an entry says, a line each; most have one or two. */
export function entryTexts(entry: LedgerEntry): readonly string[] {
  const { body } = entry;
  switch (body.kind) {
    case 'fine':
      return ['nothing is wrong any more'];
    case 'gone':
      return ['the firewall does not exist any more'];
    case 'held':
      return [...foundTexts(body.findings), ...cut(body.reasons.map(reasonText), 'reason')];
    case 'intended':
      return [
        'was about to change the firewall; the entry after it says what came of that, or the next sweep does',
        ...orderTexts(body.order),
        ...cut(
          body.changes.flatMap(changeTexts).map((text) => `meant: ${text}`),
          'change',
        ),
      ];
    case 'reverted':
      return [
        ...cut(body.changes.flatMap(changeTexts), 'change'),
        ...orderTexts(body.order),
        ...cut(
          body.reasons.map((reason) => `left: ${reason}`),
          'reason',
        ),
      ];
    case 'verified':
      return [`a later read shows that entry ${String(body.reverted)} holds`];
    case 'failed':
      return [`not changed: ${body.why}`, ...foundTexts(body.findings)];
    case 'unreadable':
      return [body.why];
    case 'ticketed':
      return [
        `ticket ${body.ticket} ${body.created ? 'opened' : 'updated'} for ${body.breach.replace(`${targetKey(entry.target)}/`, '')}`,
      ];
  }
}
