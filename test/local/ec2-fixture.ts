import { EC2Client } from '@aws-sdk/client-ec2';
import type { Caller } from '../../local/ec2/callers.ts';
import type { CloudTrailRecord } from '../../local/ec2/cloudtrail.ts';
import type { StateChangeNotice } from '../../local/ec2/notices.ts';
import { createLocalEc2, type LocalEc2Options } from '../../local/ec2/server.ts';
import { serveOnLoopback } from '../../local/loopback.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
export const defaultVpc = 'vpc-0aaaaaaaaaaaaaaa1';
export const otherVpc = 'vpc-0bbbbbbbbbbbbbbb2';
export const agent = 'test-agent/1.0 (loopback)';

export const keys = { deploy: 'AKIAIOSFODNN7EXAMPLE', alex: 'ASIAIOSFODNN7EXAMPLE', reader: 'AKIAI44QH8DHBEXAMPLE' };

const callers: ReadonlyMap<string, Caller> = new Map<string, Caller>([
  [
    keys.deploy,
    {
      type: 'IAMUser',
      arn: `arn:aws:iam::${account}:user/deploy`,
      accountId: account,
      principalId: 'AIDAEXAMPLEDEPLOY0001',
      userName: 'deploy',
      mayWrite: true,
    },
  ],
  [
    keys.alex,
    {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/NetworkAdmin/alex`,
      accountId: account,
      principalId: 'AROAEXAMPLENETADM0001:alex',
      sessionIssuer: {
        principalId: 'AROAEXAMPLENETADM0001',
        arn: `arn:aws:iam::${account}:role/NetworkAdmin`,
        accountId: account,
        userName: 'NetworkAdmin',
      },
      sessionCreatedAt: '2026-11-24T07:00:00Z',
      sourceIPAddress: '198.51.100.7',
      mayWrite: true,
    },
  ],
  [
    keys.reader,
    {
      type: 'IAMUser',
      arn: `arn:aws:iam::${account}:user/reader`,
      accountId: account,
      principalId: 'AIDAEXAMPLEREADER0001',
      userName: 'reader',
      mayWrite: false,
    },
  ],
]);

/** A local EC2 on loopback with the real SDK pointed at it. */
export async function startLocalEc2(changes: Partial<LocalEc2Options> = {}) {
  const records: CloudTrailRecord[] = [];
  const notices: StateChangeNotice[] = [];
  const options: LocalEc2Options = {
    account,
    region,
    callers,
    now: () => new Date('2026-11-24T08:00:00.789Z'),
    vpcs: [
      { id: defaultVpc, isDefault: true, cidrs: ['172.31.0.0/16'], ipv6Cidrs: [] },
      {
        id: otherVpc,
        isDefault: false,
        cidrs: ['10.0.0.0/16', '10.1.0.0/16'],
        ipv6Cidrs: ['2001:db8:1234::/56'],
        tags: [{ key: 'Name', value: 'other' }],
      },
    ],
    record: (record) => records.push(record),
    notify: (notice) => notices.push(notice),
    ...changes,
  };
  const { app } = createLocalEc2(options);
  const server = await serveOnLoopback(app);
  const clientFor = (accessKeyId: string, clientRegion = region) =>
    new EC2Client({
      endpoint: server.url,
      region: clientRegion,
      credentials: { accessKeyId, secretAccessKey: 'not-checked' },
      maxAttempts: 1,
    });
  /** One call in the raw Query protocol, for what the SDK cannot be made to send. */
  const raw = async (fields: Record<string, string> | [string, string][], accessKeyId = keys.deploy) => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: {
        authorization:
          `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261124/${region}/ec2/aws4_request, ` +
          'SignedHeaders=host, Signature=00',
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': agent,
      },
      body: new URLSearchParams([
        ['Version', '2016-11-15'],
        ...(Array.isArray(fields) ? fields : Object.entries(fields)),
      ]),
    });
    return { status: response.status, headers: response.headers, xml: await response.text() };
  };
  return { server, records, notices, raw, clientFor, client: clientFor(keys.deploy), close: () => server.close() };
}

export type Started = Awaited<ReturnType<typeof startLocalEc2>>;

/** The code with which a call fails, or what it answered if it did not. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}
