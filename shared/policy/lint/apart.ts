// Match x Match -> whether no firewall can fit both.
import type { Match } from '../../core/model/policy.ts';
import type { Effort } from './remark.ts';

function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/** Longer pairs of globs are taken to meet: the table of their places would be large. */
const MOST_PLACES = 10_000;

/** Whether some text fits both globs: which places of `b` a text can be at, place of `a` by place of `a`. */
function globsMeet(a: string, b: string): boolean {
  if (a.length * b.length > MOST_PLACES) return true;
  let row = Array.from({ length: b.length + 1 }, (_, at) => b.slice(0, at).replaceAll('*', '') === '');
  for (const sign of a) {
    const next = [sign === '*' && row[0] === true];
    for (let at = 1; at <= b.length; at += 1) {
      const other = b[at - 1];
      const isEither = sign === '*' || other === '*';
      const steps = isEither
        ? row[at] === true || next[at - 1] === true
        : row[at - 1] === true && (sign === '?' || other === '?' || sign === other);
      next.push(steps);
    }
    row = next;
  }
  return row[b.length] === true;
}

function textsMeet(a: string, b: string): boolean {
  return isGlob(a) || isGlob(b) ? globsMeet(a, b) : a === b;
}

function someMeet(a: readonly string[] | undefined, b: readonly string[] | undefined, effort: Effort): boolean {
  if (a === undefined || b === undefined) return true;
  effort.spend(a.length * b.length);
  return a.some((one) => b.some((other) => textsMeet(one, other)));
}

/** Keys of which a firewall has one value. It may be in several networks, so `network` says nothing here. */
const SINGLE = ['cloud', 'account', 'region', 'resourceGroup', 'id', 'name'] as const;

/** Whether whatever fits the texts surely fits one of the globs. */
function areWithin(texts: readonly string[] | undefined, globs: readonly string[] | undefined): boolean {
  if (globs === undefined) return true;
  const isCovered = (text: string): boolean =>
    globs.some((glob) => glob === '*' || glob === text || (!isGlob(text) && isGlob(glob) && globsMeet(glob, text)));
  return texts?.every(isCovered) === true;
}

/** Whether every firewall that fits `match` surely fits the other one, which has no `not` of its own. */
function implies(match: Match, other: Match): boolean {
  if (other.not !== undefined) return false;
  return (
    [...SINGLE, 'network' as const].every((key) => areWithin(match[key], other[key])) &&
    Object.entries(other.tags ?? {}).every(([tag, globs]) => areWithin(match.tags?.[tag], globs))
  );
}

function excludes(match: Match, other: Match): boolean {
  return match.not !== undefined && implies(other, match.not);
}

/** Whether no firewall can fit both. False where it cannot be proven. Throws `TooMuchWork`. */
export function areApart(a: Match, b: Match, effort: Effort): boolean {
  effort.spend(2);
  const keysMeet = SINGLE.every((key) => someMeet(a[key], b[key], effort));
  const tags = Object.keys(a.tags ?? {}).filter((tag) => Object.hasOwn(b.tags ?? {}, tag));
  const tagsMeet = tags.every((tag) => someMeet(a.tags?.[tag], b.tags?.[tag], effort));
  return !keysMeet || !tagsMeet || excludes(a, b) || excludes(b, a);
}
