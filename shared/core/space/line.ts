/** A place on an axis: a slot or an IPv4 address as a number, an IPv6 address as a bigint. */
export type Place = number | bigint;

/**
 * A set of places on one axis, as the places where membership toggles: `[from, end, from, end, ...)`, strictly
 * increasing. Half-open ranges leave one spelling per set, so equal sets are equal lists, and touching ranges merge.
 */
export type Line<T extends Place> = readonly T[];

type Keep = (inA: boolean, inB: boolean) => boolean;

const either: Keep = (inA, inB) => inA || inB;
const both: Keep = (inA, inB) => inA && inB;
const onlyFirst: Keep = (inA, inB) => inA && !inB;

function merge<T extends Place>(a: Line<T>, b: Line<T>, keep: Keep): Line<T> {
  const result: T[] = [];
  let i = 0;
  let j = 0;
  let inside = false;
  for (;;) {
    const nextA = a[i];
    const nextB = b[j];
    if (nextA === undefined && nextB === undefined) return result;
    const takesA = nextA !== undefined && (nextB === undefined || nextA <= nextB);
    const takesB = nextB !== undefined && (nextA === undefined || nextB <= nextA);
    const place = takesA ? nextA : nextB;
    if (takesA) i += 1;
    if (takesB) j += 1;
    // An odd index means that an odd number of toggles lies behind: we are inside.
    const kept = keep(i % 2 === 1, j % 2 === 1);
    if (kept !== inside && place !== undefined) {
      result.push(place);
      inside = kept;
    }
  }
}

/** How many toggles are at most a place, which is the index of the first one behind it: odd where the place is inside. */
export function countUpTo<T extends Place>(line: Line<T>, place: T): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const toggle = line[middle];
    if (toggle !== undefined && toggle <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The ranges of `line` between the first and the last place of `within`: all of it that can meet `within`. */
function near<T extends Place>(line: Line<T>, within: Line<T>): Line<T> {
  const first = within[0];
  const last = within.at(-1);
  if (line.length <= 2 || first === undefined || last === undefined) return line;
  const start = countUpTo(line, first);
  const stop = countUpTo(line, last);
  return line.slice(start - (start % 2), stop + (stop % 2));
}

export function union<T extends Place>(a: Line<T>, b: Line<T>): Line<T> {
  if (a === b || b.length === 0) return a;
  return a.length === 0 ? b : merge(a, b, either);
}

/** Whether all of one line lies before the other begins. */
function isApart<T extends Place>(a: Line<T>, b: Line<T>): boolean {
  const end = a[a.length - 1];
  const from = b[0];
  return end !== undefined && from !== undefined && end <= from;
}

export function intersection<T extends Place>(a: Line<T>, b: Line<T>): Line<T> {
  if (a === b || a.length === 0) return a;
  return b.length === 0 || isApart(a, b) || isApart(b, a) ? [] : merge(near(a, b), near(b, a), both);
}

export function difference<T extends Place>(a: Line<T>, b: Line<T>): Line<T> {
  if (a.length === 0 || b.length === 0) return a;
  return a === b ? [] : merge(a, near(b, a), onlyFirst);
}

export function equal<T extends Place>(a: Line<T>, b: Line<T>): boolean {
  return a === b || (a.length === b.length && a.every((place, index) => place === b[index]));
}

export function contains<T extends Place>(line: Line<T>, place: T): boolean {
  return countUpTo(line, place) % 2 === 1;
}

/** The ranges of a line, each as `[from, end)`. */
export function rangesOf<T extends Place>(line: Line<T>): readonly (readonly [from: T, end: T])[] {
  const ranges: (readonly [T, T])[] = [];
  for (let index = 0; index + 1 < line.length; index += 2) {
    const from = line[index];
    const end = line[index + 1];
    if (from !== undefined && end !== undefined) ranges.push([from, end]);
  }
  return ranges;
}

/** Whether the line has any place in `[from, end)`. */
export function overlaps<T extends Place>(line: Line<T>, from: T, end: T): boolean {
  const behind = countUpTo(line, from);
  const next = line[behind];
  return behind % 2 === 1 || (next !== undefined && next < end);
}

/** Whether two lines have any place in common. Asked of many pairs that have none, so it makes nothing. */
export function meet<T extends Place>(a: Line<T>, b: Line<T>): boolean {
  if (isApart(a, b) || isApart(b, a)) return false;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  for (let index = 0; index + 1 < short.length; index += 2) {
    const from = short[index];
    const end = short[index + 1];
    if (from !== undefined && end !== undefined && overlaps(long, from, end)) return true;
  }
  return false;
}
