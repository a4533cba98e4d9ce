// Rule x Demand -> what of it is forbidden, each piece proven or possible, under the clause that decides.
import { IN_ADDRESSES } from './demand.ts';
import type { Prohibition, View } from './model/view.ts';
import { sightOf } from './effective.ts';
import type { Desired } from './effective.ts';
import { flowsOf, mostOf } from './exposure.ts';
import type { Excess, Flows, NamedFlows } from './model/finding.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Mode } from './model/policy.ts';
import type { Rule } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import { extentOf, isExact } from './peers.ts';
import * as line from './space/line.ts';
import { ANY_PROTOCOL } from './space/slots.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';

/** One direction of a firewall, and what is desired of it. */
export interface Judged {
  readonly firewall: Firewall;
  readonly direction: Direction;
  readonly desired: Desired;
}

/** Some of what a rule lets through, and what of it a policy forbids. */
interface Piece {
  readonly flows: Flows;
  readonly excess: Traffic;
  readonly certainty: Excess['certainty'];
}

/** The same piece, of less. */
function lessOf({ flows, certainty }: Piece, excess: Traffic): Piece {
  const slots = traffic.slotsOf(excess);
  if (flows.kind === 'addresses') return { flows: { kind: 'addresses', traffic: excess }, excess, certainty };
  const part = flows.part === undefined ? {} : { part: excess };
  return { flows: { ...flows, slots, ...part }, excess, certainty };
}

/**
 * A proven piece, cut by how long its revert is held back. A grace that counted for more than what its policy forbids
 * would make the outcome depend on how rules are split. The slots of a peer that is judged whole are not cut.
 */
function byGrace(view: View, piece: Piece): readonly Piece[] {
  const { graces } = view;
  if (graces.size < 2 || piece.certainty === 'possible') return [piece];
  const isWhole = piece.flows.kind === 'named' && piece.flows.part === undefined;
  let rest = piece.excess;
  return [...graces]
    .toSorted((a, b) => b - a)
    .flatMap((graceMs) => {
      const holding = view.prohibitions.filter(({ policy }) => policy.handling.graceMs === graceMs);
      const held = traffic.intersection(rest, traffic.unionOf(holding.map((one) => one.traffic)));
      const excess = isWhole ? traffic.onSlots(rest, traffic.slotsOf(held)) : held;
      rest = traffic.difference(rest, excess);
      return traffic.isNothing(excess) ? [] : [lessOf(piece, excess)];
    });
}

/** What tells the findings of one rule under one clause apart. */
function kindOf({ flows, certainty }: Piece, graceMs: number, { policy }: Prohibition): string {
  if (certainty === 'possible') return '/possible';
  const part = flows.kind === 'named' && flows.part !== undefined ? '/part' : '';
  return graceMs === policy.handling.graceMs ? part : `${part}/grace-${String(graceMs)}`;
}

function excessBy(judged: Judged, rule: Rule, view: View, by: Prohibition, whole: Piece): readonly Excess[] {
  const { firewall, direction } = judged;
  return byGrace(view, whole).map((piece) => {
    const { flows, excess, certainty } = piece;
    const hits = (one: Prohibition): boolean => traffic.meet(certainty === 'proven' ? one.traffic : one.could, excess);
    const saying = new Set([by.policy]);
    for (const one of view.prohibitions) if (!saying.has(one.policy) && hits(one)) saying.add(one.policy);
    const policies = [...saying];
    const graceMs = Math.max(...policies.map(({ handling }) => handling.graceMs));
    return {
      kind: 'excess',
      // One rule may be proven, proven in part and possible, under one clause: each a finding with an id of its own.
      id: `${targetKey(firewall.target)}/${direction}/excess/${by.clause}/${rule.id}${kindOf(piece, graceMs, by)}`,
      target: firewall.target,
      direction,
      certainty,
      policies: policies.map(({ name }) => name),
      clause: by.clause,
      place: by.place,
      why: by.why,
      mode: by.policy.mode,
      handling: by.policy.handling,
      graceMs,
      rule,
      flows,
    };
  });
}

/**
 * A rule in addresses: each forbidden piece goes to the first prohibition, in deciding order, that it falls under. What
 * is left and may be forbidden, depending on whom a `deny` names, is possible.
 */
function excessOfAddresses(judged: Judged, rule: Rule, open: Traffic): readonly Excess[] {
  const view = judged.desired[judged.direction].seenOn(rule.box.slots, IN_ADDRESSES);
  const found: Excess[] = [];
  const take = (forbidden: Traffic, certainty: Excess['certainty'], hit: (by: Prohibition) => Traffic): void => {
    let rest = forbidden;
    for (const by of view.prohibitions) {
      if (traffic.isNothing(rest)) break;
      const excess = traffic.intersection(rest, hit(by));
      if (traffic.isNothing(excess)) continue;
      found.push(
        ...excessBy(judged, rule, view, by, { flows: { kind: 'addresses', traffic: excess }, excess, certainty }),
      );
      rest = traffic.difference(rest, hit(by));
    }
  };
  take(traffic.intersection(open, view.forbidden), 'proven', (by) => by.traffic);
  take(traffic.difference(traffic.intersection(open, view.could), view.forbidden), 'possible', (by) => by.could);
  return found;
}

