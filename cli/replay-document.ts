import type { ChangeRecord, FindingRecord, TargetRecord } from '../shared/core/model/record.ts';
import type { RunOutcome } from '../shared/core/replay.ts';

// What `replay --json` prints, version 1. The page is made from it, so that both say the same.

/** What became of an event. Each event has exactly one of these. */
export type EventOutcome =
  | RunOutcome
  /** The firewall was deleted by then. */
  | 'gone'
  /** It names something of which nobody can say here which firewalls it touches. */
  | 'unresolved'
  /** Only firewalls that were not asked for. */
  | 'left-out'
  /** A tick of a schedule: a sweep, that looks at everything. */
  | 'clock'
  /** Says nothing about firewalls, or failed. */
  | 'ignored'
  | 'duplicate'
  | 'malformed';

/** Who made a call, as its event says. */
export interface EventRecord {
  readonly id: string;
  readonly name: string;
  readonly at: string;
  readonly actor: string;
  readonly tool: string;
  readonly sourceAddress: string;
  readonly userAgent: string;
}

/** How long a rule that would have been changed stood in reality. */
export interface Stood {
  /** Undefined where it was there before the first event. */
  readonly from: string | null;
  /** Null where it still stands after the last event. */
  readonly until: string | null;
  /** Never more than the events show. */
  readonly seconds: number;
}

export interface ReplayChange extends ChangeRecord {
  /** The clauses for which it is made. */
  readonly clauses: readonly ClauseRecord[];
  /** Whether the run makes it now, and not only once a mode or a person lets it. */
  readonly made: boolean;
  /** The event that made the rule what it is; null where it was there before the first event. Absent for additions. */
  readonly openedBy?: EventRecord | null;
  readonly stood?: Stood;
}

export interface ClauseRecord {
  readonly clause: string;
  readonly at: string;
  readonly mode: string;
}

export type ReplayFinding = Pick<
  FindingRecord,
  'direction' | 'kind' | 'certainty' | 'clause' | 'at' | 'rule' | 'text' | 'mode'
>;

/** One run that would have changed something, or that people would have heard of for the first time. */
export interface ReplayRun {
  readonly at: string;
  /** What woke the run; null for a sweep, which finds that a time has begun or ended, or that a `grace` is over. */
  readonly event: EventRecord | null;
  readonly target: TargetRecord;
  readonly outcome: 'reverted' | 'held' | 'told';
  /** Why it changes nothing, or what is left. */
  readonly reasons: readonly string[];
  readonly changes: readonly ReplayChange[];
  readonly findings: readonly ReplayFinding[];
  /** The breaches for which a ticket would have been opened. */
  readonly tickets: readonly string[];
}

/** Whom it would have hit: who opened what would have been changed. */
export interface ActorRecord {
  /** Null for rules that were there before the first event. */
  readonly actor: string | null;
  readonly tools: readonly string[];
  readonly sourceAddresses: readonly string[];
  /** Runs that would have taken away or narrowed something of theirs. */
  readonly reverted: number;
  readonly held: number;
  readonly told: number;
  readonly firewalls: number;
  readonly first: string;
  readonly last: string;
}

export interface UndecidedRecord {
  readonly target: TargetRecord;
  readonly events: number;
  /** Policies and exceptions about which nobody can say whether they apply. */
  readonly undecided: readonly string[];
  readonly why: readonly string[];
}

export interface LeadRecord {
  readonly what: string;
  readonly events: number;
}

export interface ReplayDocument {
  readonly version: 1;
  readonly summary: {
    readonly files: number;
    readonly events: number;
    /** Of the events that say where to look; null where there are none. */
    readonly from: string | null;
    readonly to: string | null;
    readonly outcomes: Readonly<Record<EventOutcome, number>>;
    readonly firewalls: number;
    readonly partlyKnown: number;
    /** Runs that would have changed a firewall. */
    readonly reverts: number;
    readonly changes: number;
    readonly changedFirewalls: number;
    readonly tickets: number;
    /** The longest that a rule stood in reality which would have been reverted, in seconds. */
    readonly longestStood: number;
  };
  readonly runs: readonly ReplayRun[];
  readonly actors: readonly ActorRecord[];
  readonly undecided: readonly UndecidedRecord[];
  /**
   * What events name that is no firewall, and nobody can say here which it touches. Where such an event names firewalls
   * too, they are looked at, and it is `undecided` at best.
   */
  readonly unresolved: readonly LeadRecord[];
  /** Prefix lists and networks. The firewalls that are known here are looked at; there may be others. */
  readonly partlyResolved: readonly LeadRecord[];
  readonly ignored: readonly { readonly why: string; readonly events: number }[];
  readonly malformed: readonly { readonly where: string; readonly why: string }[];
}
