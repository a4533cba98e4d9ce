import { once } from 'node:events';
import { setTimeout as timer } from 'node:timers/promises';
import { trueChance } from '../chance.ts';
import type { PolicyRead } from '../policy-watch.ts';
import type { World } from '../world.ts';
import { Acts } from './acts.ts';
import { Follower } from './follow.ts';
import { countsText, pageOf } from './page.ts';
import { Screen } from './screen.ts';

/** Whether there is a terminal that a view can be drawn on. */
export function hasScreen(out: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  return out.isTTY && out.columns > 0 && out.rows > 0 && environment['TERM'] !== 'dumb';
}

/** Many things change at once, and a person sees no difference. */
const DRAW_AFTER_MS = 30;
/** Ages are told in seconds. */
const REDRAW_EVERY_MS = 1_000;
/** Long enough to see what is open before the first sweep closes it. */
const LOOK_FIRST_MS = 2_500;

/** The live view of a world. */
export class Show {
  readonly #world: World;
  readonly #follower: Follower;
  readonly #screen: Screen;
  readonly #acts: Acts;
  readonly #quit = new AbortController();
  #isDue = false;

  constructor(world: World) {
    const draw = (): void => {
      this.#drawSoon();
    };
    this.#world = world;
    this.#follower = new Follower(world, draw);
    this.#acts = new Acts(world, trueChance());
    const colour = (process.env['NO_COLOR'] ?? '') === '';
    const key = (pressed: string): void => {
      void this.#press(pressed);
    };
    this.#screen = new Screen({ out: process.stdout, keys: process.stdin }, { key, resize: draw }, colour);
  }

  /** It begins with so many policies. */
  begin(policies: number): void {
    this.#follower.begin(policies);
  }

  /** The policy files were changed. */
  policyRead(read: PolicyRead): void {
    this.#follower.policyRead(read);
  }

  /** Shows what is there, lets the first sweep begin, and goes on until somebody ends it. */
  async run(ended: AbortSignal): Promise<void> {
    const end = AbortSignal.any([ended, this.#quit.signal]);
    this.#screen.open();
    const clock = setInterval(() => {
      this.#draw();
    }, REDRAW_EVERY_MS);
    try {
      this.#draw();
      await this.#follower.readAll();
      await timer(LOOK_FIRST_MS, undefined, { signal: end }).catch(() => undefined);
      if (!end.aborted) for (const place of this.#world.places) place.sweep();
      if (!end.aborted) await once(end, 'abort');
    } finally {
      clearInterval(clock);
      this.#screen.close();
    }
  }

  /** What happened, in one line. */
  get summary(): string {
    return countsText(this.#follower.scene().counts);
  }

  async #press(key: string): Promise<void> {
    if (key === 'q') {
      this.#quit.abort();
      return;
    }
    const notice = await this.#acts.play(key);
    if (this.#quit.signal.aborted) return;
    this.#follower.notice = notice;
    this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#draw();
    }, DRAW_AFTER_MS).unref();
  }

  #draw(): void {
    this.#screen.draw(pageOf(this.#follower.scene(), this.#screen.frame));
  }
}
