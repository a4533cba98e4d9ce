import { revertIdOf } from '../../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { BusEvent } from '../bus/event.ts';
import { callerOf, callText, groupOf, outcomeOf } from '../call.ts';
import { PORTCULLIS_ROLE } from '../people.ts';
import type { Place } from '../place.ts';
import type { PolicyRead } from '../policy-watch.ts';
import { changeText } from '../story.ts';
import type { World } from '../world.ts';
import { Newest } from './newest.ts';
import { nextCommands } from './next.ts';
import { Reader } from './reader.ts';
import type { ChangeTold, PolicyState, Scene, Told } from './scene.ts';

/** More than any terminal is high. */
const KEPT = 200;

/** ServiceNow's own words for the states of an incident, as it has them out of the box. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['1', 'New'],
  ['2', 'In Progress'],
  ['3', 'On Hold'],
  ['6', 'Resolved'],
  ['7', 'Closed'],
  ['8', 'Canceled'],
]);

/** What a plan that was applied did, change by change; whose order it was where a person asked for it. */
function changeTexts({ body }: LedgerEntry): readonly string[] {
  if (body.kind !== 'reverted') return [];
  const by = body.order === undefined ? '' : ` (${body.order.kind} by ${body.order.by})`;
  return body.changes.map((change) => `${changeText(change)}${by}`);
}

/** Watches the world and keeps what the view shows of it. */
export class Follower {
  readonly #world: World;
  readonly #readers: ReadonlyMap<Place, Reader>;
  readonly #events = new Newest<Told>(KEPT);
  readonly #changes = new Newest<ChangeTold>(KEPT);
  readonly #seconds: number[] = [];
  /** When a firewall was last changed by somebody else, by its id: ids are the same in no two places. */
  readonly #wrongSince = new Map<string, number>();
  readonly #onChange: () => void;
  #calls = 0;
  #reverts = 0;
  #policy: PolicyState = { kind: 'ok', policies: 0, mended: undefined };
  #lastId: string | undefined;
  #lastRevert: string | undefined;
  notice: string | undefined;

  constructor(world: World, onChange: () => void) {
    this.#world = world;
    this.#onChange = onChange;
    this.#readers = new Map(world.places.map((place) => [place, new Reader(place, onChange)]));
    for (const place of world.places) {
      place.bus.onEvent((event) => {
        this.#hear(place, event);
      });
    }
  }

  /** Reads every place, so that there is something to see before anything happens. */
  async readAll(): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader.read()));
  }

  /** The world begins with so many policies. */
  begin(policies: number): void {
    this.#policy = { kind: 'ok', policies, mended: undefined };
  }

  /** The policy files were changed. */
  policyRead(read: PolicyRead): void {
    const now = new Date();
    if (read.kind === 'policy') {
      this.#policy = { kind: 'ok', policies: read.policies, mended: now };
      for (const reader of this.#readers.values()) reader.touch();
    } else {
      this.#policy = { kind: 'broken', problems: read.problems, since: now };
    }
    this.#onChange();
  }

  scene(): Scene {
    const { common, serviceNow, places } = this.#world;
    const incidents = serviceNow.incidents();
    const lost = places.reduce((sum, { bus }) => sum + bus.deadLetters().length, 0);
    return {
      now: new Date(),
      addresses: common.addresses,
      policyPath: common.policyPath,
      policy: this.#policy,
      places: [...this.#readers].map(([{ site }, { open, problem }]) => ({
        name: site.name,
        region: site.region,
        open,
        problem,
      })),
      events: this.#events.all,
      changes: this.#changes.all,
      incidents: incidents.toReversed().map(({ fields }) => ({
        number: fields.number,
        state: STATES.get(fields.state) ?? fields.state,
        title: fields.short_description,
      })),
      counts: {
        events: this.#calls,
        reverts: this.#reverts,
        incidents: incidents.length,
        seconds: [...this.#seconds],
        lost,
      },
      next: nextCommands({
        calls: this.#calls,
        policy: this.#policy,
        policyPath: common.policyPath,
        lastId: this.#lastId,
        lastRevert: this.#lastRevert,
      }),
      notice: this.notice,
    };
  }

  #hear(place: Place, event: BusEvent): void {
    if (event.source === 'aws.ec2') this.#hearCall(place, event);
    if (event.source === 'portcullis') void this.#hearOutcome(place, event);
    this.#readers.get(place)?.touch();
    this.#onChange();
  }

  #hearCall(place: Place, { detail }: BusEvent): void {
    const who = callerOf(detail);
    if (who === '' || who === PORTCULLIS_ROLE) return;
    const id = groupOf(detail);
    const at = new Date();
    this.#calls += 1;
    this.#wrongSince.set(id, performance.now());
    if (place === this.#world.places[0] && id.startsWith('sg-')) this.#lastId = id;
    // The firewall has a column of its own, and nobody knows rules by their ids.
    const text = callText(detail)
      .replace(` on ${id}`, '')
      .replaceAll(/\bsgr-[0-9a-f]+/g, 'a rule');
    this.#events.add({ at, place: placeText(place), firewall: nameIn(place, id), who, text });
  }

  async #hearOutcome(place: Place, { detail }: BusEvent): Promise<void> {
    const { id, sequence } = outcomeOf(detail);
    const { account, region } = place.site;
    const { ledger } = place.wiring.reconcile;
    const heardMs = performance.now();
    try {
      const entry = await ledger.entry({ cloud: 'aws', account, region, id }, sequence);
      if (entry !== undefined) this.#addOutcome(place, entry, heardMs);
    } catch (error) {
      const text = `the ledger does not say what was done: ${error instanceof Error ? error.message : String(error)}`;
      this.#addChange(place, id, { text, kind: 'failed', seconds: undefined });
    }
    this.#onChange();
  }

  #addOutcome(place: Place, entry: LedgerEntry, heardMs: number): void {
    const { body, target } = entry;
    if (body.kind === 'failed' || body.kind === 'unreadable') {
      this.#addChange(place, target.id, { text: body.why, kind: 'failed', seconds: undefined });
    }
    if (body.kind === 'held' && !body.reasons.every((reason) => reason === 'mode')) {
      this.#addChange(place, target.id, { text: `held: ${body.reasons.join('; ')}`, kind: 'open', seconds: undefined });
    }
    if (body.kind !== 'reverted') return;
    if (body.order === undefined) this.#reverts += 1;
    if (target.id === this.#lastId) this.#lastRevert = revertIdOf(entry);
    const since = this.#wrongSince.get(target.id);
    // The outcome is announced right after the read that proves it.
    const seconds = since === undefined || !body.closed ? undefined : (heardMs - since) / 1000;
    if (seconds !== undefined) {
      this.#seconds.push(seconds);
      this.#wrongSince.delete(target.id);
    }
    const kind = body.closed ? 'done' : 'open';
    for (const text of changeTexts(entry)) this.#addChange(place, target.id, { text, kind, seconds });
  }

  #addChange(place: Place, id: string, told: Pick<ChangeTold, 'text' | 'kind' | 'seconds'>): void {
    this.#changes.add({ at: new Date(), place: placeText(place), firewall: nameIn(place, id), ...told });
  }
}

function placeText({ site }: Place): string {
  return `${site.name} ${site.region}`;
}

/** A group by its name, as long as there is one. */
function nameIn({ ec2 }: Place, id: string): string {
  return ec2.world().groups.get(id)?.name ?? id;
}
