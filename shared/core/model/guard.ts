const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The bounds under `guard`, by the names that they have there. */
export interface Guard {
  readonly maxChangesPerFirewall: number;
  readonly maxChangesPerRun: number;
  /** Firewalls changed within a while: a share of all that are governed, or so many where that is more. */
  readonly maxChangedFirewalls: { readonly share: number; readonly atLeast: number; readonly withinMs: number };
  readonly maxRevertsPerFinding: { readonly count: number; readonly withinMs: number };
  readonly maxTicketsPerHour: number;
  readonly maxExceptionDays: number;
  /** How long a grant may last at most; one that a rollback makes may last longer. */
  readonly maxGrantMs: number;
  readonly maxRollbackGrantMs: number;
  /** How long the last policies of a firewall hold that no policy governs any more. */
  readonly leaveAfterMs: number;
  /** The keys that the policy states; the others hold because it is silent. */
  readonly stated: readonly string[];
}

/** What holds where `guard` is silent: the values of POLICY.md, version 1. */
export const UNSTATED_GUARD: Guard = {
  maxChangesPerFirewall: 20,
  maxChangesPerRun: 100,
  maxChangedFirewalls: { share: 0.1, atLeast: 5, withinMs: HOUR_MS },
  maxRevertsPerFinding: { count: 3, withinMs: HOUR_MS },
  maxTicketsPerHour: 100,
  maxExceptionDays: 90,
  maxGrantMs: 8 * HOUR_MS,
  maxRollbackGrantMs: 24 * HOUR_MS,
  leaveAfterMs: 24 * HOUR_MS,
  stated: [],
};

/** What holds a run back. */
export interface Limits {
  readonly changesPerFirewall: number;
  readonly changesPerRun: number;
  /** Why everything is held, if it is. */
  readonly paused: string | undefined;
  /** Bounds that the policy states and that this version cannot count: it does less, never more. */
  readonly uncounted: readonly string[];
}

/** The bounds that count over many runs. */
const ACROSS_RUNS = ['maxChangedFirewalls', 'maxRevertsPerFinding'];

export function limitsOf({ guard, paused }: { readonly guard: Guard; readonly paused: boolean }): Limits {
  return {
    changesPerFirewall: guard.maxChangesPerFirewall,
    changesPerRun: guard.maxChangesPerRun,
    paused: paused ? 'the policy says `pause: true`; take it out to let changes go on' : undefined,
    uncounted: guard.stated.filter((bound) => ACROSS_RUNS.includes(bound)),
  };
}

/** What holds where a policy is silent. */
export const LIMITS: Limits = limitsOf({ guard: UNSTATED_GUARD, paused: false });
