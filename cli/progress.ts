// How far a long read has come: one line of a terminal that is written over, and gone at the end.
import { visible } from './visible.ts';

/** Where a line can be written over. */
interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

function digits(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function leftText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `${String(seconds)} s` : `${String(Math.ceil(seconds / 60))} min`;
}

/** A guess from less than this is none. */
const SHORTEST_MS = 1_000;

/** `1,200 of 3,400, 12 s left`; without a total how many so far. The time left supposes that it goes on as it went. */
export function progressText(done: number, total: number | undefined, elapsedMs: number): string {
  if (total === undefined) return `${digits(done)} so far`;
  const count = `${digits(Math.min(done, total))} of ${digits(total)}`;
  if (done <= 0 || done >= total || elapsedMs < SHORTEST_MS) return count;
  return `${count}, ${leftText((elapsedMs / done) * (total - done))} left`;
}

/** Redrawn no more often than people can read. */
const EVERY_MS = 100;

/** What is quicker than this needs no line. */
const PATIENCE_MS = 300;

/** Says nothing where nobody looks: in a pipe, a log, or a terminal that cannot write over a line. */
export class Progress {
  readonly #screen: Screen;
  readonly #isShown: boolean;
  readonly #now: () => number;
  readonly #began: number;
  #partBegan: number;
  #what = '';
  #drawnAt: number;
  #isDrawn = false;

  constructor(
    screen: Screen,
    env: Readonly<Record<string, string | undefined>>,
    now: () => number = () => performance.now(),
  ) {
    this.#screen = screen;
    this.#isShown = screen.isTTY === true && env['TERM'] !== 'dumb';
    this.#now = now;
    this.#began = now();
    this.#partBegan = this.#began;
    this.#drawnAt = this.#began + PATIENCE_MS - EVERY_MS;
  }

  /** `what` is a part of the whole: its time begins when it is first told of. */
  show(what: string, done: number, total?: number): void {
    if (!this.#isShown) return;
    const now = this.#now();
    if (what !== this.#what) {
      this.#what = what;
      this.#partBegan = now;
    }
    if (now - this.#drawnAt < EVERY_MS) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const text = visible(`${what}: ${progressText(done, total, now - this.#partBegan)}`);
    this.#screen.write(`\r\u001b[K${text.slice(0, (this.#screen.columns ?? 80) - 1)}`);
  }

  end(): void {
    if (this.#isDrawn) this.#screen.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}

export function processProgress(): Progress {
  return new Progress(process.stderr, process.env);
}
