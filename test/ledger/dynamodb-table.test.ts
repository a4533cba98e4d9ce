import { DeleteItemCommand, PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbLedger } from '../../shared/ledger/dynamodb.ts';
import { TABLE_DEFINITION } from '../../shared/ledger/dynamodb-definition.ts';
import { CREDENTIALS, localDynamoDb, REGION } from '../dynamodb-local.ts';
import type { LocalDynamoDb } from '../dynamodb-local.ts';
import { losesFirst, proxyOf } from '../dynamodb-proxy.ts';
import type { Proxy } from '../dynamodb-proxy.ts';
import {
  after,
  allSince,
  countTo,
  failed,
  FINE,
  held,
  hint,
  intended,
  rules,
  sequencesOf,
  START,
  TARGET,
} from './samples.ts';

type Item = Record<string, AttributeValue>;

const CLOCK = { now: (): Date => new Date(START) };

let local: LocalDynamoDb;
let proxy: Proxy;
let table: string;
let ledger: DynamoDbLedger;

beforeAll(async () => {
  local = await localDynamoDb();
  proxy = await proxyOf(local.endpoint);
});

afterAll(async () => {
  await proxy.close();
  await local.close();
});

beforeEach(async () => {
  table = await local.table(TABLE_DEFINITION);
  proxy.fate = () => 'answered';
  proxy.calls.length = 0;
  ledger = new DynamoDbLedger({ table, region: REGION, endpoint: proxy.endpoint, credentials: CREDENTIALS }, CLOCK);
});

async function items(kind: 'entries' | 'leases' | 'bodies'): Promise<readonly Item[]> {
  const { Items } = await local.client.send(new ScanCommand({ TableName: table }));
  return (Items ?? []).filter(({ pk }) => pk?.S?.startsWith(`${kind}/`));
}

/** Whether a call is about an item of this kind. */
function isAbout(kind: string): (call: { readonly input: Readonly<Record<string, unknown>> }) => boolean {
  return ({ input }) => JSON.stringify(input['Item'] ?? input['Key'] ?? {}).includes(`"${kind}/`);
}

const MALFORMED = { name: 'Fault', kind: 'malformed' };

describe('a call whose answer got lost', () => {
  it.each([
    ['a small body', FINE],
    ['a body in parts', intended(rules(1_000))],
  ])('appends one entry, not two: %s', async (_what, body) => {
    proxy.fate = losesFirst('PutItem', isAbout('entries'));
    const entry = await ledger.append(TARGET, hint(), body, after(0));
    expect(entry.sequence).toBe(1);
    expect(await ledger.entries(TARGET)).toEqual([entry]);
    expect((await ledger.append(TARGET, undefined, FINE)).sequence).toBe(2);
  });

  it('of a part leaves the body whole', async () => {
    proxy.fate = losesFirst('PutItem', isAbout('bodies'));
    const entry = await ledger.append(TARGET, undefined, intended(rules(1_000)));
    expect(await ledger.entry(TARGET, 1)).toEqual(entry);
  });

  it('leases to the one who asked', async () => {
    proxy.fate = losesFirst('PutItem');
    const leased = await ledger.lease('a', 90_000);
    expect(leased.kind).toBe('leased');
    expect(await ledger.lease('a', 90_000)).toEqual({ kind: 'held', until: after(90_000) });
  });

  it('marks, and gives back', async () => {
    await ledger.append(TARGET, undefined, FINE, after(0));
    proxy.fate = losesFirst('UpdateItem');
    await ledger.mark(TARGET, 1, { due: after(1_000), attempts: 1 });
    expect((await ledger.due(after(1_000))).rows).toMatchObject([{ attempts: 1, due: after(1_000) }]);
    const leased = await ledger.lease('a', 90_000);
    proxy.fate = losesFirst('UpdateItem');
    if (leased.kind === 'leased') await ledger.release(leased.lease);
    expect((await ledger.lease('a', 90_000)).kind).toBe('leased');
  });
});

