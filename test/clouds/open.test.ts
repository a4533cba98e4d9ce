import { describe, expect, test } from 'vitest';
import { statedEndpoint } from '../../shared/clouds/aws/endpoint.ts';
import { awsTraits } from '../../shared/clouds/aws/traits.ts';
import { CLOUDS, openCloud } from '../../shared/clouds/index.ts';

const region = 'eu-central-1';

test('every cloud of the list can be opened, without a call', async () => {
  for (const name of CLOUDS) expect((await openCloud(name, { region })).traits).toEqual(awsTraits);
});

test('a cloud that is not known is refused with those that are', async () => {
  await expect(openCloud('gcp', { region })).rejects.toMatchObject({
    kind: 'unsupported',
    message: 'cloud `gcp` is not known; expected `aws`',
  });
});

test.each([
  'http://127.0.0.1:4566',
  'http://localhost:4566',
  'http://[::1]:4566',
  'https://ec2.cn-north-1.amazonaws.com.cn',
  'https://ec2.cn-north-1.api.amazonwebservices.com.cn',
  'https://ec2.eu-central-1.api.aws',
  'https://ec2.us-gov-west-1.amazonaws.com',
  'https://ec2.us-isob-east-1.sc2s.sgov.gov',
  'https://ec2-fips.us-east-1.amazonaws.com',
  'https://ec2-fips.ca-central-1.api.aws',
  'https://vpce-0123456789abcdef0-abcdefgh.ec2.us-east-1.vpce.amazonaws.com',
])('endpoint %s is followed', async (endpoint) => {
  await expect(openCloud('aws', { region, endpoint })).resolves.toBeDefined();
});

test.each([
  'https://example.com',
  'http://ec2.us-east-1.amazonaws.com',
  'https://amazonaws.com.example.com',
  'https://127.0.0.1.example.com',
  'https://bucket.s3.amazonaws.com',
  'https://s3.us-east-1.amazonaws.com',
  'https://ec2.s3.us-east-1.amazonaws.com',
  'https://abcdef1234.execute-api.us-east-1.amazonaws.com',
  'https://events.us-east-1.amazonaws.com',
  'https://ec2.us-east-1.elb.amazonaws.com',
  'https://vpce-0123456789abcdef0-ec2.vpce-svc-0123.us-east-1.vpce.amazonaws.com',
  'https://vpce-0.ec2.vpce-svc-0.us-east-1.vpce.amazonaws.com',
  'https://ec2.amazonaws.com',
  'https://ec2.us-east-1.amazonaws.com.',
  'https://ec2.us-east-1.amazonaws.com@example.com',
  'https://ec2-198-51-100-7.compute-1.amazonaws.com',
  'https://ec2-198-51-100-7.us-east-1.compute.amazonaws.com',
  'ftp://localhost',
  'nonsense',
])('endpoint %s is not', async (endpoint) => {
  await expect(openCloud('aws', { region, endpoint })).rejects.toMatchObject({ kind: 'malformed' });
});

describe('an endpoint that a setting states', () => {
  const EC2 = ['AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL'];
  const EVENTS = ['AWS_ENDPOINT_URL_EVENTBRIDGE', 'AWS_ENDPOINT_URL'];
  const host = 'https://events.us-east-1.amazonaws.com';

  test("for EC2 is one of EC2's hosts, whichever variable says it", () => {
    for (const name of EC2) {
      expect(() => statedEndpoint({ [name]: host }, EC2)).toThrow(
        `setting \`${name}\` is no endpoint of EC2; expected \`https://ec2.us-east-1.amazonaws.com\``,
      );
    }
    expect(statedEndpoint({ AWS_ENDPOINT_URL: 'http://localhost:1', AWS_ENDPOINT_URL_EC2: '' }, EC2)).toBe(
      'http://localhost:1',
    );
    expect(statedEndpoint({}, EC2)).toBeUndefined();
  });

  test("for another service is one of AWS's hosts", () => {
    expect(statedEndpoint({ AWS_ENDPOINT_URL_EVENTBRIDGE: host }, EVENTS)).toBe(host);
    expect(() => statedEndpoint({ AWS_ENDPOINT_URL_EVENTBRIDGE: 'https://example.com' }, EVENTS)).toThrow(
      'setting `AWS_ENDPOINT_URL_EVENTBRIDGE` is no endpoint of AWS; expected a host of AWS',
    );
  });
});

test('nobody listens: unavailable', async () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-checked' };
  const cloud = await openCloud('aws', { region, endpoint: 'http://127.0.0.1:9', credentials });
  const target = { cloud: 'aws', account: '111122223333', region, id: 'sg-0123456789abcdef0' };
  await expect(cloud.read(target, [])).rejects.toMatchObject({ kind: 'unavailable' });
});

test('a region that is none is refused before it becomes a host', async () => {
  await expect(openCloud('aws', { region: 'x.example.com/' })).rejects.toMatchObject({ kind: 'malformed' });
});
