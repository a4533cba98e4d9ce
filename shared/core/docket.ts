// View x slots -> the same view, with the prohibitions alone that may have anything to say on these slots.
import type { Prohibition, View } from './model/view.ts';
import * as line from './space/line.ts';
import type { Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';

interface Listed {
  readonly prohibition: Prohibition;
  /** The slots on which it may forbid anything. */
  readonly slots: Slots;
}

/**
 * The prohibitions of a view by their slots. A policy may have thousands of clauses, and few of them speak of a rule.
 * Kept by the pair of cuts that a rule lies between, as a screen keeps its spans: rules have any ports, a policy few cuts.
 */
export class Docket {
  readonly #view: View;
  readonly #listed: readonly Listed[];
  /** Every place where the slots of some prohibition begin or end, ascending. */
  readonly #cuts: Slots;
  readonly #views = new Map<string, View>();

  constructor(view: View) {
    this.#view = view;
    this.#listed = view.prohibitions.map((prohibition) => ({
      prohibition,
      slots: traffic.slotsOf(prohibition.could),
    }));
    this.#cuts = [...new Set(this.#listed.flatMap(({ slots }) => slots))].sort((a, b) => a - b);
  }

  /** The view as it is on all slots from the first to the last of these. */
  on(slots: Slots): View {
    const from = slots[0] ?? 0;
    const end = slots.at(-1) ?? 0;
    const first = line.countUpTo(this.#cuts, from);
    const last = line.countUpTo(this.#cuts, end - 1);
    const key = `${String(first)} ${String(last)}`;
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const prohibitions = this.#listed
      .filter((one) => line.overlaps(one.slots, from, end))
      .map(({ prohibition }) => prohibition);
    const view = { ...this.#view, prohibitions };
    this.#views.set(key, view);
    return view;
  }
}
