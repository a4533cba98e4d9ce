/** `1 policy`, `3 policies`, `2 files`. */
export function counted(count: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${String(count)} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

const MINUTE_MS = 60_000;
const UNITS = [
  ['d', 24 * 60 * MINUTE_MS],
  ['h', 60 * MINUTE_MS],
  ['m', MINUTE_MS],
  ['s', 1000],
] as const;

/** `1h 59m`, `45s`, `3d`: a time in its two largest units, rounded down. */
export function spanText(ms: number): string {
  const first = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  if (first === -1) return '0s';
  let rest = ms;
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? [] : [`${String(count)}${unit}`];
  });
  return parts.join(' ');
}

const LONGEST_NAME = 100;

/** What somebody typed, in backticks: as much of it as tells which it was. */
export function quotedName(text: string): string {
  return `\`${text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}...` : text}\``;
}
