import { describe, expect, it } from 'vitest';
import { Progress, progressText } from '../../cli/progress.ts';

/** What a terminal holds after some writes: the one line that is written over. */
function shownBy(writes: readonly string[]): string {
  return writes.join('').split('\r\u001b[K').at(-1) ?? '';
}

function screenOf(isTTY: boolean, columns = 80) {
  const writes: string[] = [];
  return { writes, screen: { isTTY, columns, write: (text: string) => writes.push(text) } };
}

describe('how far something has come', () => {
  it.each([
    [1_200, 3_400, 6_000, '1,200 of 3,400, 11 s left'],
    [1_200, 3_400, 600, '1,200 of 3,400'],
    [0, 3_400, 60_000, '0 of 3,400'],
    [3_400, 3_400, 60_000, '3,400 of 3,400'],
    [4_000, 3_400, 60_000, '3,400 of 3,400'],
    [100, 1_000_000, 60_000, '100 of 1,000,000, 9999 min left'],
    [1_234_567, undefined, 60_000, '1,234,567 so far'],
  ])('%s of %s after %s ms', (done, total, elapsedMs, text) => {
    expect(progressText(done, total, elapsedMs)).toBe(text);
  });
});

describe('a line that is written over', () => {
  it('is drawn again now and then, cut to the terminal, and gone at the end', () => {
    let now = 0;
    const { writes, screen } = screenOf(true, 30);
    const progress = new Progress(screen, { TERM: 'xterm' }, () => now);
    for (let done = 0; done < 2_000; done += 1) {
      now += 1;
      progress.show('reading \u001b[31mfiles', done, 4_000);
    }
    expect(writes.length).toBeGreaterThan(10);
    expect(writes.length).toBeLessThan(20);
    expect(shownBy(writes)).toBe('reading \\u{1b}[31mfiles: 1,99'.slice(0, 29));
    progress.end();
    expect(shownBy(writes)).toBe('');
  });

  it('is not drawn for what is quick', () => {
    const { writes, screen } = screenOf(true);
    const progress = new Progress(screen, {}, () => 0);
    progress.show('reading', 1, 2);
    progress.end();
    expect(writes).toEqual([]);
  });

  it.each([
    [false, 'xterm'],
    [true, 'dumb'],
  ])('is not drawn where nobody could read it: a terminal %s, TERM %s', (isTTY, TERM) => {
    let now = 0;
    const { writes, screen } = screenOf(isTTY);
    const progress = new Progress(screen, { TERM }, () => (now += 1_000));
    progress.show('reading', 1, 2);
    progress.show('reading', 2, 2);
    progress.end();
    expect(writes).toEqual([]);
  });
});
