import type { Slots } from '../space/slots.ts';
import type { Traffic } from '../space/traffic.ts';
import type { Direction } from './firewall.ts';
import type { Handling, Mode, Place } from './policy.ts';
import type { PeerName, Rule } from './rule.ts';
import type { Target } from './target.ts';

/** Slots of a peer that is known by name only. */
export interface NamedFlows {
  readonly kind: 'named';
  readonly peer: PeerName;
  readonly slots: Slots;
  /** Of a peer whose addresses are all known, such as a prefix list: only so much of it. Absent: the peer whole. */
  readonly part?: Traffic;
}

/** Flows between the firewall's members and its peers: a set in addresses, or those of a named peer. */
export type Flows = { readonly kind: 'addresses'; readonly traffic: Traffic } | NamedFlows;

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
  /** How long the revert is held back: the longest `grace` of the policies that forbid it. */
  readonly graceMs: number;
}

/** A policy requires what the firewall would not let through after the revert. */
export interface Missing extends FindingBase {
  readonly kind: 'missing';
  /** What is missing; nothing where the requirement is met. */
  readonly missing: Wanted;
  /** All that the clause asks: what is added may use it to need fewer rules. */
  readonly required: Wanted;
  /** Why it is not carried out by itself, if it is not. */
  readonly withheld: string | undefined;
}

/** What a clause asks for: in addresses, and of peers by name, as rules write them. */
export interface Wanted {
  readonly traffic: Traffic;
  readonly named: readonly NamedFlows[];
}

/** The firewall opens more protocol and port pairs to the internet than a policy lets it. Only ever told of. */
export interface LimitFinding extends FindingBase {
  readonly kind: 'limit';
  readonly traffic: Traffic;
  readonly count: number;
  readonly limit: number;
}

/** A part of the firewall could not be read, so nobody can say that it is fine. */
export interface UnreadFinding extends FindingBase {
  readonly kind: 'unread';
  readonly rule: string;
  readonly problem: string;
}

export type Finding = Excess | Missing | UnreadFinding | LimitFinding;

/** Why a run does not carry out a proven finding by itself; undefined where it does. */
export function waitOf(finding: Excess | Missing): string | undefined {
  if (finding.mode !== 'enforce') return 'mode';
  if (finding.handling.revert === 'restore') return '`revert: restore` is not carried out yet, so it only reports';
  if (finding.kind === 'missing' || finding.graceMs === 0) return undefined;
  return `\`grace\`: what is left after ${String(finding.graceMs / 60_000)} minutes is reverted by the sweep that follows`;
}

/** Whether a run carries this out by itself. */
export function isEnforced(finding: Finding): boolean {
  if (finding.kind !== 'excess' && finding.kind !== 'missing') return false;
  return finding.certainty === 'proven' && waitOf(finding) === undefined;
}

/** All findings of one snapshot. */
export interface Drift {
  readonly target: Target;
  /** Whether any policy governs the firewall. One that none governs is never changed. */
  readonly governed: boolean;
  readonly findings: readonly Finding[];
  /** All that `require` clauses ask, whether it is missing or not: a plan must not take it away. */
  readonly requirements: readonly Missing[];
  /** What one policy requires and another forbids; a firewall with such a contradiction is held. */
  readonly contradictions: readonly string[];
}
