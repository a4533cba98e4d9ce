import {
  AssociateSecurityGroupVpcCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  DeleteManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { Lead } from '../../shared/clouds/contract.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { account, defaultVpc, otherVpc, region } from '../local/ec2-fixture.ts';
import { createGroup, readGroup, refusal, startLive, targetOf } from './live.ts';
import type { Live } from './live.ts';
import { extentText, OTHER_ACCOUNT } from './sample.ts';

let live: Live;

/** What is behind groups, as EC2 would show it. */
interface Behind {
  readonly instances: Map<
    string,
    { readonly own: readonly string[]; readonly interfaces: readonly (readonly string[])[] }
  >;
  readonly interfaces: Map<string, readonly string[]>;
  readonly subnets: Map<string, string>;
}
const behind: Behind = { instances: new Map(), interfaces: new Map(), subnets: new Map() };

const list = (tag: string, items: readonly string[]): string =>
  `<${tag}>${items.map((item) => `<item>${item}</item>`).join('')}</${tag}>`;
const groupSet = (ids: readonly string[]): string =>
  list(
    'groupSet',
    ids.map((id) => `<groupId>${id}</groupId>`),
  );
const answer = (action: string, inner: string): Response =>
  new Response(`<${action}Response>${inner}</${action}Response>`);

/** Answers in EC2's place what the local one may not know: only what the filter asks for, as EC2 does. */
function answered(action: string, form: URLSearchParams): Response | undefined {
  const wanted = [...form].filter(([key]) => key.startsWith('Filter.1.Value.')).map(([, value]) => value);
  switch (action) {
    case 'DescribeInstances': {
      const shown = wanted.flatMap((id) => {
        const instance = behind.instances.get(id);
        if (instance === undefined) return [];
        const interfaces = list('networkInterfaceSet', instance.interfaces.map(groupSet));
        return [`<instanceId>${id}</instanceId>${groupSet(instance.own)}${interfaces}`];
      });
      return answer(
        action,
        list(
          'reservationSet',
          shown.map((one) => list('instancesSet', [one])),
        ),
      );
    }
    case 'DescribeNetworkInterfaces': {
      const shown = wanted.flatMap((id) => {
        const groups = behind.interfaces.get(id);
        return groups === undefined ? [] : [`<networkInterfaceId>${id}</networkInterfaceId>${groupSet(groups)}`];
      });
      return answer(action, list('networkInterfaceSet', shown));
    }
    case 'DescribeSubnets': {
      const shown = wanted.flatMap((id) => {
        const network = behind.subnets.get(id);
        return network === undefined ? [] : [`<subnetId>${id}</subnetId><vpcId>${network}</vpcId>`];
      });
      return answer(action, list('subnetSet', shown));
    }
    default:
      // A filter that the local EC2 may not know: it shows all groups, which EC2 would never do.
      if (form.get('Filter.1.Name')?.endsWith('ip-permission.prefix-list-id') === true) {
        for (const key of [...form.keys()].filter((one) => one.startsWith('Filter.'))) form.delete(key);
      }
      return undefined;
  }
}

beforeAll(async () => {
  live = await startLive();
});
afterAll(async () => {
  await live.close();
});
beforeEach(() => {
  live.between.before = answered;
  live.between.calls.length = 0;
});

function lead(kind: Lead['kind'], id: string, more: Partial<Lead> = {}): Lead {
  return { cloud: 'aws', account, region, kind, id, ...more };
}

async function idsFor(
  leads: readonly Lead[],
  written: readonly PeerName[] = [],
): Promise<readonly (readonly string[])[]> {
  const found = await live.cloud.find(leads, written);
  for (const target of found.flat()) expect(target).toEqual(targetOf(target.id));
  return found.map((targets) => targets.map(({ id }) => id).sort());
}

async function everyId(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of live.cloud.targets({ account, region })) ids.push(...page.map(({ id }) => id));
  return ids.sort();
}

const count = (action: string): number => live.between.calls.filter((call) => call === action).length;

