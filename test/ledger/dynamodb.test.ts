import { afterAll, beforeAll } from 'vitest';
import { DynamoDbLedger } from '../../shared/ledger/dynamodb.ts';
import { TABLE_DEFINITION } from '../../shared/ledger/dynamodb-definition.ts';
import { describeLedger } from './contract.ts';
import { CREDENTIALS, localDynamoDb, REGION } from '../dynamodb-local.ts';
import type { LocalDynamoDb } from '../dynamodb-local.ts';

let local: LocalDynamoDb;

beforeAll(async () => {
  local = await localDynamoDb();
});

afterAll(async () => {
  await local.close();
});

describeLedger('the ledger in DynamoDB', async (clock) => {
  const { endpoint } = local;
  return new DynamoDbLedger(
    { table: await local.table(TABLE_DEFINITION), region: REGION, endpoint, credentials: CREDENTIALS },
    clock,
  );
});
