import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHANGE_QUEUE } from '../../local/environment.ts';
import { staffOf } from '../../local/people.ts';
import type { AccessKey } from '../../local/people.ts';
import type { Site } from '../../local/site.ts';
import { startWorld } from '../../local/world.ts';
import type { World } from '../../local/world.ts';

const ACCOUNTS = ['111122223333', '444455556666'] as const;
const REGIONS = ['us-east-1', 'eu-west-1'] as const;
const STAFF = new Map(ACCOUNTS.map((account, index) => [account, staffOf(account, index + 1)]));
const STRANGER = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' };

function keyOf(account: (typeof ACCOUNTS)[number]): AccessKey {
  return STAFF.get(account)!.user;
}

/** A place whose one group says by its name where it is. */
function siteOf(account: (typeof ACCOUNTS)[number], region: string): Site {
  const id = `vpc-0${account}0000`;
  return {
    account,
    name: account,
    region,
    staff: STAFF.get(account)!,
    beginning: {
      vpcs: [{ id, isDefault: false, cidrs: ['10.0.0.0/16'], ipv6Cidrs: [] }],
      // The same id in every place: what keeps them apart is not the id.
      fleet: [{ id: 'sg-00000000000000001', name: `${account} ${region}`, vpcId: id }],
    },
  };
}

let world: World;
beforeAll(async () => {
  world = await startWorld({
    policyPath: 'examples/fleet/fleet.yaml',
    log: { info: () => undefined, error: () => undefined },
    places: ACCOUNTS.flatMap((account) => REGIONS.map((region) => siteOf(account, region))),
  });
});
afterAll(() => world.close());

async function withEc2<T>(region: string, credentials: AccessKey, use: (ec2: EC2Client) => Promise<T>): Promise<T> {
  const ec2 = new EC2Client({ region, endpoint: world.ec2Url, credentials, maxAttempts: 1 });
  try {
    return await use(ec2);
  } finally {
    ec2.destroy();
  }
}

async function groupsSeenBy(region: string, credentials: AccessKey): Promise<readonly (string | undefined)[]> {
  const answer = await withEc2(region, credentials, (ec2) => ec2.send(new DescribeSecurityGroupsCommand({})));
  return (answer.SecurityGroups ?? []).map(({ GroupName }) => GroupName).filter((name) => name !== 'default');
}

it.each(ACCOUNTS.flatMap((account) => REGIONS.map((region) => [account, region] as const)))(
  'a key of %s, used for %s, shows the groups that are there and no others',
  async (account, region) => {
    expect(await groupsSeenBy(region, keyOf(account))).toEqual([`${account} ${region}`]);
  },
);

it('a write changes the one place that it is made in, and is an event there alone', async () => {
  const heard = world.places.map(() => 0);
  for (const [index, place] of world.places.entries()) place.bus.onEvent(() => (heard[index]! += 1));
  await withEc2('eu-west-1', keyOf('444455556666'), (ec2) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: 'sg-00000000000000001',
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
      }),
    ),
  );
  const inward = world.places.map(({ ec2 }) =>
    [...ec2.world().groups].flatMap(({ name, rules }) =>
      name === 'default' ? [] : rules.filter(({ direction }) => direction === 'ingress'),
    ),
  );
  expect(inward.map((rules) => rules.length)).toEqual([0, 0, 0, 1]);
  expect(heard.slice(0, 3)).toEqual([0, 0, 0]);
  expect(heard[3]).toBeGreaterThan(0);
});

it.each([
  ['a region without a place', 'ap-south-1', keyOf('111122223333'), /scoped to a valid Region, not 'ap-south-1'/],
  ['a key that nobody has', 'us-east-1', STRANGER, /not able to validate the provided access credentials/],
])('EC2 refuses %s', async (_what, region, credentials, message) => {
  await expect(groupsSeenBy(region, credentials)).rejects.toMatchObject({
    name: 'AuthFailure',
    message: expect.stringMatching(message) as unknown,
  });
});

it('a request without a signature gets into no place', async () => {
  for (const url of [world.ec2Url, world.eventsUrl, world.queuesUrl]) {
    const answer = await fetch(url, {
      method: 'POST',
      body: 'Action=DescribeSecurityGroups&Version=2016-11-15',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=' },
    });
    expect([401, 403]).toContain(answer.status);
  }
});

it('events go to the bus of the place, and those of strangers nowhere', async () => {
  const put = async (region: string, credentials: AccessKey) => {
    const events = new EventBridgeClient({ region, endpoint: world.eventsUrl, credentials, maxAttempts: 1 });
    const entry = { Source: 'a test', DetailType: 'any', Detail: JSON.stringify({ region }) };
    return events.send(new PutEventsCommand({ Entries: [entry] })).finally(() => {
      events.destroy();
    });
  };
  const heard: string[] = [];
  for (const { site, bus } of world.places) {
    bus.onEvent(({ source, account, region }) => {
      if (source === 'a test') heard.push(`${site.account} ${site.region}: ${account} ${region}`);
    });
  }
  await put('eu-west-1', keyOf('111122223333'));
  expect(heard).toEqual(['111122223333 eu-west-1: 111122223333 eu-west-1']);
  await expect(put('eu-west-1', STRANGER)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  await expect(put('ap-south-1', keyOf('111122223333'))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  expect(heard).toHaveLength(1);
});

it('a queue is found in the account whose key asks', async () => {
  const urlFor = async (region: string, credentials: AccessKey) => {
    const queues = new SQSClient({ region, endpoint: world.queuesUrl, credentials, maxAttempts: 1 });
    return queues.send(new GetQueueUrlCommand({ QueueName: CHANGE_QUEUE })).finally(() => {
      queues.destroy();
    });
  };
  const { QueueUrl: url } = await urlFor('us-east-1', keyOf('444455556666'));
  expect(url).toMatch(/\/444455556666\/portcullis-change$/);
  await expect(urlFor('us-east-1', STRANGER)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
});
