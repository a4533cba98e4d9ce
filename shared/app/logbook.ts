import { isOutcome, isSettling, isState, openIntentsOf } from '../core/model/ledger.ts';
import type { Intent, LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { FindingRecord } from '../core/model/record.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Kept, Mark } from '../ledger/contract.ts';
import type { LeaseDeps } from './lease.ts';

const PAGE = 20;

/** A revert whose read showed nothing left: to find the firewall right after it is no news, but its verification. */
function isClosed(body: LedgerBody): boolean {
  return body.kind === 'reverted' && body.closed;
}

/** Each finding as text, in an order of its own: a cloud shows rules in any order. */
function inOrder(findings: readonly FindingRecord[]): readonly string[] {
  return findings.map((finding) => JSON.stringify(finding)).sort();
}

/** What an entry says of how a firewall is: of a revert, what it left. */
function saying(body: LedgerBody): string {
  switch (body.kind) {
    case 'held':
      return JSON.stringify([inOrder(body.findings), body.reasons.toSorted()]);
    case 'reverted':
      return JSON.stringify([inOrder(body.remaining), body.reasons.toSorted()]);
    case 'failed':
      return JSON.stringify([body.why, inOrder(body.findings)]);
    case 'unreadable':
      return body.why;
    case 'fine':
    case 'gone':
    case 'intended':
    case 'verified':
    case 'ticketed':
      return body.kind;
  }
}

/** What one run knows of the ledger of its target, and adds to it. No other run writes there while it has the lease. */
export class Logbook {
  readonly target: Target;
  /** Intents of runs before this one that never came to their end. */
  readonly openIntents: readonly Intent[];
  readonly #deps: LeaseDeps;
  /** Entries that are older than those of `#kept`, with a gap between. */
  #older: readonly Kept[];
  #kept: readonly Kept[];

  private constructor(target: Target, older: readonly Kept[], kept: readonly Kept[], deps: LeaseDeps) {
    this.target = target;
    this.openIntents = openIntentsOf(kept.map(({ entry }) => entry));
    this.#older = older;
    this.#kept = kept;
    this.#deps = deps;
  }

  /**
   * Reads back to the end of the last run that came to one; of what is owed and older, only itself and what came right
   * after it. So what a run costs does not grow with the years that a ledger holds.
   */
  static async open(target: Target, owed: readonly number[], deps: LeaseDeps): Promise<Logbook> {
    const kept: Kept[] = [];
    for (;;) {
      const page = await deps.ledger.newest(target, PAGE, kept.at(-1)?.entry.sequence);
      kept.push(...page);
      if (page.length < PAGE || kept.some(({ entry }) => isSettling(entry.body))) break;
    }
    const older: Kept[] = [];
    let reached = kept.at(-1)?.entry.sequence ?? 1;
    for (const sequence of owed.toSorted((a, b) => b - a)) {
      if (sequence >= reached) continue;
      // A run's intents and its end stand together, so one page has what came of an intent.
      const end = Math.min(sequence + PAGE, reached);
      older.push(...(await deps.ledger.newest(target, end - sequence, end)));
      reached = sequence;
    }
    return new Logbook(target, older.toReversed(), kept.toReversed(), deps);
  }

  /** What this run has read, oldest first, with its marks, and what it has added. There may be gaps. */
  get known(): readonly Kept[] {
    return [...this.#older, ...this.#kept];
  }

  /** The newest entries, oldest first, with no gap between them; those of this run too. */
  get entries(): readonly LedgerEntry[] {
    return this.#kept.map(({ entry }) => entry);
  }

  async append<Body extends LedgerBody>(hint: Hint | undefined, body: Body): Promise<LedgerEntry<Body>> {
    const due = this.#dueOf(body);
    const entry = await this.#deps.ledger.append(this.target, hint, body, due);
    this.#kept = [...this.#kept, { entry, mark: { due, attempts: 0 } }];
    return entry;
  }

  async mark({ sequence }: LedgerEntry, mark: Mark): Promise<void> {
    await this.#deps.ledger.mark(this.target, sequence, mark);
    const marked = (one: Kept): Kept => (one.entry.sequence === sequence ? { ...one, mark } : one);
    this.#older = this.#older.map(marked);
    this.#kept = this.#kept.map(marked);
  }

  /**
   * Whether an entry would say what nobody knows yet. A sweep looks at everything again and again, and is not to write
   * the same line each time; a firewall that was always right needs none at all.
   */
  isNews(body: LedgerBody): boolean {
    const known = this.#kept.findLast(({ entry }) => isState(entry.body))?.entry.body;
    if (body.kind === 'fine') return known !== undefined && known.kind !== 'fine' && !isClosed(known);
    return known === undefined || saying(known) !== saying(body);
  }

  /** People must hear of an outcome at once; of an intent somebody has to see that its run came to an end. */
  #dueOf(body: LedgerBody): Date | undefined {
    const now = this.#deps.clock.now();
    if (body.kind === 'intended') return new Date(now.getTime() + this.#deps.leaseMs);
    return isOutcome(body) ? now : undefined;
  }
}