interface Settling {
  /** Only prohibitions of this mode; of any, where it is left out. */
  readonly mode?: Mode;
  /** What the rule may let through. */
  readonly open: Traffic;
  readonly forbiddenBy: (one: Prohibition) => Traffic;
}

/** The slots of a rule that names a peer, handed out to the prohibitions that decide them. */
class NamedSlots {
  readonly found: Excess[] = [];
  readonly #judged: Judged;
  readonly #rule: Rule;
  readonly #view: View;
  readonly #flows: NamedFlows;
  #settled: Slots = [];

  constructor(judged: Judged, rule: Rule, view: View, flows: NamedFlows) {
    this.#judged = judged;
    this.#rule = rule;
    this.#view = view;
    this.#flows = flows;
  }

  /**
   * Each of these slots that is not settled yet goes to the first of the prohibitions that hits some of `open`. A slot is
   * judged whole, so everything that hits it says so, too, and not only where the first one does.
   */
  settle(slots: Slots, certainty: Excess['certainty'], by: Settling): void {
    let rest = line.difference(slots, this.#settled);
    this.#settled = line.union(this.#settled, slots);
    for (const one of this.#view.prohibitions) {
      if (rest.length === 0) break;
      if (by.mode !== undefined && one.policy.mode !== by.mode) continue;
      const hit = traffic.slotsOf(traffic.onSlots(traffic.intersection(by.open, by.forbiddenBy(one)), rest));
      if (hit.length === 0) continue;
      rest = line.difference(rest, hit);
      const piece: Piece = { flows: { ...this.#flows, slots: hit }, excess: traffic.onSlots(by.open, hit), certainty };
      this.found.push(...excessBy(this.#judged, this.#rule, this.#view, one, piece));
    }
  }

  /**
   * Of a peer whose addresses are all known, each forbidden piece on slots that are not settled goes to the first of the
   * prohibitions that it falls under, as the pieces of a rule in addresses do. The rest of such a slot stays open.
   */
  take(forbidden: Traffic): void {
    let rest = traffic.onSlots(forbidden, line.difference(ANY_PROTOCOL, this.#settled));
    for (const one of this.#view.prohibitions) {
      const part = traffic.intersection(rest, one.traffic);
      if (traffic.isNothing(part)) continue;
      rest = traffic.difference(rest, one.traffic);
      const flows = { ...this.#flows, slots: traffic.slotsOf(part), part };
      this.found.push(
        ...excessBy(this.#judged, this.#rule, this.#view, one, { flows, excess: part, certainty: 'proven' }),
      );
    }
  }
}

/**
 * A rule that names a peer, slot by slot: fine where nothing that the peer can be is forbidden, proven where all of it
 * is, possible in between; of a peer whose addresses are all known, the part that is forbidden is proven, too.
 * INVARIANT: what several prohibitions forbid only together is judged together; judged one by one it would look possible.
 */
function excessOfNamed(judged: Judged, rule: Rule, flows: NamedFlows): readonly Excess[] {
  const { firewall, desired, direction } = judged;
  const view = desired[direction].seenOn(rule.box.slots, sightOf(desired, flows.peer, firewall));
  const extent = extentOf(flows.peer, firewall);
  // All that the rule lets through if the peer is the most that it can be.
  const could = mostOf(rule.box, extent);
  const slots = new NamedSlots(judged, rule, view, flows);
  let open = traffic.slotsOf(could);
  for (const { mode, forbidden } of view.levels) {
    const doubtful = traffic.slotsOf(traffic.difference(could, forbidden));
    slots.settle(line.difference(open, doubtful), 'proven', { mode, open: could, forbiddenBy: (one) => one.traffic });
    // A stricter policy has its say about a part that it knows of, whatever a milder one forbids beside it.
    if (isExact(extent)) open = line.difference(open, traffic.slotsOf(traffic.intersection(could, forbidden)));
  }
  const forbidden = traffic.intersection(could, view.forbidden);
  if (isExact(extent)) slots.take(forbidden);
  // What of an exactly known peer is surely forbidden is told of already.
  const unsure = isExact(extent) ? traffic.difference(could, forbidden) : could;
  const perhaps = traffic.slotsOf(traffic.intersection(unsure, view.could));
  slots.settle(perhaps, 'possible', { open: unsure, forbiddenBy: (one) => one.could });
  return slots.found;
}

/** What one rule lets through and a policy forbids, proven and possible. */
export function excessOf(judged: Judged, rule: Rule): readonly Excess[] {
  const flows = flowsOf(rule.box);
  return flows.kind === 'addresses'
    ? excessOfAddresses(judged, rule, flows.traffic)
    : excessOfNamed(judged, rule, flows);
}
