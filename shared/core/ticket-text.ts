// LedgerEntry -> what its tickets say: one for each breach that a person has to hear of.
import { changeTexts } from './change-text.ts';
import { breachOf, revertIdOf } from './model/ledger.ts';
import type { LedgerBody, LedgerEntry } from './model/ledger.ts';
import type { ChangeRecord, CollateralRecord, FindingRecord } from './model/record.ts';
import { targetKey } from './model/target.ts';
import type { Hint } from './model/target.ts';
import { recordService } from './records.ts';
import { canRollBack } from './rollback.ts';

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

/** A breach may come back by another rule before the read that proves it gone, so it is not looked for by its rule. */
function isStillOpen(body: Told, finding: FindingRecord): boolean {
  const isSame = (other: FindingRecord): boolean =>
    breachOf(other) === breachOf(finding) && other.certainty === finding.certainty;
  return body.kind !== 'reverted' || body.remaining.some(isSame);
}

function urgencyOf(body: Told, finding: FindingRecord): Level {
  if (finding.certainty === 'possible' || finding.kind === 'limit') return 3;
  const wanted = finding.mode === 'enforce';
  return wanted && isStillOpen(body, finding) ? 1 : 2;
}

function headline(body: Told, finding: FindingRecord): string {
  if (finding.kind === 'unread') return 'could not be read in full';
  if (finding.kind === 'limit') return 'opens more to the internet than its limit';
  const required = finding.kind === 'missing';
  if (!isStillOpen(body, finding))
    return required ? 'lacked required traffic, and has it again' : 'was open, and is closed';
  if (finding.certainty === 'possible') return 'may be open';
  return required ? 'lacks required traffic' : 'is open';
}

const LONGEST_LINE = 240;

function shortened(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}... (the ledger has it all)` : text;
}

/** One labelled line, and more lines under it. None where there is nothing to tell. */
function labelled(label: string, texts: readonly string[]): readonly string[] {
  return texts.map((text, index) => `${(index === 0 ? label : '').padEnd(11)} ${shortened(text)}`);
}

const MOST_LINES = 12;

/** Long lists are cut and say by how much: what stands below them must not fall off the end of the ticket. */
function cut(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_LINES;
  const first = lines.slice(0, MOST_LINES);
  return more > 0
    ? [...first, `and ${String(more)} more; the ledger has ${more === 1 ? 'it too' : 'them all'}`]
    : first;
}

/** Mostly protocol numbers, some two hundred of them: told together for each peer. */
function collateralLines(records: readonly CollateralRecord[]): readonly string[] {
  const byPeer = new Map<string, string[]>();
  for (const record of records) {
    const peer = `${record.direction === 'ingress' ? 'from' : 'to'} ${record.peer}`;
    byPeer.set(peer, [...(byPeer.get(peer) ?? []), recordService(record)]);
  }
  return [...byPeer].map(
    ([peer, services]) => `legitimate, and closed too: ${runsOfNumbers(services).join(', ')} ${peer}`,
  );
}

/** `0 2 3 4 gre` as `protocol 0`, `protocols 2-4`, `gre`. */
function runsOfNumbers(services: readonly string[]): readonly string[] {
  const runs: { first: string; last: string }[] = [];
  for (const service of services) {
    const run = runs.at(-1);
    if (run !== undefined && /^\d+$/.test(service) && Number(run.last) + 1 === Number(service)) run.last = service;
    else runs.push({ first: service, last: service });
  }
  return runs.map(({ first, last }) => {
    if (first !== last) return `protocols ${first}-${last}`;
    return /^\d+$/.test(first) ? `protocol ${first}` : first;
  });
}

/** Never rounded up: it is said to be the least. */
function leastDuration(fromMs: number, toMs: number): string {
  const seconds = Math.max(0, Math.floor((toMs - fromMs) / 1000));
  if (seconds < 120) return `at least ${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return `at least ${minutes < 120 ? `${String(minutes)} min` : `${String(Math.floor(minutes / 60))} h`}`;
}

/** A hint tells of a change, not of the one that is to blame: that may have been made before it, by somebody else. */
function lastChangeLines(hint: Hint | undefined): readonly string[] {
  if (hint === undefined)
    return labelled('Last change', [
      'not known: a sweep found it, and no event told of it; see that events reach `change`',
    ]);
  return labelled('Last change', [
    `${hint.eventName} of ${hint.at.toISOString()} (event ${hint.eventId})`,
    `by ${hint.actor}, from ${hint.sourceAddress}, with ${hint.userAgent}`,
    'the newest that this run was told of; the cause may be another',
  ]);
}

