// Keys and attributes of the table's items, and back.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Fault } from '../base/fault.ts';
import type { Target } from '../core/model/target.ts';
import type { Due, Mark } from './contract.ts';
import type { Item } from './dynamodb-table.ts';
import { targetOf, targetText } from './keys.ts';
import type { Place } from './page.ts';

/** A partition key has 2,048 bytes at most (DynamoDB Developer Guide, constraints, 2026-11-24). */
const LONGEST_KEY = 1_024;

/** Every text that is due stands under this one key of the index. */
const OUTBOX = 'due';

export function text(value: string): AttributeValue {
  return { S: value };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

/** Texts that are too long for a key are their digest there, which no text of JSON can be taken for. */
function keyText(kind: 'entries' | 'leases', json: string): string {
  const bytes = Buffer.byteLength(json);
  return `${kind}/${bytes > LONGEST_KEY ? createHash('sha256').update(json).digest('hex') : json}`;
}

export function entriesKey(target: Target): string {
  return keyText('entries', targetText(target));
}

export function entryKey(target: Target, sequence: number): Item {
  return { pk: text(entriesKey(target)), sk: number(sequence) };
}

export function leaseKey(key: string): Item {
  return { pk: text(keyText('leases', JSON.stringify(key))), sk: number(0) };
}

export function bodyKey(id: string): string {
  return `bodies/${id}`;
}

/** An entry is in the index by these, as long as it has them. */
export function dueAttributes({ due }: Pick<Mark, 'due'>): Item {
  return due === undefined ? {} : { outbox: text(OUTBOX), due: number(due.getTime()) };
}

export function dueKey({ dueMs, key, sequence }: Place): Item {
  return { pk: text(key), sk: number(sequence), outbox: text(OUTBOX), due: number(dueMs) };
}

/** The query for what is due by then. */
export function dueQuery(by: Date): { readonly expression: string; readonly values: Item } {
  return {
    expression: 'outbox = :outbox AND due <= :by',
    values: { ':outbox': text(OUTBOX), ':by': number(by.getTime()) },
  };
}

const textValue = z.object({ S: z.string() }).transform(({ S }) => S);
const numberValue = z.object({ N: z.string() }).transform(({ N }) => Number(N));
const bytesValue = z.object({ B: z.instanceof(Uint8Array) }).transform(({ B }) => B);

const entryItem = z.object({
  target: textValue.transform(targetOf),
  sk: numberValue,
  at: numberValue,
  digest: textValue,
  writer: textValue,
  attempts: numberValue,
  due: numberValue.optional(),
  text: textValue.optional(),
  packed: bytesValue.optional(),
  parts: numberValue.optional(),
});

/** An entry as the table has it. Its content is in one of `text`, `packed`, or so many `parts` of its writer. */
export type EntryItem = z.infer<typeof entryItem>;

const dueItem = entryItem.pick({ target: true, sk: true, attempts: true }).extend({ pk: textValue, due: numberValue });
const partItem = z.object({ sk: numberValue, part: bytesValue });
const leaseItem = z.object({ holder: textValue, untilMs: numberValue });
const writerItem = z.object({ writer: textValue });

function parsed<Schema extends z.ZodType>(schema: Schema, item: Item, what: string): z.infer<Schema> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  const key = (item['pk']?.S ?? 'without a key').slice(0, 200).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  throw new Fault('malformed', `item \`${key}\` of the ledger is no ${what}; look for who wrote to the table`);
}

export function entryIn(item: Item): EntryItem {
  return parsed(entryItem, item, 'entry');
}

export function dueIn(item: Item): Due & { readonly place: Place } {
  const { pk, target, sk, due, attempts } = parsed(dueItem, item, 'entry that is due');
  return { target, sequence: sk, due: new Date(due), attempts, place: { dueMs: due, key: pk, sequence: sk } };
}

export function partIn(item: Item): z.infer<typeof partItem> {
  return parsed(partItem, item, 'part of a body');
}

export function leaseIn(item: Item): z.infer<typeof leaseItem> {
  return parsed(leaseItem, item, 'lease');
}

export function writerIn(item: Item): string {
  return parsed(writerItem, item, 'entry').writer;
}
