// Keys and attributes of the table's items, and back.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { number, text } from '../base/dynamodb-table.ts';
import type { Item, TableScan } from '../base/dynamodb-table.ts';
import { Fault } from '../base/fault.ts';
import type { Target } from '../core/model/target.ts';
import type { Due, Mark } from './contract.ts';
import { targetOf, targetText } from './keys.ts';
import type { ItemKey, Place } from './page.ts';

/** A partition key has 2,048 bytes at most (DynamoDB Developer Guide, constraints, 2026-11-24). */
const LONGEST_KEY = 1_024;

const ENTRIES = 'entries/';

/** Every text that is due stands under this one key of the index. */
const OUTBOX = 'due';

/** Texts that are too long for a key are their digest there, which no text of JSON can be taken for. */
function keyText(kind: typeof ENTRIES | 'leases/', json: string): string {
  const bytes = Buffer.byteLength(json);
  return `${kind}${bytes > LONGEST_KEY ? createHash('sha256').update(json).digest('hex') : json}`;
}

export function entriesKey(target: Target): string {
  return keyText(ENTRIES, targetText(target));
}

export function entryKey(target: Target, sequence: number): Item {
  return { pk: text(entriesKey(target)), sk: number(sequence) };
}

export function leaseKey(key: string): Item {
  return { pk: text(keyText('leases/', JSON.stringify(key))), sk: number(0) };
}

export function bodyKey(id: string): string {
  return `bodies/${id}`;
}

/** An entry is in the index by these, as long as it has them. */
export function dueAttributes({ due }: Pick<Mark, 'due'>): Item {
  return due === undefined ? {} : { outbox: text(OUTBOX), due: number(due.getTime()) };
}

export function dueKey({ timeMs, key, sequence }: Place): Item {
  return { pk: text(key), sk: number(sequence), outbox: text(OUTBOX), due: number(timeMs) };
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
  pk: textValue,
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

const dueItem = entryItem.pick({ pk: true, target: true, sk: true, attempts: true }).extend({ due: numberValue });
const partItem = z.object({ sk: numberValue, part: bytesValue });
const leaseItem = z.object({ holder: textValue, untilMs: numberValue });
const keyItem = z.object({ pk: textValue, sk: numberValue });
const writerItem = z.object({ writer: textValue });

function strange(item: Item, what: string): Fault {
  const key = (item['pk']?.S ?? 'without a key').slice(0, 200).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return new Fault('malformed', `item \`${key}\` of the ledger ${what}; look for who wrote to the table`);
}

function parsed<Schema extends z.ZodType>(schema: Schema, item: Item, what: string): z.infer<Schema> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  throw strange(item, `is no ${what}`);
}

export function entryIn(item: Item): EntryItem {
  const entry = parsed(entryItem, item, 'entry');
  if (entry.pk === entriesKey(entry.target)) return entry;
  throw strange(item, 'is the entry of another target');
}

/** The entries of a time and later, and those that do not say of what time they are, with the rest of the table left out. */
export function entriesSince(time: Date): TableScan {
  return {
    FilterExpression: 'begins_with(pk, :entries) AND (#at >= :time OR NOT attribute_type(#at, :number))',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: { ':entries': text(ENTRIES), ':time': number(time.getTime()), ':number': text('N') },
  };
}

/** How a row that cannot be read calls itself. */
export function namesIn({ pk, sk, target }: Item): { readonly target: string; readonly sequence: number } {
  return { target: target?.S ?? pk?.S ?? '', sequence: Number(sk?.N) };
}

/** Where a page of the whole table ended. */
export function itemKeyIn(key: Item): ItemKey {
  const { pk, sk } = keyItem.parse(key);
  return { pk, sk };
}

export function dueIn(item: Item): Due & { readonly place: Place } {
  const { pk, target, sk, due, attempts } = parsed(dueItem, item, 'entry that is due');
  return { target, sequence: sk, due: new Date(due), attempts, place: { timeMs: due, key: pk, sequence: sk } };
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
