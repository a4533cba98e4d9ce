// What a run would have come to -> what is told of it.
import { toolOf } from '../shared/clouds/aws/retrace-tool.ts';
import type { Shown } from '../shared/clouds/aws/retrace.ts';
import type { Standing } from '../shared/clouds/aws/retrace-group.ts';
import type { Judgement } from '../shared/core/judge.ts';
import type { Change, HeldChange } from '../shared/core/model/plan.ts';
import type { FindingRecord } from '../shared/core/model/record.ts';
import type { Hint } from '../shared/core/model/target.ts';
import { changeRecord, heldRecord, targetRecord } from '../shared/core/records.ts';
import { findingRecords } from '../shared/core/report.ts';
import type { Judged } from '../shared/core/replay.ts';
import { timeText } from './heading.ts';
import type { ClauseRecord, EventRecord, ReplayChange, ReplayFinding, ReplayRun } from './replay-document.ts';
import { findingsFor, ofSameRule } from './waiting.ts';

/** A run that is told of. How long the rules of its changes stand in reality is known only later. */
export interface Told {
  readonly run: Omit<ReplayRun, 'changes'>;
  readonly changes: readonly ToldChange[];
}

export interface ToldChange {
  readonly record: Omit<ReplayChange, 'stood'>;
  readonly standing: Standing | undefined;
}

/** Many events are of one person, and share what is said of them. */
export function eventRecord(hint: Hint): EventRecord {
  const { eventId, eventName, at, actor, sourceAddress, userAgent } = hint;
  return { id: eventId, name: eventName, at: timeText(at), actor, tool: toolOf(hint), sourceAddress, userAgent };
}

function clausesOf(judgement: Judgement, change: Change): readonly ClauseRecord[] {
  const byClause = new Map(findingsFor(judgement, change).map((finding) => [finding.clause, finding]));
  return [...byClause.values()].map(({ clause, place, mode }) => ({
    clause,
    at: `${place.file}:${String(place.line)}`,
    mode,
  }));
}

function newestOf(standing: readonly Standing[]): Standing | undefined {
  const time = ({ cause }: Standing): number => cause?.at.getTime() ?? 0;
  return standing.toSorted((a, b) => time(a) - time(b)).at(-1);
}

function originOf(standing: Standing | undefined): Pick<ReplayChange, 'openedBy'> {
  return { openedBy: standing?.cause === undefined ? null : eventRecord(standing.cause) };
}

/** What a run makes, and what enforcing everything would. Asked before the firewall is left as reverted. */
export function toldChanges({ behind }: Shown, { judgement, outcome }: Judged): readonly ToldChange[] {
  const { full, acting } = judgement;
  const isMade = outcome === 'reverted';
  const made = isMade ? acting.changes : [];
  const waiting = full.changes.filter((change) => !made.includes(change) && ofSameRule(change, made) === undefined);
  const standingOf = ({ direction, ...one }: Change | HeldChange): Standing | undefined =>
    'rule' in one && one.rule !== undefined ? newestOf(behind(direction, one.rule.id)) : undefined;
  const changed = (change: Change): ToldChange => {
    const standing = standingOf(change);
    const record = { ...changeRecord(change), clauses: clausesOf(judgement, change), made: made.includes(change) };
    return { record: change.kind === 'add' ? record : { ...record, ...originOf(standing) }, standing };
  };
  const held = (one: HeldChange): ToldChange => {
    const standing = standingOf(one);
    const record = { ...heldRecord(one), clauses: [], made: false };
    return { record: one.rule === undefined ? record : { ...record, ...originOf(standing) }, standing };
  };
  const later = waiting.filter(({ kind }) => !isMade || kind !== 'add');
  return [...made.map(changed), ...later.map(changed), ...(isMade ? acting : full).held.map(held)];
}

function slim({ direction, kind, certainty, clause, at, rule, text, mode }: FindingRecord): ReplayFinding {
  return { direction, kind, certainty, clause, at, rule, text, mode };
}

/** Why a run changes nothing, or leaves something. The modes are said with each clause. */
function reasonsOf({ judgement: { verdict } }: Judged): readonly string[] {
  return verdict.kind === 'hold' ? verdict.reasons.filter((reason) => reason !== 'mode') : [];
}

/** People hear of what is changed, and else of what they have no ticket about yet. */
function isNews(outcome: Judged['outcome'], tickets: readonly string[]): outcome is ReplayRun['outcome'] {
  return outcome === 'reverted' || ((outcome === 'held' || outcome === 'told') && tickets.length > 0);
}

export function toldOf(
  judged: Judged,
  changes: readonly ToldChange[],
  tickets: readonly string[],
  woken: { readonly at: Date; readonly hint: Hint | undefined },
): Told | undefined {
  const { judgement, outcome } = judged;
  if (!isNews(outcome, tickets)) return undefined;
  const run = {
    at: timeText(woken.at),
    event: woken.hint === undefined ? null : eventRecord(woken.hint),
    target: targetRecord(judgement.firewall),
    outcome,
    reasons: reasonsOf(judged),
    findings: findingRecords(judgement).map(slim),
    tickets,
  };
  return { run, changes };
}

/** A run with how long the rules stood in reality that it would have changed, as far as the events show. */
export function runOf(
  { run, changes }: Told,
  period: { readonly first: Date; readonly last: Date },
  ends: ReadonlyMap<Standing, Date>,
): ReplayRun {
  const completed = changes.map(({ record, standing }): ReplayChange => {
    if (standing === undefined) return record;
    const from = standing.cause?.at;
    const until = ends.get(standing);
    const lasted = (until ?? period.last).getTime() - (from ?? period.first).getTime();
    const stood = {
      from: from === undefined ? null : timeText(from),
      until: until === undefined ? null : timeText(until),
      seconds: Math.max(0, Math.round(lasted / 1000)),
    };
    return { ...record, stood };
  });
  return { ...run, changes: completed };
}
