import { AuthorizeSecurityGroupIngressCommand, CreateManagedPrefixListCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReadOfMany } from '../../shared/clouds/contract.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { account, region } from '../local/ec2-fixture.ts';
import { addRows, createGroup, refusal, startLive, targetOf } from './live.ts';
import type { Live } from './live.ts';
import { OTHER_ACCOUNT, textOf } from './sample.ts';

let live: Live;
let targets: readonly Target[];
let list: string;
const unknown = targetOf('sg-0123456789abcdef0');
const row = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '203.0.113.0/24' };

beforeAll(async () => {
  live = await startLive();
  const input = {
    PrefixListName: 'offices',
    MaxEntries: 5,
    AddressFamily: 'IPv4',
    Entries: [{ Cidr: '192.0.2.0/24' }],
  };
  list = (await live.client.send(new CreateManagedPrefixListCommand(input))).PrefixList!.PrefixListId!;
  const ids: string[] = [];
  for (let made = 0; made < 12; made += 1) {
    const id = await createGroup(live.client);
    await addRows(live.client, id, [row, { IpProtocol: '-1', PrefixListId: list }]);
    ids.push(id);
  }
  targets = ids.map(targetOf);
});
afterAll(async () => {
  await live.close();
});
beforeEach(() => {
  live.between.before = () => undefined;
  live.between.after = () => undefined;
  live.between.calls.length = 0;
});

const kinds = (reads: readonly ReadOfMany[]): readonly string[] =>
  reads.map((read) => (read.kind === 'fault' ? read.fault.kind : read.kind));
const calls = (): readonly string[] => [...live.between.calls].sort();

describe('several groups', () => {
  const written = () => [
    peerName('prefix-list', list),
    peerName('sg', 'bastion'),
    peerName('prefix-list', `${account}/offices`),
  ];

  test('are read as each would be by itself', async () => {
    const together = await live.cloud.readAll(targets, written());
    const alone = await Promise.all(targets.map((target) => live.cloud.read(target, written())));
    expect(together).toEqual(alone);
    expect(kinds(together)).toEqual(targets.map(() => 'firewall'));
  });

  test('cost as many calls as one', async () => {
    await live.cloud.read(targets[0]!, written());
    live.between.calls.length = 0;
    await live.cloud.read(targets[0]!, written());
    const ofOne = calls();
    live.between.calls.length = 0;
    await live.cloud.readAll(targets, written());
    expect(calls()).toEqual(ofOne);
  });

  test('more than a filter takes are asked for in portions, and pages are followed', async () => {
    live.between.before = (_, form) => {
      if (form.has('MaxResults')) form.set('MaxResults', '5');
      return undefined;
    };
    const made = Array.from({ length: 450 }, (_, index) => targetOf(`sg-${index.toString(16).padStart(17, 'f')}`));
    const reads = await live.cloud.readAll([...made, ...targets], []);
    expect(kinds(reads)).toEqual([...made.map(() => 'gone'), ...targets.map(() => 'firewall')]);
  });

  test('come in the order of the targets, also where one is named twice or is gone', async () => {
    const [a, b] = [targets[0]!, targets[1]!];
    const reads = await live.cloud.readAll([b, unknown, a, b], []);
    expect(reads.map((read) => (read.kind === 'firewall' ? read.firewall.target : read.kind))).toEqual([
      b,
      'gone',
      a,
      b,
    ]);
    expect(await live.cloud.readAll([], [])).toEqual([]);
  });
});

describe('one odd group fails none of the others', () => {
  test('one of another account', async () => {
    const foreign = { ...targets[1]!, account: OTHER_ACCOUNT };
    expect(kinds(await live.cloud.readAll([targets[0]!, foreign, targets[2]!], []))).toEqual([
      'firewall',
      'forbidden',
      'firewall',
    ]);
  });

  test('one that moves between the two listings is read by itself', async () => {
    const moving = targets[3]!.id;
    const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
    const isMoved = Promise.withResolvers<undefined>();
    let isFirst = true;
    live.between.after = async (action) => {
      if (action !== 'DescribeSecurityGroupRules' || !isFirst) return undefined;
      isFirst = false;
      await live.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: moving, ...rule }));
      isMoved.resolve(undefined);
      return undefined;
    };
    // Groups are listed only once the group has moved.
    live.between.before = (action) => (action === 'DescribeSecurityGroups' ? isMoved.promise : undefined);
    const reads = await live.cloud.readAll(targets, []);
    expect(kinds(reads)).toEqual(targets.map(() => 'firewall'));
    const read = reads[3]!;
    if (read.kind !== 'firewall') throw new Error(read.kind);
    expect(textOf(read.firewall)).toContain('tcp/22 from 0.0.0.0/0');
    expect(read.firewall.unread).toEqual([]);
  });

  test('one that never agrees', async () => {
    // Its rules are shown as those of another group.
    live.between.after = (action, answer) =>
      action === 'DescribeSecurityGroupRules' ? new Response(answer.replaceAll(targets[4]!.id, unknown.id)) : undefined;
    const reads = await live.cloud.readAll(targets, []);
    expect(kinds(reads)).toEqual(targets.map((_, index) => (index === 4 ? 'unavailable' : 'firewall')));
  });

  test('nor does a filter that EC2 does not take', async () => {
    live.between.before = (_, form) =>
      form.has('Filter.1.Value.2') ? refusal(400, 'InvalidParameterValue') : undefined;
    expect(kinds(await live.cloud.readAll([...targets, unknown], []))).toEqual([
      ...targets.map(() => 'firewall'),
      'gone',
    ]);
  });
});

test.each([
  ['RequestLimitExceeded', 'throttled'],
  ['InternalError', 'unavailable'],
  ['UnauthorizedOperation', 'forbidden'],
])('where EC2 answers %s to all, the whole is a fault: %s', async (code, kind) => {
  live.between.before = () => refusal(code === 'UnauthorizedOperation' ? 403 : 503, code);
  await expect(live.cloud.readAll(targets, [])).rejects.toMatchObject({ kind });
});

test('a target of another region is a fault', async () => {
  await expect(live.cloud.readAll([{ ...targets[0]!, region: 'us-east-1' }], [])).rejects.toMatchObject({
    kind: 'unsupported',
  });
  expect(region).not.toBe('us-east-1');
});
