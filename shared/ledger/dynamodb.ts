import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { number, Table, text } from '../base/dynamodb-table.ts';
import type { Item, TableOptions, TableQuery } from '../base/dynamodb-table.ts';
import { Fault } from '../base/fault.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Hint, Target } from '../core/model/target.ts';
import type { Damaged, DuePage, EntryPage, Kept, Lease, Leased, Ledger, Mark } from './contract.ts';
import { damagedOf } from './damaged.ts';
import { contentOf, packed, writeParts } from './dynamodb-bodies.ts';
import { DUE_INDEX, EXPIRES, LEDGER_TABLE } from './dynamodb-definition.ts';
import {
  dueAttributes,
  dueIn,
  dueKey,
  dueQuery,
  entriesKey,
  entriesSince,
  entryIn,
  entryKey,
  itemKeyIn,
  leaseIn,
  leaseKey,
  namesIn,
  writerIn,
} from './dynamodb-items.ts';
import { atMost, entryName, isSequence, targetOf, targetText } from './keys.ts';
import { itemKeyOf, PAGE_ROWS, pageBehind, pageBehindItem, placeOf } from './page.ts';
import { contentText, opened, sealed } from './sealed.ts';
import type { Sealed } from './sealed.ts';

/** Whoever works on a target has its lease, so few ever write to it at once. */
const RACES = 100;

/** How long after its end a lease may be cleaned up: long enough that no clock is that wrong. */
const LEASE_REST_MS = 86_400_000;

const ABSENT = 'attribute_not_exists(pk)';

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1_000);
}

/** A ledger in a DynamoDB table, for any number of processes. The README beside this file says how the table is made. */
export class DynamoDbLedger implements Ledger {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(options: TableOptions, clock: Clock) {
    this.#table = new Table(options, LEDGER_TABLE);
    this.#clock = clock;
  }

  async lease(key: string, forMs: number): Promise<Leased> {
    const holder = randomUUID();
    for (let races = 0; races < RACES; races += 1) {
      const nowMs = this.#clock.now().getTime();
      const untilMs = nowMs + forMs;
      const item = {
        holder: text(holder),
        untilMs: number(untilMs),
        [EXPIRES]: number(secondsOf(untilMs + LEASE_REST_MS)),
      };
      const free = `${ABSENT} OR untilMs <= :now`;
      const isTaken = await this.#table.put({ ...leaseKey(key), ...item }, free, { ':now': number(nowMs) });
      if (isTaken) return { kind: 'leased', lease: { key, holder } };
      const found = await this.#table.get(leaseKey(key));
      const held = found === undefined ? undefined : leaseIn(found);
      // The first answer may have got lost, and the SDK asked again.
      if (held?.holder === holder) return { kind: 'leased', lease: { key, holder } };
      if (held !== undefined && held.untilMs > nowMs) return { kind: 'held', until: new Date(held.untilMs) };
    }
    throw new Fault('unavailable', 'too many ask for one lease at once; try again');
  }

