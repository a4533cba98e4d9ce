import {
  CreateManagedPrefixListCommand,
  DeleteSecurityGroupCommand,
  ModifyManagedPrefixListCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeRules } from '../../shared/clouds/aws/describe.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { NETWORK, peerName, SELF } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { defaultVpc, otherVpc, region } from '../local/ec2-fixture.ts';
import { addRows, createGroup, readGroup, refusal, startLive, targetOf } from './live.ts';
import type { Live } from './live.ts';
import { planOf } from './plans.ts';
import { ACCOUNT, contentOf, extentText } from './sample.ts';

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

const S3 = 'pl-6ea54007';
const own = '10.0.0.0/15, 2001:db8:1234::/56';
const sg = (id: string): PeerName => peerName('sg', id);
const list = (id: string): PeerName => peerName('prefix-list', id);
const count = (action: string): number => live.between.calls.filter((call) => call === action).length;
async function createList(PrefixListName: string, ...cidrs: readonly string[]): Promise<string> {
  const Entries = cidrs.slice(0, 100).map((Cidr) => ({ Cidr }));
  const more = { MaxEntries: 500, AddressFamily: 'IPv4' };
  const { PrefixList } = await live.client.send(
    new CreateManagedPrefixListCommand({ PrefixListName, Entries, ...more }),
  );
  const id = PrefixList!.PrefixListId!;
  for (let from = 100, version = 1; from < cidrs.length; from += 100, version += 1) {
    await addEntries(id, version, ...cidrs.slice(from, from + 100));
  }
  return id;
}

async function addEntries(PrefixListId: string, CurrentVersion: number, ...cidrs: readonly string[]): Promise<void> {
  const AddEntries = cidrs.map((Cidr) => ({ Cidr }));
  await live.client.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion, AddEntries }));
}

const both = async (id: string, written: readonly PeerName[]): Promise<Firewall> => {
  const firewall = await readGroup(live.cloud, id, written);
  const all = await live.cloud.list({ account: ACCOUNT, region }, written);
  expect(all.find(({ target }) => target.id === id)).toEqual(firewall);
  return firewall;
};

describe('groups and networks', () => {
  test('a name is looked for in the own VPC, in one call beside the others', async () => {
    const bastion = await createGroup(live.client, 'bastion');
    const byId = await createGroup(live.client);
    const id = await createGroup(live.client);
    const written = [SELF, NETWORK, sg('bastion'), sg('bast*'), sg('none'), sg(byId), sg(`${ACCOUNT}/${byId}`)];
    live.between.calls.length = 0;
    const firewall = await readGroup(live.cloud, id, written);
    expect(live.between.calls.toSorted()).toEqual([
      'DescribeSecurityGroupRules',
      ...(count('DescribeVpcs') > 0 ? ['DescribeSecurityGroupVpcAssociations'] : []),
      'DescribeSecurityGroups',
      'DescribeSecurityGroups',
      'DescribeSecurityGroups',
      ...(count('DescribeVpcs') > 0 ? ['DescribeVpcs'] : []),
    ]);
    expect(Object.fromEntries(firewall.aliases)).toEqual({
      [SELF]: `sg:${id}`,
      'sg:bastion': `sg:${bastion}`,
      [sg(byId)]: `sg:${byId}`,
      [sg(`${ACCOUNT}/${byId}`)]: `sg:${byId}`,
    });
    expect(extentText(firewall, NETWORK)).toBe(own);
    for (const one of [id, bastion, byId]) expect(extentText(firewall, sg(one))).toBe(`nobody to ${own}`);
    for (const none of ['bast*', 'none']) expect(extentText(firewall, sg(none))).toBe('nobody');

    // Where a group is never changes, so its id is asked for once.
    live.between.calls.length = 0;
    await readGroup(live.cloud, id, written);
    expect(count('DescribeSecurityGroups')).toBe(2);
    expect(await both(id, written)).toEqual(firewall);
  });

  test('a name that is given to another group means that one', async () => {
    const first = await createGroup(live.client, 'jump');
    const id = await createGroup(live.client);
    const aliasOf = async () => (await both(id, [sg('jump')])).aliases.get(sg('jump'));
    expect(await aliasOf()).toBe(sg(first));
    await live.client.send(new DeleteSecurityGroupCommand({ GroupId: first }));
    expect(await aliasOf()).toBe(undefined);
    const second = await createGroup(live.client, 'jump');
    expect(await aliasOf()).toBe(sg(second));
  });

  test('nothing is looked up that nobody names', async () => {
    const id = await createGroup(live.client);
    await readGroup(live.cloud, id);
    live.between.calls.length = 0;
    await readGroup(live.cloud, id, [SELF, NETWORK, peerName('tag', 'Internet'), peerName('asg', 'web')]);
    expect(live.between.calls.toSorted()).toEqual(['DescribeSecurityGroupRules', 'DescribeSecurityGroups']);
  });

  test('more names than a filter takes are asked for in several calls', async () => {
    const id = await createGroup(live.client, 'many');
    const written = Array.from({ length: 250 }, (_, index) => sg(`name ${String(index)}`));
    live.between.before = (_, form) => {
      const values = [...form.keys()].filter((key) => key.startsWith('Filter.1.Value.'));
      return values.length > 200 ? refusal(400, 'FilterLimitExceeded') : undefined;
    };
    const firewall = await readGroup(live.cloud, id, [...written, sg('many')]);
    expect(firewall.aliases.get(sg('many'))).toBe(sg(id));
    expect(extentText(firewall, sg('name 249'))).toBe('nobody');
  });

  test('a look-up that is refused says nothing of the names, and the rest is read', async () => {
    const id = await createGroup(live.client);
    live.between.before = (_, form) =>
      form.get('Filter.1.Name') === 'group-name' ? refusal(400, 'InvalidParameterValue') : undefined;
    const firewall = await readGroup(live.cloud, id, [sg('bastion')]);
    expect(firewall.names.has(sg('bastion'))).toBe(false);
    live.between.before = (_, form) =>
      form.get('Filter.1.Name') === 'group-name' ? refusal(503, 'RequestLimitExceeded') : undefined;
    await expect(live.cloud.read(targetOf(id), [sg('bastion')])).rejects.toMatchObject({ kind: 'throttled' });
  });

  test('the VPCs that a group is associated with belong to its network', async () => {
    const id = await createGroup(live.client);
    const item = `<item><groupId>${id}</groupId><vpcId>${defaultVpc}</vpcId><state>associated</state></item>`;
    const set = `<securityGroupVpcAssociationSet>${item}</securityGroupVpcAssociationSet>`;
    const action = 'DescribeSecurityGroupVpcAssociations';
    live.time.at += 5 * 60_000;
    live.between.before = (name) =>
      name === action ? new Response(`<${name}Response>${set}</${name}Response>`) : undefined;
    const firewall = await readGroup(live.cloud, id);
    expect(firewall.networks).toEqual([otherVpc, defaultVpc]);
    expect(extentText(firewall, NETWORK)).toBe('10.0.0.0/15, 172.31.0.0/16, 2001:db8:1234::/56');

    live.time.at += 5 * 60_000;
    live.between.before = (name) => (name === action ? refusal(403, 'UnauthorizedOperation') : undefined);
    const unknown = await readGroup(live.cloud, id);
    expect(extentText(unknown, NETWORK)).toMatch(/^10\..* to anywhere$/);
    expect(extentText(unknown, sg(id))).toBe('nobody to anywhere');
    live.time.at += 5 * 60_000;
  });
});

