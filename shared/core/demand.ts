// Policies and exceptions x names -> Demand: what is forbidden and required in one direction of a firewall.
import type { Direction } from './model/firewall.ts';
import { clausesOf, MODES } from './model/policy.ts';
import type { Clause, Exception, Mode, Policy } from './model/policy.ts';
import { INTERNET, NETWORK } from './model/rule.ts';
import type { Extent, PeerName } from './model/rule.ts';
import type { Level, Prohibition, View } from './model/view.ts';
import { boundsOf, extentOf, isExact, isPrefixList } from './peers.ts';
import { Docket } from './docket.ts';
import type { Names } from './peers.ts';
import { Screen } from './screen.ts';
import * as addresses from './space/addresses.ts';
import type { Addresses } from './space/addresses.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

/** What one `require` clause asks for. */
export interface Requirement {
  readonly policy: Policy;
  readonly clause: Clause;
  readonly traffic: Traffic;
  /** The peers for which it asks for a rule that names them, as the policy writes them. */
  readonly named: readonly PeerName[];
  /** A name of which nobody knows the addresses here, so that a part of it cannot be asked for. */
  readonly unknown: PeerName | undefined;
}

export function strictness(mode: Mode): number {
  return MODES.length - MODES.indexOf(mode);
}

/** How policies write the peer that a rule names, and names that may stand for it. Neither for rules in addresses. */
export interface Sight {
  readonly written: readonly PeerName[];
  readonly doubtful: readonly PeerName[];
}

export const IN_ADDRESSES: Sight = { written: [], doubtful: [] };

const EVERYBODY: Extent = { least: addresses.ANYWHERE, most: addresses.ANYWHERE };

/** Who a clause means, for rules that are seen so. The name of their peer means all of the peer itself. */
export function meantBy({ peers, within }: Pick<Clause, 'peers' | 'within'>, sight: Sight, known: Names): Extent {
  const bounds = within === undefined ? undefined : boundsOf(within, known);
  const extents = peers.names.map((name): Extent => {
    const extent = sight.written.includes(name) ? EVERYBODY : extentOf(name, known);
    const most = sight.doubtful.includes(name) ? addresses.ANYWHERE : extent.most;
    if (bounds === undefined || !isPrefixList(name)) return { least: extent.least, most };
    return {
      least: addresses.intersection(extent.least, bounds.least),
      most: addresses.intersection(most, bounds.most),
    };
  });
  return {
    least: addresses.unionOf([peers.addresses, ...extents.map(({ least }) => least)]),
    most: addresses.unionOf([peers.addresses, ...extents.map(({ most }) => most)]),
  };
}

/** What is permitted: surely, and also if doubtful names stand for the peer of the rule. What a peer only may be, is not. */
interface Permitted {
  readonly surely: Traffic;
  readonly perhaps: Traffic;
}

function permittedBy(clause: Clause, sight: Sight, known: Names): Permitted {
  const { least, most } = meantBy(clause, sight, known);
  const surely = traffic.trafficOf(clause.slots, least);
  const isDoubtful = clause.peers.names.some((name) => sight.doubtful.includes(name));
  return { surely, perhaps: isDoubtful ? traffic.trafficOf(clause.slots, most) : surely };
}

function allPermitted(clauses: readonly Clause[], sight: Sight, known: Names): Permitted {
  const permitted = clauses.map((clause) => permittedBy(clause, sight, known));
  const surely = traffic.unionOf(permitted.map((one) => one.surely));
  const isSame = permitted.every((one) => one.perhaps === one.surely);
  return { surely, perhaps: isSame ? surely : traffic.unionOf(permitted.map((one) => one.perhaps)) };
}

/** Whether a name stands for addresses only: no rule carries it. */
function isWord(name: PeerName): boolean {
  return name === NETWORK || name === INTERNET;
}

/** The policies and exceptions that count for one firewall, clauses that are not live left out. */
export interface Counting {
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
  readonly known: Names;
}

/** What is desired of one direction of a firewall. */
export class Demand {
  readonly requirements: readonly Requirement[];
  readonly #counting: Counting;
  readonly #direction: Direction;
  readonly #views = new Map<string, View>();
  readonly #screens = new Map<View, Screen>();
  readonly #dockets = new Map<View, Docket>();
  #inAddresses: View | undefined;

