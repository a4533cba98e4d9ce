// Hearing x policies x saved state -> what runs would have done, event by event.
import type { Lead } from '../shared/clouds/contract.ts';
import { Retrace } from '../shared/clouds/aws/retrace.ts';
import type { Saved, Shown } from '../shared/clouds/aws/retrace.ts';
import type { Standing } from '../shared/clouds/aws/retrace-group.ts';
import type { Finding } from '../shared/core/model/finding.ts';
import { targetKey } from '../shared/core/model/target.ts';
import type { Hint, Target } from '../shared/core/model/target.ts';
import { targetRecord } from '../shared/core/records.ts';
import { Graces, OpenBreaches } from '../shared/core/replay.ts';
import type { Judged, ReplayJudge, RunBefore } from '../shared/core/replay.ts';
import { simulate } from '../shared/core/simulate.ts';
import type { EventOutcome, ReplayRun, UndecidedRecord } from './replay-document.ts';
import type { Happening } from './replay-hearing.ts';
import { runOf, toldChanges, toldOf } from './replay-told.ts';
import type { Told } from './replay-told.ts';

/** From the most to the least that can be said of an event with several firewalls. */
const BY_WEIGHT: readonly EventOutcome[] = [
  'reverted',
  'held',
  'told',
  'undecided',
  'fine',
  'ungoverned',
  'gone',
  'left-out',
  'unresolved',
];

/** How often everything is looked at though no event says so, unless set otherwise. */
const SWEEP_MS = 15 * 60_000;

function sweepBefore(at: number): number {
  return Math.floor(at / SWEEP_MS) * SWEEP_MS;
}

function sweepFrom(at: number): number {
  return Math.ceil(at / SWEEP_MS) * SWEEP_MS;
}

/** What makes a run look: an event, or the clock. */
interface Woken {
  readonly at: Date;
  readonly hint: Hint | undefined;
}

interface Looked {
  readonly outcome: EventOutcome;
  readonly changes: number;
}

export class Replay {
  readonly #retrace: Retrace;
  readonly #judge: ReplayJudge;
  readonly #only: ReadonlySet<string>;
  readonly #breaches = new OpenBreaches();
  readonly #graces = new Graces();
  readonly #told: Told[] = [];
  readonly #undecided = new Map<string, UndecidedRecord>();
  readonly #unresolved = new Map<string, number>();
  readonly #partlyResolved = new Map<string, number>();
  readonly #firewalls = new Map<string, Target>();
  /** Those that clauses with times, or exceptions, are about. */
  readonly #timed = new Set<string>();
  #swept: { at: number; times: string } | undefined;
  /** When rules that stood in reality were gone. */
  readonly #ends = new Map<Standing, Date>();
  readonly outcomes = new Map<EventOutcome, number>();

