import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { TABLE_DEFINITION } from '../../shared/ledger/dynamodb-definition.ts';

export const REGION = 'eu-central-1';
export const CREDENTIALS = { accessKeyId: 'id', secretAccessKey: 'key' };

export interface LocalDynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Makes a table as the README has it, and gives its name. */
  readonly table: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** DynamoDB in this process. */
export async function localDynamoDb(): Promise<LocalDynamoDb> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  let count = 0;
  const table = async (): Promise<string> => {
    count += 1;
    const TableName = `ledger-${String(count)}`;
    await client.send(new CreateTableCommand({ ...TABLE_DEFINITION, TableName }));
    return TableName;
  };
  const close = async (): Promise<void> => {
    client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { endpoint, client, table, close };
}