  constructor(counting: Counting, direction: Direction) {
    this.#counting = counting;
    this.#direction = direction;
    this.requirements = counting.policies.flatMap((policy) =>
      clausesOf(policy, direction).require.map((clause) => this.#requirementOf(policy, clause)),
    );
    // What is too large to be judged is found out now, whatever rules there are.
    this.seenAs(IN_ADDRESSES);
  }

  /** What is forbidden of rules that are seen so. */
  seenAs(sight: Sight): View {
    if (sight === IN_ADDRESSES) return (this.#inAddresses ??= this.#viewOf(sight));
    const key = JSON.stringify([sight.written, sight.doubtful]);
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const view = this.#viewOf(sight);
    this.#views.set(key, view);
    return view;
  }

  /** All that may be forbidden of rules that are seen so, to be asked about many of them. */
  screenOf(sight: Sight): Screen {
    const view = this.seenAs(sight);
    const known = this.#screens.get(view);
    if (known !== undefined) return known;
    const screen = new Screen(view.could);
    this.#screens.set(view, screen);
    return screen;
  }

  /** What is forbidden of rules that are seen so on some slots, with the prohibitions alone that speak of these. */
  seenOn(slots: Slots, sight: Sight): View {
    const view = this.seenAs(sight);
    const docket = this.#dockets.get(view) ?? new Docket(view);
    this.#dockets.set(view, docket);
    return docket.on(slots);
  }

  #viewOf(sight: Sight): View {
    const { policies, exceptions, known } = this.#counting;
    const exempt = exceptions.flatMap((exception) => exception[this.#direction]);
    const excepted = allPermitted(exempt, sight, known);
    const prohibitions = policies
      .toSorted((a, b) => strictness(b.mode) - strictness(a.mode))
      .flatMap((policy) => [...this.#denials(policy, sight, excepted), ...this.#leftOut(policy, sight, excepted)]);
    const levels = levelsOf(prohibitions);
    const forbidden = levels.at(-1)?.forbidden ?? traffic.NOTHING;
    const isSure = prohibitions.every((one) => one.could === one.traffic);
    const could = isSure ? forbidden : traffic.unionOf(prohibitions.map((one) => one.could));
    const graces = new Set(prohibitions.map(({ policy }) => policy.handling.graceMs));
    return { prohibitions, levels, forbidden, could, graces };
  }

  #denials(policy: Policy, sight: Sight, excepted: Permitted): readonly Prohibition[] {
    return clausesOf(policy, this.#direction).deny.map((clause) => {
      const { least, most } = meantBy(clause, sight, this.#counting.known);
      const less = (who: Addresses, by: Traffic): Traffic => {
        const hit = traffic.trafficOf(clause.slots, who);
        return clause.firm ? hit : traffic.difference(hit, by);
      };
      const sure = less(least, excepted.perhaps);
      const isSame = excepted.perhaps === excepted.surely && addresses.equal(least, most);
      const could = isSame ? sure : less(most, excepted.surely);
      return { policy, clause: clause.id, place: clause.place, why: clause.why, traffic: sure, could };
    });
  }

  /** What the `allow` clauses that count leave out of all traffic that can exist. */
  #leftOut(policy: Policy, sight: Sight, excepted: Permitted): readonly Prohibition[] {
    const { allow, place } = clausesOf(policy, this.#direction);
    if (allow === undefined) return [];
    // Of policies at least as strict, so that no trial widens an enforced one.
    const allows = this.#counting.policies
      .filter((other) => strictness(other.mode) >= strictness(policy.mode))
      .flatMap((other) => clausesOf(other, this.#direction).allow ?? []);
    const allowed = allPermitted(allows, sight, this.#counting.known);
    const without = (permitted: readonly Traffic[]): Traffic =>
      traffic.difference(traffic.WORLD, traffic.unionOf(permitted));
    const sure = without([allowed.perhaps, excepted.perhaps]);
    const isSame = allowed.perhaps === allowed.surely && excepted.perhaps === excepted.surely;
    const could = isSame ? sure : without([allowed.surely, excepted.surely]);
    const clause = `${policy.name}/${this.#direction}/allow`;
    return [{ policy, clause, place, why: undefined, traffic: sure, could }];
  }

  #requirementOf(policy: Policy, clause: Clause): Requirement {
    const { known } = this.#counting;
    const { addresses: stated, names } = clause.peers;
    const { least } = boundsOf({ addresses: stated, names: names.filter(isWord) }, known);
    return {
      policy,
      clause,
      traffic: traffic.trafficOf(clause.slots, least),
      named: names.filter((name) => !isWord(name)),
      unknown: names.find((name) => isWord(name) && !isExact(extentOf(name, known))),
    };
  }
}

function levelsOf(prohibitions: readonly Prohibition[]): readonly Level[] {
  const modes = MODES.filter((mode) => prohibitions.some(({ policy }) => policy.mode === mode));
  return modes.map((mode) => ({
    mode,
    forbidden: traffic.unionOf(
      prohibitions.filter(({ policy }) => strictness(policy.mode) >= strictness(mode)).map((one) => one.traffic),
    ),
  }));
}
