import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { TableKind } from '../base/dynamodb-failure.ts';

export const LEDGER_TABLE: TableKind = {
  noun: 'ledger',
  readme: 'shared/ledger/README.md',
  setting: 'PORTCULLIS_LEDGER',
};

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
