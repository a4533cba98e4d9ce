import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examinationOf } from '../../shared/clouds/aws/permissions.ts';
import type { Examination } from '../../shared/clouds/contract.ts';
import { answeredBy } from '../../local/sdk-handler.ts';
import { keys, region, startLocalEc2 } from '../local/ec2-fixture.ts';
import type { Started } from '../local/ec2-fixture.ts';

let local: Started;

beforeAll(async () => {
  local = await startLocalEc2();
});

afterAll(async () => {
  await local.close();
});

const credentials = (accessKeyId: string): { accessKeyId: string; secretAccessKey: string } => ({
  accessKeyId,
  secretAccessKey: 'not-checked',
});

function examined(accessKeyId: string, now = Date.now()): Promise<Examination> {
  const clock = { now: () => new Date(now) };
  return examinationOf({
    region,
    endpoint: local.server.url,
    credentials: credentials(accessKeyId),
    attempts: 1,
    clock,
  });
}

/** What a local EC2 holds, as anybody sees it. */
async function groups(): Promise<string> {
  const { SecurityGroups } = await local.client.send(new DescribeSecurityGroupsCommand({}));
  return JSON.stringify(SecurityGroups);
}

function statesOf({ permissions }: Examination, need: string): readonly string[] {
  return [...new Set(permissions.filter((one) => one.need === need).map(({ state }) => state))];
}

describe('what credentials may do', () => {
  it('all of it, and nothing is changed by asking', async () => {
    const before = await groups();
    const examination = await examined(keys.deploy);
    expect(await groups()).toBe(before);
    expect(examination.permissions.filter(({ state }) => state !== 'allowed')).toEqual([]);
    expect(examination.permissions).toHaveLength(14);
    expect(before).toContain(examination.triedOn ?? 'nothing');
  });

  it('read, and not write', async () => {
    const examination = await examined(keys.reader);
    expect(['read', 'peers', 'events', 'enforce'].map((need) => statesOf(examination, need))).toEqual([
      ['allowed'],
      ['allowed'],
      ['allowed'],
      ['denied'],
    ]);
  });

  it('nothing, where nobody knows them: that is a fault, not fourteen of them', async () => {
    await expect(examined('AKIAUNKNOWN')).rejects.toMatchObject({ name: 'Fault', kind: 'unavailable' });
  });

  it.each([
    [10 * 60_000, 600_000],
    [-90_000, -90_000],
  ])('and how far the clock is off: %s ms', async (offMs, expected) => {
    const { clockAheadMs } = await examined(keys.reader, Date.now() + offMs);
    // The header counts whole seconds, and the answer takes a while.
    expect(Math.abs((clockAheadMs ?? 0) - expected)).toBeLessThanOrEqual(5_000);
  });
});

it('nothing that writes is sent to an endpoint that carries dry runs out', async () => {
  const actions: string[] = [];
  const careless = async (request: Request): Promise<Response> => {
    const form = new URLSearchParams(await request.text());
    actions.push(form.get('Action') ?? '');
    form.delete('DryRun');
    const authorization = request.headers.get('authorization') ?? '';
    return fetch(local.server.url, { method: 'POST', headers: { authorization }, body: form });
  };
  const requestHandler = answeredBy(careless);
  const before = await groups();
  const examination = await examinationOf({
    region,
    credentials: credentials(keys.deploy),
    attempts: 1,
    requestHandler,
  });
  expect(await groups()).toBe(before);
  expect(actions.filter((action) => !/^(Describe|Get)/.test(action))).toEqual([]);
  expect([statesOf(examination, 'enforce'), statesOf(examination, 'read')]).toEqual([['unknown'], ['unknown']]);
});
