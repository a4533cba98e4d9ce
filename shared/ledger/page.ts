import { z } from 'zod';
import { Fault } from '../base/fault.ts';

/** How many rows a page of what is due has at most. */
export const PAGE_ROWS = 100;

/** Where a row stands among all that is due: by time, and among equals by target and sequence. */
export interface Place {
  readonly dueMs: number;
  readonly key: string;
  readonly sequence: number;
}

const place = z.tuple([z.int(), z.string().min(1), z.int().min(1)]);

function placeIn(text: string): Place | undefined {
  try {
    const parsed = place.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    const [dueMs, key, sequence] = parsed.data;
    return { dueMs, key, sequence };
  } catch {
    return undefined;
  }
}

/** Asks for what stands behind a row. The row itself may have gone by then. */
export function pageBehind({ dueMs, key, sequence }: Place): string {
  return Buffer.from(JSON.stringify([dueMs, key, sequence])).toString('base64url');
}

/** The row that a page was asked to begin behind; undefined for the first page. Throws a `Fault` where it names none. */
export function placeOf(page: string | undefined): Place | undefined {
  if (page === undefined) return undefined;
  const behind = placeIn(Buffer.from(page, 'base64url').toString());
  if (behind !== undefined) return behind;
  throw new Fault('malformed', 'the page of what is due names no row; expected `next` of the page before it');
}
