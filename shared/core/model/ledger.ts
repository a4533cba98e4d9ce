import type {
  ChangeRecord,
  CollateralRecord,
  FindingRecord,
  OrderRecord,
  RulesRecord,
  TargetRecord,
} from './record.ts';
import { targetKey } from './target.ts';
import type { Hint, Target } from './target.ts';

/** What is being given time. */
interface Waiting {
  /** Since when the findings with `grace` are known, as ISO time, by their ids. Absent where there are none. */
  readonly since?: Readonly<Record<string, string>>;
}

/** What was found in a firewall, and what is done about it. */
interface Found extends Waiting {
  readonly firewall: TargetRecord;
  readonly findings: readonly FindingRecord[];
  readonly changes: readonly ChangeRecord[];
  readonly collateral: readonly CollateralRecord[];
}

/** Whose wish it was. Absent where a run did it by itself. */
interface Ordered {
  readonly order?: OrderRecord;
}

/** What one run found and did. JSON values only, so that every store keeps it whole. */
export type LedgerBody =
  /** Nothing to do: no finding. */
  | { readonly kind: 'fine' }
  /** The firewall does not exist any more. */
  | { readonly kind: 'gone' }
  /** Findings that a run does not act on, or a plan that is held, with the reasons. */
  | ({
      readonly kind: 'held';
      readonly firewall: TargetRecord;
      readonly findings: readonly FindingRecord[];
      readonly reasons: readonly string[];
    } & Waiting)
  /** A write is about to be made. Until the run that made it ends with another entry, nobody knows what became of it. */
  | ({ readonly kind: 'intended'; readonly planId: string; readonly before: RulesRecord } & Found & Ordered)
  /** What was intended was done, and the firewall was read again. */
  | ({
      readonly kind: 'reverted';
      readonly planId: string;
      readonly before: RulesRecord;
      readonly after: RulesRecord;
      /** Findings of the read that followed. Empty of what was reverted where the revert held. */
      readonly remaining: readonly FindingRecord[];
      /** Whether that read shows that nothing is left that a run should take away or put back. */
      readonly closed: boolean;
      /** Why something is left, where it is. */
      readonly reasons: readonly string[];
      /** The cloud's ids of the calls. None where the answer to the write got lost, and only the read tells of it. */
      readonly requestIds: readonly string[];
    } & Found &
      Ordered)
  /** A read at least a minute later agrees with the entry of this sequence: what it says holds. */
  | { readonly kind: 'verified'; readonly reverted: number }
  /** The cloud refused, or somebody kept moving the firewall. What was found is still open. */
  | ({
      readonly kind: 'failed';
      readonly firewall: TargetRecord;
      readonly findings: readonly FindingRecord[];
      readonly why: string;
    } & Waiting)
  /** The firewall may not be read, or is beyond what can be judged exactly, so nobody can say whether it is right. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** An incident exists for a breach. */
  | {
      readonly kind: 'ticketed';
      readonly breach: string;
      readonly ticket: string;
      readonly url: string;
      readonly created: boolean;
    };

/** One line of the record of one target. Entries are only ever appended. */
export interface LedgerEntry<Body extends LedgerBody = LedgerBody> {
  readonly target: Target;
  /** Counts from 1 for each target. */
  readonly sequence: number;
  readonly at: Date;
  /** What woke the run, if an event did. */
  readonly hint: Hint | undefined;
  readonly body: Body;
}

/** Whether others are told of an entry. The other kinds are for the record only. */
export function isOutcome({ kind }: LedgerBody): boolean {
  return ['held', 'reverted', 'verified', 'failed', 'unreadable'].includes(kind);
}

/** Whether an entry says how the firewall was found, or left: the newest such entry is what is known of it. */
export function isState({ kind }: LedgerBody): boolean {
  return !['intended', 'verified', 'ticketed'].includes(kind);
}

/** The same breach has the same key however often it is found: target, direction, kind and clause. */
export function breachOf(
  finding: Pick<FindingRecord, 'direction' | 'kind' | 'clause'> & { readonly target: Target },
): string {
  const { cloud, account, region, id } = finding.target;
  return [cloud, account, region, id, finding.direction, finding.kind, finding.clause].join('/');
}

/** An intent that nothing tells the end of. */
export type Intent = LedgerEntry<Extract<LedgerBody, { readonly kind: 'intended' }>>;

function isIntent(entry: LedgerEntry): entry is Intent {
  return entry.body.kind === 'intended';
}

/** Whether an entry is the end of all runs before it. */
export function isSettling(body: LedgerBody): boolean {
  return isState(body) && body.kind !== 'unreadable';
}

/** What people call a revert by: `aws/111122223333/us-east-1/sg-0123456789abcdef0/7`. */
export function revertIdOf({ target, sequence }: Pick<LedgerEntry, 'target' | 'sequence'>): string {
  return `${targetKey(target)}/${String(sequence)}`;
}

/** The intents of runs that never came to their end, oldest first: a run that does, settles what was open before it. */
export function openIntentsOf(entries: readonly LedgerEntry[]): readonly Intent[] {
  const settled = entries.findLastIndex(({ body }) => isSettling(body));
  return entries.slice(settled + 1).filter(isIntent);
}
