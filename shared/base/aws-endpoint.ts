/**
 * Where AWS's APIs live, by partition (partition data of the AWS SDK for JavaScript 3.1169, 2026-11-24). Here rather than
 * with the guarded cloud, since ledger and queues may live at AWS whatever cloud is guarded.
 */
const HOST_SUFFIXES: readonly string[] = [
  '.amazonaws.com',
  '.api.aws',
  '.amazonaws.com.cn',
  '.api.amazonwebservices.com.cn',
  '.amazonaws.eu',
  '.api.amazonwebservices.eu',
  '.c2s.ic.gov',
  '.sc2s.sgov.gov',
  '.csp.hci.ic.gov',
  '.cloud.adc-e.uk',
];

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const REGION = '[a-z]{2,10}(?:-[a-z]{2,20}){1,3}-[0-9]{1,2}';

function isSafe(endpoint: string, isHost: (hostname: string) => boolean): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname, protocol } = new URL(endpoint);
  if (LOOPBACK.includes(hostname)) return /^https?:$/.test(protocol);
  return protocol === 'https:' && isHost(hostname);
}

/** Any host of AWS's own, or this machine. */
export function isAwsEndpoint(endpoint: string): boolean {
  return isSafe(endpoint, (hostname) => HOST_SUFFIXES.some((suffix) => hostname.endsWith(suffix)));
}

/**
 * Whether requests that are signed for a service may be sent there: to this machine, or to one of the service's names in
 * front of a suffix, which are the region's own, its FIPS one, and that of an interface endpoint in a VPC (EC2 and
 * DynamoDB Developer Guides, service endpoints and AWS PrivateLink; the rules of the AWS SDK for JavaScript 3.1169;
 * 2026-11-24). Any host of AWS would be too many: a bucket, a function's URL and an API of somebody else's have names
 * there too.
 */
export function isServiceEndpoint(service: string, endpoint: string): boolean {
  const name = new RegExp(
    `^(?:${service}(?:-fips)?\\.${REGION}|vpce-[a-z0-9-]{1,60}\\.${service}\\.${REGION}\\.vpce)$`,
  );
  return isSafe(endpoint, (hostname) =>
    HOST_SUFFIXES.some((suffix) => hostname.endsWith(suffix) && name.test(hostname.slice(0, -suffix.length))),
  );
}
