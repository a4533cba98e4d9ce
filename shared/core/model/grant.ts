import type { TrafficRecord } from './record.ts';
import type { Target } from './target.ts';

/** Who made a permission at run time: `portcullis open`, or a rollback that is to stay. */
export const GRANT_CAUSES = ['open', 'rollback'] as const;
export type GrantCause = (typeof GRANT_CAUSES)[number];

/** An exception made at run time: exact traffic of one firewall, owned and dated. */
export interface Grant {
  readonly id: string;
  readonly cause: GrantCause;
  readonly target: Target;
  /** A peer is a CIDR, or a name as the rules of the firewall write it. */
  readonly ingress: readonly TrafficRecord[];
  readonly egress: readonly TrafficRecord[];
  readonly at: Date;
  readonly until: Date;
  readonly by: string;
  /** The change or incident that says why. */
  readonly ticket?: string;
  /** The revert that a rollback undoes, by its id. */
  readonly revert?: string;
}

/** Everything is held until it is taken back. */
export interface Pause {
  readonly at: Date;
  readonly by: string;
  readonly why: string;
}

/** What operators have ordered at run time, beside what the policy says. */
export interface Orders {
  readonly grants: readonly Grant[];
  readonly pause: Pause | undefined;
}

export const NO_ORDERS: Orders = { grants: [], pause: undefined };
