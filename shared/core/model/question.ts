import type { Slots } from '../space/slots.ts';
import type { Direction } from './firewall.ts';
import type { Peer } from './rule.ts';

/** Traffic that somebody speaks of: these services, with this peer as the policy language writes it. */
export interface Question {
  readonly direction: Direction;
  readonly slots: Slots;
  readonly peer: Peer;
}
