import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type {
  AttributeValue,
  QueryCommandInput,
  ScanCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { isServiceEndpoint } from './aws-endpoint.ts';
import { faultOf } from './dynamodb-failure.ts';
import type { TableKind } from './dynamodb-failure.ts';
import { Fault } from './fault.ts';

export type Item = Record<string, AttributeValue>;

export interface TableOptions {
  readonly table: string;
  readonly region: string;
  /** Instead of the region's own: another of DynamoDB's hosts, or loopback. */
  readonly endpoint?: string | undefined;
  /** Instead of those that the SDK finds in the environment. */
  readonly credentials?:
    { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | undefined;
}

function checkedEndpoint(endpoint: string): string {
  if (isServiceEndpoint('dynamodb', endpoint)) return endpoint;
  const host = URL.canParse(endpoint) ? new URL(endpoint).host : 'not a url';
  throw new Fault(
    'malformed',
    `endpoint \`${host}\` is not one of DynamoDB; expected \`https://dynamodb.us-east-1.amazonaws.com\` or the like, or loopback such as \`http://127.0.0.1:8000\``,
  );
}

/** Few retries and short timeouts: a caller that has waited this long does better to put its message back. */
function clientOf({ region, endpoint, credentials }: TableOptions): DynamoDBClient {
  if (!/^[a-z0-9-]{1,64}$/.test(region)) {
    throw new Fault('malformed', `region \`${region.slice(0, 100)}\` is none; expected one such as \`us-east-1\``);
  }
  return new DynamoDBClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint: checkedEndpoint(endpoint) }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}

export function text(value: string): AttributeValue {
  return { S: value };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

export type TableQuery = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>;
export type TableScan = Omit<ScanCommandInput, 'TableName' | 'ExclusiveStartKey'>;
type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** What one call found. DynamoDB reads no more than 1 MB at a time. */
interface Page {
  readonly items: readonly Item[];
  /** The key behind which the next page begins; undefined at the end. */
  readonly next: Item | undefined;
}

/**
 * The calls that our stores make of a table. Each throws a `Fault` where DynamoDB does not do it. Reads are consistent
 * but for those of an index, which cannot be.
 */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #kind: TableKind;

  constructor(options: TableOptions, kind: TableKind) {
    this.#client = clientOf(options);
    this.#name = options.table;
    this.#kind = kind;
  }

  /** Whether it was written: not where the condition does not hold. */
  async put(item: Item, condition?: string, values?: Item): Promise<boolean> {
    return this.#ifConditionHolds(
      this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: item,
          ...(condition === undefined ? {} : { ConditionExpression: condition }),
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

  async remove(key: Item): Promise<void> {
    await this.#asked(this.#client.send(new DeleteItemCommand({ TableName: this.#name, Key: key })));
  }

  async page(query: TableQuery, from?: Item): Promise<Page> {
    const command = new QueryCommand({ TableName: this.#name, ...query, ExclusiveStartKey: from });
    const { Items, LastEvaluatedKey } = await this.#asked(this.#client.send(command));
    return { items: Items ?? [], next: LastEvaluatedKey };
  }

  /** A page of the whole table, in no stated order. What the filter leaves out is read, and paid for, all the same. */
  async scanned(scan: TableScan, from?: Item): Promise<Page> {
    const command = new ScanCommand({ TableName: this.#name, ...scan, ConsistentRead: true, ExclusiveStartKey: from });
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
      throw faultOf(this.#name, this.#kind, error);
    }
  }

  async #asked<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw faultOf(this.#name, this.#kind, error);
    }
  }
}
