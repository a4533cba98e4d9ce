import { expect, test } from 'vitest';
import { ec2Client } from '../../shared/clouds/aws/client.ts';

test('calls share one rate once EC2 throttles, and one attempt is one call', async () => {
  const { config } = ec2Client({ region: 'eu-central-1' });
  expect(await config.maxAttempts()).toBe(3);
  expect(await config.retryStrategy()).toMatchObject({ mode: 'adaptive' });
  const once = ec2Client({ region: 'eu-central-1', attempts: 1 });
  expect(await once.config.maxAttempts()).toBe(1);
  expect(await once.config.retryStrategy()).toMatchObject({ mode: 'standard' });
});
