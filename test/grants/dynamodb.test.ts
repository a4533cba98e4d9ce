import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbRows } from '../../shared/grants/dynamodb.ts';
import { TABLE_DEFINITION } from '../../shared/grants/dynamodb-definition.ts';
import { SignedOrders } from '../../shared/grants/signed.ts';
import { CREDENTIALS, localDynamoDb, REGION } from '../dynamodb-local.ts';
import type { LocalDynamoDb } from '../dynamodb-local.ts';
import { losesFirst, proxyOf } from '../dynamodb-proxy.ts';
import type { Proxy } from '../dynamodb-proxy.ts';
import { describeStore } from './contract.ts';
import { after, GRANT, newSeal, PAUSE, START } from './samples.ts';

let local: LocalDynamoDb;
let proxy: Proxy;

beforeAll(async () => {
  local = await localDynamoDb();
  proxy = await proxyOf(local.endpoint);
});

afterAll(async () => {
  await proxy.close();
  await local.close();
});

function rowsIn(table: string, { endpoint }: { readonly endpoint: string }): DynamoDbRows {
  return new DynamoDbRows({ table, region: REGION, endpoint, credentials: CREDENTIALS });
}

describeStore('grants in DynamoDB', async () => {
  const table = await local.table(TABLE_DEFINITION);
  return { rows: rowsIn(table, local), elsewhere: rowsIn(table, local) };
});

describe('a table of grants', () => {
  let table: string;
  let rows: DynamoDbRows;

  beforeEach(async () => {
    table = await local.table(TABLE_DEFINITION);
    proxy.fate = () => 'answered';
    proxy.calls.length = 0;
    rows = rowsIn(table, proxy);
  });

  it('grants once where the answer got lost, and says so', async () => {
    const orders = new SignedOrders(rows, await newSeal());
    proxy.fate = losesFirst('PutItem');
    await orders.grant(GRANT);
    await expect(orders.grant(GRANT)).rejects.toMatchObject({ kind: 'conflict' });
    expect((await orders.standing()).grants).toEqual([GRANT]);
  });

  it('knows that it revoked where the answer got lost', async () => {
    const orders = new SignedOrders(rows, await newSeal());
    await orders.grant(GRANT);
    proxy.fate = losesFirst('DeleteItem');
    expect(await orders.revoke(GRANT.id)).toBe(true);
    expect((await orders.standing()).grants).toEqual([]);
  });

  it('is only asked, by one consistent query, for what stands', async () => {
    const orders = new SignedOrders(rows, await newSeal());
    await orders.grant(GRANT);
    proxy.calls.length = 0;
    await orders.standing();
    expect(proxy.calls).toMatchObject([{ operation: 'Query', input: { ConsistentRead: true } }]);
  });

  it('needs no rights but those that the README lists', async () => {
    const orders = new SignedOrders(rows, await newSeal());
    await orders.grant(GRANT);
    await orders.pause(PAUSE);
    await expect(orders.grant(GRANT)).rejects.toMatchObject({ kind: 'conflict' });
    await orders.revoke(GRANT.id);
    await orders.resume();
    const used = new Set(proxy.calls.map(({ operation }) => operation));
    expect([...used].sort()).toEqual(['DeleteItem', 'GetItem', 'PutItem']);
  });

  it('cleans up grants only, long after they ended', async () => {
    const orders = new SignedOrders(rows, await newSeal());
    await orders.grant({ ...GRANT, until: after(1) });
    await orders.pause(PAUSE);
    const { Items = [] } = await local.client.send(new ScanCommand({ TableName: table }));
    const forgetAt = Items.map(({ sk, forgetAt: time }) => [sk?.S, Number(time?.N)] as const);
    const days = START / 1_000 + 90 * 86_400 + 1;
    expect(new Map(forgetAt)).toEqual(
      new Map([
        ['grant/g-1', days],
        ['pause', Number.NaN],
      ]),
    );
  });

  it.each<[string, Record<string, AttributeValue>]>([
    ['without a text', { mac: { S: 'mac' } }],
    ['without a MAC', { text: { S: 'text' } }],
    ['of other types', { text: { N: '7' }, mac: { B: Buffer.from('mac') }, forgetAt: { S: 'soon' } }],
  ])('takes an item %s for no order, and tells of it', async (_what, attributes) => {
    const orders = new SignedOrders(rows, await newSeal());
    await orders.grant(GRANT);
    const Item = { pk: { S: 'orders' }, sk: { S: 'grant/g-2' }, ...attributes };
    await local.client.send(new PutItemCommand({ TableName: table, Item }));
    expect(await orders.standing()).toMatchObject({ grants: [GRANT], rejected: [{ key: 'grant/g-2' }] });
  });

  it('takes no order that is larger than an item', async () => {
    const ingress = Array.from({ length: 7_000 }, () => GRANT.ingress[0]!);
    const orders = new SignedOrders(rows, await newSeal());
    await expect(orders.grant({ ...GRANT, ingress })).rejects.toMatchObject({
      name: 'Fault',
      kind: 'unsupported',
      message: expect.stringMatching(/^order `grant\/g-1` has \d+ bytes.*order less at once$/) as string,
    });
    await orders.grant({ ...GRANT, ingress: ingress.slice(0, 6_000) });
    expect((await orders.standing()).grants[0]?.ingress).toHaveLength(6_000);
  });

  it('that is not there, or not allowed, says what to do', async () => {
    const missing = rowsIn('no-such-table', proxy);
    const asked = [
      () => missing.all(),
      () => missing.put({ key: 'pause', text: '', mac: '', forgetAt: undefined }),
      () => missing.add({ key: 'pause', text: '', mac: '', forgetAt: undefined }),
      () => missing.remove('pause'),
    ];
    const help =
      /^grants table `no-such-table`: [^\n]*grants\/README\.md` says, or name another one in `PORTCULLIS_GRANTS`$/;
    for (const ask of asked) {
      await expect(ask()).rejects.toMatchObject({
        kind: 'unsupported',
        message: expect.stringMatching(help) as string,
      });
    }
    proxy.fate = () => ({ error: 'AccessDeniedException', status: 400 });
    const allow = /allow the actions that `shared\/grants\/README\.md` lists$/;
    for (const ask of asked) {
      await expect(ask()).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringMatching(allow) as string });
    }
  });
});
