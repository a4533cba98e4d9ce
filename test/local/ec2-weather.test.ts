import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../local/ec2/callers.ts';
import type { CloudTrailRecord } from '../../local/ec2/cloudtrail.ts';
import { drawFate } from '../../local/ec2/fate.ts';
import { createLocalEc2 } from '../../local/ec2/server.ts';
import { fairWeather } from '../../local/ec2/weather.ts';
import type { Ec2Weather } from '../../local/ec2/weather.ts';
import { seededChance } from '../../local/chance.ts';
import { serveOnLoopback } from '../../local/loopback.ts';
import { SimulatedTime } from '../../local/simulated-time.ts';

const account = '111122223333';
const region = 'eu-central-1';
const key = 'AKIAIOSFODNN7EXAMPLE';
const deploy: Caller = {
  type: 'IAMUser',
  arn: `arn:aws:iam::${account}:user/deploy`,
  accountId: account,
  principalId: 'AIDAEXAMPLEDEPLOY0001',
  userName: 'deploy',
  mayWrite: true,
};

/** A local EC2 called in this process, on a simulated clock. */
function stormy(weather: Partial<Ec2Weather> = {}, seed: number | string = 1) {
  const time = new SimulatedTime({ start: new Date('2026-11-24T08:00:00Z') });
  const records: CloudTrailRecord[] = [];
  const ec2 = createLocalEc2({
    account,
    region,
    callers: new Map([[key, deploy]]),
    now: time.now,
    sleep: time.sleep,
    vpcs: [{ id: 'vpc-0aaaaaaaaaaaaaaa1', isDefault: true, cidrs: ['10.0.0.0/16'], ipv6Cidrs: [] }],
    record: (record) => records.push(record),
    chance: seededChance(seed),
    weather,
  });
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20261124/${region}/ec2/aws4_request, SignedHeaders=host, Signature=00`;
  /** One call, to its end: status and XML, or the code of the error that the connection died of. */
  const call = async (Action: string, fields: Record<string, string> = {}) => {
    const body = new URLSearchParams({ Action, Version: '2016-11-15', ...fields });
    const request = new Request('http://127.0.0.1/', { method: 'POST', headers: { authorization }, body });
    const work = async () => {
      const response = await ec2.app.fetch(request);
      return { status: response.status, xml: await response.text() };
    };
    const answer = await time.finish(work()).catch((error: unknown) => error as NodeJS.ErrnoException);
    if (answer instanceof Error) return { code: answer.code ?? 'other', xml: '', status: 0 };
    return { ...answer, code: textIn(answer.xml, 'Code') ?? 'ok' };
  };
  const codesOf = async (count: number, action: string, fields: Record<string, string> = {}) => {
    const codes: string[] = [];
    for (let n = 0; n < count; n += 1) codes.push((await call(action, fields)).code);
    return codes;
  };
  const newGroup = async (GroupName: string) => {
    const answer = await call('CreateSecurityGroup', { GroupName, GroupDescription: 'a group' });
    return textIn(answer.xml, 'groupId') ?? answer.code;
  };
  const namesSeen = async (action = 'DescribeSecurityGroups') => {
    const { xml } = await call(action);
    return [...xml.matchAll(/<groupName>([^<]*)</g)].map(([, name]) => name);
  };
  return { ...ec2, time, records, call, codesOf, newGroup, namesSeen };
}

function textIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

const open22 = (GroupId: string) => ({
  GroupId,
  'IpPermissions.1.IpProtocol': 'tcp',
  'IpPermissions.1.FromPort': '22',
  'IpPermissions.1.ToPort': '22',
  'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0',
});

const count = (codes: readonly string[], code: string) => codes.filter((one) => one === code).length;

describe('chance', () => {
  it('gives one history for one seed, and the same ids in any weather', async () => {
    const history = async (weather: Partial<Ec2Weather>, seed: number) => {
      const { newGroup, call, records, time } = stormy(weather, seed);
      const story: unknown[] = [];
      for (let n = 0; n < 15; n += 1) {
        const id = await newGroup(`g${n}`);
        story.push(id, await call('AuthorizeSecurityGroupIngress', open22(id)), await call('DescribeSecurityGroups'));
        await time.advanceBy(10_000);
      }
      return { story, records, ids: story.filter((_, n) => n % 3 === 0) };
    };
    const storm = { throttled: 0.1, refused: 0.1, answersLost: 0.1, slow: 0.3, stale: 0.5, staleWrites: 0.3 };
    const first = await history(storm, 7);
    expect(await history(storm, 7)).toEqual(first);
    expect(await history(storm, 8)).not.toEqual(first);
    const late = await history({ slow: 0.5, stale: 0.5 }, 7);
    expect(late.ids).toEqual((await history({}, 7)).ids);
    expect(new Set(late.ids).size).toBe(15);
  });
});

describe('throttling', () => {
  it.each<[string, Record<string, string>, number, number]>([
    ['DescribeSecurityGroups', {}, 50, 10],
    ['DescribeSecurityGroups', { MaxResults: '5' }, 100, 20],
    ['DescribeSecurityGroups', { 'Filter.1.Name': 'group-name', 'Filter.1.Value.1': 'x' }, 100, 20],
    ['DescribeSecurityGroupRules', {}, 100, 20],
    ['AuthorizeSecurityGroupIngress', {}, 50, 5],
    ['CreateTags', {}, 50, 5],
  ])('gives %s %j a bucket of %i that fills by %i a second', async (action, fields, capacity, perSecond) => {
    const { time, codesOf, weather, call } = stormy({ tokenBuckets: true });
    const throttled = 'RequestLimitExceeded';
    expect(count(await codesOf(capacity + 7, action, fields), throttled)).toBe(7);
    expect((await call(action, fields)).status).toBe(503);
    await time.advanceBy(2_000);
    expect(count(await codesOf(2 * perSecond + 3, action, fields), throttled)).toBe(3);
    await time.advanceBy(999 / perSecond);
    expect((await call(action, fields)).code).toBe(throttled);
    await time.advanceBy(3_600_000);
    expect(count(await codesOf(capacity + 1, action, fields), throttled)).toBe(1);
    weather.tokenBuckets = false;
    expect((await call(action, fields)).code).not.toBe(throttled);
  });

  it('keeps actions, and listings of everything, apart', async () => {
    const { codesOf, call } = stormy({ tokenBuckets: true });
    await codesOf(50, 'DescribeSecurityGroups');
    expect((await call('DescribeSecurityGroups')).code).toBe('RequestLimitExceeded');
    expect((await call('DescribeSecurityGroups', { MaxResults: '5' })).code).toBe('ok');
    expect((await call('DescribeVpcs')).code).toBe('ok');
  });

  it('comes by chance too, does nothing, and is recorded of writes', async () => {
    const { codesOf, newGroup, namesSeen, records, weather } = stormy({ throttled: 0.3 });
    const codes = await codesOf(200, 'DescribeVpcs');
    expect(count(codes, 'RequestLimitExceeded')).toBeGreaterThan(30);
    expect(count(codes, 'ok')).toBeGreaterThan(100);
    weather.throttled = 1;
    expect(await newGroup('web')).toBe('RequestLimitExceeded');
    expect(records.map(({ errorCode }) => errorCode)).toEqual(['Client.RequestLimitExceeded']);
    weather.throttled = 0;
    expect(await namesSeen()).toEqual(['default']);
  });
});

describe('calls that go wrong', () => {
  it('are refused before anything is done', async () => {
    const { newGroup, namesSeen, records, weather, codesOf } = stormy({ refused: 1 });
    const codes = [];
    for (let n = 0; n < 20; n += 1) codes.push(await newGroup(`g${n}`));
    expect(new Set(codes)).toEqual(new Set(['InternalError', 'Unavailable']));
    expect(new Set(records.map(({ errorCode }) => errorCode))).toEqual(
      new Set(['Server.InternalError', 'Server.Unavailable']),
    );
    expect(new Set(await codesOf(20, 'DescribeVpcs'))).toEqual(new Set(['InternalError', 'Unavailable']));
    weather.refused = 0;
    expect(await namesSeen()).toEqual(['default']);
  });

  it('are carried out and their answers lost, which CloudTrail does not see', async () => {
    const { newGroup, namesSeen, records, weather } = stormy({ answersLost: 1 });
    const names = Array.from({ length: 20 }, (_, n) => `g${n}`);
    const codes = [];
    for (const name of names) codes.push(await newGroup(name));
    expect(new Set(codes)).toEqual(new Set(['ECONNRESET', 'InternalError', 'Unavailable']));
    expect(records.map(({ errorCode }) => errorCode)).toEqual(names.map(() => undefined));
    weather.answersLost = 0;
    expect(await namesSeen()).toEqual(['default', ...names]);
  });

  it('lose their answers over a socket too', async () => {
    const { app, weather, newGroup, records } = stormy();
    const GroupId = await newGroup('web');
    const server = await serveOnLoopback(app);
    const credentials = { accessKeyId: key, secretAccessKey: 'not-checked' };
    const client = new EC2Client({ endpoint: server.url, region, credentials, maxAttempts: 1 });
    weather.answersLost = 1;
    const permission = { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    const errors: string[] = [];
    for (let port = 1; port <= 10; port += 1) {
      const IpPermissions = [{ ...permission, FromPort: port, ToPort: port }];
      const write = client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      await write.catch((error: unknown) =>
        errors.push((error as NodeJS.ErrnoException).code ?? (error as Error).name),
      );
    }
    expect(errors).toHaveLength(10);
    expect(errors).toContain('ECONNRESET');
    expect(errors.some((error) => error !== 'ECONNRESET')).toBe(true);
    const bare = async () => {
      const response = await fetch(server.url, { method: 'POST', body: '' });
      return response.status;
    };
    const statuses = await Promise.all(Array.from({ length: 20 }, () => bare().catch(() => 'no answer')));
    expect(new Set(statuses)).toEqual(new Set(['no answer', 500, 503]));
    weather.answersLost = 0;
    const groups = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    expect(groups.SecurityGroups?.[0]?.IpPermissions).toHaveLength(10);
    expect(records).toHaveLength(11);
    client.destroy();
    await server.close();
  });

  it('take their time, before they are carried out or after', async () => {
    const { time, newGroup, records, weather } = stormy({ slow: 1, slowAtMostMs: 8_000 });
    const takenMs: number[] = [];
    const doneMs: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const start = time.now().getTime();
      await newGroup(`g${n}`);
      takenMs.push(time.now().getTime() - start);
      doneMs.push(Date.parse(records.at(-1)!.eventTime) - Math.floor(start / 1000) * 1000);
    }
    expect(Math.max(...takenMs)).toBeLessThanOrEqual(8_000);
    expect(Math.max(...takenMs)).toBeGreaterThan(4_000);
    expect(Math.min(...doneMs)).toBe(0);
    expect(Math.max(...doneMs)).toBeGreaterThan(2_000);
    expect(takenMs.some((taken, n) => taken > 2_000 && doneMs[n] === 0)).toBe(true);
    weather.slow = 0;
    const start = time.now();
    await newGroup('quick');
    expect(time.now()).toEqual(start);
  });
});

describe('stale reads', () => {
  /** A group each ten seconds, and what is seen of them after each. */
  const seenAfterEach = async ({ time, newGroup, namesSeen }: ReturnType<typeof stormy>, groups: number) => {
    const seen: number[] = [];
    for (let n = 1; n <= groups; n += 1) {
      await newGroup(`g${n}`);
      seen.push((await namesSeen()).length - 1);
      await time.advanceBy(10_000);
    }
    return seen;
  };

  it('show the world as it was up to 150 s ago', async () => {
    const storm = stormy({ stale: 1, staleGoesBack: true });
    const seen = await seenAfterEach(storm, 60);
    const lag = seen.map((groups, n) => n + 1 - groups);
    expect(Math.min(...lag)).toBeLessThan(4);
    expect(Math.max(...lag)).toBeLessThanOrEqual(15);
    expect(Math.max(...lag)).toBeGreaterThan(10);
    storm.weather.stale = 0;
    expect(await storm.namesSeen()).toHaveLength(61);
    const tooOld = { ...fairWeather(), staleAtMostMs: 200_000 };
    expect(() => drawFate(tooOld, seededChance(1))).toThrow('write 0 to 150000');
  });

  it('never go back unless that is asked for', async () => {
    const goesBack = (seen: readonly number[]) => seen.some((groups, n) => n > 0 && groups < seen[n - 1]!);
    expect(goesBack(await seenAfterEach(stormy({ stale: 1 }), 40))).toBe(false);
    expect(goesBack(await seenAfterEach(stormy({ stale: 1, staleGoesBack: true }), 40))).toBe(true);
  });

  it('do not bind the reads of other actions', async () => {
    const storm = stormy();
    const { newGroup, call, time, weather } = storm;
    weather.stale = Number.MIN_VALUE;
    const GroupId = await newGroup('web');
    await time.advanceBy(10_000);
    await call('AuthorizeSecurityGroupIngress', open22(GroupId));
    expect((await call('DescribeSecurityGroups')).xml).toContain('<fromPort>22<');
    weather.stale = 1;
    const seen: boolean[] = [];
    for (let n = 0; n < 10; n += 1) {
      expect((await call('DescribeSecurityGroups')).xml).toContain('<fromPort>22<');
      seen.push((await call('DescribeSecurityGroupRules')).xml.includes('<fromPort>22<'));
    }
    expect(seen).toContain(false);
  });

  it('end: the last write is seen once the longest lag is over', async () => {
    const storm = stormy({ stale: 1, staleGoesBack: true });
    await seenAfterEach(storm, 20);
    await storm.time.advanceBy(150_000);
    for (let n = 0; n < 20; n += 1) expect(await storm.namesSeen()).toHaveLength(21);
  });

  it('make groups and rules disagree', async () => {
    const { newGroup, call, time } = stormy({ stale: 1 });
    const GroupId = await newGroup('web');
    await time.advanceBy(200_000);
    await call('AuthorizeSecurityGroupIngress', open22(GroupId));
    const seen = new Set<string>();
    for (let n = 0; n < 20; n += 1) {
      const groups = await call('DescribeSecurityGroups', { 'Filter.1.Name': 'group-id', 'Filter.1.Value.1': GroupId });
      const rules = await call('DescribeSecurityGroupRules', {
        'Filter.1.Name': 'group-id',
        'Filter.1.Value.1': GroupId,
      });
      seen.add([groups, rules].map(({ xml }) => xml.includes('<fromPort>22<')).join(' '));
      await time.advanceBy(5_000);
    }
    expect(seen.has('true true')).toBe(true);
    expect(seen.has('true false') || seen.has('false true')).toBe(true);
  });

  it('do not find a new group, and nor do writes that are checked so', async () => {
    const { newGroup, call, time, weather, records } = stormy({ stale: 1, staleWrites: 1 });
    const GroupId = await newGroup('web');
    await time.advanceBy(1_000);
    expect((await call('DescribeSecurityGroups', { 'GroupId.1': GroupId })).code).toBe('InvalidGroup.NotFound');
    expect((await call('AuthorizeSecurityGroupIngress', open22(GroupId))).code).toBe('InvalidGroup.NotFound');
    expect(records.at(-1)?.errorCode).toBe('Client.InvalidGroup.NotFound');
    weather.staleWrites = 0;
    expect((await call('AuthorizeSecurityGroupIngress', open22(GroupId))).code).toBe('ok');
    expect((await call('AuthorizeSecurityGroupIngress', open22(GroupId))).code).toBe('InvalidPermission.Duplicate');
    await time.advanceBy(150_000);
    weather.staleWrites = 1;
    // A rule that is taken away and still seen is no ground for a refusal, only a group that is not seen yet.
    for (let n = 0; n < 5; n += 1) {
      expect((await call('RevokeSecurityGroupIngress', open22(GroupId))).code).toBe('ok');
      expect((await call('AuthorizeSecurityGroupIngress', open22(GroupId))).code).toBe('ok');
    }
    await time.advanceBy(150_000);
    expect((await call('DescribeSecurityGroups', { 'GroupId.1': GroupId })).code).toBe('ok');
    expect((await call('RevokeSecurityGroupIngress', open22(GroupId))).code).toBe('ok');
  });
});