describe('names and members', () => {
  test('a name finds its groups only, whatever a filter makes of it', async () => {
    const id = await createGroup(live.client, 'db');
    await createGroup(live.client, 'db replica');
    expect(await idsFor(['db', 'db*', 'none'].map((name) => lead('name', name)))).toEqual([[id], [], []]);
  });

  test('instances have every group on every interface, and a batch of them costs one call', async () => {
    const [a, b, c, d] = [
      await createGroup(live.client),
      await createGroup(live.client),
      await createGroup(live.client),
      await createGroup(live.client),
    ];
    behind.instances.set('i-1', { own: [a], interfaces: [[a], [a, b]] });
    behind.instances.set('i-2', { own: [], interfaces: [[c, a]] });
    behind.interfaces.set('eni-1', [d]);
    live.between.calls.length = 0;
    const leads = [
      lead('instance', 'i-1'),
      lead('interface', 'eni-1'),
      lead('instance', 'i-2'),
      lead('instance', 'i-1'),
    ];
    const sorted = [a, b].toSorted();
    expect(await idsFor(leads)).toEqual([sorted, [d], [a, c].toSorted(), sorted]);
    expect(live.between.calls.toSorted()).toEqual([
      'DescribeInstances',
      'DescribeNetworkInterfaces',
      'DescribeSecurityGroups',
    ]);
  });

  test('an instance that is not shown yet, or any more, is nobody', async () => {
    expect(await idsFor([lead('instance', 'i-99'), lead('interface', 'eni-99')])).toEqual([[], []]);
  });

  test('groups of another account are left out, and those that are not shown yet are not', async () => {
    const id = await createGroup(live.client);
    const unseen = 'sg-0123456789abcdef0';
    behind.instances.set('i-3', { own: [id, unseen], interfaces: [] });
    expect(await idsFor([lead('instance', 'i-3')])).toEqual([[id, unseen].toSorted()]);
    const [found] = await live.cloud.find([lead('instance', 'i-3', { account: OTHER_ACCOUNT })], []);
    expect(found?.map((target) => target.id)).toEqual([unseen]);
  });

  test('nothing is asked where there is no lead', async () => {
    expect(await live.cloud.find([], [])).toEqual([]);
    expect(live.between.calls).toEqual([]);
  });
});

describe('networks', () => {
  test('a VPC has its own groups and those that are associated with it, a subnet those of its VPC', async () => {
    const input = { GroupName: 'shared', Description: 'for a test', VpcId: defaultVpc };
    const id = (await live.client.send(new CreateSecurityGroupCommand(input))).GroupId!;
    await live.client.send(new AssociateSecurityGroupVpcCommand({ GroupId: id, VpcId: otherVpc }));
    const stays = await createGroup(live.client);
    behind.subnets.set('subnet-1', otherVpc);
    const [ofDefault, ofOther, ofSubnet, ...none] = await idsFor([
      lead('network', defaultVpc),
      lead('network', otherVpc),
      lead('subnet', 'subnet-1'),
      lead('network', 'vpc-99'),
      lead('subnet', 'subnet-99'),
    ]);
    expect(ofDefault).toContain(id);
    expect(ofDefault).not.toContain(stays);
    expect(ofOther).toEqual(expect.arrayContaining([id, stays]));
    expect(ofSubnet).toEqual(ofOther);
    expect(none).toEqual([[], []]);
  });

  test('what was known of VPCs is dropped, and not believed for long until the change has settled', async () => {
    const id = await createGroup(live.client);
    const network = peerName('sg', id);
    const range = async (): Promise<string | undefined> => extentText(await readGroup(live.cloud, id), network);
    const grows = (to: string) => (action: string, text: string) =>
      action === 'DescribeVpcs' ? new Response(text.replaceAll('10.1.0.0/16', to)) : undefined;
    expect(await range()).toContain('10.0.0.0/15');
    live.between.after = grows('10.2.0.0/16');
    expect(await range()).toContain('10.0.0.0/15');
    await live.cloud.find([lead('network', otherVpc)], []);
    expect(await range()).toContain('10.2.0.0/16');

    // Another event comes, and EC2 still answers what was; a minute later it does not.
    await live.cloud.find([lead('network', otherVpc)], []);
    expect(await range()).toContain('10.2.0.0/16');
    live.between.after = grows('10.4.0.0/16');
    live.time.at += 60_000;
    expect(await range()).toContain('10.4.0.0/16');
    live.between.after = () => undefined;
    live.time.at += 10 * 60_000;
  });
});

