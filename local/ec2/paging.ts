import { invalidCombination, invalidValue } from './errors.ts';
import { integerAt, textAt, type QueryNode } from './query.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** What most describe calls take as `MaxResults`. */
const usualPages = { smallest: 5, largest: 1000 };

function tokenOf(sequence: number): string {
  return Buffer.from(`after:${String(sequence)}`).toString('base64url');
}

function sequenceOf(token: string): number {
  const match = /^after:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString());
  // Which code the service gives this refusal is not verified.
  if (match?.[1] === undefined) throw invalidValue('Unable to parse pagination token');
  return Number(match[1]);
}

function pageSize(query: QueryNode, { smallest, largest }: typeof usualPages): number {
  const size = integerAt(query, 'MaxResults');
  if (size === undefined) return Number.POSITIVE_INFINITY;
  if (size >= smallest && size <= largest) return size;
  const bound = size < smallest ? `greater than ${String(smallest)}` : `less than ${String(largest)}`;
  throw invalidValue(`Value ( ${String(size)} ) for parameter maxResults is invalid. Expecting a value ${bound}.`);
}

/** The sequence behind which the page of a request begins; 0 for the first page. */
export function pageStart(query: QueryNode): number {
  const token = textAt(query, 'NextToken');
  return token === undefined ? 0 : sequenceOf(token);
}

/**
 * The page that a request asks for; without `MaxResults` that is everything.
 * INVARIANT: items come in rising order of `sequence` and a token names the last one given out. What is removed
 * between two pages can thus not make the next page skip or repeat anything. Items may be made as they are asked for:
 * no more are taken than the page has, and one.
 */
export function pageOf<T extends { readonly sequence: number }>(
  query: QueryNode,
  items: Iterable<T>,
  bounds = usualPages,
): Page<T> {
  const size = pageSize(query, bounds);
  const start = pageStart(query);
  const page: T[] = [];
  let last = start;
  for (const item of items) {
    if (item.sequence <= start) continue;
    if (page.length === size) return { items: page, nextToken: tokenOf(last) };
    page.push(item);
    last = item.sequence;
  }
  return { items: page, nextToken: undefined };
}

/** Refuses paging together with a list of names, which the service answers in one piece. */
export function refusePaging(query: QueryNode, list: string): void {
  const asked = ['MaxResults', 'NextToken'].find((name) => textAt(query, name) !== undefined);
  if (asked !== undefined) {
    throw invalidCombination(`The parameter ${list} cannot be used with the parameter ${asked}`);
  }
}
