import { Fault } from '../../base/fault.ts';
import { HOST_SUFFIXES } from './traits.ts';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** What an endpoint may be, for messages. */
export const OWN_ENDPOINTS =
  'expected `https://ec2.us-east-1.amazonaws.com` or the like, or loopback such as `http://127.0.0.1:4566`';

const AWS_ENDPOINTS = "expected a host of AWS's own with https, or loopback such as `http://127.0.0.1:4566`";

/**
 * EC2's names in front of a suffix: the region's own, its FIPS one, and that of an interface endpoint in a VPC (EC2
 * Developer Guide, service endpoints; the rules of the AWS SDK for JavaScript 3.1169; 2026-11-24). Any host of AWS would
 * be too many: a bucket, a function's URL and an API of somebody else's have names there too.
 */
const REGION = '[a-z]{2,10}(?:-[a-z]{2,20}){1,3}-[0-9]{1,2}';
const EC2_HOST = new RegExp(`^(?:ec2(?:-fips)?\\.${REGION}|vpce-[a-z0-9-]{1,60}\\.ec2\\.${REGION}\\.vpce)$`);

function isHostOfEc2(hostname: string): boolean {
  return HOST_SUFFIXES.some((suffix) => hostname.endsWith(suffix) && EC2_HOST.test(hostname.slice(0, -suffix.length)));
}

function isHostOfAws(hostname: string): boolean {
  return HOST_SUFFIXES.some((suffix) => hostname.endsWith(suffix));
}

function isSafe(endpoint: string, isHost: (hostname: string) => boolean): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname, protocol } = new URL(endpoint);
  if (LOOPBACK.includes(hostname)) return /^https?:$/.test(protocol);
  return protocol === 'https:' && isHost(hostname);
}

/** Whether requests that are signed for EC2 may be sent there: to one of its own hosts, or to this machine. */
export function isOwnEndpoint(endpoint: string): boolean {
  return isSafe(endpoint, isHostOfEc2);
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
  if (isForEc2 ? isOwnEndpoint(endpoint) : isSafe(endpoint, isHostOfAws)) return endpoint;
  const [whose, expected] = isForEc2 ? ['EC2', OWN_ENDPOINTS] : ['AWS', AWS_ENDPOINTS];
  throw new Fault('malformed', `setting \`${name}\` is no endpoint of ${whose}; ${expected}`);
}