/** The findings of one breach: never empty, and alike in all but rule and traffic. */
type Breach = readonly [FindingRecord, ...FindingRecord[]];

function proofLines(entry: LedgerEntry, [first]: Breach, gone: boolean): readonly string[] {
  const right = first.kind === 'missing' ? 'the required traffic passes' : 'what was forbidden does not pass any more';
  const proof = labelled('Read again', [`${entry.at.toISOString()}: ${gone ? right : 'the breach is still there'}`]);
  if (!gone || entry.hint === undefined) return proof;
  const lasted = leastDuration(entry.hint.at.getTime(), entry.at.getTime());
  return [
    ...proof,
    ...labelled(first.kind === 'missing' ? 'Missing for' : 'Open for', [
      `${lasted}, counted from the last change to that read`,
    ]),
  ];
}

/** Why nothing is done about a breach, whatever else the run did. */
function heldLines([{ kind, mode, certainty }]: Breach, reasons: readonly string[]): readonly string[] {
  if (kind === 'limit') return ['nothing: a limit is only told of'];
  if (certainty === 'possible') return ['nothing: only what is proven is reverted'];
  const why = mode === 'enforce' ? reasons.filter((reason) => reason !== 'mode') : [`the policy's mode is \`${mode}\``];
  if (why.length === 0) return ['nothing: no change is made for it'];
  return why.map((reason) => `nothing, because ${reason}`);
}

function isGone(body: Told, breach: Breach): boolean {
  return !breach.some((finding) => isStillOpen(body, finding));
}

/**
 * The changes that were made about a breach: those of its rules, or what was added for it. What another clause had done
 * to the same rule is none where the breach itself is only reported.
 */
function changesFor(body: Told, breach: Breach): readonly ChangeRecord[] {
  if (body.kind !== 'reverted' || (breach[0].mode !== 'enforce' && !isGone(body, breach))) return [];
  const rules = new Set(breach.map(({ rule }) => rule));
  return body.changes.filter(({ rule }) => rules.has(rule?.id ?? null));
}

const LOST_ANSWER =
  'no answer says that it was our write: that got lost, or somebody else was first; only the read tells';

function doneLines(body: Told, entry: LedgerEntry, breach: Breach): readonly string[] {
  const [{ mode, certainty }] = breach;
  switch (body.kind) {
    case 'held':
      return labelled('Done', cut(heldLines(breach, body.reasons)));
    case 'failed':
      return labelled('Done', [`nothing that holds: ${body.why}`]);
    case 'reverted': {
      const gone = isGone(body, breach);
      const changes = changesFor(body, breach);
      const done = changes.flatMap(changeTexts);
      const undo = canRollBack({ ...body, changes }) ? [`portcullis rollback ${revertIdOf(entry)}`] : [];
      const isUntouched = mode !== 'enforce' || (certainty === 'possible' && done.length === 0);
      if (!gone && isUntouched) return labelled('Done', heldLines(breach, []));
      return [
        ...labelled('Done', done.length === 0 ? ['nothing'] : cut(done)),
        ...labelled('Note', body.requestIds.length > 0 || done.length === 0 ? [] : [LOST_ANSWER]),
        ...proofLines(entry, breach, gone),
        ...labelled('Left', gone ? [] : cut(body.reasons)),
        ...labelled('Undo', undo),
        ...labelled('Collateral', cut(collateralLines(body.collateral))),
      ];
    }
  }
}

/** What a person can do about it now. */
function adviceLines(body: Told, breach: Breach): readonly string[] {
  const [{ kind, certainty }] = breach;
  if (kind === 'unread') {
    return ['A rule that cannot be read may let anything through. Look at it in the console of the cloud.'];
  }
  if (kind === 'limit')
    return ['Close what is not needed, or raise the limit in the policy. Nothing is closed by itself.'];
  if (kind === 'missing') return ['If this traffic is not needed any more, take the clause out of the policy.'];
  const legitimate =
    'If this traffic is legitimate, allow it in the policy, or add a dated entry under `exceptions` there.';
  if (certainty === 'possible') {
    return ['Whether this is a breach depends on who the named peer is, so nothing is reverted by itself.', legitimate];
  }
  if (changesFor(body, breach).length === 0) return [legitimate];
  return [legitimate, 'Connections that were open before may live on until they end by themselves.'];
}

