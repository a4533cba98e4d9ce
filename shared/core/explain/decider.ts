import type { Clause, During, Exception, Mode, Place, Policy } from '../model/policy.ts';
import type { PeerName } from '../model/rule.ts';
import * as traffic from '../space/traffic.ts';
import type { Traffic } from '../space/traffic.ts';

/** `possibly`: it depends on who a named peer is. */
export type Certainty = 'surely' | 'possibly';

/**
 * `left-out`: the policy states `allow` for the direction, and no clause that counts has the traffic. `cut`: a clause
 * that names the peer, and leaves this part of it out by `within`.
 */
export type Effect = 'allow' | 'exception' | 'cut' | 'deny' | 'left-out' | 'require';

/** A clause that speaks of the traffic, and the part of it that it decides. */
export interface Decider {
  readonly effect: Effect;
  readonly clause: string;
  /** The policy or the exception that the clause is of. */
  readonly owner: string;
  readonly place: Place;
  readonly why: string | undefined;
  /** None for an exception. */
  readonly mode: Mode | undefined;
  /** When an exception ends. */
  readonly until: Date | undefined;
  /** When the clause is live; undefined for always. */
  readonly during: During | undefined;
  /** No exception helps against it. */
  readonly firm: boolean;
  readonly certainty: Certainty;
  /**
   * The named peers on which it depends. A clause that permits does so only for rules that name one of them; one that
   * forbids does so where the traffic turns out to be theirs.
   */
  readonly depends: readonly PeerName[];
  readonly traffic: Traffic;
}

/** What a clause belongs to. */
export type Owner =
  { readonly kind: 'policy'; readonly policy: Policy } | { readonly kind: 'exception'; readonly exception: Exception };

/** A clause with what it does and what it belongs to. */
export interface Candidate {
  readonly effect: Effect;
  readonly owner: Owner;
  readonly clause: Clause;
}

export function deciderOf(
  { effect, owner, clause }: Candidate,
  part: Traffic,
  depends: readonly PeerName[] = [],
): Decider {
  const of = owner.kind === 'policy' ? owner.policy : owner.exception;
  return {
    effect,
    clause: clause.id,
    owner: of.name,
    place: clause.place,
    why: clause.why,
    mode: owner.kind === 'policy' ? owner.policy.mode : undefined,
    until: owner.kind === 'exception' ? owner.exception.until : undefined,
    during: clause.during,
    firm: clause.firm,
    certainty: depends.length === 0 ? 'surely' : 'possibly',
    depends,
    traffic: part,
  };
}

/** Each candidate with the part of the traffic that none before it has decided; those that decide nothing are left out. */
export function carved(
  candidates: readonly Candidate[],
  whole: Traffic,
  reach: (clause: Clause) => Traffic,
  depends: readonly PeerName[] = [],
): readonly Decider[] {
  let rest = whole;
  return candidates.flatMap((candidate) => {
    if (traffic.isNothing(rest)) return [];
    const means = reach(candidate.clause);
    const piece = traffic.intersection(rest, means);
    rest = traffic.difference(rest, means);
    return traffic.isNothing(piece) ? [] : [deciderOf(candidate, piece, depends)];
  });
}
