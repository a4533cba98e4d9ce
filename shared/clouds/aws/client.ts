import { EC2Client } from '@aws-sdk/client-ec2';
import { Fault } from '../../base/fault.ts';
import { HOST_SUFFIXES } from './traits.ts';

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

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Credentials are sent to the endpoint's host, so it is not any host. */
function checkedEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isLoopback = url !== undefined && LOOPBACK.includes(url.hostname) && /^https?:$/.test(url.protocol);
  const isAws = url?.protocol === 'https:' && HOST_SUFFIXES.some((suffix) => url.hostname.endsWith(suffix));
  if (isLoopback || isAws) return endpoint;
  throw new Fault(
    'malformed',
    `endpoint \`${url === undefined ? 'not a url' : url.host}\` is not one of EC2; ` +
      'expected `https://ec2.us-east-1.amazonaws.com` or the like, or loopback such as `http://127.0.0.1:4566`',
  );
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
