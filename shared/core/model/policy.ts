import type { Addresses } from '../space/addresses.ts';
import type { Slots } from '../space/slots.ts';
import type { Direction } from './firewall.ts';

/** From strict to mild. `approve` acts as `report` until approvals exist. */
export const MODES = ['enforce', 'approve', 'report', 'observe'] as const;
export type Mode = (typeof MODES)[number];

/** `restore` acts as `report` until the ledger keeps compliant states. */
export const REVERTS = ['narrow', 'remove', 'restore'] as const;
export type Revert = (typeof REVERTS)[number];

/** A place in a policy file. Lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** One line of a policy: services and peers, as sets. */
export interface Clause {
  /** `POLICY/ingress/deny/1` (position from 1), or the clause's own name. */
  readonly id: string;
  readonly slots: Slots;
  readonly peers: Addresses;
  /** `open: true` on a `require`: it may be carried out even where it opens something to the internet. */
  readonly open: boolean;
  readonly why: string | undefined;
  readonly place: Place;
}

export interface Clauses {
  /** Undefined where the direction states no `allow`: then nothing is forbidden by being left out. */
  readonly allow: readonly Clause[] | undefined;
  readonly deny: readonly Clause[];
  readonly require: readonly Clause[];
  /** Where `ingress` or `egress` itself stands: the place of what no clause allows. */
  readonly place: Place;
}

/** Which firewalls a policy or an exception speaks of. Keys are ANDed, a list is an OR, `*` and `?` are globs. */
export interface Match {
  readonly cloud?: readonly string[];
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly network?: readonly string[];
  readonly resourceGroup?: readonly string[];
  readonly id?: readonly string[];
  readonly name?: readonly string[];
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly not?: Match;
}

/** The highest `maxFragments` that a policy may state: far over what a person would read. */
export const MOST_FRAGMENTS = 100;

/** How an excess that a policy forbids is taken away. */
export interface Handling {
  readonly revert: Revert;
  /** The most rules that one rule may become. */
  readonly maxFragments: number;
  /** What to do past `maxFragments`, or where the cloud cannot say the remainder: hold the change, or take the rule whole. */
  readonly overflow: 'hold' | 'remove';
  /** Whether a revert may close legitimate traffic beside the protocol numbers that no cloud can spare. */
  readonly collateral: 'hold' | 'allow';
}

export interface Policy {
  readonly name: string;
  readonly place: Place;
  readonly match: Match;
  readonly mode: Mode;
  readonly handling: Handling;
  readonly ingress: Clauses;
  readonly egress: Clauses;
}

/** An owned, dated permission. It edits what is desired, never the difference. */
export interface Exception {
  readonly name: string;
  readonly place: Place;
  readonly match: Match;
  readonly ingress: readonly Clause[];
  readonly egress: readonly Clause[];
  readonly until: Date;
  readonly approved: { readonly by: string; readonly ticket: string };
}

/** Everything that the policy files say, policies in deciding order: by file name, then position. */
export interface PolicySet {
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
}

export function clausesOf(policy: Policy, direction: Direction): Clauses {
  return policy[direction];
}
