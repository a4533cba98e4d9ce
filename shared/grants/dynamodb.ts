import { randomUUID } from 'node:crypto';
import { number, Table, text } from '../base/dynamodb-table.ts';
import type { Item, TableOptions } from '../base/dynamodb-table.ts';
import { Fault } from '../base/fault.ts';
import { FORGET_AT, ORDERS_TABLE } from './dynamodb-definition.ts';
import type { Row, Rows } from './rows.ts';

/** All rows stand under this one key, so that one consistent query shows all that stands. */
const PARTITION = 'orders';

/** An item has 400 KB at most, its other attributes and all names included (DynamoDB Developer Guide, 2026-11-24). */
const LONGEST_TEXT = 390 * 1_024;

function keyOf(key: string): Item {
  return { pk: text(PARTITION), sk: text(key) };
}

function itemOf({ key, text: said, mac, forgetAt }: Row, writer: string): Item {
  const bytes = Buffer.byteLength(said);
  if (bytes > LONGEST_TEXT) {
    const sizes = `${String(bytes)} bytes, and the table takes ${String(LONGEST_TEXT)}`;
    throw new Fault('unsupported', `order \`${key}\` has ${sizes}; order less at once`);
  }
  return {
    ...keyOf(key),
    text: text(said),
    mac: text(mac),
    writer: text(writer),
    ...(forgetAt === undefined ? {} : { [FORGET_AT]: number(Math.ceil(forgetAt.getTime() / 1_000)) }),
  };
}

/** What is no text reads as an empty one, which no code is for: such a row is shown, and never counts. */
function rowOf({ sk, text: said, mac, [FORGET_AT]: forgetAt }: Item): Row {
  return {
    key: sk?.S ?? '',
    text: said?.S ?? '',
    mac: mac?.S ?? '',
    forgetAt: forgetAt?.N === undefined ? undefined : new Date(Number(forgetAt.N) * 1_000),
  };
}

/** Rows in a DynamoDB table, for any number of processes. The README beside this file says how the table is made. */
export class DynamoDbRows implements Rows {
  readonly #table: Table;

  constructor(options: TableOptions) {
    this.#table = new Table(options, ORDERS_TABLE);
  }

  async all(): Promise<readonly Row[]> {
    const items = await this.#table.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(PARTITION) },
    });
    return items.map(rowOf);
  }

  async put(row: Row): Promise<void> {
    await this.#table.put(itemOf(row, randomUUID()));
  }

  async add(row: Row): Promise<boolean> {
    const writer = randomUUID();
    if (await this.#table.put(itemOf(row, writer), 'attribute_not_exists(pk)')) return true;
    // The first answer may have got lost, and the SDK asked again: then the row that is there is this one.
    return (await this.#table.get(keyOf(row.key)))?.['writer']?.S === writer;
  }

  async remove(key: string): Promise<boolean> {
    // Asked for first: where the answer to a deletion got lost, the second one finds nothing and would say so.
    if ((await this.#table.get(keyOf(key))) === undefined) return false;
    await this.#table.remove(keyOf(key));
    return true;
  }
}
