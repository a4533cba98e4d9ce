// Firewalls as events leave them x PolicySet -> what runs would have done, and which breaches people would have heard of.
import { DesiredBook, PolicyTooLarge } from './effective.ts';
import { judgementOf } from './judge.ts';
import type { Judgement } from './judge.ts';
import type { Firewall } from './model/firewall.ts';
import { breachOf } from './model/ledger.ts';
import type { PolicySet } from './model/policy.ts';
import type { Finding } from './model/finding.ts';
import type { PeerName } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import type { Target } from './model/target.ts';
import type { Traits } from './model/traits.ts';
import { decidableOf } from './replay-known.ts';
import type { Unknown } from './replay-known.ts';
import { PolicyTimes } from './replay-times.ts';
import { TooLarge } from './space/traffic.ts';

/**
 * What a run comes to: it changes something; it would, and is held; it only tells, because of a mode or since nothing is
 * proven; nothing is wrong; nobody can say; no policy governs the firewall.
 */
export type RunOutcome = 'reverted' | 'held' | 'told' | 'undecided' | 'ungoverned' | 'fine';

/** A judgement, and what could not be decided. */
export interface Judged {
  readonly judgement: Judgement;
  readonly outcome: RunOutcome;
  /** Policies, exceptions and requirements about which nobody can say whether they apply. */
  readonly undecided: readonly string[];
}

/** What a run knows of those before it. */
export interface RunBefore {
  /** Changes that the same run has made on other firewalls. */
  readonly changesInRun: number;
  /** Findings whose `grace` is over. */
  readonly waited: ReadonlySet<string>;
}

/** A firewall beyond what can be judged exactly. A run records that and changes nothing. */
export interface Beyond {
  readonly why: string;
}

function outcomeOf(judgement: Judgement, isSure: boolean): RunOutcome {
  const { drift, verdict } = judgement;
  if (verdict.kind === 'apply') return 'reverted';
  const isOfModes = verdict.kind === 'hold' && verdict.reasons.every((reason) => reason === 'mode');
  if (verdict.kind === 'hold' && !isOfModes) return 'held';
  if (drift.findings.length > 0) return 'told';
  if (!isSure) return 'undecided';
  return drift.governed ? 'fine' : 'ungoverned';
}

/** Judges as a run would that reads a firewall at the moment of an event. */
export class ReplayJudge {
  readonly #set: PolicySet;
  readonly #traits: Traits;
  readonly #books = new Map<string, DesiredBook>();
  /** The names that policies use. */
  readonly written: readonly PeerName[];
  readonly times: PolicyTimes;

  constructor(set: PolicySet, traits: Traits) {
    this.#set = set;
    this.#traits = traits;
    this.written = this.#bookOf('', set).written;
    this.times = new PolicyTimes(set);
  }

  /** Where all is known, one book is enough; else there is one for each set of policies that is left. */
  #bookOf(key: string, set: PolicySet): DesiredBook {
    const known = this.#books.get(key);
    if (known !== undefined) return known;
    const book = new DesiredBook(set);
    this.#books.set(key, book);
    return book;
  }

  judge(firewall: Firewall, unknown: Unknown, at: Date, before: RunBefore): Judged | Beyond {
    const { set, undecided, key } = decidableOf(this.#set, firewall, unknown);
    const book = this.#bookOf(key, set);
    try {
      const desired = book.for(firewall, at);
      const judgement = judgementOf(firewall, desired, this.#traits, { limits: book.limits, ...before });
      // Rules that nobody has seen matter only where a policy forbids something.
      const isShown = !unknown.rules && unknown.gaps.length === 0;
      const isSure = undecided.length === 0 && (isShown || !judgement.drift.governed);
      return { judgement, outcome: outcomeOf(judgement, isSure), undecided };
    } catch (error) {
      if (!(error instanceof TooLarge || error instanceof PolicyTooLarge)) throw error;
      return { why: error.message };
    }
  }
}

/** The breaches that are open, and so which of those that are found a person hears of for the first time. */
export class OpenBreaches {
  readonly #open = new Map<string, ReadonlySet<string>>();

  /**
   * The breaches of which a ticket would be opened now: what was not found the last time. `remaining` are the findings
   * after the run, which keep their tickets. What is only observed makes none.
   */
  told(target: Target, findings: readonly Finding[], remaining: readonly Finding[]): readonly string[] {
    const open = this.#open.get(targetKey(target)) ?? new Set();
    const left = ticketed(remaining);
    if (left.size === 0) this.#open.delete(targetKey(target));
    else this.#open.set(targetKey(target), left);
    return [...ticketed(findings)].filter((breach) => !open.has(breach));
  }
}

function ticketed(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.filter(({ mode }) => mode !== 'observe').map(breachOf));
}

interface Waiting {
  readonly since: Date;
  readonly graceMs: number;
}

/** Findings that are given time, and since when each of them was found at every look. */
export class Graces {
  readonly #waiting = new Map<string, ReadonlyMap<string, Waiting>>();

  /** What the last look found, and what it left. */
  found(target: Target, findings: readonly Finding[], at: Date): void {
    const before = this.#waiting.get(targetKey(target));
    const now = findings.flatMap((finding): readonly (readonly [string, Waiting])[] => {
      if (finding.kind !== 'excess' || finding.graceMs === 0) return [];
      return [[finding.id, before?.get(finding.id) ?? { since: at, graceMs: finding.graceMs }]];
    });
    if (now.length === 0) this.#waiting.delete(targetKey(target));
    else this.#waiting.set(targetKey(target), new Map(now));
  }

  /** The ids of findings that have had their time by then. */
  over(target: Target, at: Date): ReadonlySet<string> {
    const waiting = [...(this.#waiting.get(targetKey(target)) ?? [])];
    return new Set(waiting.filter(([, one]) => isOver(one, at)).map(([id]) => id));
  }

  /** The firewalls, by their keys, of which a finding has had its time by then, and had not before `after`. */
  due(after: number, at: Date): readonly string[] {
    const isDue = (one: Waiting): boolean => endOf(one) > after && isOver(one, at);
    return [...this.#waiting].filter(([, some]) => [...some.values()].some(isDue)).map(([key]) => key);
  }

  /** When the next finding has had its time; infinite where none waits. */
  nextAfter(at: number): number {
    const ends = [...this.#waiting.values()].flatMap((some) => [...some.values()].map(endOf));
    return ends.reduce((first, end) => (end > at ? Math.min(first, end) : first), Infinity);
  }
}

function endOf({ since, graceMs }: Waiting): number {
  return since.getTime() + graceMs;
}

function isOver(one: Waiting, at: Date): boolean {
  return at.getTime() >= endOf(one);
}