  constructor(happenings: readonly Happening[], saved: Saved, judge: ReplayJudge, only: readonly string[]) {
    this.#retrace = new Retrace(
      happenings.flatMap(({ step }) => step ?? []),
      saved,
    );
    this.#judge = judge;
    this.#only = new Set(only);
    for (const happening of happenings) this.#live(happening);
  }

  #live({ at, heard, step }: Happening): void {
    this.#sweepUntil(at);
    const effect = step === undefined ? undefined : this.#retrace.follow(step, heard?.hint);
    for (const standing of effect?.ended ?? []) this.#ends.set(standing, at);
    if (heard === undefined) return;
    const led = heard.leads.map((lead) => ({ lead, found: this.#retrace.found(lead, this.#judge.written) }));
    const all = [...heard.targets, ...(effect?.targets ?? []), ...led.flatMap(({ found }) => found)];
    const targets = new Map(all.map((target) => [targetKey(target), target]));
    let outcome: EventOutcome = 'unresolved';
    let changesInRun = 0;
    for (const target of targets.values()) {
      const one = this.#look(target, { at, hint: heard.hint }, changesInRun);
      changesInRun += one.changes;
      if (BY_WEIGHT.indexOf(one.outcome) < BY_WEIGHT.indexOf(outcome)) outcome = one.outcome;
    }
    for (const { lead, found } of led) this.#noteLead(lead, found.length > 0);
    // Whom it touches beside those that were looked at, nobody can say.
    const isLost = targets.size > 0 && led.some(({ found }) => found.length === 0);
    if (isLost && BY_WEIGHT.indexOf(outcome) > BY_WEIGHT.indexOf('undecided')) outcome = 'undecided';
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  /**
   * The sweeps before a moment, as far as they can find something new: where a time has begun or ended, or a grace is
   * over. All else they would find as the event before left it.
   */
  #sweepUntil(at: Date): void {
    const { times } = this.#judge;
    const last = sweepBefore(at.getTime());
    let swept = this.#swept ?? { at: last, times: times.keyAt(at) };
    while (swept.at < last) {
      const ends = this.#timed.size === 0 ? Infinity : times.nextAfter(swept.at);
      const next = sweepFrom(Math.min(ends, this.#graces.nextAfter(swept.at)));
      if (next > last) break;
      const tick = new Date(next);
      const key = times.keyAt(tick);
      const due = new Set([...(key === swept.times ? [] : this.#timed), ...this.#graces.due(swept.at, tick)]);
      swept = { at: next, times: key };
      for (const one of due) {
        const target = this.#firewalls.get(one);
        if (target !== undefined) this.#look(target, { at: tick, hint: undefined }, 0);
      }
    }
    // Nothing begins or ends on the way to the last sweep, but what is about no firewall that was looked at.
    const isBehind = swept.at < last && this.#timed.size === 0;
    this.#swept = { at: last, times: isBehind ? times.keyAt(new Date(last)) : swept.times };
  }

  #look(target: Target, woken: Woken, changesInRun: number): Looked {
    if (this.#only.size > 0 && !this.#only.has(target.id)) return { outcome: 'left-out', changes: 0 };
    const key = targetKey(target);
    this.#firewalls.set(key, target);
    if (this.#retrace.isGone(target)) {
      this.#forget(target);
      return { outcome: 'gone', changes: 0 };
    }
    const { at } = woken;
    const shown = this.#retrace.show(target, at, this.#judge.written);
    const before = { changesInRun, waited: this.#graces.over(target, at) };
    const judged = this.#judge.judge(shown.firewall, shown.unknown, at, before);
    if ('why' in judged) {
      this.#leave(shown, woken, [], [judged.why]);
      return { outcome: 'undecided', changes: 0 };
    }
    if (this.#judge.times.concern(shown.firewall)) this.#timed.add(key);
    else this.#timed.delete(key);
    this.#note(shown, woken, judged);
    this.#tell(shown, judged, woken, before);
    const isMade = judged.outcome === 'reverted';
    return { outcome: judged.outcome, changes: isMade ? judged.judgement.acting.changes.length : 0 };
  }

  /** A lead that finds nobody, or only those that name its list, or are in its network, among the groups known here. */
  #noteLead({ kind, id }: Lead, isFound: boolean): void {
    const isPartly = kind === 'prefix-list' || kind === 'network';
    if (isFound && !isPartly) return;
    const counts = isFound ? this.#partlyResolved : this.#unresolved;
    const what = `${kind} ${id}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }

  #forget(target: Target): void {
    this.#breaches.told(target, [], []);
    this.#graces.found(target, [], new Date(0));
    this.#timed.delete(targetKey(target));
  }

  /** What nobody can say of a firewall that is known in part only. */
  #note(shown: Shown, woken: Woken, { undecided, judgement }: Judged): void {
    const { rules, gaps } = shown.unknown;
    const isOpen = judgement.drift.governed || undecided.length > 0;
    const why = [
      ...(rules ? ['it was not seen created and is not in the input: its older rules, name, tags and VPC'] : []),
      ...gaps,
    ];
    if (undecided.length > 0 || (isOpen && why.length > 0)) this.#leave(shown, woken, undecided, why);
  }

  #leave({ firewall }: Shown, { hint }: Woken, undecided: readonly string[], why: readonly string[]): void {
    const key = targetKey(firewall.target);
    const known = this.#undecided.get(key);
    this.#undecided.set(key, {
      target: targetRecord(firewall),
      events: (known?.events ?? 0) + (hint === undefined ? 0 : 1),
      undecided: [...new Set([...(known?.undecided ?? []), ...undecided])],
      why: [...new Set([...(known?.why ?? []), ...why])],
    });
  }

  #tell(shown: Shown, judged: Judged, woken: Woken, before: RunBefore): void {
    const { judgement, outcome } = judged;
    const { findings, target } = judgement.drift;
    // INVARIANT: what is behind the rules is asked before the group is left as reverted.
    const changes = toldChanges(shown, judged);
    const remaining = outcome === 'reverted' ? this.#afterRevert(shown, judged, woken, before) : findings;
    const tickets = this.#breaches.told(target, findings, remaining);
    this.#graces.found(target, remaining, woken.at);
    const told = toldOf(judged, changes, tickets, woken);
    if (told !== undefined) this.#told.push(told);
  }

  #afterRevert(shown: Shown, { judgement }: Judged, { at }: Woken, before: RunBefore): readonly Finding[] {
    const { changes } = judgement.acting;
    shown.carryOut(changes);
    const again = this.#judge.judge(simulate(shown.firewall, changes), shown.unknown, at, before);
    return 'why' in again ? [] : again.judgement.drift.findings;
  }

  /** All runs of which people hear. */
  runs(period: { readonly first: Date; readonly last: Date }): readonly ReplayRun[] {
    return this.#told.map((told) => runOf(told, period, this.#ends));
  }

  get undecided(): readonly UndecidedRecord[] {
    return [...this.#undecided.values()];
  }

  get unresolved(): ReadonlyMap<string, number> {
    return this.#unresolved;
  }

  get partlyResolved(): ReadonlyMap<string, number> {
    return this.#partlyResolved;
  }

  get firewalls(): number {
    return this.#firewalls.size;
  }
}
