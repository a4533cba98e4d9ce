import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { Screen } from '../../../local/show/screen.ts';

/** A terminal that keeps what is written to it. */
function terminal() {
  const written: string[] = [];
  let isFull = false;
  const raw: boolean[] = [];
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  out.write = (text: string): boolean => {
    written.push(text);
    return !isFull;
  };
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean): void => void raw.push(isRaw),
  });
  return {
    out: out as unknown as NodeJS.WriteStream,
    keys: keys as unknown as NodeJS.ReadStream,
    written,
    raw,
    press: (text: string): void => void keys.emit('data', Buffer.from(text)),
    fill: (): void => void (isFull = true),
    drain: (): void => {
      isFull = false;
      out.emit('drain');
    },
  };
}

function opened() {
  const term = terminal();
  const pressed: string[] = [];
  let resizes = 0;
  const on = { key: (key: string): void => void pressed.push(key), resize: (): void => void (resizes += 1) };
  const screen = new Screen(term, on, true);
  screen.open();
  onTestFinished(screen.close);
  return { ...term, screen, pressed, resizes: () => resizes };
}

it('goes to the other screen and comes back once, however often it is closed', () => {
  const { screen, written, raw } = opened();
  screen.draw(['a', 'b']);
  screen.close();
  screen.close();
  screen.draw(['too late']);
  const text = written.join('');
  expect(text.split('\u001b[?1049h').length - 1).toBe(1);
  expect(text.split('\u001b[?1049l').length - 1).toBe(1);
  expect(text.endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l')).toBe(true);
  expect(raw).toEqual([true, false]);
});

it('writes a page in place, and only where it differs from the last one', () => {
  const { screen, written } = opened();
  written.length = 0;
  screen.draw(['a', 'b']);
  screen.draw(['a', 'b']);
  expect(written).toEqual(['\u001b[?2026h\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J\u001b[?2026l']);
});

it('does not pile up pages that nobody reads', () => {
  const { screen, written, fill, drain, resizes } = opened();
  fill();
  screen.draw(['1']);
  const before = written.length;
  screen.draw(['2']);
  expect(written).toHaveLength(before);
  drain();
  expect(resizes()).toBe(1);
  screen.draw(['2']);
  expect(written).toHaveLength(before + 1);
});

it('hands on keys', () => {
  const { press, pressed } = opened();
  press('o');
  press('ed');
  expect(pressed).toEqual(['o', 'e', 'd']);
});

it('takes Ctrl-C as a shell does', async () => {
  const { press, pressed } = opened();
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve));
  press('\u0003');
  await interrupted;
  expect(pressed).toEqual([]);
});

it('draws anew when the size has changed', () => {
  const { screen, out, written, resizes } = opened();
  screen.draw(['a']);
  Object.assign(out, { columns: 120, rows: 40 });
  out.emit('resize');
  expect(resizes()).toBe(1);
  expect(screen.frame).toEqual({ width: 119, height: 40, colour: true });
  const before = written.length;
  screen.draw(['a']);
  expect(written).toHaveLength(before + 1);
});
