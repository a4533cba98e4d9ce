import { NONE, packetsText } from './history-packets.ts';
import type { Packets } from './history-packets.ts';
import { saidByAll, standingOf } from './history-world.ts';
import type { PlainWorld, Standing } from './history-world.ts';
import type { PlainRule } from './plain-case.ts';
import { saidBy } from './raw-rules.ts';

/**
 * Judges a history while it happens, from the state of the world after each write and from nothing else: what people want
 * open is what they opened and did not close, and what we may close is what the policies forbade a moment ago.
 */

export type Who = 'people' | 'portcullis';

/** The state of the world from one write on. */
interface Moment {
  readonly atMs: number;
  readonly by: Who;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** An entry in which a run says what it will do, as far as the judge reads it. */
export interface Intent {
  readonly group: string;
  readonly atMs: number;
  readonly before: readonly PlainRule[];
  /** Rules that it will take away or narrow. */
  readonly touches: readonly string[];
}

export interface Breach {
  readonly group: string;
  readonly clause: string;
}

interface Ended extends Breach {
  readonly atMs: number;
  /** What the rules say that we edited in place for it. Nothing is left to see of them once people edit all of these again. */
  readonly edited: readonly string[];
  isOverwritten: boolean;
}

/** How long it may take until a run that died is followed by one that comes to its end. */
const SOON_MS = 10 * 60_000;

function textOf({ group, clause }: Breach): string {
  return `${group} ${clause}`;
}

export class HistoryJudge {
  readonly wrongs: string[] = [];
  /** All breaches that there ever were. */
  readonly everBreached = new Set<string>();
  readonly counts = { writes: 0, ours: 0, closed: 0, opened: 0, raced: 0 };
  /** How long ago a state may have been on which we act: the lag of reads, and the time of a run. */
  readonly #windowMs: number;
  /** Breaches that we have ended, each when for the first time; and when groups were deleted. */
  readonly #ended = new Map<string, Ended>();
  readonly #goneAtMs = new Map<string, number>();
  readonly #moments: Moment[] = [];
  readonly #wanted = new Map<string, Packets>();
  readonly #intents: Intent[] = [];

  constructor(start: PlainWorld, atMs: number, windowMs: number) {
    this.#windowMs = windowMs;
    this.#moments.push({ atMs, by: 'people', standings: this.#standingsOf(start, new Map()) });
  }

  /** The world after a write that was carried out. */
  saw(world: PlainWorld, atMs: number, by: Who, action: string): void {
    const last = this.#moments.at(-1)?.standings ?? new Map<string, Standing>();
    const standings = this.#standingsOf(world, last);
    this.counts.writes += 1;
    for (const [id, now] of standings) {
      const before = last.get(id);
      if (before === now) continue;
      this.#noteBreaches(now);
      if (by === 'people') {
        this.#wish(id, before?.open ?? NONE, now.open);
        this.#noteOverwritten(id, now, atMs);
      } else this.#judgeOurs(id, before, now, { atMs, action });
    }
    for (const id of last.keys()) if (!standings.has(id)) this.#goneAtMs.set(id, atMs);
    if (by === 'portcullis') this.counts.ours += 1;
    this.#moments.push({ atMs, by, standings });
  }

  intends(intent: Intent): void {
    this.#intents.push(intent);
    const states = this.#recent(intent.group, intent.atMs).map(({ group }) => saidByAll(group.rules));
    if (states.includes(saidByAll(intent.before))) return;
    this.#wrong(intent.atMs, `${intent.group}: the before-image is no state that the group had`);
  }

  /** What is wrong with the groups as they are left. */
  judgeEnd(atMs: number): void {
    for (const [id, { open, forbidden, required, asked }] of this.#moments.at(-1)?.standings ?? []) {
      if (asked.isEnforced) {
        this.#expectNone(atMs, `${id}: still open`, open & forbidden);
        this.#expectNone(atMs, `${id}: required and shut`, required & ~open);
      }
      this.#expectNone(atMs, `${id}: legitimate and lost`, (this.#wanted.get(id) ?? NONE) & ~forbidden & ~open);
    }
  }

