// Firewall x PolicySet x traffic -> Explanation: whether it passes, whether it may, and by what.
import { DesiredBook } from './effective.ts';
import type { Demand, Desired } from './effective.ts';
import { flowsOf, mostOf, surelyOpen, UNKNOWN } from './exposure.ts';
import { matches } from './match.ts';
import type { Flows } from './model/finding.ts';
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall, Unread } from './model/firewall.ts';
import { clausesOf, MODES } from './model/policy.ts';
import type { Clause, Exception, Mode, Place, Policy, PolicySet } from './model/policy.ts';
import type { Rule } from './model/rule.ts';
import type { Addresses } from './space/addresses.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

/** Traffic that somebody asks about: these services, with these peers. */
export interface Question {
  readonly direction: Direction;
  readonly slots: Slots;
  readonly peers: Addresses;
}

/** How much of the traffic. `possibly`: none for sure, and some of it depending on who a named peer is. */
export type Passes = 'all' | 'part' | 'none' | 'possibly';

/** A rule that lets some of the traffic through: `surely`, or only depending on who its named peer is. */
export interface Passage {
  readonly rule: Rule;
  readonly certainty: 'surely' | 'possibly';
  /** The part of the traffic that it lets through; where it is possible only, the most that it can be. */
  readonly traffic: Traffic;
}

/** `left-out`: the policy states `allow` for the direction, and no clause that counts has the traffic. */
export type Effect = 'allow' | 'exception' | 'deny' | 'left-out' | 'require';

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
  readonly traffic: Traffic;
}

export interface Explanation {
  readonly firewall: Firewall;
  readonly question: Question;
  readonly asked: Traffic;
  /** The policies that govern the firewall. */
  readonly policies: readonly Policy[];
  readonly passes: Passes;
  /** Those that surely let it through first. */
  readonly passages: readonly Passage[];
  /** What could not be read in this direction; it may let anything through. */
  readonly unread: readonly Unread[];
  readonly may: 'all' | 'part' | 'none';
  /** What permits some of the traffic first, then what forbids some of it in deciding order, then what requires it. */
  readonly deciders: readonly Decider[];
  /** Exceptions that would permit some of what is forbidden, had they not ended. */
  readonly ended: readonly Exception[];
}

function clauseTraffic({ slots, peers }: Clause): Traffic {
  return traffic.trafficOf(slots, peers);
}

function deciderOf(
  clause: Pick<Clause, 'id' | 'place' | 'why'>,
  rest: Omit<Decider, 'clause' | 'place' | 'why'>,
): Decider {
  return { clause: clause.id, place: clause.place, why: clause.why, ...rest };
}

function passageOf(firewall: Firewall, rule: Rule, asked: Traffic): Passage | undefined {
  const flows = flowsOf(rule.box);
  const extent = flows.kind === 'named' ? (firewall.names.get(flows.peer) ?? UNKNOWN) : undefined;
  const surely =
    extent === undefined ? flowsTraffic(flows) : mostOf(rule.box, { least: extent.least, most: extent.least });
  const part = traffic.intersection(surely, asked);
  if (!traffic.isNothing(part)) return { rule, certainty: 'surely', traffic: part };
  const possible = extent === undefined ? traffic.NOTHING : traffic.intersection(mostOf(rule.box, extent), asked);
  return traffic.isNothing(possible) ? undefined : { rule, certainty: 'possibly', traffic: possible };
}

function flowsTraffic(flows: Flows): Traffic {
  return flows.kind === 'addresses' ? flows.traffic : traffic.NOTHING;
}

function passagesOf(firewall: Firewall, direction: Direction, asked: Traffic): readonly Passage[] {
  const passages = rulesOf(firewall, direction).flatMap((rule) => passageOf(firewall, rule, asked) ?? []);
  const of = (certainty: Passage['certainty']): readonly Passage[] =>
    passages.filter((passage) => passage.certainty === certainty);
  return [...of('surely'), ...of('possibly')];
}

function passesOf(open: Traffic, asked: Traffic, mayPassOtherwise: boolean): Passes {
  const passing = traffic.intersection(asked, open);
  if (traffic.equal(passing, asked)) return 'all';
  if (!traffic.isNothing(passing)) return 'part';
  return mayPassOtherwise ? 'possibly' : 'none';
}

/** Each decider with the part of the traffic that none before it has decided; those that decide nothing are left out. */
function carved(candidates: readonly Decider[], whole: Traffic): readonly Decider[] {
  let rest = whole;
  return candidates.flatMap((candidate) => {
    const piece = traffic.intersection(rest, candidate.traffic);
    rest = traffic.difference(rest, candidate.traffic);
    return traffic.isNothing(piece) ? [] : [{ ...candidate, traffic: piece }];
  });
}

