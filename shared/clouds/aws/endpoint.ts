import { Fault } from '../../base/fault.ts';
import { HOST_SUFFIXES } from './traits.ts';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** What an endpoint may be, for messages. */
export const OWN_ENDPOINTS =
  'expected `https://ec2.us-east-1.amazonaws.com` or the like, or loopback such as `http://127.0.0.1:4566`';

/** Whether signed requests may be sent there: to one of the cloud's own hosts, or to this machine. */
export function isOwnEndpoint(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname, protocol } = new URL(endpoint);
  if (LOOPBACK.includes(hostname)) return /^https?:$/.test(protocol);
  return protocol === 'https:' && HOST_SUFFIXES.some((suffix) => hostname.endsWith(suffix));
}

/**
 * The first of these environment variables that is stated; an empty one is none, as for the SDK. Throws a `Fault` that
 * names the variable where signed requests may not be sent there.
 */
export function statedEndpoint(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): string | undefined {
  const name = names.find((one) => (environment[one] ?? '') !== '');
  const endpoint = name === undefined ? undefined : environment[name];
  if (name === undefined || endpoint === undefined || isOwnEndpoint(endpoint)) return endpoint;
  throw new Fault('malformed', `setting \`${name}\` is no endpoint of AWS; ${OWN_ENDPOINTS}`);
}
