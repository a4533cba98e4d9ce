import type { Firewall } from '../shared/core/model/firewall.ts';
import type { Traits } from '../shared/core/model/traits.ts';

/** Firewalls from somewhere, and what rules can say there. */
export interface Source {
  readonly firewalls: readonly Firewall[];
  readonly traits: Traits;
  /** What was not there to read, for people. */
  readonly warnings: readonly string[];
  /** What else firewalls may be asked for by -> their ids: the addresses of resources that exist. */
  readonly places?: ReadonlyMap<string, string>;
}
