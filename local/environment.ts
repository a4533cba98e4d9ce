import type { Site } from './site.ts';
import { SERVICENOW_PASSWORD, SERVICENOW_USER } from './people.ts';
import type { AccessKey } from './people.ts';

export const CHANGE_QUEUE = 'portcullis-change';
export const PART_QUEUE = 'portcullis-sweep-part';

/** Where the services of the local cloud listen: `http://127.0.0.1:PORT`. */
export interface Addresses {
  readonly ec2: string;
  readonly serviceNow: string;
  readonly events: string;
  readonly queues: string;
}

/** What all places have in common. */
export interface Common {
  readonly addresses: Addresses;
  readonly policyPath: string;
  /** As in `PORTCULLIS_LEDGER`. */
  readonly ledger: string;
  /** As in `PORTCULLIS_GRANTS` and `PORTCULLIS_GRANTS_KEY`; nobody grants anything where it is left out. */
  readonly orders: OrderSettings | undefined;
}

/** Where grants and the pause are, and the key that they are signed with. */
export interface OrderSettings {
  readonly store: string;
  readonly key: string;
}

/** What the functions and the command line are both told: where the cloud is, who asks, by which policy, where the record is. */
function settingsFor({ region }: Pick<Site, 'region'>, key: AccessKey, common: Common): Record<string, string> {
  const { addresses, policyPath, ledger, orders } = common;
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_ENDPOINT_URL_EC2: addresses.ec2,
    AWS_ENDPOINT_URL_EVENTBRIDGE: addresses.events,
    AWS_ENDPOINT_URL_SQS: addresses.queues,
    PORTCULLIS_POLICY: policyPath,
    PORTCULLIS_LEDGER: ledger,
    ...(orders === undefined ? {} : { PORTCULLIS_GRANTS: orders.store, PORTCULLIS_GRANTS_KEY: orders.key }),
    PORTCULLIS_TICKETS: `servicenow:${addresses.serviceNow}`,
    PORTCULLIS_SERVICENOW_SECRET: 'env:SERVICENOW_LOGIN',
    SERVICENOW_LOGIN: JSON.stringify({ username: SERVICENOW_USER, password: SERVICENOW_PASSWORD }),
  };
}

/** The settings of the functions of a place, pointed at the local cloud. */
export function functionSettings(site: Pick<Site, 'region' | 'staff'>, common: Common): Record<string, string> {
  return {
    ...settingsFor(site, site.staff.role, common),
    PORTCULLIS_CHANGE_QUEUE: CHANGE_QUEUE,
    PORTCULLIS_SWEEP_QUEUE: PART_QUEUE,
  };
}

/** The settings of a person's command line in a place, those of the AWS CLI too, whose version 1 has its own for the region. */
export function userSettings(site: Pick<Site, 'region' | 'staff'>, common: Common): Record<string, string> {
  return { AWS_DEFAULT_REGION: site.region, ...settingsFor(site, site.staff.user, common) };
}
