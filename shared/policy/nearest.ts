/** How many letters must change, go, come or swap with their neighbour to make one word of the other. */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const LONGEST_WORD = 64;

/** The word that was probably meant, or undefined where none is near: a far guess misleads more than none. */
export function nearestOf(text: string, words: readonly string[]): string | undefined {
  if (text.length > LONGEST_WORD) return undefined;
  const lower = text.toLowerCase();
  let nearest: string | undefined;
  let least = Infinity;
  for (const word of words) {
    const allowed = Math.max(1, Math.floor(Math.min(word.length, text.length) / 3));
    // The difference in length is a lower bound that spares most of the work.
    if (Math.abs(word.length - text.length) > allowed) continue;
    const steps = distance(lower, word.toLowerCase());
    if (steps <= allowed && steps < least) {
      least = steps;
      nearest = word;
    }
  }
  return nearest;
}
