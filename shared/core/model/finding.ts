import type { Slots } from '../space/slots.ts';
import type { Traffic } from '../space/traffic.ts';
import type { Direction } from './firewall.ts';
import type { Handling, Mode, Place } from './policy.ts';
import type { PeerName, Rule } from './rule.ts';
import type { Target } from './target.ts';

/** Flows between the firewall's members and its peers: a set in addresses, or slots of a peer that is known by name only. */
export type Flows =
  | { readonly kind: 'addresses'; readonly traffic: Traffic }
  | { readonly kind: 'named'; readonly peer: PeerName; readonly slots: Slots };

/** `proven`: forbidden whatever the peer that the rule names turns out to be. Only that is ever reverted. */
export type Certainty = 'proven' | 'possible';

interface FindingBase {
  /** Stays the same while the same breach lasts. */
  readonly id: string;
  readonly target: Target;
  readonly direction: Direction;
  readonly certainty: Certainty;
  /** The names of the policies that say so, the deciding one first. */
  readonly policies: readonly string[];
  readonly clause: string;
  readonly place: Place;
  /** Why the clause exists, in the words of whoever wrote it. */
  readonly why: string | undefined;
  readonly mode: Mode;
  readonly handling: Handling;
}

/** The firewall lets through what a policy forbids, by this rule. */
export interface Excess extends FindingBase {
  readonly kind: 'excess';
  readonly rule: Rule;
  readonly flows: Flows;
}

/** A policy requires what the firewall would not let through after the revert. */
export interface Missing extends FindingBase {
  readonly kind: 'missing';
  /** What is missing; nothing where the requirement is met. */
  readonly traffic: Traffic;
  /** All that the clause asks: what is added may use it to need fewer rules. */
  readonly required: Traffic;
  /** Why it is not carried out by itself, if it is not. */
  readonly withheld: string | undefined;
}

/** A part of the firewall could not be read, so nobody can say that it is fine. */
export interface UnreadFinding extends FindingBase {
  readonly kind: 'unread';
  readonly rule: string;
  readonly problem: string;
}

export type Finding = Excess | Missing | UnreadFinding;

/** Whether a run carries this out by itself. `restore` cannot be carried out yet, so it only reports. */
export function isEnforced(finding: Finding): boolean {
  return finding.certainty === 'proven' && finding.mode === 'enforce' && finding.handling.revert !== 'restore';
}

/** All findings of one snapshot. */
export interface Drift {
  readonly target: Target;
  readonly version: string;
  /** Whether any policy governs the firewall. One that none governs is never changed. */
  readonly governed: boolean;
  readonly findings: readonly Finding[];
  /** All that `require` clauses ask, whether it is missing or not: a plan must not take it away. */
  readonly requirements: readonly Missing[];
  /** What one policy requires and another forbids; a firewall with such a contradiction is held. */
  readonly contradictions: readonly string[];
}
