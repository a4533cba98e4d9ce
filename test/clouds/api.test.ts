import { CreateTagsCommand, DeleteSecurityGroupCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Change, Plan } from '../../shared/core/model/plan.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { addressesText, contentKey } from '../../shared/core/spell.ts';
import { keys, otherVpc, region } from '../local/ec2-fixture.ts';
import { addRows, createGroup, readGroup, refusal, startLive, targetOf } from './live.ts';
import type { Live } from './live.ts';
import { planOf, plansFor, rowsWith } from './plans.ts';
import { ACCOUNT, contentOf, keysOf, OTHER_ACCOUNT, textOf } from './sample.ts';
import { DAY_SEED } from '../seed.ts';

let live: Live;

beforeAll(async () => {
  live = await startLive();
});
afterAll(async () => {
  await live.close();
});
beforeEach(() => {
  live.between.before = () => undefined;
  live.between.after = () => undefined;
  live.between.calls.length = 0;
});

const wide = { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, CidrIpv4: '0.0.0.0/0', Description: 'all of tcp' };
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0' };
const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '203.0.113.0/24' };
const telnet = { IpProtocol: 'tcp', FromPort: 23, ToPort: 23, CidrIpv6: '::/0' };
const hasWide = (firewall: Firewall): boolean => textOf(firewall).includes('tcp from 0.0.0.0/0');

async function groupWith(...rows: readonly object[]): Promise<Firewall> {
  const id = await createGroup(live.client);
  await addRows(live.client, id, rows);
  return readGroup(live.cloud, id);
}

/** Narrows the first rule to https and ssh, and removes the others: three writes. */
function planFor(firewall: Firewall): Plan {
  const [first, ...others] = rulesOf(firewall, 'ingress');
  if (first === undefined) throw new Error('no rule');
  const becomes = [https, ssh].map((row) => ({ ...contentOf(row), description: first.description, tags: first.tags }));
  const removes = others.map((rule): Change => ({ kind: 'remove', direction: 'ingress', rule }));
  return planOf(firewall, [{ kind: 'narrow', direction: 'ingress', rule: first, becomes }, ...removes]);
}

/** Makes the group move after the first answer of one describe call and before that of the other. */
function movesBetweenTheCalls(id: string): void {
  const { promise: answered, resolve } = Promise.withResolvers<undefined>();
  let moves = 1;
  live.between.after = (action) => {
    if (action === 'DescribeSecurityGroups') resolve(undefined);
    return undefined;
  };
  live.between.before = async (action) => {
    if (action !== 'DescribeSecurityGroupRules' || moves === 0) return undefined;
    moves -= 1;
    await answered;
    await addRows(live.client, id, [ssh]);
    return undefined;
  };
}

function containing(text: string): unknown {
  return expect.stringContaining(text);
}

async function faultOf(call: Promise<unknown>): Promise<Fault> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

