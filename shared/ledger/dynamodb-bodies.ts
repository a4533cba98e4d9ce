// Big contents: packed, and in parts where they are too big for the item of their entry.
import { gunzipSync, gzipSync } from 'node:zlib';
import { number, text } from '../base/dynamodb-table.ts';
import type { Item, Table } from '../base/dynamodb-table.ts';
import { Fault } from '../base/fault.ts';
import type { Target } from '../core/model/target.ts';
import { bodyKey, partIn } from './dynamodb-items.ts';
import type { EntryItem } from './dynamodb-items.ts';
import { entryName, targetText } from './keys.ts';

/** A content up to here is kept as it is, so that people can read it in the table. */
const PLAIN_BYTES = 8 * 1_024;

/** Up to here it stays in the item of its entry, of which every mark pays for the whole size. */
const INLINE_BYTES = 32 * 1_024;

/** An item has 400 KB at most, names and keys included (DynamoDB Developer Guide, constraints, 2026-11-24). */
const PART_BYTES = 350 * 1_024;

/** No before-image comes near it; more would be somebody's trap. */
const LONGEST_CONTENT = 256 * 1_024 * 1_024;

/** How a content is kept: the attributes of its entry, and the parts that are written before it. */
export interface Packed {
  readonly attributes: Item;
  readonly parts: readonly Uint8Array[];
}

export function packed(content: string): Packed {
  if (Buffer.byteLength(content) <= PLAIN_BYTES) return { attributes: { text: text(content) }, parts: [] };
  const bytes = gzipSync(content);
  if (bytes.byteLength <= INLINE_BYTES) return { attributes: { packed: { B: bytes } }, parts: [] };
  const count = Math.ceil(bytes.byteLength / PART_BYTES);
  return {
    attributes: { parts: number(count) },
    parts: Array.from({ length: count }, (_, index) => bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)),
  };
}

/**
 * Writes the parts of a content, which nobody sees until the entry of the same writer is there. A part that is there
 * already was written by a call whose answer got lost: no other writer has this id.
 */
export async function writeParts(
  table: Table,
  writer: string,
  target: Target,
  at: Date,
  parts: Packed['parts'],
): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const key = { pk: text(bodyKey(writer)), sk: number(index + 1) };
    // Whose they are is for people only, who look for parts that no entry came to have.
    const whose = { target: text(targetText(target)), at: number(at.getTime()) };
    await table.put({ ...key, ...whose, part: { B: part } }, 'attribute_not_exists(pk)');
  }
}

function unpacked(bytes: Uint8Array, entry: EntryItem): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST_CONTENT }).toString();
  } catch (error) {
    const name = entryName(entry.target, entry.sk);
    throw new Fault('malformed', `ledger entry \`${name}\` cannot be unpacked; look for who wrote to the table`, {
      cause: error,
    });
  }
}

async function readParts(table: Table, { writer, target, sk }: EntryItem, count: number): Promise<Uint8Array> {
  const items = await table.query({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': text(bodyKey(writer)) },
  });
  const parts = items.map(partIn);
  if (parts.length === count) return Buffer.concat(parts.map(({ part }) => part));
  const has = `has ${String(parts.length)} parts of ${String(count)}`;
  throw new Fault('malformed', `ledger entry \`${entryName(target, sk)}\` ${has}; look for who wrote to the table`);
}

/** The content of an entry. Throws a `Fault` (malformed) where it is not there as it was written. */
export async function contentOf(table: Table, entry: EntryItem): Promise<string> {
  if (entry.text !== undefined) return entry.text;
  return unpacked(entry.packed ?? (await readParts(table, entry, entry.parts ?? 0)), entry);
}
