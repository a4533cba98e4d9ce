import { setTimeout as timer } from 'node:timers/promises';
import type { Traffic } from '../../shared/core/space/traffic.ts';
import type { Place } from '../place.ts';
import { opennessOf, openPlaceOf } from './openness.ts';
import type { OpenPlace } from './openness.ts';
import { servicesOf } from './ports.ts';
import type { OpenState } from './scene.ts';

type Service = OpenState['services'][number];

/** What is forbidden of one firewall may be allowed of another: a service is told of once, as the worst that it is. */
function servicesIn({ enforced, reported, allowed }: OpenPlace): readonly Service[] {
  const told = new Set<string>();
  const fresh = (kind: Service['kind'], flows: Traffic): readonly Service[] => {
    const texts = servicesOf(flows).filter((text) => !told.has(text));
    for (const text of texts) told.add(text);
    return texts.map((text) => ({ text, kind }));
  };
  return [...fresh('enforced', enforced), ...fresh('reported', reported), ...fresh('allowed', allowed)];
}

/** What one place looks like now, by reads of its EC2. Throws what the reads throw. */
async function readOpen({ site, wiring }: Place): Promise<Omit<OpenState, 'firstAgainst'>> {
  const { cloud, desired, clock } = wiring.reconcile;
  const { account, region } = site;
  const firewalls = await cloud.list({ account, region }, desired.written);
  const at = clock.now();
  const open = openPlaceOf(firewalls.map((firewall) => opennessOf(firewall, desired.for(firewall, at))));
  const { groups, against, onlyReported } = open;
  const unread = firewalls.filter((firewall) => firewall.unread.length > 0).length;
  return { groups, open: open.open, against, onlyReported, unread, services: servicesIn(open) };
}

/** Writes and their events come in bursts, and one read shows them all. */
const SETTLE_MS = 100;

/** Keeps up with what is open in one place: reads it again after every event there, one read at a time. */
export class Reader {
  readonly #place: Place;
  readonly #onChange: () => void;
  #isDirty = false;
  #isReading = false;
  #open: OpenState | undefined;
  #problem: string | undefined;

  constructor(place: Place, onChange: () => void) {
    this.#place = place;
    this.#onChange = onChange;
  }

  get open(): OpenState | undefined {
    return this.#open;
  }

  /** Why the last read failed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Something may look different now. */
  touch(): void {
    this.#isDirty = true;
    if (!this.#isReading) void this.#readWhileDirty();
  }

  async read(): Promise<void> {
    this.#isDirty = false;
    try {
      const now = await readOpen(this.#place);
      this.#open = { ...now, firstAgainst: this.#open?.firstAgainst ?? now.against };
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#onChange();
  }

  async #readWhileDirty(): Promise<void> {
    this.#isReading = true;
    while (this.#isDirty) {
      await timer(SETTLE_MS, undefined, { ref: false });
      await this.read();
    }
    this.#isReading = false;
  }
}
