import type { Direction } from '../../core/model/firewall.ts';
import type { Mode } from '../../core/model/policy.ts';
import type { Peer, PeerName } from '../../core/model/rule.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import type { Slots } from '../../core/space/slots.ts';
import type { Spot } from '../node.ts';

/** One line such as `tcp/22 from 203.0.113.0/24`: a rule, or traffic that is asked about. */
export interface Flow {
  readonly text: string;
  readonly at: Spot;
  readonly direction: Direction;
  readonly slots: Slots;
  readonly peer: Peer;
}

/** A firewall as a test states it: what a policy's `match` looks at, and the ranges of its networks where they are known. */
export interface StatedFirewall {
  readonly cloud: string;
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** By id, the firewall's own network first. */
  readonly networks: ReadonlyMap<string, Addresses | undefined>;
}

/** A firewall of a saved answer, and what the answer may not say itself. */
export interface SavedFirewall {
  /** Files beside the test file, as it writes them. */
  readonly from: readonly string[];
  readonly at: Spot;
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Undefined where the files hold one firewall only. */
  readonly id: string | undefined;
  readonly networks: StatedFirewall['networks'] | undefined;
}

export type Subject =
  | { readonly kind: 'stated'; readonly firewall: StatedFirewall; readonly rules: readonly Flow[] }
  | { readonly kind: 'saved'; readonly firewall: SavedFirewall };

/** What a name stands for: another name of the same peer, or exactly these addresses. */
export type StandsFor =
  { readonly kind: 'same'; readonly name: PeerName } | { readonly kind: 'addresses'; readonly addresses: Addresses };

/** The id of a clause or the name of a policy, and where the test names it. */
export interface Reference {
  readonly id: string;
  readonly at: Spot;
}

/** Traffic and what is to become of it, whether any rule lets it through or not. */
export interface ExpectedFlow {
  readonly flow: Flow;
  /** The clauses that together forbid all of it. Empty: whichever do. */
  readonly by: readonly Reference[];
  /** The mode that holds for it: of the strictest policies that forbid all of it. */
  readonly mode: Mode | undefined;
}

export const VERDICTS = ['apply', 'hold', 'none'] as const;

/** A part that is undefined is not looked at. */
export interface Expectation {
  readonly allowed: readonly ExpectedFlow[];
  readonly forbidden: readonly ExpectedFlow[];
  readonly possible: readonly ExpectedFlow[];
  /** All that is let through once everything proven is enforced, by direction. */
  readonly after: ReadonlyMap<Direction, readonly Flow[]>;
  readonly verdict: (typeof VERDICTS)[number] | undefined;
  readonly findings: number | undefined;
  /** The names of the policies that govern the firewall. */
  readonly policies: readonly Reference[] | undefined;
  /** Where each of these keys stands. */
  readonly spots: ReadonlyMap<string, Spot>;
}

export interface TestCase {
  readonly name: string;
  readonly spot: Spot;
  /** Undefined: as of the moment of the run. */
  readonly at: Date | undefined;
  readonly subject: Subject;
  readonly peers: ReadonlyMap<PeerName, StandsFor>;
  readonly expect: Expectation;
}

export interface TestFile {
  readonly name: string;
  /** Paths relative to the file's own folder; undefined where the file says nothing of them. */
  readonly policy: readonly string[] | undefined;
  readonly tests: readonly TestCase[];
}

/** Every line of a test that names a peer: its rules, and all that it expects. */
export function flowsIn({ subject, expect }: TestCase): readonly Flow[] {
  return [
    ...(subject.kind === 'stated' ? subject.rules : []),
    ...[...expect.allowed, ...expect.forbidden, ...expect.possible].map(({ flow }) => flow),
    ...[...expect.after.values()].flat(),
  ];
}