function description(body: Told, entry: LedgerEntry, breach: Breach): string {
  const [first] = breach;
  const { id, name, cloud, account, region, networks } = first.target;
  const called = name === '' ? id : `${id} (${name})`;
  const inside = networks.length > 0 ? `, in ${networks.join(', ')}` : '';
  const found = breach.map(({ text, rule }) => `${text}${rule === null ? '' : `, by rule ${rule}`}`);
  return [
    ...labelled('Firewall', [`${called}, ${cloud} account ${account}, ${region}${inside}`]),
    ...labelled(first.kind === 'missing' ? 'Missing' : 'Found', cut(found)),
    ...labelled('Direction', [first.direction]),
    ...labelled('Clause', [`${first.clause} (${first.at})${first.why === undefined ? '' : `: ${first.why}`}`]),
    ...labelled('Policies', [`${first.policies.join(', ')}; mode ${first.mode}; ${first.certainty}`]),
    // A field of the ticket system holds the group's id, which nobody has looked up yet.
    ...labelled('Assign to', first.ticket?.assignmentGroup === undefined ? [] : [first.ticket.assignmentGroup]),
    ...lastChangeLines(entry.hint),
    ...doneLines(body, entry, breach),
    ...labelled('Record', [`${cloud}/${account}/${region}/${id} entry ${String(entry.sequence)}`]),
    '',
    ...adviceLines(body, breach),
  ].join('\n');
}

/** The text for a firewall that may not be read or cannot be judged. It is a breach of its own until somebody mends it. */
function unreadableText({ target, hint, sequence }: LedgerEntry, why: string): TicketText {
  const { cloud, account, region, id } = target;
  const lines = [
    ...labelled('Firewall', [`${id}, ${cloud} account ${account}, ${region}`]),
    ...labelled('Problem', [why]),
    ...lastChangeLines(hint),
    ...labelled('Record', [`${targetKey(target)} entry ${String(sequence)}`]),
    '',
    'Nobody knows whether this firewall is right, and nothing was changed. Mend the problem above; the next event about the',
    'firewall looks again.',
  ];
  return {
    breach: `${targetKey(target)}/unreadable`,
    title: `${id} cannot be judged: ${why}`,
    description: lines.join('\n'),
    impact: 2,
    urgency: 1,
  };
}

function calledName({ target: { id, name } }: FindingRecord): string {
  return name === '' ? id : `${name} (${id})`;
}

/**
 * What is open still, where something is; else what was. A title has room for one finding, and its end may be cut off,
 * so the count stands before it.
 */
function shownText(body: Told, breach: Breach): string {
  const left = body.kind === 'reverted' ? body.remaining.filter((one) => breachOf(one) === breachOf(breach[0])) : [];
  const count = left.length > 0 ? left.length : breach.length;
  const { text } = left[0] ?? breach[0];
  return count === 1 ? text : `${String(count)} findings, the first is ${text}`;
}

/** One text for each breach of the entry, in the order of its findings. What is only observed makes no ticket. */
export function ticketTextsOf(entry: LedgerEntry): readonly TicketText[] {
  if (entry.body.kind === 'unreadable') return [unreadableText(entry, entry.body.why)];
  const body = toldBy(entry.body);
  if (body === undefined) return [];
  const byBreach = new Map<string, Breach>();
  for (const finding of body.findings) {
    if (finding.mode === 'observe') continue;
    const known = byBreach.get(breachOf(finding));
    byBreach.set(breachOf(finding), known === undefined ? [finding] : [...known, finding]);
  }
  return [...byBreach].map(([breach, findings]) => {
    const [first] = findings;
    const urgencies = findings.map((finding) => urgencyOf(body, finding));
    const { impact = 2, urgency } = first.ticket ?? {};
    return {
      breach,
      title: `${calledName(first)} ${headline(body, first)}: ${shownText(body, findings)}`,
      description: description(body, entry, findings),
      impact,
      urgency: urgency ?? (urgencies.includes(1) ? 1 : urgencies.includes(2) ? 2 : 3),
    };
  });
}
