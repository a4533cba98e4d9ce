import type { Direction } from './firewall.ts';
import type { Flows } from './finding.ts';
import type { Rule, RuleContent } from './rule.ts';
import type { Target } from './target.ts';

/** One edit of a firewall, as data. */
export type Change =
  | { readonly kind: 'remove'; readonly direction: Direction; readonly rule: Rule }
  | {
      readonly kind: 'narrow';
      readonly direction: Direction;
      readonly rule: Rule;
      /** Never empty. Together they let through exactly what stays of the rule. */
      readonly becomes: readonly RuleContent[];
    }
  | {
      /** A rule becomes again what it was before a revert. */
      readonly kind: 'restore';
      readonly direction: Direction;
      readonly rule: Rule;
      readonly becomes: readonly RuleContent[];
    }
  | { readonly kind: 'add'; readonly direction: Direction; readonly becomes: readonly RuleContent[] };

/** A change that cannot be made exactly, so its rule stays as it is and a person has to decide. */
export interface HeldChange {
  readonly kind: Change['kind'];
  readonly direction: Direction;
  /** Absent where something was to be added. */
  readonly rule: Rule | undefined;
  readonly reason: string;
}

/** Legitimate flows that a plan closes. */
export interface Collateral {
  readonly direction: Direction;
  readonly rule: Rule;
  readonly flows: Flows;
  /** Whether the policy accepts it. What it does not accept holds the whole plan. */
  readonly accepted: boolean;
  /** The clause that requires some of it. No policy accepts the loss of that. */
  readonly requiredBy?: string;
}

/** Some changes, and what comes of the wish to make them. */
export interface Draft {
  readonly changes: readonly Change[];
  readonly held: readonly HeldChange[];
  readonly collateral: readonly Collateral[];
}

/** What would be done to one snapshot of one firewall. */
export interface Plan extends Draft {
  /** Names the target and the version that the plan was made for: the same plan has the same id. */
  readonly id: string;
  readonly target: Target;
  readonly version: string;
}

/** What a run does with a plan now. */
export type Verdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'apply' }
  | { readonly kind: 'hold'; readonly reasons: readonly string[] };

/**
 * What became of an attempt to apply a plan: `applied` (all of it), `conflict` (the firewall is not as it was read;
 * read again and plan again), `refused` (the cloud said no, `why` says what it said), `gone` (the firewall does not
 * exist any more). The read that follows decides what is true, not the outcome.
 */
export type Outcome =
  | { readonly kind: 'applied'; readonly requestIds: readonly string[] }
  | { readonly kind: 'conflict'; readonly why: string; readonly requestIds: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string; readonly requestIds: readonly string[] }
  | { readonly kind: 'gone' };
