import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbLedger } from '../../shared/ledger/dynamodb.ts';
import { faultOf } from '../../shared/base/dynamodb-failure.ts';
import { LEDGER_TABLE, TABLE_DEFINITION } from '../../shared/ledger/dynamodb-definition.ts';
import { CREDENTIALS, localDynamoDb, REGION } from '../dynamodb-local.ts';
import type { LocalDynamoDb } from '../dynamodb-local.ts';
import { proxyOf } from '../dynamodb-proxy.ts';
import type { Proxy } from '../dynamodb-proxy.ts';
import { FINE, START, TARGET } from './samples.ts';

const CLOCK = { now: (): Date => new Date(START) };

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

function ledgerAt(endpoint: string | undefined, table = 'ledger', region = REGION): DynamoDbLedger {
  return new DynamoDbLedger({ table, region, endpoint, credentials: CREDENTIALS }, CLOCK);
}

/** Each way in which the ledger asks its table. */
function asked(ledger: DynamoDbLedger): readonly Promise<unknown>[] {
  return [
    ledger.lease('a', 1_000),
    ledger.release({ key: 'a', holder: 'b' }),
    ledger.append(TARGET, undefined, FINE),
    ledger.entry(TARGET, 1),
    ledger.entries(TARGET),
    ledger.newest(TARGET, 1),
    ledger.due(new Date(START)),
    ledger.since(new Date(START)),
    ledger.mark(TARGET, 1, { due: undefined, attempts: 1 }),
  ];
}

async function expectFaults(ledger: DynamoDbLedger, kind: string, message: RegExp): Promise<void> {
  for (const call of await Promise.allSettled(asked(ledger))) {
    expect(call).toMatchObject({
      status: 'rejected',
      reason: { name: 'Fault', kind, message: expect.stringMatching(message) as string },
    });
  }
}

describe('over the wire', () => {
  it('a table that is not there is unsupported, and says what to do', async () => {
    await expectFaults(ledgerAt(local.endpoint, 'no-such-table'), 'unsupported', /`no-such-table`.*ledger\/README\.md/);
  });

  it('a table with other keys, or without the index, is unsupported and says what to do', async () => {
    const { AttributeDefinitions, KeySchema } = TABLE_DEFINITION;
    await local.client.send(
      new CreateTableCommand({
        TableName: 'other-keys',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await local.client.send(
      new CreateTableCommand({
        TableName: 'no-index',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: AttributeDefinitions?.slice(0, 2),
        KeySchema,
      }),
    );
    await expect(ledgerAt(local.endpoint, 'other-keys').entry(TARGET, 1)).rejects.toMatchObject({
      kind: 'unsupported',
    });
    await expect(ledgerAt(local.endpoint, 'no-index').due(new Date(0))).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/`no-index`.*index.*README/) as string,
    });
  });

  it('no rights are forbidden, in one line that says what to allow', async () => {
    proxy.fate = () => ({ error: 'AccessDeniedException', status: 400 });
    await expectFaults(
      ledgerAt(proxy.endpoint),
      'forbidden',
      /^[^\n]*`AccessDeniedException`.*so it is said; allow[^\n]*$/,
    );
  });

  it('nobody there is unavailable', async () => {
    proxy.fate = () => 'refused';
    await expectFaults(ledgerAt(proxy.endpoint), 'unavailable', /ledger table `ledger`/);
    await expectFaults(ledgerAt('http://127.0.0.1:1'), 'unavailable', /`ECONNREFUSED`/);
  });

  it('too many calls are throttled, and trouble at DynamoDB is unavailable, after a few attempts', async () => {
    proxy.fate = () => ({ error: 'ThrottlingException', status: 400 });
    await expectFaults(ledgerAt(proxy.endpoint), 'throttled', /`ThrottlingException`/);
    proxy.fate = () => ({ error: 'InternalServerError', status: 500 });
    proxy.calls.length = 0;
    await expect(ledgerAt(proxy.endpoint).entry(TARGET, 1)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(proxy.calls).toHaveLength(3);
  });
});

describe('an error', () => {
  function named(name: string, message = 'x', status?: number): Error {
    const metadata = status === undefined ? {} : { $metadata: { httpStatusCode: status } };
    return Object.assign(new Error(message), { name, ...metadata });
  }

  it.each([
    ['ProvisionedThroughputExceededException', 400, 'throttled'],
    ['RequestLimitExceeded', 400, 'throttled'],
    ['SomethingNew', 429, 'throttled'],
    ['TimeoutError', undefined, 'unavailable'],
    ['ExpiredTokenException', 400, 'unavailable'],
    ['UnrecognizedClientException', 400, 'unavailable'],
    ['CredentialsProviderError', undefined, 'unavailable'],
    ['SomethingNew', 503, 'unavailable'],
    ['SomethingNew', 403, 'forbidden'],
  ])('`%s` with status %s is %s', (name, status, kind) => {
    const error = named(name, 'x', status);
    expect(faultOf('ledger', LEDGER_TABLE, error)).toMatchObject({ name: 'Fault', kind, cause: error });
  });

  it('of a socket is unavailable', () => {
    expect(faultOf('ledger', LEDGER_TABLE, Object.assign(new Error('reset'), { code: 'ECONNRESET' }))).toMatchObject({
      kind: 'unavailable',
    });
  });

  it.each([
    named('ValidationException', 'One or more parameter values were invalid', 400),
    named('SerializationException', 'x', 400),
    named('TypeError', 'x is not a function'),
    'a text',
    undefined,
  ])('that only a mistake in the program explains stays as it is: %s', (error) => {
    expect(faultOf('ledger', LEDGER_TABLE, error)).toBe(error);
  });
});

describe('an endpoint', () => {
  it.each([
    'https://dynamodb.eu-central-1.amazonaws.com',
    'https://dynamodb-fips.us-gov-west-1.amazonaws.com',
    'https://dynamodb.cn-north-1.amazonaws.com.cn',
    'https://dynamodb.eu-central-1.api.aws',
    'https://vpce-1a2b3c4d-5e6f.dynamodb.us-east-1.vpce.amazonaws.com',
    'http://127.0.0.1:8000',
    'http://localhost:8000',
    undefined,
  ])('may be %s', (endpoint) => {
    expect(ledgerAt(endpoint)).toBeInstanceOf(DynamoDbLedger);
  });

  it.each([
    'http://dynamodb.eu-central-1.amazonaws.com',
    'https://ec2.eu-central-1.amazonaws.com',
    'https://dynamodb.s3.amazonaws.com',
    'https://dynamodb.eu-central-1.amazonaws.com.example.com',
    'https://example.com',
    'https://127.0.0.1.example.com',
    'http://169.254.169.254',
    'not a url',
    '',
  ])('may not be `%s`, since requests are signed and hold the record', (endpoint) => {
    expect(() => ledgerAt(endpoint)).toThrow(expect.objectContaining({ name: 'Fault', kind: 'malformed' }) as Error);
  });

  it('needs a region that is one', () => {
    expect(() => ledgerAt(undefined, 'ledger', 'evil.example.com/')).toThrow(/expected one such as `us-east-1`/);
  });
});