describe('read', () => {
  test('one group with its rules, tags, network and what is known of its peers', async () => {
    const peer = await createGroup(live.client);
    const id = await createGroup(live.client, 'web');
    await live.client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'role', Value: 'web' }] }));
    await addRows(live.client, id, [
      wide,
      { IpProtocol: '-1', ReferencedGroupInfo: { GroupId: peer }, IsEgress: true },
    ]);
    const firewall = await readGroup(live.cloud, id);
    expect(firewall).toMatchObject({
      target: targetOf(id),
      name: 'web',
      tags: { role: 'web' },
      networks: [otherVpc],
      readAt: new Date(live.time.at),
      unread: [],
    });
    expect(textOf(firewall)).toEqual([`any to sg:${peer}`, 'tcp from 0.0.0.0/0']);
    const most = firewall.names.get(peerName('sg', peer))?.most;
    expect(most && addressesText(most)).toBe('10.0.0.0/15, 2001:db8:1234::/56');
  });

  test('a group that does not exist is gone', async () => {
    expect(await live.cloud.read(targetOf('sg-0123456789abcdef0'), [])).toEqual({ kind: 'gone' });
  });

  test('again where the two calls disagree, and not for ever', async () => {
    const before = await groupWith(wide);
    movesBetweenTheCalls(before.target.id);
    const after = await readGroup(live.cloud, before.target.id);
    expect(textOf(after)).toEqual(['tcp from 0.0.0.0/0', 'tcp/22 from 203.0.113.0/24']);
    expect(after.unread).toEqual([]);
    expect(live.between.calls.filter((action) => action === 'DescribeSecurityGroups').length).toBeGreaterThan(1);

    const nothing = '<DescribeSecurityGroupRulesResponse><securityGroupRuleSet/></DescribeSecurityGroupRulesResponse>';
    live.between.before = (action) => (action === 'DescribeSecurityGroupRules' ? new Response(nothing) : undefined);
    expect((await faultOf(live.cloud.read(before.target, []))).kind).toBe('unavailable');
  });

  test('VPCs are asked for every five minutes, and when a new one turns up', async () => {
    const { target } = await groupWith(wide);
    const asked = (): number => live.between.calls.filter((action) => action === 'DescribeVpcs').length;
    const first = asked();
    await live.cloud.read(target, []);
    expect(asked()).toBe(first);
    live.time.at += 5 * 60_000;
    await live.cloud.read(target, []);
    expect(asked()).toBe(first + 1);
  });

  test.each<[string, Fault['kind'], () => Promise<unknown>]>([
    ['an unknown key', 'unavailable', () => live.cloudFor('AKIAUNKNOWN').read(targetOf('sg-0123456789abcdef0'), [])],
    ['an id of another kind', 'malformed', () => live.cloud.read(targetOf('vpc-1'), [])],
    ['another region', 'unsupported', () => live.cloud.read({ ...targetOf('sg-1'), region: 'us-east-1' }, [])],
    ['another region', 'unsupported', () => live.cloud.list({ account: ACCOUNT, region: 'us-east-1' }, [])],
  ])('%s is a fault: %s', async (_, kind, call) => {
    expect((await faultOf(call())).kind).toBe(kind);
  });

  test('a group of another account is a fault that names its owner', async () => {
    const { target } = await groupWith(wide);
    const fault = await faultOf(live.cloud.read({ ...target, account: OTHER_ACCOUNT }, []));
    expect(fault.kind).toBe('forbidden');
    expect(fault.message).toContain(ACCOUNT);
  });

  test.each<[number, string, Fault['kind']]>([
    [503, 'RequestLimitExceeded', 'throttled'],
    [500, 'InternalError', 'unavailable'],
    [502, 'SomethingElse', 'unavailable'],
    [403, 'UnauthorizedOperation', 'forbidden'],
    [400, 'SomethingNew', 'unsupported'],
  ])('%d %s is a fault: %s', async (status, code, kind) => {
    live.between.before = () => refusal(status, code);
    const fault = await faultOf(live.cloud.read(targetOf('sg-0123456789abcdef0'), []));
    expect(fault.kind).toBe(kind);
    expect(fault.message).toContain(code);
  });
});

describe('list', () => {
  test('all groups on all pages, in order of id', async () => {
    const made = [await groupWith(wide), await groupWith(ssh, https, telnet), await groupWith()];
    live.between.before = (_, form) => {
      if (form.has('MaxResults')) form.set('MaxResults', '5');
      return undefined;
    };
    const all = await live.cloud.list({ account: ACCOUNT, region }, []);
    const ids = all.map(({ target }) => target.id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids.length).toBeGreaterThan(5);
    for (const firewall of made) {
      expect(all.find(({ target }) => target.id === firewall.target.id)).toEqual({
        ...firewall,
        readAt: all[0]?.readAt,
      });
    }
  });

  test('a group that moves meanwhile is read by itself', async () => {
    const { target } = await groupWith(wide);
    movesBetweenTheCalls(target.id);
    const all = await live.cloud.list({ account: ACCOUNT, region }, []);
    const found = all.find(({ target: { id } }) => id === target.id);
    expect(found && textOf(found)).toEqual(['tcp from 0.0.0.0/0', 'tcp/22 from 203.0.113.0/24']);
    expect(found?.unread).toEqual([]);
  });
});

