import { z } from 'zod';
import { Fault } from '../base/fault.ts';
import type { Target } from '../core/model/target.ts';

const parts = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/** One text per target: no two targets share one, whatever stands in their parts. Half a surrogate is written as an escape. */
export function targetText({ cloud, account, region, id }: Target): string {
  return JSON.stringify([cloud, account, region, id]);
}

/** The target of a text that `targetText` made. Throws a `Fault` (malformed) for any other. */
export function targetOf(text: string): Target {
  try {
    const [cloud, account, region, id] = parts.parse(JSON.parse(text));
    return { cloud, account, region, id };
  } catch (error) {
    throw new Fault('malformed', 'a row of the ledger names no target; look for who wrote to the store', {
      cause: error,
    });
  }
}

/** An entry's name in messages, short and in one line. */
export function entryName({ cloud, account, region, id }: Target, sequence: number): string {
  const name = `${cloud}/${account}/${region}/${id}`.slice(0, 200).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return `${name.toWellFormed()}#${String(sequence)}`;
}

/** Whether there can be an entry with this number. */
export function isSequence(sequence: number): boolean {
  return Number.isSafeInteger(sequence) && sequence >= 1;
}

/** How many entries a limit allows: none where it is no number, all where it is endless. */
export function atMost(limit: number): number {
  return limit >= 1 ? Math.min(Math.floor(limit), Number.MAX_SAFE_INTEGER) : 0;
}
