// Firewall x Desired -> the rules of which anything may be forbidden. Most rules are surely fine, and are never made.
import type { Demand } from './demand.ts';
import { IN_ADDRESSES } from './demand.ts';
import { sightOf } from './effective.ts';
import type { Desired } from './effective.ts';
import { isOutlined } from './model/firewall.ts';
import type { Direction, Firewall, Layer, Outlined } from './model/firewall.ts';
import type { PeerName, Rule } from './model/rule.ts';
import { extentOf } from './peers.ts';
import type { Screen } from './screen.ts';
import * as line from './space/line.ts';
import { ENTRY, NAMED, PAIR, Sheet, V4, V6, WHO, writeV6 } from './space/sheet.ts';

/** The names by which policies mean some peer of this firewall, as its rules write them. */
function peersMeant({ written }: Desired, { aliases }: Firewall): ReadonlySet<PeerName> {
  return new Set(written.flatMap((name) => [name, aliases.get(name) ?? name]));
}

/** One direction of a firewall before the screens of what is desired of it. */
class Screening {
  readonly #firewall: Firewall;
  readonly #desired: Desired;
  readonly #demand: Demand;
  readonly #plain: Screen;
  #meant: ReadonlySet<PeerName> | undefined;

  constructor(firewall: Firewall, direction: Direction, desired: Desired) {
    this.#firewall = firewall;
    this.#desired = desired;
    this.#demand = desired[direction];
    this.#plain = this.#demand.screenOf(IN_ADDRESSES);
  }

  /**
   * Whether nothing of an entry can be forbidden.
   * INVARIANT: what may be forbidden (`could`) is never less than what surely is, and a rule that misses it, with all
   * that its peer may be, has no finding of any kind.
   */
  isFine(sheet: Sheet, entry: number, peers: readonly PeerName[]): boolean {
    const from = sheet.fromOf(entry);
    const end = sheet.endOf(entry);
    switch (sheet.kindOf(entry)) {
      case V4:
        return !this.#plain.meetsV4(from, end, sheet.words, entry * ENTRY + WHO);
      case V6:
        return !this.#plain.meetsV6(from, end, sheet.pairs, sheet.numberOf(entry));
      default: {
        const peer = peers[sheet.numberOf(entry)];
        if (peer === undefined) return false;
        return !this.#screenFor(peer).meetsAny(from, end, extentOf(peer, this.#firewall).most);
      }
    }
  }

  #screenFor(peer: PeerName): Screen {
    const { written } = this.#desired;
    if (written.length === 0) return this.#plain;
    this.#meant ??= peersMeant(this.#desired, this.#firewall);
    if (this.#firewall.unresolved.size === 0 && !this.#meant.has(peer)) return this.#plain;
    return this.#demand.screenOf(sightOf(this.#desired, peer, this.#firewall));
  }
}

function suspectsOutlined(outlined: Outlined, screening: Screening): readonly Rule[] {
  const { sheet, first, stop, peers } = outlined;
  const suspects: Rule[] = [];
  for (let entry = first; entry < stop; entry += 1) {
    if (screening.isFine(sheet, entry, peers)) continue;
    const rule = outlined.at(entry);
    if (rule !== undefined) suspects.push(rule);
  }
  return suspects;
}

/** Writes a rule as entries: one for each range of slots and of addresses. The own side and source ports are left out. */
function write(sheet: Sheet, { box }: Rule, peers: PeerName[]): void {
  const { peer } = box;
  for (const [from, end] of line.rangesOf(box.slots)) {
    if (peer.kind === 'named') {
      const at = sheet.add(from, end, NAMED);
      sheet.words[at] = peers.push(peer.name) - 1;
      continue;
    }
    for (const [first, behind] of line.rangesOf(peer.addresses.v4)) {
      const at = sheet.add(from, end, V4);
      sheet.words[at] = first;
      sheet.words[at + 1] = behind - 1;
    }
    for (const [first, behind] of line.rangesOf(peer.addresses.v6)) {
      const at = sheet.addV6(from, end);
      writeV6(sheet.pairs, at, first);
      writeV6(sheet.pairs, at + PAIR / 2, behind - 1n);
    }
  }
}

function suspectsMade(rules: readonly Rule[], screening: Screening): readonly Rule[] {
  const sheet = new Sheet(1);
  return rules.filter((rule) => {
    const peers: PeerName[] = [];
    sheet.cutTo(0);
    write(sheet, rule, peers);
    for (let entry = 0; entry < sheet.size; entry += 1) if (!screening.isFine(sheet, entry, peers)) return true;
    return false;
  });
}

export function suspectsOf(firewall: Firewall, direction: Direction, desired: Desired): readonly Rule[] {
  const screening = new Screening(firewall, direction, desired);
  return firewall[direction].flatMap(({ rules }: Layer) =>
    isOutlined(rules) ? suspectsOutlined(rules, screening) : suspectsMade(rules, screening),
  );
}