describe('apply', () => {
  test('narrows, adds and removes; ids, descriptions and tags of what stays are kept', async () => {
    const before = await groupWith({ ...wide, Tags: [{ Key: 'owner', Value: 'alex' }] }, telnet);
    const plan = planFor(before);
    const outcome = await live.cloud.apply(plan, before);
    expect(outcome).toMatchObject({ kind: 'applied' });
    expect(outcome.kind === 'applied' && outcome.requestIds.every((id) => id !== '')).toBe(true);
    const after = await readGroup(live.cloud, before.target.id);
    expect(keysOf(after)).toEqual(keysOf(simulate(before, plan.changes)));
    const [kept, added] = rulesOf(after, 'ingress').toSorted((a, b) =>
      contentKey('ingress', b).localeCompare(contentKey('ingress', a)),
    );
    expect(kept).toMatchObject({
      id: rulesOf(before, 'ingress')[0]?.id,
      description: 'all of tcp',
      tags: { owner: 'alex' },
    });
    expect(added).toMatchObject({ description: 'all of tcp', tags: { owner: 'alex', portcullis: plan.id } });
  });

  test('a rule with as many tags as EC2 takes is narrowed, and its pieces carry them without our mark', async () => {
    const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: `key-${String(at)}`, Value: 'x' }));
    const before = await groupWith({ ...wide, Tags });
    expect(await live.cloud.apply(planFor(before), before)).toMatchObject({ kind: 'applied' });
    const after = rulesOf(await readGroup(live.cloud, before.target.id), 'ingress');
    expect(after.map(({ tags }) => Object.keys(tags).length)).toEqual([50, 50]);
  });

  test('what EC2 shows afterwards is what simulate says, for any plan', async () => {
    const peer = await createGroup(live.client);
    let writes = 0;
    const property = fc.asyncProperty(rowsWith(peer), fc.gen(), async (drawn, draw) => {
      const before = await groupWith(...drawn);
      const plan = draw(plansFor, before, peer);
      expect(keysOf(before)).toHaveLength(drawn.length);
      const outcome = await live.cloud.apply(plan, before);
      expect(outcome.kind).toBe('applied');
      writes += outcome.kind === 'applied' ? outcome.requestIds.length : 0;
      const after = await readGroup(live.cloud, before.target.id);
      expect(keysOf(after)).toEqual(keysOf(simulate(before, plan.changes)));
      expect(after.unread).toEqual([]);
      for (const direction of DIRECTIONS) {
        for (const rule of rulesOf(after, direction)) expect(rule.id).toMatch(/^sgr-/);
      }
      await live.client.send(new DeleteSecurityGroupCommand({ GroupId: before.target.id }));
    });
    await fc.assert(property, { numRuns: 25, seed: DAY_SEED });
    expect(writes).toBeGreaterThan(25);
  });

  test('nothing is written for a plan of another version, nor where somebody was faster', async () => {
    const before = await groupWith(wide);
    const stale = { ...planFor(before), version: 'other' };
    expect(await live.cloud.apply(stale, before)).toMatchObject({ kind: 'conflict', requestIds: [] });
    await addRows(live.client, before.target.id, [telnet]);
    // The read is too old to be trusted, so the group is read again before the first write.
    live.time.at += 2_001;
    expect(await live.cloud.apply(planFor(before), before)).toMatchObject({ kind: 'conflict', requestIds: [] });
    expect(hasWide(await readGroup(live.cloud, before.target.id))).toBe(true);
  });

  test('a fresh read is trusted, and the write itself meets what moved since', async () => {
    const before = await groupWith(wide);
    const [rule] = rulesOf(before, 'ingress');
    const GroupId = before.target.id;
    await live.client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [rule!.id] }));
    const remove = planOf(before, [{ kind: 'remove', direction: 'ingress', rule: rule! }]);
    expect(await live.cloud.apply(remove, before)).toMatchObject({
      kind: 'conflict',
      why: containing('NotFound'),
    });
    await addRows(live.client, GroupId, [ssh]);
    const add = planOf(before, [{ kind: 'add', direction: 'ingress', becomes: [contentOf(https), contentOf(ssh)] }]);
    expect(await live.cloud.apply(add, before)).toMatchObject({
      kind: 'conflict',
      why: containing('Duplicate'),
    });
    expect(textOf(await readGroup(live.cloud, GroupId))).toEqual(['tcp/22 from 203.0.113.0/24']);
  });

  test('stops between two writes where somebody moves the group', async () => {
    const before = await groupWith(wide);
    live.between.after = async (action) => {
      if (action === 'AuthorizeSecurityGroupIngress') await addRows(live.client, before.target.id, [telnet]);
      return undefined;
    };
    const outcome = await live.cloud.apply(planFor(before), before);
    expect(outcome).toMatchObject({ kind: 'conflict', requestIds: [containing('-')] });
    expect(hasWide(await readGroup(live.cloud, before.target.id))).toBe(true);
  });

  test('a read that lags behind the first write is made again; one that never catches up is unavailable', async () => {
    const before = await groupWith(wide);
    const answers = new Map<string, string>();
    let stale = 0;
    let lagging = 0;
    live.between.after = (action, answer) => {
      if (!action.startsWith('Describe')) return undefined;
      if (stale === 0) answers.set(action, answer);
      if (stale === 0 || lagging === 0) return undefined;
      lagging -= 1;
      return new Response(answers.get(action) ?? answer);
    };
    await live.cloud.read(before.target, []);
    stale = 1;
    lagging = 4;
    expect(await live.cloud.apply(planFor(before), before)).toMatchObject({ kind: 'applied' });

    const another = await groupWith(wide);
    stale = 0;
    await live.cloud.read(another.target, []);
    stale = 1;
    lagging = 1000;
    expect((await faultOf(live.cloud.apply(planFor(another), another))).kind).toBe('unavailable');
    lagging = 0;
    expect(hasWide(await readGroup(live.cloud, another.target.id))).toBe(true);
  });

  test('a lost answer of a write is unavailable, and the write may have been made', async () => {
    const before = await groupWith(wide);
    live.between.after = (action) =>
      action === 'ModifySecurityGroupRules' ? refusal(500, 'InternalError') : undefined;
    expect((await faultOf(live.cloud.apply(planFor(before), before))).kind).toBe('unavailable');
    expect(hasWide(await readGroup(live.cloud, before.target.id))).toBe(false);
  });

  test('rules that EC2 did not know are a conflict', async () => {
    const before = await groupWith(wide);
    const unknown = '<unknownIpPermissionSet><item><ipProtocol>tcp</ipProtocol></item></unknownIpPermissionSet>';
    const answer = `<RevokeSecurityGroupIngressResponse><return>true</return>${unknown}</RevokeSecurityGroupIngressResponse>`;
    live.between.before = (action) => (action === 'RevokeSecurityGroupIngress' ? new Response(answer) : undefined);
    const [rule] = rulesOf(before, 'ingress');
    const plan = planOf(before, [{ kind: 'remove', direction: 'ingress', rule: rule! }]);
    expect(await live.cloud.apply(plan, before)).toMatchObject({ kind: 'conflict' });
  });

  test('a group that is deleted meanwhile is gone, one that a rule names in vain is refused', async () => {
    const before = await groupWith(wide);
    const becomes = [contentOf({ IpProtocol: '-1', ReferencedGroupInfo: { GroupId: 'sg-0123456789abcdef0' } })];
    const plan = planOf(before, [{ kind: 'add', direction: 'ingress', becomes }]);
    expect(await live.cloud.apply(plan, before)).toMatchObject({
      kind: 'refused',
      why: containing('InvalidGroup.NotFound'),
    });
    await live.client.send(new DeleteSecurityGroupCommand({ GroupId: before.target.id }));
    expect(await live.cloud.apply(planFor(before), before)).toEqual({ kind: 'gone' });
    live.time.at += 3_000;
    expect(await live.cloud.apply(planFor(before), before)).toEqual({ kind: 'gone' });
  });

  test('what EC2 does not take is refused, and says what to do', async () => {
    const before = await groupWith(wide);
    const denied = await live.cloudFor(keys.reader).apply(planFor(before), before);
    expect(denied).toMatchObject({ kind: 'refused', why: containing('UnauthorizedOperation') });
    const becomes = Array.from({ length: 60 }, (_, port) => contentOf({ ...ssh, FromPort: port, ToPort: port }));
    const full = await live.cloud.apply(planOf(before, [{ kind: 'add', direction: 'ingress', becomes }]), before);
    expect(full).toMatchObject({ kind: 'refused', why: containing('raise the quota') });
    expect(await readGroup(live.cloud, before.target.id)).toEqual({ ...before, readAt: new Date(live.time.at) });
  });

  test('a plan for another group is a mistake', async () => {
    const [one, two] = [await groupWith(wide), await groupWith(wide)];
    await expect(live.cloud.apply(planFor(one), two)).rejects.toThrow('is for');
  });
});
