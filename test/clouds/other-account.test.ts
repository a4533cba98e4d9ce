import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lead } from '../../shared/clouds/contract.ts';
import { account, keys, region } from '../local/ec2-fixture.ts';
import { createGroup, refusal, startLive, targetOf } from './live.ts';
import type { Live } from './live.ts';
import { OTHER_ACCOUNT } from './sample.ts';

let live: Live;
let id: string;
let cloud: Live['cloud'];
const unknown = targetOf('sg-0123456789abcdef0');
const foreign = { ...unknown, account: OTHER_ACCOUNT };
const lead: Lead = { cloud: 'aws', account: OTHER_ACCOUNT, region, kind: 'name', id: 'web' };
const named = {
  kind: 'unsupported',
  message: expect.stringMatching(new RegExp(`\`${OTHER_ACCOUNT}\`.*\`${account}\`.*credentials`)) as string,
};

beforeAll(async () => {
  live = await startLive();
  id = await createGroup(live.client);
});
afterAll(async () => {
  await live.close();
});
beforeEach(() => {
  live.between.before = () => undefined;
  live.between.after = () => undefined;
  live.between.calls.length = 0;
  cloud = live.cloudFor(keys.deploy);
});

/** EC2 shows these groups, and no group of a VPC that these credentials own. */
function showNoDefaults(change: (answer: string) => string = (answer) => answer): void {
  live.between.after = (action, answer) =>
    action === 'DescribeSecurityGroups'
      ? new Response(change(answer).replaceAll('<groupName>default<', '<groupName>base<'))
      : undefined;
}

async function idsOf(scope: { readonly account: string; readonly region: string }): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of cloud.targets(scope)) ids.push(...page.map((target) => target.id));
  return ids;
}

describe('where EC2 shows that the credentials are of another account', () => {
  test('a group that it does not show is not gone', async () => {
    await expect(cloud.read(foreign, [])).rejects.toMatchObject(named);
  });

  test('nor is one of several, and those of the own account are read', async () => {
    const reads = await cloud.readAll([foreign, unknown, targetOf(id)], []);
    expect(reads.map((read) => read.kind)).toEqual(['fault', 'gone', 'firewall']);
    expect(reads[0]).toMatchObject({ fault: named });
  });

  test('the account is not one without firewalls', async () => {
    await expect(idsOf({ account: OTHER_ACCOUNT, region })).rejects.toMatchObject(named);
  });

  test('a lead touches not nobody', async () => {
    await expect(cloud.find([lead], [])).rejects.toMatchObject(named);
  });

  test('which is asked once', async () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...foreign, id: `sg-${index.toString(16)}` }));
    await cloud.readAll(many, []);
    const before = live.between.calls.length;
    expect(live.between.calls.filter((call) => call === 'DescribeSecurityGroups')).toHaveLength(2);
    await expect(cloud.find([lead], [])).rejects.toMatchObject(named);
    expect(live.between.calls.length).toBe(before + 1);
  });
});

describe('in the own account', () => {
  test('what is not shown is gone, and a lead may touch nobody', async () => {
    expect(await cloud.read(unknown, [])).toEqual({ kind: 'gone' });
    expect(await cloud.find([{ ...lead, account }], [])).toEqual([[]]);
    expect(await idsOf({ account, region })).toContain(id);
  });

  test('that shows shared groups only, too: these prove nothing', async () => {
    showNoDefaults((answer) => answer.replaceAll(`<ownerId>${account}<`, `<ownerId>${OTHER_ACCOUNT}<`));
    expect(await cloud.read(unknown, [])).toEqual({ kind: 'gone' });
    expect(await cloud.find([{ ...lead, account }], [])).toEqual([[]]);
    expect(await idsOf({ account, region })).toEqual([]);
  });

  test('so is one where the question itself is refused', async () => {
    live.between.before = (_, form) =>
      form.get('Filter.1.Value.1') === 'default' ? refusal(400, 'InvalidParameterValue') : undefined;
    expect(await cloud.read(foreign, [])).toEqual({ kind: 'gone' });
  });
});

test('where EC2 does not answer whose credentials these are, nothing is said to be gone', async () => {
  live.between.before = (_, form) =>
    form.get('Filter.1.Value.1') === 'default' ? refusal(503, 'RequestLimitExceeded') : undefined;
  await expect(cloud.read(unknown, [])).rejects.toMatchObject({ kind: 'throttled' });
  live.between.before = () => undefined;
  expect(await cloud.read(unknown, [])).toEqual({ kind: 'gone' });
});
