import type { ChangeRecord, FindingRecord, RulesRecord, TargetRecord, TrafficRecord } from './record.ts';
import type { Direction } from './firewall.ts';
import type { Hint, Target } from './target.ts';

/** What one run found and did. JSON values only, so that every store keeps it whole. */
export type LedgerBody =
  /** Nothing to do: no finding. */
  | { readonly kind: 'fine' }
  /** The firewall does not exist any more. */
  | { readonly kind: 'gone' }
  /** Findings that a run does not act on, or a plan that is held, with the reasons. */
  | {
      readonly kind: 'held';
      readonly firewall: TargetRecord;
      readonly findings: readonly FindingRecord[];
      readonly reasons: readonly string[];
    }
  /** A write is about to be made. Without a `reverted` or `failed` entry after it, nobody knows what became of it. */
  | {
      readonly kind: 'intended';
      readonly planId: string;
      readonly changes: readonly ChangeRecord[];
      readonly before: RulesRecord;
    }
  /** A plan was applied, and the firewall was read again. */
  | {
      readonly kind: 'reverted';
      readonly planId: string;
      readonly firewall: TargetRecord;
      readonly findings: readonly FindingRecord[];
      readonly changes: readonly ChangeRecord[];
      readonly collateral: readonly (TrafficRecord & { readonly direction: Direction })[];
      readonly before: RulesRecord;
      readonly after: RulesRecord;
      /** Findings of the read that followed. Empty of what was reverted where the revert held. */
      readonly remaining: readonly FindingRecord[];
      /** Whether that read shows that what was to go is gone. */
      readonly closed: boolean;
      readonly requestIds: readonly string[];
    }
  /** The cloud refused, or somebody kept moving the firewall. What was found is still open. */
  | {
      readonly kind: 'failed';
      readonly firewall: TargetRecord;
      readonly findings: readonly FindingRecord[];
      readonly why: string;
    }
  /** The cloud does not let us read the firewall, so nobody can say whether it is right. */
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
export interface LedgerEntry {
  readonly target: Target;
  /** Counts from 1 for each target. */
  readonly sequence: number;
  readonly at: Date;
  /** What woke the run, if an event did. */
  readonly hint: Hint | undefined;
  readonly body: LedgerBody;
}

/** Whether others are told of an entry. `fine`, `gone` and `intended` are for the record only. */
export function isOutcome({ kind }: LedgerBody): boolean {
  return kind === 'held' || kind === 'reverted' || kind === 'failed' || kind === 'unreadable';
}

/** The same breach has the same key however often it is found: target, direction, kind and clause. */
export function breachOf(finding: FindingRecord): string {
  const { cloud, account, region, id } = finding.target;
  return [cloud, account, region, id, finding.direction, finding.kind, finding.clause].join('/');
}
