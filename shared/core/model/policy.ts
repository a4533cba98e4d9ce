import type { Addresses } from '../space/addresses.ts';
import type { Slots } from '../space/slots.ts';
import type { Direction } from './firewall.ts';
import type { Guard } from './guard.ts';
import type { PeerName } from './rule.ts';

/** From strict to mild. `approve` acts as `report` until approvals exist. */
export const MODES = ['enforce', 'approve', 'report', 'observe'] as const;
export type Mode = (typeof MODES)[number];

/** `restore` acts as `report` until the ledger keeps compliant states. */
export const REVERTS = ['narrow', 'remove', 'restore'] as const;
export type Revert = (typeof REVERTS)[number];

/** A place in a policy file, or what stands in the place of one. Lines count from 1; 0 where there are none. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/**
 * Who a clause speaks of: fixed addresses, and peers by name, whose addresses are known, if at all, once a firewall is
 * judged. Both together are meant.
 */
export interface Peers {
  readonly addresses: Addresses;
  /** As the policy writes them: `network`, `internet`, `self`, `sg:bastion`, `prefix-list:pl-0123456789abcdef0`. */
  readonly names: readonly PeerName[];
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The times at which a clause is live, by the clocks on the wall of one time zone. */
export interface During {
  /** Days on which a window begins. */
  readonly days: readonly Weekday[];
  /**
   * Minutes of the day, from (included) to (not included); 1440 is the end of the day. A window whose end is not after
   * its beginning goes over midnight and ends on the next day. Undefined: the whole day.
   */
  readonly hours: { readonly from: number; readonly to: number } | undefined;
  /** An IANA name such as `Asia/Shanghai`, or `UTC`. */
  readonly zone: string;
}

/** One line of a policy: services and peers, as sets. */
export interface Clause {
  /** `POLICY/ingress/deny/1` (position from 1), or the clause's own name. */
  readonly id: string;
  readonly slots: Slots;
  readonly peers: Peers;
  /** On an `allow` or an exception: of the peers that it names, only these addresses are meant. */
  readonly within: Peers | undefined;
  /** Undefined: always live. */
  readonly during: During | undefined;
  /** `firm: true` on a `deny`: no exception and no grant takes anything out of it. */
  readonly firm: boolean;
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
  /** How long a revert is held back, and dropped if the excess is gone by then. 0: not at all. */
  readonly graceMs: number;
  readonly ticket: TicketWishes;
}

/** What a ticket of a policy is filed with. Unstated: the settings of the ticket system. */
export interface TicketWishes {
  readonly assignmentGroup?: string;
  /** 1 (high) to 3 (low), as ServiceNow counts. */
  readonly impact?: 1 | 2 | 3;
  readonly urgency?: 1 | 2 | 3;
}

export interface Policy {
  readonly name: string;
  readonly place: Place;
  readonly match: Match;
  readonly mode: Mode;
  /** With `mode: approve`: carried out by itself once this long has passed. Undefined: only when approved. */
  readonly approveAfterMs: number | undefined;
  readonly handling: Handling;
  /** Whether a cloud's own default rules are judged like all others. */
  readonly defaults: 'keep' | 'judge';
  /** The most protocol and port pairs that a firewall may open to `internet`. */
  readonly openPorts: number | undefined;
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

/** The firewalls that every network interface of an instance must have, and those that it may have. */
export interface InstancePolicy {
  readonly name: string;
  readonly place: Place;
  readonly match: Match;
  /** `sg:ID` or `sg:NAME`; each is among `allow`, too. */
  readonly require: readonly PeerName[];
  readonly allow: readonly PeerName[];
}

/** Everything that the policy files say, policies in deciding order: by file name, then position. */
export interface PolicySet {
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
  readonly instances: readonly InstancePolicy[];
  readonly guard: Guard;
  /** The largest share of governed firewalls that may open anything to `internet`, from 0 to 1. */
  readonly exposedFirewallsShare: number | undefined;
  /** `pause: true` holds everything. */
  readonly paused: boolean;
}

export function clausesOf(policy: Policy, direction: Direction): Clauses {
  return policy[direction];
}