describe('an append that dies between the parts and the entry', () => {
  it('harms nobody, and can be found', async () => {
    proxy.fate = (call) => (call.operation === 'PutItem' && isAbout('entries')(call) ? 'refused' : 'answered');
    await expect(ledger.append(TARGET, undefined, intended(rules(1_000)), after(0))).rejects.toMatchObject({
      kind: 'unavailable',
    });
    proxy.fate = () => 'answered';
    expect(await ledger.entries(TARGET)).toEqual([]);
    expect((await ledger.due(after(0))).rows).toEqual([]);
    const body = intended(rules(1_000));
    const entry = await ledger.append(TARGET, undefined, body);
    expect(await ledger.entries(TARGET)).toEqual([{ ...entry, sequence: 1, body }]);
    // As the README says: parts that no entry of their target has for its writer.
    const writers = new Set((await items('entries')).map(({ writer }) => `bodies/${writer?.S ?? ''}`));
    const orphans = (await items('bodies')).filter(({ pk }) => !writers.has(pk?.S ?? ''));
    expect(orphans.length).toBeGreaterThan(0);
    expect(orphans.length).toBeLessThan((await items('bodies')).length);
    for (const { target, at } of orphans) {
      expect(JSON.parse(target?.S ?? '')).toEqual(Object.values(TARGET));
      expect(at).toEqual({ N: String(START) });
    }
  });
});

describe('what the table holds', () => {
  it('fits into items, and is read over as many pages as it takes', async () => {
    // Two dozen entries that stay in their own items make more than 1 MB, which is a page.
    const body = intended(rules(110));
    await Promise.all(
      [0, 1].map(async () => {
        for (let index = 0; index < 30; index += 1) {
          await ledger.append(TARGET, undefined, body);
        }
      }),
    );
    const all = await items('entries');
    expect(all.every(({ packed }) => packed?.B !== undefined)).toBe(true);
    proxy.calls.length = 0;
    const entries = await ledger.entries(TARGET);
    expect(sequencesOf(entries)).toEqual(countTo(60));
    expect(entries.every((entry) => JSON.stringify(entry.body) === JSON.stringify(body))).toBe(true);
    expect(proxy.calls.length).toBeGreaterThan(1);
    expect((await ledger.newest(TARGET, 55)).map(({ entry }) => entry.sequence)).toEqual(
      countTo(60).toReversed().slice(0, 55),
    );
  });

  it('is cleaned up of leases only: nothing else has the attribute for it', async () => {
    await ledger.append(TARGET, hint(), intended(rules(1_000)), after(0));
    await ledger.mark(TARGET, 1, { due: undefined, attempts: 1 });
    const leased = await ledger.lease('a', 90_000);
    const [lease] = await items('leases');
    expect(Number(lease?.['expires']?.N)).toBeGreaterThan((START + 90_000) / 1_000);
    if (leased.kind === 'leased') await ledger.release(leased.lease);
    for (const one of await items('leases')) expect(Number(one['expires']?.N)).toBeGreaterThan(START / 1_000);
    for (const one of [...(await items('entries')), ...(await items('bodies'))])
      expect(one).not.toHaveProperty('expires');
    expect(await items('bodies')).not.toEqual([]);
  });

  it('is read by people: a small body is JSON as it is', async () => {
    await ledger.append(TARGET, hint(), held('mode'));
    const [entry] = await items('entries');
    expect(JSON.parse(entry?.['text']?.S ?? '')).toMatchObject({ hint: { actor: 'alex' }, body: held('mode') });
    expect(entry?.['pk']).toEqual({ S: `entries/${JSON.stringify(Object.values(TARGET))}` });
  });

  it('is only ever asked for and added to: no deletion, no write without a condition, no change of an entry', async () => {
    await ledger.append(TARGET, hint(), intended(rules(1_000)), after(0));
    await ledger.mark(TARGET, 1, { due: after(1), attempts: 1 });
    await ledger.mark(TARGET, 1, { due: undefined, attempts: 1 });
    const leased = await ledger.lease('a', 90_000);
    if (leased.kind === 'leased') await ledger.release(leased.lease);
    await Promise.all([
      ledger.entries(TARGET),
      ledger.newest(TARGET, 1),
      ledger.due(after(0)),
      ledger.entry(TARGET, 1),
    ]);
    const used = new Set(proxy.calls.map(({ operation }) => operation));
    expect([...used].sort()).toEqual(['GetItem', 'PutItem', 'Query', 'UpdateItem']);
    for (const { operation, input } of proxy.calls) {
      if (/^(Put|Update)/.test(operation)) expect(input['ConditionExpression']).toBeDefined();
      else expect(input['ConsistentRead'] === true || input['IndexName'] === 'due').toBe(true);
    }
    const marks = proxy.calls.filter((call) => call.operation === 'UpdateItem' && isAbout('entries')(call));
    expect(marks).toHaveLength(2);
    for (const { input } of marks) {
      const attributes = String(input['UpdateExpression']).match(/\b[a-z]+\b(?=\s*(=|,|$))/g);
      expect(['attempts', 'outbox', 'due']).toEqual(expect.arrayContaining(attributes!));
    }
  });

  it('is asked once for a page of what is due, without the bodies', async () => {
    await ledger.append(TARGET, hint(), intended(rules(1_000)), after(0));
    proxy.calls.length = 0;
    expect((await ledger.due(after(0))).rows).toHaveLength(1);
    expect(proxy.calls).toHaveLength(1);
  });
});

