import type { Fault } from '../base/fault.ts';
import type { Firewall } from '../core/model/firewall.ts';
import type { Outcome, Plan } from '../core/model/plan.ts';
import type { PeerName } from '../core/model/rule.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Traits } from '../core/model/traits.ts';

/**
 * Something that an event names instead of a firewall, by which the cloud finds the firewalls that it touches: a name of
 * firewalls, an instance or a network interface that is behind them, a network or a subnet that they are in, a list of
 * addresses that their rules or the policies name.
 */
export interface Lead {
  readonly cloud: string;
  readonly account: string;
  readonly region: string;
  readonly kind: 'name' | 'instance' | 'interface' | 'network' | 'subnet' | 'prefix-list';
  /** The name where the kind is `name`. */
  readonly id: string;
}

/** What an event says: where to look, that a clock has ticked, or why there is nothing to look at. Malformed events throw a `Fault`. */
export type Heard =
  | {
      readonly kind: 'targets';
      readonly targets: readonly Target[];
      readonly leads: readonly Lead[];
      readonly hint: Hint;
    }
  | { readonly kind: 'clock'; readonly scope: Scope; readonly at: Date }
  | { readonly kind: 'ignored'; readonly why: string };

/** What a read says: the firewall as it is now, or that there is none with this id. */
export type Read = { readonly kind: 'firewall'; readonly firewall: Firewall } | { readonly kind: 'gone' };

/** What a read of several says of one of them. What keeps one from being read fails none of the others. */
export type ReadOfMany = Read | { readonly kind: 'fault'; readonly fault: Fault };

export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** How far a listing has come. How many rules there are is known once all firewalls are: they say how many each has. */
export interface Listing {
  readonly firewalls: number;
  readonly rules: number;
  readonly ofRules: number | undefined;
}

/** What a call is needed for: to read firewalls at all, to know more of their peers, to follow events, to change rules. */
export type Need = 'read' | 'peers' | 'events' | 'enforce';

/** Whether the credentials may make one call. `unknown`: the cloud did not say, and `why` says what it said instead. */
export interface Permission {
  readonly action: string;
  readonly need: Need;
  readonly state: 'allowed' | 'denied' | 'unknown';
  readonly why: string;
}

/** What a cloud shows of a connection to it, with nothing changed there. */
export interface Examination {
  readonly permissions: readonly Permission[];
  /** The firewall that the calls which change rules were tried on; rights may differ from firewall to firewall. */
  readonly triedOn: string | undefined;
  /** How far the clock here is ahead of the cloud's, in whole seconds as the cloud tells them. */
  readonly clockAheadMs: number | undefined;
}

/**
 * One guarded cloud. Every method throws a `Fault` (throttled, unavailable, forbidden, malformed) where the cloud
 * cannot answer; what a plan itself meets is an `Outcome`. Of an account that the credentials are not of, nothing is said
 * to be gone or to touch nobody, as far as the cloud shows whose they are: that is a `Fault` (unsupported).
 */
export interface Cloud {
  readonly traits: Traits;
  /**
   * The firewalls that each lead touches, in the order of the leads; none where the cloud knows none. All leads of one
   * kind cost as many calls as one. `written` are the peers that policies name: a list that a policy names touches
   * every firewall.
   */
  find(leads: readonly Lead[], written: readonly PeerName[]): Promise<readonly (readonly Target[])[]>;
  /** The whole current state of one firewall, and what is known of the peers that policies name, by these names. */
  read(target: Target, written: readonly PeerName[]): Promise<Read>;
  /**
   * Several firewalls of one region, in the order of the targets, for about the cost of one; otherwise as `read`. Where
   * the cloud does not answer at all, the whole throws.
   */
  readAll(targets: readonly Target[], written: readonly PeerName[]): Promise<readonly ReadOfMany[]>;
  /** Which firewalls an account has in a region, page by page, so that any number fits into memory. */
  targets(scope: Scope): AsyncIterable<readonly Target[]>;
  /**
   * All firewalls that these credentials see in one region, in order of id; otherwise as `read`. `watch` is told how far
   * it has come, for people who wait.
   */
  list(scope: Scope, written: readonly PeerName[], watch?: (listing: Listing) => void): Promise<readonly Firewall[]>;
  /**
   * Makes the changes of a plan, in an order that never opens or closes anything beside them. Nothing is written
   * unless the firewall still is as `before`, the read that the plan was made from.
   */
  apply(plan: Plan, before: Firewall): Promise<Outcome>;
}
