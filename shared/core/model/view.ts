import type { Traffic } from '../space/traffic.ts';
import type { Mode, Place, Policy } from './policy.ts';

/** What one clause forbids, exceptions taken out. */
export interface Prohibition {
  readonly policy: Policy;
  /** The clause's id; `POLICY/ingress/allow` for what no clause allows. */
  readonly clause: string;
  readonly place: Place;
  readonly why: string | undefined;
  /** What it forbids whoever the peers are that a `deny` names. */
  readonly traffic: Traffic;
  /** What it may forbid, depending on who they are: never less. */
  readonly could: Traffic;
}

/** What all policies of this mode and of stricter ones surely forbid together. */
export interface Level {
  readonly mode: Mode;
  readonly forbidden: Traffic;
}

/** What is forbidden of rules in addresses, or of the rules that name one peer. */
export interface View {
  /** In deciding order: strictest mode first, then by file and position, denies before what no clause allows. */
  readonly prohibitions: readonly Prohibition[];
  /** From strict to mild, only modes that some prohibition has. */
  readonly levels: readonly Level[];
  /** What is surely forbidden. */
  readonly forbidden: Traffic;
  /** What may be forbidden: never less. */
  readonly could: Traffic;
  /** How long the policies that forbid anything hold a revert back, each time once. */
  readonly graces: ReadonlySet<number>;
}
