import { EC2Client } from '@aws-sdk/client-ec2';
import { Fault } from '../../base/fault.ts';
import { isOwnEndpoint, OWN_ENDPOINTS } from './endpoint.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ClientOptions {
  readonly region: string;
  /** Instead of the region's own: another of AWS's hosts, or loopback. */
  readonly endpoint?: string | undefined;
  /** Instead of those that the SDK finds in the environment. */
  readonly credentials?: Credentials | (() => Promise<Credentials>) | undefined;
}

function checkedEndpoint(endpoint: string): string {
  if (isOwnEndpoint(endpoint)) return endpoint;
  const host = URL.canParse(endpoint) ? new URL(endpoint).host : 'not a url';
  throw new Fault('malformed', `endpoint \`${host}\` is not one of EC2; ${OWN_ENDPOINTS}`);
}

/**
 * Few retries and short timeouts: a caller that has waited this long does better to put its message back. A request
 * that times out throws, else the SDK would only warn.
 */
export function ec2Client({ region, endpoint, credentials }: ClientOptions): EC2Client {
  if (!/^[a-z0-9-]{1,64}$/.test(region)) {
    throw new Fault('malformed', `region \`${region.slice(0, 100)}\` is none; expected one such as \`us-east-1\``);
  }
  return new EC2Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint: checkedEndpoint(endpoint) }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}
