/** Everything that the view shows, as a value: `pageOf` draws it, and knows nothing else. */
export interface Scene {
  readonly now: Date;
  readonly addresses: { readonly ec2: string; readonly serviceNow: string };
  readonly policyPath: string;
  readonly policy: PolicyState;
  readonly places: readonly PlaceState[];
  /** Newest first, like the next two. */
  readonly events: readonly Told[];
  readonly changes: readonly ChangeTold[];
  readonly incidents: readonly Incident[];
  readonly counts: Counts;
  /** Commands for another terminal. */
  readonly next: readonly string[];
  /** What the last key has done, or why nothing. */
  readonly notice: string | undefined;
}

export type PolicyState =
  | { readonly kind: 'ok'; readonly policies: number; readonly mended: Date | undefined }
  /** The file as it is now is no policy. What held before still holds. */
  | { readonly kind: 'broken'; readonly problems: readonly string[]; readonly since: Date };

export interface PlaceState {
  readonly name: string;
  readonly region: string;
  /** Undefined until it was read for the first time. */
  readonly open: OpenState | undefined;
  /** Why it could not be read just now. */
  readonly problem: string | undefined;
}

export interface OpenState {
  readonly groups: number;
  readonly open: number;
  readonly against: number;
  readonly onlyReported: number;
  /** `against` when it was read for the first time. */
  readonly firstAgainst: number;
  /** Groups of which a part could not be read, so that nobody knows what is open there. */
  readonly unread: number;
  /** Services, as the policy language writes them; the strictest first. */
  readonly services: readonly { readonly text: string; readonly kind: 'enforced' | 'reported' | 'allowed' }[];
}

/** What somebody did to a firewall. */
export interface Told {
  readonly at: Date;
  readonly place: string;
  readonly firewall: string;
  readonly who: string;
  readonly text: string;
}

export interface ChangeTold {
  readonly at: Date;
  readonly place: string;
  readonly firewall: string;
  readonly text: string;
  readonly kind: 'done' | 'open' | 'failed';
  /** From the call that made it wrong to the read that proves the opposite; undefined where no call was heard. */
  readonly seconds: number | undefined;
}

export interface Incident {
  readonly number: string;
  readonly state: string;
  readonly title: string;
}

export interface Counts {
  readonly events: number;
  readonly reverts: number;
  readonly incidents: number;
  /** Of every revert that followed a call. */
  readonly seconds: readonly number[];
  /** Messages that were given up. */
  readonly lost: number;
}

/** The middle and the largest of some numbers; undefined where there are none. */
export function spreadOf(numbers: readonly number[]): { readonly median: number; readonly worst: number } | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const worst = sorted.at(-1);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (worst === undefined || low === undefined || high === undefined) return undefined;
  return { median: (low + high) / 2, worst };
}