describe('what is read beside a group', () => {
  const named = list(`${ACCOUNT}/none`);

  test.each(['DescribeVpcs', 'DescribeManagedPrefixLists'])(
    'is of no matter where the group is gone, and of all where it is there: %s',
    async (action) => {
      const id = await createGroup(live.client);
      live.time.at += 5 * 60_000;
      live.between.before = (name) => (name === action ? refusal(503, 'RequestLimitExceeded') : undefined);
      expect(await live.cloud.read(targetOf('sg-0123456789abcdef0'), [named])).toEqual({ kind: 'gone' });
      await expect(live.cloud.read(targetOf(id), [named])).rejects.toMatchObject({ kind: 'throttled' });
    },
  );

  test('a list that the rules of a group name no more is not looked up for ever', async () => {
    const id = await createGroup(live.client);
    await addRows(live.client, id, [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListId: S3 }]);
    await readGroup(live.cloud, id);
    const { SecurityGroupRules } = await describeRules(live.client, [id]);
    const SecurityGroupRuleIds = SecurityGroupRules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []);
    await live.client.send(new RevokeSecurityGroupIngressCommand({ GroupId: id, SecurityGroupRuleIds }));
    await readGroup(live.cloud, id);
    live.between.calls.length = 0;
    expect((await readGroup(live.cloud, id)).names.has(list(S3))).toBe(false);
    expect(count('DescribeManagedPrefixLists')).toBe(0);
  });
});

