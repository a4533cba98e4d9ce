import type { Frame } from './row.ts';

/** Sequences of xterm that every terminal emulator of today knows, or ignores. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_ROW = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';
/** Terminals that know it show what comes between at once. */
const [BEGIN, END] = ['\u001b[?2026h', '\u001b[?2026l'];

const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

/** Draws a page on the terminal's other screen, in place, and leaves the first one as it was. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #in: NodeJS.ReadStream;
  readonly #onKey: (key: string) => void;
  readonly #onResize: () => void;
  readonly #colour: boolean;
  #isOpen = false;
  #isFull = false;
  #drawn = '';

  constructor(
    { out, keys }: { readonly out: NodeJS.WriteStream; readonly keys: NodeJS.ReadStream },
    on: { readonly key: (key: string) => void; readonly resize: () => void },
    colour: boolean,
  ) {
    this.#out = out;
    this.#in = keys;
    this.#onKey = on.key;
    this.#onResize = on.resize;
    this.#colour = colour;
  }

  /** The last column stays empty: behind a row that fills it, a terminal would erase its last character with the rest. */
  get frame(): Frame {
    return { width: this.#out.columns - 1, height: this.#out.rows, colour: this.#colour };
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#drawn = '';
    this.#out.write(ENTER);
    this.#out.on('resize', this.#resized);
    process.on('SIGCONT', this.#continued);
    // Also where the program breaks off by an error: its message has to be readable.
    process.on('exit', this.close);
    if (!this.#in.isTTY) return;
    this.#in.setRawMode(true);
    this.#in.on('data', this.#pressed);
    // A terminal that is gone; a signal tells of that, too.
    this.#in.on('error', this.close);
    this.#in.resume();
  }

  /** An arrow function, since it is a listener, too. */
  readonly close = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#out.write(LEAVE);
    this.#out.off('resize', this.#resized);
    process.off('SIGCONT', this.#continued);
    process.off('exit', this.close);
    if (!this.#in.isTTY) return;
    this.#in.off('data', this.#pressed);
    this.#in.setRawMode(false);
    this.#in.pause();
  };

  /** Nothing is written that is there already, nor more than the terminal takes. */
  draw(rows: readonly string[]): void {
    const text = rows.map((row) => row + REST_OF_ROW).join('\r\n');
    if (!this.#isOpen || this.#isFull || text === this.#drawn) return;
    this.#drawn = text;
    if (this.#out.write(BEGIN + HOME + text + REST_OF_SCREEN + END)) return;
    this.#isFull = true;
    this.#out.once('drain', () => {
      this.#isFull = false;
      this.#onResize();
    });
  }

  readonly #resized = (): void => {
    this.#drawn = '';
    this.#onResize();
  };

  readonly #continued = (): void => {
    if (this.#in.isTTY) this.#in.setRawMode(true);
    this.#out.write(ENTER);
    this.#resized();
  };

  readonly #pressed = (data: Buffer): void => {
    for (const key of data.toString()) {
      // The terminal sends no signals while single keys are read.
      if (key === CTRL_C) process.kill(process.pid, 'SIGINT');
      else if (key === CTRL_Z) this.#stop();
      else this.#onKey(key);
    }
  };

  /** Gives the terminal back to the shell, until it lets this program go on. */
  #stop(): void {
    this.close();
    process.kill(0, 'SIGTSTP');
    setTimeout(() => {
      this.open();
      this.#resized();
    }, 50);
  }
}
