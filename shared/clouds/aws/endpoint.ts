import { isAwsEndpoint, isServiceEndpoint } from '../../base/aws-endpoint.ts';
import { Fault } from '../../base/fault.ts';

/** What an endpoint may be, for messages. */
export const OWN_ENDPOINTS =
  'expected `https://ec2.us-east-1.amazonaws.com` or the like, or loopback such as `http://127.0.0.1:4566`';

const AWS_ENDPOINTS = "expected a host of AWS's own with https, or loopback such as `http://127.0.0.1:4566`";

/** Whether requests that are signed for EC2 may be sent there: to one of its own hosts, or to this machine. */
export function isOwnEndpoint(endpoint: string): boolean {
  return isServiceEndpoint('ec2', endpoint);
}

/**
 * The first of these environment variables that is stated; an empty one is none, as for the SDK. Throws a `Fault` that
 * names the variable where signed requests may not be sent there: a host of EC2's where one of the variables is EC2's,
 * and any of AWS's for another service.
 */
export function statedEndpoint(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): string | undefined {
  const name = names.find((one) => (environment[one] ?? '') !== '');
  const endpoint = name === undefined ? undefined : environment[name];
  if (name === undefined || endpoint === undefined) return undefined;
  const isForEc2 = names.includes('AWS_ENDPOINT_URL_EC2');
  if (isForEc2 ? isOwnEndpoint(endpoint) : isAwsEndpoint(endpoint)) return endpoint;
  const [whose, expected] = isForEc2 ? ['EC2', OWN_ENDPOINTS] : ['AWS', AWS_ENDPOINTS];
  throw new Fault('malformed', `setting \`${name}\` is no endpoint of ${whose}; ${expected}`);
}
