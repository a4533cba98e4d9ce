import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { TableKind } from '../base/dynamodb-failure.ts';

export const ORDERS_TABLE: TableKind = {
  noun: 'grants',
  readme: 'shared/grants/README.md',
  setting: 'PORTCULLIS_GRANTS',
};

/** The attribute by which the table cleans up grants that ended long ago: when, in seconds, one may go. */
export const FORGET_AT = 'forgetAt';

/** What has to be made for grants and the pause; see the README beside this file. */
export const TABLE_DEFINITION: Omit<CreateTableCommandInput, 'TableName'> = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};
