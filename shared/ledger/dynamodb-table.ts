import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type {
  AttributeValue,
  CreateTableCommandInput,
  DynamoDBClientConfig,
  QueryCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { isServiceEndpoint } from '../base/aws-endpoint.ts';
import { Fault } from '../base/fault.ts';
import { faultOf } from './dynamodb-failure.ts';

export type Item = Record<string, AttributeValue>;

/** The index of what is due. An entry is in it as long as it has both of its keys. */
export const DUE_INDEX = 'due';

/** The attribute by which the table cleans up leases: when, in seconds, one may go. */
export const EXPIRES = 'expires';

/** What has to be made for a ledger; see the README beside this file. */
export const TABLE_DEFINITION: Omit<CreateTableCommandInput, 'TableName'> = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
    { AttributeName: 'outbox', AttributeType: 'S' },
    { AttributeName: 'due', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: DUE_INDEX,
      KeySchema: [
        { AttributeName: 'outbox', KeyType: 'HASH' },
        { AttributeName: 'due', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['target', 'attempts'] },
    },
  ],
};

export interface DynamoDbOptions {
  readonly table: string;
  readonly region: string;
  /** Instead of the region's own: another of DynamoDB's hosts, or loopback. */
  readonly endpoint?: string | undefined;
  /** Instead of those that the SDK finds in the environment. */
  readonly credentials?:
    { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | undefined;
  /** Instead of the SDK's own way over the network: a service in this process. */
  readonly requestHandler?: DynamoDBClientConfig['requestHandler'];
}

const OVER_THE_NETWORK = { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

function checkedEndpoint(endpoint: string): string {
  if (isServiceEndpoint('dynamodb', endpoint)) return endpoint;
  const host = URL.canParse(endpoint) ? new URL(endpoint).host : 'not a url';
  throw new Fault(
    'malformed',
    `endpoint \`${host}\` is not one of DynamoDB; expected \`https://dynamodb.us-east-1.amazonaws.com\` or the like, or loopback such as \`http://127.0.0.1:8000\``,
  );
}

/** Few retries and short timeouts: a caller that has waited this long does better to put its message back. */
function clientOf(options: DynamoDbOptions): DynamoDBClient {
  const { region, endpoint, credentials, requestHandler = OVER_THE_NETWORK } = options;
  if (!/^[a-z0-9-]{1,64}$/.test(region)) {
    throw new Fault('malformed', `region \`${region.slice(0, 100)}\` is none; expected one such as \`us-east-1\``);
  }
  return new DynamoDBClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint: checkedEndpoint(endpoint) }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 3,
    requestHandler,
  });
}

export type TableQuery = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>;
type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/**
 * The calls that the ledger makes of a table, all that it needs rights for. Each throws a `Fault` where DynamoDB does not
 * do it. Reads are consistent but for those of the index, which cannot be.
 */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(options: DynamoDbOptions) {
    this.#client = clientOf(options);
    this.#name = options.table;
  }

  /** Whether it was written: not where the condition does not hold. */
  async put(item: Item, condition: string, values?: Item): Promise<boolean> {
    return this.#ifConditionHolds(
      this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: item,
          ConditionExpression: condition,
          ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        }),
      ),
    );
  }

  /** Whether it was written: not where the condition does not hold. */
  async update(key: Item, update: Update): Promise<boolean> {
    return this.#ifConditionHolds(
      this.#client.send(new UpdateItemCommand({ TableName: this.#name, Key: key, ...update })),
    );
  }

  async get(key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#name, Key: key, ConsistentRead: true });
    return (await this.#asked(this.#client.send(command))).Item;
  }

  /** One page: DynamoDB reads no more than 1 MB at a time. */
  async page(
    query: TableQuery,
    from?: Item,
  ): Promise<{ readonly items: readonly Item[]; readonly next: Item | undefined }> {
    const command = new QueryCommand({ TableName: this.#name, ...query, ExclusiveStartKey: from });
    const { Items, LastEvaluatedKey } = await this.#asked(this.#client.send(command));
    return { items: Items ?? [], next: LastEvaluatedKey };
  }

  /** The first items that a consistent query finds, however many pages that takes. */
  async query(query: TableQuery, limit = Infinity): Promise<readonly Item[]> {
    const found: Item[] = [];
    let next: Item | undefined;
    do {
      const left = limit - found.length;
      // A page of 1 MB holds far fewer items than this.
      const page = await this.page({ ...query, ConsistentRead: true, Limit: Math.min(left, 10_000) }, next);
      found.push(...page.items);
      next = page.next;
    } while (next !== undefined && found.length < limit);
    return found;
  }

  async #ifConditionHolds(call: Promise<unknown>): Promise<boolean> {
    try {
      await call;
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw faultOf(this.#name, error);
    }
  }

  async #asked<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw faultOf(this.#name, error);
    }
  }
}