  async release({ key, holder }: Lease): Promise<void> {
    const nowMs = this.#clock.now().getTime();
    await this.#table.update(leaseKey(key), {
      UpdateExpression: 'SET untilMs = :now, #expires = :expires, holder = :nobody',
      ConditionExpression: 'holder = :holder',
      ExpressionAttributeNames: { '#expires': EXPIRES },
      ExpressionAttributeValues: {
        ':now': number(nowMs),
        ':expires': number(secondsOf(nowMs + LEASE_REST_MS)),
        ':nobody': text(''),
        ':holder': text(holder),
      },
    });
  }

  async append<Body extends LedgerBody>(
    target: Target,
    hint: Hint | undefined,
    body: Body,
    due?: Date,
  ): Promise<LedgerEntry<Body>> {
    const own = targetOf(targetText(target));
    const entry = structuredClone({ target: own, hint, body });
    const mark = dueAttributes({ due });
    const content = contentText(entry);
    const { attributes, parts } = packed(content);
    const writer = randomUUID();
    await writeParts(this.#table, writer, own, this.#clock.now(), parts);
    const rest: Item = { ...attributes, ...mark, writer: text(writer), attempts: number(0) };
    const { sequence, at } = await this.#commit(own, content, rest, writer);
    return { ...entry, sequence, at };
  }

  async entry(target: Target, sequence: number): Promise<LedgerEntry | undefined> {
    if (!isSequence(sequence)) return undefined;
    const item = await this.#table.get(entryKey(target, sequence));
    return item === undefined ? undefined : (await this.#keptOf(item)).entry;
  }

  async entries(target: Target): Promise<readonly LedgerEntry[]> {
    const kept = await this.#keptIn(target, { ScanIndexForward: true }, Infinity);
    return kept.map(({ entry }) => entry);
  }

  async newest(target: Target, limit: number, before = Infinity): Promise<readonly Kept[]> {
    const count = atMost(limit);
    if (count === 0 || !(before > 1)) return [];
    return this.#keptIn(target, { ScanIndexForward: false }, count, before);
  }

  async due(by: Date, page?: string): Promise<DuePage> {
    const behind = placeOf(page);
    // A query may not begin behind its own end.
    if (behind !== undefined && behind.timeMs > by.getTime()) return { rows: [], next: undefined };
    const { expression, values } = dueQuery(by);
    const { items, next } = await this.#table.page(
      {
        IndexName: DUE_INDEX,
        KeyConditionExpression: expression,
        ExpressionAttributeValues: values,
        Limit: PAGE_ROWS + 1,
      },
      behind === undefined ? undefined : dueKey(behind),
    );
    const found = items.slice(0, PAGE_ROWS).map(dueIn);
    const last = items.length > PAGE_ROWS || next !== undefined ? found.at(-1)?.place : undefined;
    return {
      rows: found.map(({ target, sequence, due, attempts }) => ({ target, sequence, due, attempts })),
      next: last === undefined ? undefined : pageBehind(last),
    };
  }

  async since(time: Date, page?: string): Promise<EntryPage> {
    const behind = itemKeyOf(page);
    const from = behind === undefined ? undefined : { pk: text(behind.pk), sk: number(behind.sk) };
    const { items, next } = await this.#table.scanned(entriesSince(time), from);
    const entries: Kept[] = [];
    const damaged: Damaged[] = [];
    for (const item of items) {
      try {
        entries.push(await this.#keptOf(item));
      } catch (error) {
        const { target, sequence } = namesIn(item);
        damaged.push(damagedOf(target, sequence, error));
      }
    }
    return { entries, damaged, next: next === undefined ? undefined : pageBehindItem(itemKeyIn(next)) };
  }

  async mark(target: Target, sequence: number, { due, attempts }: Mark): Promise<void> {
    const set = due === undefined ? '' : ', outbox = :outbox, due = :due';
    const { outbox, due: time } = dueAttributes({ due });
    const isMarked =
      isSequence(sequence) &&
      (await this.#table.update(entryKey(target, sequence), {
        UpdateExpression: `SET attempts = :attempts${set}${due === undefined ? ' REMOVE outbox, due' : ''}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: {
          ':attempts': number(attempts),
          ...(outbox === undefined || time === undefined ? {} : { ':outbox': outbox, ':due': time }),
        },
      }));
    if (!isMarked) {
      throw new Fault('malformed', `the ledger has no entry \`${entryName(target, sequence)}\` to mark`);
    }
  }

  /**
   * Puts an entry behind the last one. INVARIANT: a number is tried only once the one before it is seen to be taken, so
   * there is never a gap; and only where it is free, so that no entry is ever overwritten.
   */
  async #commit(target: Target, content: string, rest: Item, writer: string): Promise<Sealed> {
    const first = (await this.#lastOf(target)) + 1;
    for (let sequence = first; sequence < first + RACES; sequence += 1) {
      const entry = sealed({ target, sequence, at: this.#clock.now(), content });
      const head = { target: text(targetText(target)), at: number(entry.at.getTime()), digest: text(entry.digest) };
      if (await this.#table.put({ ...entryKey(target, sequence), ...head, ...rest }, ABSENT)) return entry;
      // The first answer may have got lost, and the SDK asked again: then the entry that is there is this one.
      const found = await this.#table.get(entryKey(target, sequence));
      if (found !== undefined && writerIn(found) === writer) return entry;
    }
    throw new Fault('unavailable', `too many append to \`${entryName(target, first)}\` at once; try again`);
  }

  async #lastOf(target: Target): Promise<number> {
    const [last] = await this.#table.query(
      {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': text(entriesKey(target)) },
        ScanIndexForward: false,
        ProjectionExpression: 'sk',
      },
      1,
    );
    return last === undefined ? 0 : Number(last['sk']?.N);
  }

  async #keptIn(target: Target, order: TableQuery, limit: number, before = Infinity): Promise<readonly Kept[]> {
    const pk = text(entriesKey(target));
    const isBounded = before <= Number.MAX_SAFE_INTEGER;
    const items = await this.#table.query(
      {
        ...order,
        KeyConditionExpression: isBounded ? 'pk = :pk AND sk < :before' : 'pk = :pk',
        ExpressionAttributeValues: isBounded ? { ':pk': pk, ':before': number(before) } : { ':pk': pk },
      },
      limit,
    );
    const kept: Kept[] = [];
    // One after the other: all the bodies of a long record at once would be too much memory, and too many calls.
    for (const item of items) kept.push(await this.#keptOf(item));
    return kept;
  }

  async #keptOf(item: Item): Promise<Kept> {
    const found = entryIn(item);
    const { target, sk, at, digest, due, attempts } = found;
    const content = await contentOf(this.#table, found);
    const entry = opened({ target, sequence: sk, at: new Date(at), digest, content });
    return { entry, mark: { due: due === undefined ? undefined : new Date(due), attempts } };
  }
}
