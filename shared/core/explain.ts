// Firewall x PolicySet x Question -> Explanation: whether it passes, whether it may, and by what.
import { strictness } from './demand.ts';
import { isLive } from './during.ts';
import { DesiredBook } from './effective.ts';
import { askedOf } from './explain/asked.ts';
import type { Asked, Share } from './explain/asked.ts';
import type { Decider } from './explain/decider.ts';
import { notNowOf } from './explain/not-now.ts';
import { passagesOf, passesOf } from './explain/passage.ts';
import type { Passage } from './explain/passage.ts';
import { permissionOf } from './explain/permission.ts';
import type { Permission } from './explain/permission.ts';
import { exceptionOf, liveFor } from './grants.ts';
import { matches } from './match.ts';
import type { Firewall, Unread } from './model/firewall.ts';
import type { Grant } from './model/grant.ts';
import type { Exception, Policy, PolicySet } from './model/policy.ts';
import type { Question } from './model/question.ts';

export interface Explanation extends Permission {
  readonly firewall: Firewall;
  readonly question: Question;
  readonly asked: Asked;
  /** The policies that govern the firewall. */
  readonly policies: readonly Policy[];
  /** Those that would be stricter if no service tended the firewall, as they are stated. */
  readonly lowered: readonly Policy[];
  readonly passes: Share;
  /** Those that surely let it through first. */
  readonly passages: readonly Passage[];
  /** What could not be read in this direction; it may let anything through. */
  readonly unread: readonly Unread[];
  /** What would decide at another time. */
  readonly notNow: readonly Decider[];
}

function liveNow(exceptions: readonly Exception[], at: Date): readonly Exception[] {
  return exceptions.map((exception) => ({
    ...exception,
    ingress: exception.ingress.filter(({ during }) => isLive(during, at)),
    egress: exception.egress.filter(({ during }) => isLive(during, at)),
  }));
}

/** Whether the traffic passes the firewall as it is, and whether it may by the policies at this moment. */
export function explanationOf(
  firewall: Firewall,
  set: PolicySet,
  question: Question,
  at: Date,
  grants: readonly Grant[] = [],
): Explanation {
  const asked = askedOf(question, firewall);
  const book = new DesiredBook(set);
  const desired = book.for(firewall, at, grants);
  const strict = new DesiredBook({ ...set, exceptions: [] }).for(firewall, at);
  const own = set.exceptions.filter(({ match }) => matches(match, firewall));
  const live = [
    ...own.filter(({ until }) => at.getTime() < until.getTime()),
    ...liveFor(firewall, grants, set.guard, at).map((grant) => exceptionOf(grant, set.guard)),
  ];
  const ended = own.filter(({ until }) => at.getTime() >= until.getTime());
  const stated = set.policies.filter(({ match }) => matches(match, firewall));
  const modeOf = ({ name, mode }: Policy): Policy['mode'] =>
    desired.policies.find((policy) => policy.name === name)?.mode ?? mode;
  const passages = passagesOf(firewall, asked);
  return {
    firewall,
    question,
    asked,
    policies: desired.policies,
    lowered: stated.filter((policy) => strictness(policy.mode) > strictness(modeOf(policy))),
    passes: passesOf(firewall, asked, passages),
    passages,
    unread: firewall.unread.filter(({ direction }) => direction === question.direction),
    ...permissionOf({ firewall, desired, strict, live: liveNow(live, at), ended }, asked, passages),
    notNow: notNowOf(
      {
        firewall,
        policies: stated.map((policy) => ({ ...policy, mode: modeOf(policy) })),
        exceptions: live,
        written: book.written,
      },
      asked,
      at,
    ),
  };
}
