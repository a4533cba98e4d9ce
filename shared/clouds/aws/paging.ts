// How a describe call is asked: page by page, and with as many values as its filters take.
import { Fault } from '../../base/fault.ts';
import { FILTER_VALUES } from './traits.ts';

export interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/**
 * A million rules, 200,000 groups that are gone through, 100,000 prefix lists or entries of one: pages are of 1,000, 200
 * and 100. A listing that goes on longer does not end.
 */
const MOST_PAGES = 1000;

/**
 * The pages of a listing, one at a time. A page may be empty and yet not be the last.
 */
export async function* pagesIn<T>(
  what: string,
  ask: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  let token: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await ask(token);
    yield page.items ?? [];
    const next = page.next ?? '';
    if (next === '') return;
    if (next === token) break;
    token = next;
  }
  throw new Fault('unavailable', `the pages of \`${what}\` do not end; read again later`);
}

/** Every page of a listing in one. `seen` is told of each page. */
export async function pagesOf<T>(
  what: string,
  ask: (token: string | undefined) => Promise<Page<T>>,
  seen?: (page: readonly T[]) => void,
): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pagesIn(what, ask)) {
    items.push(...page);
    seen?.(page);
  }
  return items;
}

/** `*`, `?` and `\` have a meaning in the value of a filter (EC2 User Guide, filtering, 2026-11-24). */
function filterValue(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}

/** The values that one filter takes, as many times as it takes. */
export function portionsOf<T>(values: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(values.length / FILTER_VALUES);
  return Array.from({ length: count }, (_, index) => values.slice(index * FILTER_VALUES, (index + 1) * FILTER_VALUES));
}

export interface Filter {
  readonly Name: string;
  readonly Values: string[];
}

export function filterBy(name: string, values: readonly string[]): Filter {
  return { Name: name, Values: [...new Set(values)].map(filterValue) };
}