  /**
   * Breaches of which people must have heard: those that stand at the end, and those that we ended, unless the group was
   * deleted, or all that we had written was written over, before a run could say so. Then nothing is left to be seen, and
   * where the run that wrote has died, nobody can tell its write from that of the people.
   */
  told(): readonly Breach[] {
    const standing = [...(this.#moments.at(-1)?.standings.values() ?? [])].flatMap(breachesOf);
    const isSoonGone = ({ group, atMs }: Ended): boolean =>
      (this.#goneAtMs.get(group) ?? Number.POSITIVE_INFINITY) < atMs + SOON_MS;
    return [...standing, ...[...this.#ended.values()].filter((one) => !one.isOverwritten && !isSoonGone(one))];
  }

  #standingsOf(world: PlainWorld, last: ReadonlyMap<string, Standing>): ReadonlyMap<string, Standing> {
    return new Map(
      world.groups.map((group) => {
        const known = last.get(group.id);
        const now = standingOf(group, world);
        const isSame = known?.group === group && known.open === now.open && known.forbidden === now.forbidden;
        return [group.id, isSame ? known : now];
      }),
    );
  }

  #noteBreaches(standing: Standing): void {
    for (const breach of breachesOf(standing)) this.everBreached.add(textOf(breach));
  }

  /** People want open what they open, until they shut it. */
  #wish(id: string, before: Packets, now: Packets): void {
    this.#wanted.set(id, ((this.#wanted.get(id) ?? NONE) | (now & ~before)) & ~(before & ~now));
  }

  /** Every state that the group had within the window. */
  #recent(id: string, atMs: number): readonly Standing[] {
    const since = this.#moments.findLastIndex((moment) => moment.atMs <= atMs - this.#windowMs);
    return this.#moments.slice(Math.max(since, 0)).flatMap(({ standings }) => standings.get(id) ?? []);
  }

  #judgeOurs(id: string, before: Standing | undefined, now: Standing, on: { atMs: number; action: string }): void {
    if (before === undefined || before.group.role !== now.group.role || before.outward !== now.outward) {
      this.#wrong(on.atMs, `${id}: \`${on.action}\` of ours changed what is none of ours`);
      return;
    }
    const recent = this.#recent(id, on.atMs);
    const [closed, opened] = [before.open & ~now.open, now.open & ~before.open];
    const enforced = recent.filter(({ asked }) => asked.isEnforced);
    const mayClose = enforced.reduce((all, { forbidden }) => all | forbidden, NONE);
    const mayOpen = enforced.reduce((all, { required }) => all | required, NONE);
    const wasOpen = recent.reduce((all, { open, forbidden }) => all | (open & ~forbidden), NONE);
    this.counts.closed += closed === NONE ? 0 : 1;
    this.counts.opened += opened === NONE ? 0 : 1;
    const raced = closed & ~mayClose & this.#editedMeanwhile(before, now, recent);
    this.counts.raced += raced === NONE ? 0 : 1;
    this.#expectNone(on.atMs, `${id}: \`${on.action}\` shut what is legitimate`, closed & ~mayClose & ~raced);
    this.#expectNone(on.atMs, `${id}: \`${on.action}\` opened what nobody asked for`, opened & ~mayOpen & ~wasOpen);
    this.#wanted.set(id, (this.#wanted.get(id) ?? NONE) & ~(closed & mayClose) & ~raced);
    this.#noteEnded(id, enforced, closed | opened, { atMs: on.atMs, edited: editedIn(before, now) });
    this.#expectIntent(id, before, now, on);
  }

  /**
   * What rules let through that somebody edited in place between our read and our write. EC2 has no write that depends on
   * what a rule says: by its id, the write meets whatever it has become.
   */
  #editedMeanwhile(before: Standing, now: Standing, recent: readonly Standing[]): Packets {
    const kept = new Set(now.group.rules.map(sayingOf));
    const touched = before.group.rules.filter((rule) => !kept.has(sayingOf(rule)));
    const edited = touched.filter((rule) =>
      recent.some(({ group }) => group.rules.some((old) => old.id === rule.id && saidBy(old) !== saidBy(rule))),
    );
    return edited.reduce((all, rule) => all | before.openBy(rule), NONE);
  }

  #noteOverwritten(id: string, { group }: Standing, atMs: number): void {
    const said = new Set(group.rules.map(sayingOf));
    for (const ended of this.#ended.values()) {
      if (ended.group !== id || ended.edited.length === 0 || atMs > ended.atMs + SOON_MS) continue;
      if (!ended.edited.some((one) => said.has(one))) ended.isOverwritten = true;
    }
  }

  #noteEnded(
    id: string,
    recent: readonly Standing[],
    moved: Packets,
    how: { readonly atMs: number; readonly edited: readonly string[] },
  ): void {
    // Of what was forbidden by one state and another by turns, the write says nothing of which one was acted on.
    const last = recent.at(-1);
    if (last === undefined) return;
    for (const [clause, packets] of Object.entries({ ...last.asked.forbidden, ...last.asked.required })) {
      const text = textOf({ group: id, clause });
      if ((packets & moved) !== NONE && !this.#ended.has(text))
        this.#ended.set(text, { group: id, clause, ...how, isOverwritten: false });
    }
  }

  /** A write belongs to the last intent of its group, and touches no rule that the intent does not speak of. */
  #expectIntent(id: string, before: Standing, now: Standing, { atMs, action }: { atMs: number; action: string }): void {
    const intent = this.#intents.findLast(({ group }) => group === id);
    if (intent === undefined || intent.atMs < atMs - this.#windowMs) {
      this.#wrong(atMs, `${id}: \`${action}\` of ours without an intent in the ledger`);
      return;
    }
    const kept = new Set(now.group.rules.map(sayingOf));
    const gone = before.group.rules.filter((rule) => !kept.has(sayingOf(rule)));
    const stranger = gone.find((rule) => !intent.touches.includes(rule.id));
    if (stranger !== undefined)
      this.#wrong(atMs, `${id}: \`${action}\` took \`${stranger.id}\`, which nobody intended`);
  }

  #expectNone(atMs: number, what: string, packets: Packets): void {
    if (packets !== NONE) this.#wrong(atMs, `${what}: ${packetsText(packets)}`);
  }

  #wrong(atMs: number, what: string): void {
    this.wrongs.push(`${new Date(atMs).toISOString().slice(11, 23)} ${what}`);
  }
}

/** What the rules say now that were there under the same id and said something else. */
function editedIn(before: Standing, now: Standing): readonly string[] {
  const known = new Map(before.group.rules.map((rule) => [rule.id, sayingOf(rule)]));
  return now.group.rules.filter((rule) => known.has(rule.id) && known.get(rule.id) !== sayingOf(rule)).map(sayingOf);
}

function sayingOf(rule: PlainRule): string {
  return `${rule.id} ${saidBy(rule)}`;
}

/** What stands against the clauses, told of or taken away. */
function breachesOf({ group, open, asked }: Standing): readonly Breach[] {
  const forbidden = Object.entries(asked.forbidden).filter(([, packets]) => (packets & open) !== NONE);
  const required = Object.entries(asked.required).filter(([, packets]) => (packets & ~open) !== NONE);
  return [...forbidden, ...required].map(([clause]) => ({ group: group.id, clause }));
}
