import { z } from 'zod';
import { Fault } from '../base/fault.ts';

/** How many rows a page has at most. */
export const PAGE_ROWS = 100;

/** Where a row stands among others: by a time of its own, and among equals by target and sequence. */
export interface Place {
  readonly timeMs: number;
  readonly key: string;
  readonly sequence: number;
}

/** Where a look through a whole table got to: the key of an item. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: number;
}

const place = z.tuple([z.int(), z.string(), z.int()]);
const itemKey = z.tuple([z.string().min(1), z.number()]);

/** Before the earliest date that there is. */
export const BEFORE_ALL: Place = { timeMs: -1e16, key: '', sequence: 0 };

/** Before everything that is of that time or later. */
export function placeBefore(time: Date): Place {
  return { ...BEFORE_ALL, timeMs: time.getTime() };
}

export function comparePlaces(a: Place, b: Place): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.sequence - b.sequence;
}

function textOf(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Throws a `Fault` where a page names no row. */
function valuesIn<Schema extends z.ZodType>(page: string, schema: Schema): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(page, 'base64url').toString());
  } catch {
    json = undefined;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Fault('malformed', 'the page names no row of the ledger; expected `next` of the page before it');
}

/** Asks for what stands behind a row. The row itself may have gone by then. */
export function pageBehind({ timeMs, key, sequence }: Place): string {
  return textOf([timeMs, key, sequence]);
}

/** The row that a page was asked to begin behind; undefined for the first page. Throws a `Fault` where it names none. */
export function placeOf(page: string | undefined): Place | undefined {
  if (page === undefined) return undefined;
  const [timeMs, key, sequence] = valuesIn(page, place);
  return { timeMs, key, sequence };
}

export function pageBehindItem({ pk, sk }: ItemKey): string {
  return textOf([pk, sk]);
}

/** The item that a page was asked to begin behind. Throws a `Fault` where it names none. */
export function itemKeyOf(page: string | undefined): ItemKey | undefined {
  if (page === undefined) return undefined;
  const [pk, sk] = valuesIn(page, itemKey);
  return { pk, sk };
}