describe('prefix lists', () => {
  async function createList(PrefixListName: string): Promise<string> {
    const input = { PrefixListName, MaxEntries: 5, AddressFamily: 'IPv4' };
    const { PrefixList } = await live.client.send(new CreateManagedPrefixListCommand(input));
    return PrefixList!.PrefixListId!;
  }
  async function groupNaming(id: string): Promise<string> {
    const GroupId = await createGroup(live.client);
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: id }] }];
    await live.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    return GroupId;
  }

  test('a list touches the groups whose rules name it, and every group where a policy names it', async () => {
    const [offices, partners] = [await createList('offices'), await createList('partners')];
    const inRules = await groupNaming(offices);
    const leads = [lead('prefix-list', offices), lead('prefix-list', partners)];
    expect(await idsFor(leads)).toEqual([[inRules], []]);
    const every = await everyId();
    expect(every).toContain(inRules);
    expect(await idsFor(leads, [peerName('prefix-list', partners)])).toEqual([[inRules], every]);
    expect(await idsFor(leads, [peerName('prefix-list', `${account}/offices`)])).toEqual([every, []]);
    expect(await idsFor(leads, [peerName('prefix-list', `${OTHER_ACCOUNT}/offices`)])).toEqual([[inRules], []]);
  });

  test('of a list that is gone nobody knows its name, so it touches every group where a policy uses names', async () => {
    const gone = await createList('gone');
    await live.client.send(new DeleteManagedPrefixListCommand({ PrefixListId: gone }));
    const leads = [lead('prefix-list', gone)];
    expect(await idsFor(leads)).toEqual([[]]);
    expect(await idsFor(leads, [peerName('prefix-list', `${account}/offices`)])).toEqual([await everyId()]);
  });
});

describe('all targets of an account', () => {
  test('come page by page, each once, and only the own ones', async () => {
    for (let made = 0; made < 7; made += 1) await createGroup(live.client);
    live.between.before = (_, form) => {
      if (form.has('MaxResults')) form.set('MaxResults', '5');
      return undefined;
    };
    const pages: number[] = [];
    for await (const page of live.cloud.targets({ account, region })) pages.push(page.length);
    expect(Math.max(...pages)).toBe(5);
    const ids = await everyId();
    const all = await live.cloud.list({ account, region }, []);
    expect(ids).toEqual(all.map(({ target }) => target.id));
  });

  test('stop with a fault where EC2 stops answering', async () => {
    live.between.before = () => refusal(503, 'RequestLimitExceeded');
    await expect(everyId()).rejects.toMatchObject({ kind: 'throttled' });
  });
});

test.each<[string, Fault['kind'], Lead['kind']]>([
  ['UnauthorizedOperation', 'forbidden', 'instance'],
  ['UnauthorizedOperation', 'forbidden', 'prefix-list'],
  ['InvalidParameterValue', 'unsupported', 'network'],
])('what EC2 refuses with %s is a fault: %s', async (code, kind, of) => {
  live.between.before = () => refusal(400, code);
  const found = live.cloud.find([lead(of, 'x-1')], []);
  await expect(found).rejects.toBeInstanceOf(Fault);
  await expect(found).rejects.toMatchObject({ kind, message: expect.stringContaining(`${of} \`x-1\``) as string });
});

test('a name with odd characters is asked for as it is, and cannot break the line of a fault', async () => {
  const odd = 'web`\u202e\u2028\r\n\u001b[31m`';
  const asked: (string | null)[] = [];
  live.between.before = (_, form) => {
    asked.push(form.get('Filter.1.Value.1'));
    return refusal(400, 'InvalidParameterValue');
  };
  await expect(live.cloud.find([lead('name', odd)], [])).rejects.toMatchObject({
    message: expect.stringMatching(
      /^find the security groups of name `[^`\p{C}\p{Z}]+ \[31m'`: [^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u,
    ) as string,
  });
  expect(asked).toEqual([odd]);
});

test('a lead of another region is a fault, and nothing is asked', async () => {
  const elsewhere = live.cloud.find([lead('instance', 'i-1', { region: 'us-east-1' })], []);
  await expect(elsewhere).rejects.toMatchObject({ kind: 'unsupported' });
  expect(count('DescribeInstances')).toBe(0);
});
