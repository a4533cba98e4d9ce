import type { Firewall } from '../core/model/firewall.ts';
import type { Outcome, Plan } from '../core/model/plan.ts';
import type { PeerName } from '../core/model/rule.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Traits } from '../core/model/traits.ts';

/** A firewall that an event knows by name only. Several firewalls may carry that name. */
export interface NamedTarget {
  readonly cloud: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** What an event says: where to look, or why there is nothing to look at. Malformed events throw a `Fault`. */
export type Heard =
  | {
      readonly kind: 'targets';
      readonly targets: readonly Target[];
      readonly named: readonly NamedTarget[];
      readonly hint: Hint;
    }
  | { readonly kind: 'ignored'; readonly why: string };

/** What a read says: the firewall as it is now, or that there is none with this id. */
export type Read = { readonly kind: 'firewall'; readonly firewall: Firewall } | { readonly kind: 'gone' };

/**
 * One guarded cloud. Every method throws a `Fault` (throttled, unavailable, forbidden, malformed) where the cloud
 * cannot answer; what a plan itself meets is an `Outcome`.
 */
export interface Cloud {
  readonly traits: Traits;
  /** The firewalls that carry a name. Empty where none does. */
  find(named: NamedTarget): Promise<readonly Target[]>;
  /** The whole current state of one firewall, and what is known of the peers that policies name, by these names. */
  read(target: Target, written: readonly PeerName[]): Promise<Read>;
  /** All firewalls that these credentials see in one region, in order of id; otherwise as `read`. */
  list(
    scope: { readonly account: string; readonly region: string },
    written: readonly PeerName[],
  ): Promise<readonly Firewall[]>;
  /**
   * Makes the changes of a plan, in an order that never opens or closes anything beside them. Nothing is written
   * unless the firewall still is as `before`, the read that the plan was made from.
   */
  apply(plan: Plan, before: Firewall): Promise<Outcome>;
}
