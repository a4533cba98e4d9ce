import type { Sheet } from '../space/sheet.ts';
import type { Extent, PeerName, Rule } from './rule.ts';
import type { Target } from './target.ts';

/** `ingress`: who may start a flow to the firewall's members. `egress`: to whom they may start one. */
export type Direction = 'ingress' | 'egress';

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/** How some rules combine. In a union, what any rule lets through passes, and nothing else. Replies follow by themselves. */
export interface Layer {
  readonly combine: 'union';
  readonly rules: readonly Rule[] | Outlined;
}

/**
 * Rules of which nearly all are fine, so that most are never made: each stands on a sheet in plain numbers, and is made
 * where somebody asks for it.
 */
export interface Outlined {
  readonly sheet: Sheet;
  /** Their entries on the sheet: from the first, up to and not including the last. One rule may have several, all equal. */
  readonly first: number;
  readonly stop: number;
  /** The peers that stand for the numbers of named entries. */
  readonly peers: readonly PeerName[];
  /** All of them, made once. */
  all(): readonly Rule[];
  /** The rule of this entry; undefined where an earlier entry is of the same rule. */
  at(entry: number): Rule | undefined;
}

/** A part of a firewall that we could not read. It is never taken for harmless: it becomes a possible finding. */
export interface Unread {
  readonly direction: Direction;
  /** The cloud's id of the rule, or where in the answer it stands. */
  readonly rule: string;
  /** What could not be read, and why. */
  readonly why: string;
}

/** One snapshot of a guarded firewall. */
export interface Firewall {
  readonly target: Target;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The networks (VPCs) that the firewall is in. */
  readonly networks: readonly string[];
  /** Changes whenever a rule, a tag or the name changes. A write is made only against the version that was read. */
  readonly version: string;
  /** When the read began. A write trusts a read for a short while only. */
  readonly readAt: Date;
  readonly ingress: readonly Layer[];
  readonly egress: readonly Layer[];
  /**
   * What is known of the peers that rules or policies name, by the spelling that each uses; `network` is the ranges of
   * the firewall's own networks, where all of them are known. A name that is not in here can be anybody or nobody.
   */
  readonly names: ReadonlyMap<PeerName, Extent>;
  /** Names as policies write them -> as this firewall's rules write the same peer: `self`, `sg:bastion`. */
  readonly aliases: ReadonlyMap<PeerName, PeerName>;
  /** Names of policies that stand for some peer here, and nobody knows for which: rules may name that very peer. */
  readonly unresolved: ReadonlySet<PeerName>;
  /** The service that made the firewall and tends it, with the sign of that; undefined where people do. */
  readonly managedBy: string | undefined;
  readonly unread: readonly Unread[];
}

export function isOutlined(rules: Layer['rules']): rules is Outlined {
  return 'sheet' in rules;
}

export function rulesIn({ rules }: Layer): readonly Rule[] {
  return isOutlined(rules) ? rules.all() : rules;
}

export function rulesOf(firewall: Firewall, direction: Direction): readonly Rule[] {
  return firewall[direction].flatMap(rulesIn);
}

/** The peers that rules name, without making any rule for it. One may be in it several times. */
export function peersNamedIn(firewall: Firewall): readonly PeerName[] {
  return [...firewall.ingress, ...firewall.egress].flatMap(({ rules }) =>
    isOutlined(rules) ? rules.peers : rules.flatMap(({ box: { peer } }) => (peer.kind === 'named' ? [peer.name] : [])),
  );
}