function allowers(policies: readonly Policy[], direction: Direction): readonly Decider[] {
  return policies
    .toSorted((a, b) => MODES.indexOf(a.mode) - MODES.indexOf(b.mode))
    .flatMap(({ name, mode, ...policy }) =>
      (policy[direction].allow ?? []).map((clause) =>
        deciderOf(clause, { effect: 'allow', owner: name, mode, until: undefined, traffic: clauseTraffic(clause) }),
      ),
    );
}

function exceptors(exceptions: readonly Exception[], direction: Direction): readonly Decider[] {
  return exceptions.flatMap((exception) =>
    exception[direction].map((clause) =>
      deciderOf(clause, {
        effect: 'exception',
        owner: exception.name,
        mode: undefined,
        until: exception.until,
        traffic: clauseTraffic(clause),
      }),
    ),
  );
}

/** Everything that forbids some of the traffic: whoever wants it to pass has to deal with each of them. */
function forbidders({ prohibitions }: Demand, direction: Direction, asked: Traffic): readonly Decider[] {
  return prohibitions.flatMap(({ policy, clause, place, why, traffic: forbidden }): readonly Decider[] => {
    const piece = traffic.intersection(forbidden, asked);
    if (traffic.isNothing(piece)) return [];
    const isDeny = clausesOf(policy, direction).deny.some(({ id }) => id === clause);
    const effect = isDeny ? 'deny' : 'left-out';
    return [{ effect, clause, owner: policy.name, place, why, mode: policy.mode, until: undefined, traffic: piece }];
  });
}

function requirers({ requirements }: Demand, asked: Traffic): readonly Decider[] {
  return requirements.flatMap(({ policy, clause, traffic: required }) => {
    const piece = traffic.intersection(required, asked);
    if (traffic.isNothing(piece)) return [];
    return [
      deciderOf(clause, { effect: 'require', owner: policy.name, mode: policy.mode, until: undefined, traffic: piece }),
    ];
  });
}

interface Permission {
  readonly may: Explanation['may'];
  readonly deciders: readonly Decider[];
  readonly ended: readonly Exception[];
}

/** `strict` is what would be desired if there were no exceptions: what they make the difference of, they permit. */
function permissionOf(
  desired: Desired,
  strict: Desired,
  exceptions: { readonly live: readonly Exception[]; readonly ended: readonly Exception[] },
  direction: Direction,
  asked: Traffic,
): Permission {
  const demand = desired[direction];
  const forbidden = traffic.intersection(asked, demand.forbidden);
  const permitted = traffic.difference(asked, forbidden);
  const excepted = traffic.intersection(permitted, strict[direction].forbidden);
  const regular = traffic.difference(permitted, excepted);
  return {
    may: traffic.isNothing(forbidden) ? 'all' : traffic.isNothing(permitted) ? 'none' : 'part',
    deciders: [
      ...carved(allowers(desired.policies, direction), regular),
      ...carved(exceptors(exceptions.live, direction), excepted),
      ...forbidders(demand, direction, asked),
      ...requirers(demand, asked),
    ],
    ended: exceptions.ended.filter((exception) =>
      exceptors([exception], direction).some((one) => !traffic.isNothing(traffic.intersection(one.traffic, forbidden))),
    ),
  };
}

/** Whether the traffic passes the firewall as it is, and whether it may by the policies at this moment. */
export function explanationOf(firewall: Firewall, set: PolicySet, question: Question, at: Date): Explanation {
  const { direction, slots, peers } = question;
  const asked = traffic.trafficOf(slots, peers);
  const desired = new DesiredBook(set).for(firewall, at);
  const strict = new DesiredBook({ ...set, exceptions: [] }).for(firewall, at);
  const own = set.exceptions.filter(({ match }) => matches(match, firewall));
  const exceptions = {
    live: own.filter(({ until }) => at.getTime() < until.getTime()),
    ended: own.filter(({ until }) => at.getTime() >= until.getTime()),
  };
  const unread = firewall.unread.filter((one) => one.direction === direction);
  const passages = passagesOf(firewall, direction, asked);
  return {
    firewall,
    question,
    asked,
    policies: desired.policies,
    passes: passesOf(surelyOpen(firewall, direction), asked, passages.length > 0 || unread.length > 0),
    passages,
    unread,
    ...permissionOf(desired, strict, exceptions, direction, asked),
  };
}