describe('an entry that is not what was appended', () => {
  async function change(kind: 'entries' | 'bodies', name: string, value: AttributeValue): Promise<void> {
    const [item] = await items(kind);
    await local.client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: item!['pk']!, sk: item!['sk']! },
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
  }

  async function expectMalformed(): Promise<void> {
    await expect(ledger.entry(TARGET, 1)).rejects.toMatchObject(MALFORMED);
    await expect(ledger.entries(TARGET)).rejects.toMatchObject(MALFORMED);
    await expect(ledger.newest(TARGET, 1)).rejects.toMatchObject(MALFORMED);
  }

  it.each<[string, AttributeValue]>([
    ['text', { S: JSON.stringify({ body: held('another') }) }],
    ['text', { S: '' }],
    ['text', { N: '7' }],
    ['at', { N: '7' }],
    ['target', { S: JSON.stringify(['aws', 'other', 'eu-central-1', 'sg-1']) }],
    ['target', { S: 'sg-1' }],
    ['digest', { S: '' }],
    ['digest', { BOOL: true }],
  ])('is malformed: %s of %j', async (name, value) => {
    await ledger.append(TARGET, hint(), held('mode'));
    await change('entries', name, value);
    await expectMalformed();
  });

  it.each<[string, 'entries' | 'bodies', string, AttributeValue]>([
    ['a part that is another', 'bodies', 'part', { B: Buffer.from('another') }],
    ['a part that is none', 'bodies', 'part', { S: 'another' }],
    ['another number of parts', 'entries', 'parts', { N: '1' }],
    ['parts of nobody', 'entries', 'writer', { S: 'nobody' }],
    ['a packed body beside', 'entries', 'packed', { B: Buffer.from('another') }],
  ])('is malformed: %s', async (_what, kind, name, value) => {
    await ledger.append(TARGET, hint(), intended(rules(3_000)));
    await change(kind, name, value);
    await expectMalformed();
  });

  it('is malformed: a part that is not there', async () => {
    await ledger.append(TARGET, hint(), intended(rules(3_000)));
    const [part] = await items('bodies');
    await local.client.send(new DeleteItemCommand({ TableName: table, Key: { pk: part!['pk']!, sk: part!['sk']! } }));
    await expectMalformed();
  });

  it('is told apart from the others when people look back', async () => {
    await ledger.append(TARGET, hint(), intended(rules(3_000)));
    await change('entries', 'parts', { N: '1' });
    for (const [name, value] of [
      ['digest', { S: '' }],
      ['at', { S: 'then' }],
      ['target', { S: 'sg-1' }],
    ] satisfies [string, AttributeValue][]) {
      const other = { ...TARGET, id: name };
      await ledger.append(other, hint(), held('mode'));
      await local.client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: `entries/${JSON.stringify(Object.values(other))}` }, sk: { N: '1' } },
          UpdateExpression: 'SET #name = :value',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':value': value },
        }),
      );
    }
    // A copy of a good entry under another target's key.
    const good = await ledger.append({ ...TARGET, id: 'good' }, undefined, FINE);
    const copied = (await items('entries')).find(({ pk }) => pk?.S?.includes('good'));
    await local.client.send(
      new PutItemCommand({ TableName: table, Item: { ...copied, pk: { S: 'entries/copy' }, sk: { N: '1' } } }),
    );
    const { entries, damaged } = await allSince(ledger, after(0));
    expect(entries.map(({ entry }) => entry)).toEqual([good]);
    const names = damaged.map(({ target, sequence }) => `${target.id}#${String(sequence)}`);
    expect(names.sort()).toEqual(['at#1', 'digest#1', 'good#1', `${TARGET.id}#1`, 'sg-1#1']);
    for (const { why } of damaged) expect(why).toMatch(/^[^\n]*look for who wrote to the (table|store)$/);
  });

  it('does not hide the others, nor keep them from being marked', async () => {
    await ledger.append(TARGET, hint(), held('mode'), after(0));
    await ledger.append(TARGET, hint(), failed('refused'), after(0));
    await change('entries', 'digest', { S: '' });
    const answers = await Promise.allSettled([ledger.entry(TARGET, 1), ledger.entry(TARGET, 2)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await ledger.mark(TARGET, 1, { due: undefined, attempts: 1 });
    expect((await ledger.due(after(0))).rows).toMatchObject([{ sequence: 2 }]);
  });
});
