import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export const REGION = 'eu-central-1';
export const CREDENTIALS = { accessKeyId: 'id', secretAccessKey: 'key' };

type Definition = Omit<CreateTableCommandInput, 'TableName'>;

export interface LocalDynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Makes a table, and gives its name. */
  readonly table: (definition: Definition) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** DynamoDB in this process. */
export async function localDynamoDb(): Promise<LocalDynamoDb> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  let count = 0;
  const table = async (definition: Definition): Promise<string> => {
    count += 1;
    const TableName = `table-${String(count)}`;
    await client.send(new CreateTableCommand({ ...definition, TableName }));
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