describe('prefix lists', () => {
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  const odd = (length: number): readonly string[] =>
    Array.from({ length }, (_, index) => `10.${String(index >> 7)}.${String((index & 127) * 2)}.0/24`);

  test('all entries on all pages, of rules and of policies, by id and by name', async () => {
    const cidrs = odd(250);
    // A list for 500 entries weighs more than a group has room for, so only the policy names it.
    const long = await createList('long', ...cidrs);
    const id = await createGroup(live.client);
    await addRows(live.client, id, [{ ...ssh, PrefixListId: S3 }]);
    const s3 = list(`aws/com.amazonaws.${region}.s3`);
    live.between.calls.length = 0;
    const written = [s3, list(long), list(`${ACCOUNT}/long`), list(`${ACCOUNT}/none`), list('pl-0123456789abcdef0')];
    const firewall = await readGroup(live.cloud, id, written);
    expect(extentText(firewall, list(long))).toBe(cidrs.join(', '));
    expect(extentText(firewall, list(S3))).toBe('3.5.134.0-3.5.139.255, 52.219.44.0/22, 52.219.72.0/22');
    expect(Object.fromEntries(firewall.aliases)).toMatchObject({
      [s3]: list(S3),
      [list(`${ACCOUNT}/long`)]: list(long),
    });
    expect(extentText(firewall, list(`${ACCOUNT}/none`))).toBe('nobody');
    expect(firewall.names.has(list('pl-0123456789abcdef0'))).toBe(false);
    expect(count('DescribeManagedPrefixLists')).toBe(2);
    expect(count('GetManagedPrefixListEntries')).toBe(4);

    // A version of a list is read once; the lists of AWS have no version, and are read each time.
    live.between.calls.length = 0;
    expect(await both(id, written)).toEqual(firewall);
    expect(count('GetManagedPrefixListEntries')).toBe(2);
  });

  test('entries that change between two reads', async () => {
    const changing = await createList('changing', '203.0.113.0/24');
    const id = await createGroup(live.client);
    const written = [list(`${ACCOUNT}/changing`)];
    const seen = async () => extentText(await both(id, written), list(changing));
    expect(await seen()).toBe('203.0.113.0/24');
    await addEntries(changing, 1, '198.51.100.0/24');
    expect(await seen()).toBe('198.51.100.0/24, 203.0.113.0/24');
    const RemoveEntries = [{ Cidr: '203.0.113.0/24' }, { Cidr: '198.51.100.0/24' }];
    const input = { PrefixListId: changing, CurrentVersion: 2, RemoveEntries };
    await live.client.send(new ModifyManagedPrefixListCommand(input));
    expect(await seen()).toBe('nobody');
  });

  test('entries that change between two pages are all of one version', async () => {
    const cidrs = odd(150);
    const moving = await createList('moving', ...cidrs);
    const id = await createGroup(live.client);
    live.between.after = async (action) => {
      if (action !== 'GetManagedPrefixListEntries') return undefined;
      live.between.after = () => undefined;
      const RemoveEntries = [{ Cidr: cidrs[0] }, { Cidr: cidrs[149] }];
      const input = { PrefixListId: moving, CurrentVersion: 2, RemoveEntries };
      await live.client.send(new ModifyManagedPrefixListCommand(input));
      return undefined;
    };
    const first = await readGroup(live.cloud, id, [list(moving)]);
    expect(extentText(first, list(moving))).toBe(cidrs.join(', '));
    const second = await readGroup(live.cloud, id, [list(moving)]);
    expect(extentText(second, list(moving))).toBe(cidrs.slice(1, 149).join(', '));
  });

  test.each(['DescribeManagedPrefixLists', 'GetManagedPrefixListEntries'])(
    'where %s is forbidden nothing is known of lists; where it cannot answer, nothing of the firewall',
    async (action) => {
      const id = await createGroup(live.client);
      await addRows(live.client, id, [{ ...ssh, PrefixListId: S3 }]);
      for (const [status, code] of [
        [403, 'UnauthorizedOperation'],
        [400, 'InvalidPrefixListID.NotFound'],
        [400, 'SomethingNew'],
      ] as const) {
        live.between.before = (name) => (name === action ? refusal(status, code) : undefined);
        const firewall = await readGroup(live.cloud, id);
        expect(firewall.unread).toEqual([]);
        expect(firewall.names.has(list(S3))).toBe(false);
      }
      for (const [status, code, kind] of [
        [503, 'RequestLimitExceeded', 'throttled'],
        [500, 'InternalError', 'unavailable'],
      ] as const) {
        live.between.before = (name) => (name === action ? refusal(status, code) : undefined);
        await expect(live.cloud.read(targetOf(id), [])).rejects.toMatchObject({ kind });
      }
    },
  );

  test('a write does not look names up again', async () => {
    const id = await createGroup(live.client);
    await addRows(live.client, id, [{ ...ssh, PrefixListId: S3 }]);
    const before = await readGroup(live.cloud, id, [sg('bastion')]);
    live.time.at += 3_000;
    live.between.calls.length = 0;
    const becomes = [contentOf({ ...ssh, CidrIpv4: '203.0.113.0/24' })];
    const plan = planOf(before, [{ kind: 'add', direction: 'ingress', becomes }]);
    expect(await live.cloud.apply(plan, before)).toMatchObject({ kind: 'applied' });
    expect(live.between.calls.toSorted()).toEqual([
      'AuthorizeSecurityGroupIngress',
      'DescribeSecurityGroupRules',
      'DescribeSecurityGroups',
    ]);
  });
});
