import type { Certainty, Finding } from './finding.ts';
import type { Direction } from './firewall.ts';
import type { Change, Verdict } from './plan.ts';
import type { Mode, TicketWishes } from './policy.ts';

// What commands print, the ledger keeps and tickets are made from: JSON values only, in the names of version 1.

/** A set of flows that one rule could say. Absent keys mean all: ports, types, source ports, own addresses. */
export interface TrafficRecord {
  readonly protocol: string | number;
  /** First and last destination port. */
  readonly ports?: readonly [first: number, last: number];
  readonly icmp?: { readonly type: number; readonly code?: number };
  /** A CIDR in canonical form, or a named peer as the policy language writes it. */
  readonly peer: string;
  readonly sourcePorts?: readonly [first: number, last: number];
  readonly own?: string;
}

export interface RuleRecord extends TrafficRecord {
  readonly id?: string;
  readonly action: 'allow';
  readonly description?: string;
  /** The tags of the rule itself, where the cloud has such. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface TargetRecord {
  readonly cloud: string;
  readonly account: string;
  readonly region: string;
  readonly networks: readonly string[];
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface FindingRecord {
  readonly id: string;
  readonly target: TargetRecord;
  readonly direction: Direction;
  readonly kind: Finding['kind'];
  readonly certainty: Certainty;
  readonly policies: readonly string[];
  readonly clause: string;
  /** Where the clause stands: file and line. */
  readonly at: string;
  readonly why?: string;
  /** The id of the rule that lets it through; null for what is missing. */
  readonly rule: string | null;
  readonly traffic: readonly TrafficRecord[];
  /** The same traffic in words, or what could not be read. */
  readonly text: string;
  readonly mode: Mode;
  /** What the deciding policy wants of a ticket about it, where it says so. */
  readonly ticket?: TicketWishes;
}

export interface ChangeRecord {
  readonly kind: Change['kind'];
  readonly direction: Direction;
  readonly rule?: RuleRecord;
  readonly becomes?: readonly RuleRecord[];
  /** Why the change cannot be made exactly and is left to a person. */
  readonly held?: string;
}

/** Legitimate traffic that a plan closes. */
export type CollateralRecord = TrafficRecord & { readonly direction: Direction };

/** By whose order a plan was carried out. */
export interface OrderRecord {
  readonly kind: 'apply' | 'open' | 'rollback';
  readonly by: string;
  readonly ticket?: string;
  /** The grant that was made for it, by its id. */
  readonly grant?: string;
  /** The revert that was rolled back, by its id. */
  readonly revert?: string;
}

/** Every rule of a firewall, one peer and one port range a rule. */
export interface RulesRecord {
  readonly ingress: readonly RuleRecord[];
  readonly egress: readonly RuleRecord[];
}

export interface PlanRecord {
  readonly target: TargetRecord;
  /** The strictest mode of the policies that govern the firewall; null where none does. */
  readonly mode: Mode | null;
  readonly verdict: Verdict['kind'];
  readonly reasons: readonly string[];
  readonly changes: readonly ChangeRecord[];
  readonly collateral: readonly CollateralRecord[];
  readonly before: RulesRecord;
  readonly after: RulesRecord;
}

export interface Summary {
  readonly firewalls: number;
  readonly governed: number;
  readonly ungoverned: number;
  readonly findings: number;
  readonly proven: number;
  readonly possible: number;
}

export interface CheckDocument {
  readonly version: 1;
  readonly at: string;
  readonly summary: Summary;
  readonly findings: readonly FindingRecord[];
}

export interface PlanDocument extends CheckDocument {
  readonly plans: readonly PlanRecord[];
}
