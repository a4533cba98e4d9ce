// LedgerEntry -> what its tickets say: one for each breach that a person has to hear of.
import { breachOf } from './model/ledger.ts';
import type { LedgerBody, LedgerEntry } from './model/ledger.ts';
import type { ChangeRecord, FindingRecord, RuleRecord } from './model/record.ts';
import type { Hint } from './model/target.ts';
import { recordText } from './records.ts';

/** 1 is high, 3 is low, as ticket systems count. */
type Level = 1 | 2 | 3;

export interface TicketText {
  readonly breach: string;
  readonly title: string;
  readonly description: string;
  readonly impact: Level;
  readonly urgency: Level;
}

/** What an entry has to tell about: entries of other kinds make no tickets. */
type Told = Extract<LedgerBody, { readonly kind: 'held' | 'reverted' | 'failed' }>;

function toldBy(body: LedgerBody): Told | undefined {
  return body.kind === 'held' || body.kind === 'reverted' || body.kind === 'failed' ? body : undefined;
}

function isStillOpen(body: Told, finding: FindingRecord): boolean {
  return body.kind !== 'reverted' || body.remaining.some(({ id }) => id === finding.id);
}

function urgencyOf(body: Told, finding: FindingRecord): Level {
  if (finding.certainty === 'possible') return 3;
  const wanted = finding.mode === 'enforce';
  return wanted && isStillOpen(body, finding) ? 1 : 2;
}

function headline(body: Told, finding: FindingRecord): string {
  if (finding.kind === 'unread') return 'could not be read in full';
  const required = finding.kind === 'missing';
  if (!isStillOpen(body, finding))
    return required ? 'lacked required traffic, and has it again' : 'was open, and is closed';
  if (finding.certainty === 'possible') return 'may be open';
  return required ? 'lacks required traffic' : 'is open';
}

function ruleLine(direction: ChangeRecord['direction'], rule: RuleRecord): string {
  return `${recordText(direction, rule)}${rule.id === undefined ? '' : ` (${rule.id})`}`;
}

function changeLines(change: ChangeRecord): readonly string[] {
  const becomes = (change.becomes ?? []).map((rule) => recordText(change.direction, rule)).join('; ');
  if (change.rule === undefined) return [`added ${becomes}`];
  const rule = ruleLine(change.direction, change.rule);
  return [change.kind === 'remove' ? `removed ${rule}` : `narrowed ${rule} to ${becomes}`];
}

function duration(fromMs: number, toMs: number): string {
  const seconds = Math.max(0, Math.round((toMs - fromMs) / 1000));
  if (seconds < 120) return `${String(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${String(minutes)} min` : `${String(Math.round(minutes / 60))} h`;
}

function whoLine(hint: Hint | undefined): readonly string[] {
  if (hint === undefined) return ['Woken by    no event'];
  return [
    `Woken by    ${hint.eventName} of ${hint.at.toISOString()} (event ${hint.eventId})`,
    `Who         ${hint.actor}, from ${hint.sourceAddress}, with ${hint.userAgent}`,
  ];
}

function doneLines(body: Told, entry: LedgerEntry, findings: readonly FindingRecord[]): readonly string[] {
  switch (body.kind) {
    case 'held': {
      const reasons = body.reasons.map((reason) =>
        reason === 'mode' ? `the policy's mode is \`${findings[0]?.mode ?? ''}\`` : reason,
      );
      return [
        `Done        nothing, because ${reasons.length > 0 ? reasons.join('; ') : 'only what is proven is reverted'}`,
      ];
    }
    case 'failed':
      return [`Done        nothing that holds: ${body.why}`];
    case 'reverted': {
      const open = findings.filter((finding) => isStillOpen(body, finding));
      const done = body.changes
        .flatMap(changeLines)
        .map((line, index) => `${index === 0 ? 'Done       ' : '           '} ${line}`);
      const collateral = body.collateral.map(
        (record) => `Collateral  ${recordText(record.direction, record)} was legitimate, and is closed too`,
      );
      const proof = open.length === 0 ? 'the breach is gone' : 'the breach is still there';
      const since =
        entry.hint === undefined
          ? []
          : [
              `Open for    ${duration(entry.hint.at.getTime(), entry.at.getTime())}, from the event to the read that proves it`,
            ];
      return [
        ...done,
        ...collateral,
        `Read again  ${entry.at.toISOString()}: ${proof}`,
        ...(open.length === 0 ? since : []),
      ];
    }
  }
}

function description(body: Told, entry: LedgerEntry, findings: readonly [FindingRecord, ...FindingRecord[]]): string {
  const [first] = findings;
  const { id, name, cloud, account, region, networks } = first.target;
  const lines = [
    `Firewall    ${id}${name === '' ? '' : ` (${name})`}, ${cloud} account ${account}, ${region}${networks.length > 0 ? `, in ${networks.join(', ')}` : ''}`,
    ...findings.map(
      ({ kind, text, rule }) =>
        `${kind === 'missing' ? 'Missing    ' : 'Found      '} ${text}${rule === null ? '' : `, by rule ${rule}`}`,
    ),
    `Direction   ${first.direction}`,
    `Clause      ${first.clause} (${first.at})${first.why === undefined ? '' : `: ${first.why}`}`,
    `Policies    ${first.policies.join(', ')}; mode ${first.mode}; ${first.certainty}`,
    ...whoLine(entry.hint),
    ...doneLines(body, entry, findings),
    '',
    'If this traffic is legitimate, allow it in the policy, or add a dated entry under `exceptions` there.',
    'Connections that were open before may live on until they end by themselves.',
    `Record      ${cloud}/${account}/${region}/${id} entry ${String(entry.sequence)}`,
  ];
  return lines.join('\n');
}

/** One text for each breach of the entry, in the order of its findings. What is only observed makes no ticket. */
export function ticketTextsOf(entry: LedgerEntry): readonly TicketText[] {
  const body = toldBy(entry.body);
  if (body === undefined) return [];
  const byBreach = new Map<string, readonly [FindingRecord, ...FindingRecord[]]>();
  for (const finding of body.findings) {
    if (finding.mode === 'observe') continue;
    const known = byBreach.get(breachOf(finding));
    byBreach.set(breachOf(finding), known === undefined ? [finding] : [...known, finding]);
  }
  return [...byBreach].map(([breach, findings]) => {
    const [first] = findings;
    const urgencies = findings.map((finding) => urgencyOf(body, finding));
    return {
      breach,
      title: `${first.target.name === '' ? first.target.id : `${first.target.name} (${first.target.id})`} ${headline(body, first)}: ${first.text}`,
      description: description(body, entry, findings),
      impact: 2,
      urgency: urgencies.includes(1) ? 1 : urgencies.includes(2) ? 2 : 3,
    };
  });
}
