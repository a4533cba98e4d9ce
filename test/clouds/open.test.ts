import { expect, test } from 'vitest';
import { awsTraits } from '../../shared/clouds/aws/traits.ts';
import { CLOUDS, openCloud } from '../../shared/clouds/index.ts';

const region = 'eu-central-1';

test('every cloud of the list can be opened, without a call', async () => {
  for (const name of CLOUDS) expect((await openCloud(name, { region })).traits).toBe(awsTraits);
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
  'https://ec2.eu-central-1.api.aws',
])('endpoint %s is followed', async (endpoint) => {
  await expect(openCloud('aws', { region, endpoint })).resolves.toBeDefined();
});

test.each([
  'https://example.com',
  'http://ec2.us-east-1.amazonaws.com',
  'https://amazonaws.com.example.com',
  'https://127.0.0.1.example.com',
  'ftp://localhost',
  'nonsense',
])('endpoint %s is not', async (endpoint) => {
  await expect(openCloud('aws', { region, endpoint })).rejects.toMatchObject({ kind: 'malformed' });
});

test('nobody listens: unavailable', async () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-checked' };
  const cloud = await openCloud('aws', { region, endpoint: 'http://127.0.0.1:9', credentials });
  const target = { cloud: 'aws', account: '111122223333', region, id: 'sg-0123456789abcdef0' };
  await expect(cloud.read(target)).rejects.toMatchObject({ kind: 'unavailable' });
});

test('a region that is none is refused before it becomes a host', async () => {
  await expect(openCloud('aws', { region: 'x.example.com/' })).rejects.toMatchObject({ kind: 'malformed' });
});
