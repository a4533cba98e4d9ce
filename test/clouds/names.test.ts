import { describe, expect, test } from 'vitest';
import { firewallsOf } from '../../shared/clouds/aws/decode.ts';
import type { Context } from '../../shared/clouds/aws/decode.ts';
import { placesIn, writtenPeer } from '../../shared/clouds/aws/names.ts';
import type { Written } from '../../shared/clouds/aws/names.ts';
import { entriesIn, listsNamedBy, prefixListsIn, withPrefixLists } from '../../shared/clouds/aws/prefix-lists.ts';
import { associationsIn } from '../../shared/clouds/aws/ranges.ts';
import { INTERNET, NETWORK, peerName, SELF } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { NOBODY } from '../../shared/core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../shared/core/space/cidr.ts';
import { addressesText } from '../../shared/core/spell.ts';
import {
  ACCOUNT,
  context,
  extentText,
  firewallIn,
  GROUP,
  groupsAnswer,
  OTHER_ACCOUNT,
  PEER_GROUP,
  VPC,
} from './sample.ts';

function addresses(cidr: string) {
  return addressesOfBlock(blockOf(cidr)!.block);
}

const sg = (id: string): PeerName => peerName('sg', id);
const list = (id: string): PeerName => peerName('prefix-list', id);
const ranges = new Map([
  [VPC, addresses('10.0.0.0/16')],
  ['vpc-2', addresses('10.2.0.0/16')],
]);
describe('names as policies write them', () => {
  test.each<[PeerName, Written | undefined]>([
    [NETWORK, undefined],
    [INTERNET, undefined],
    [SELF, undefined],
    [peerName('tag', 'Storage.WestEurope'), undefined],
    [peerName('asg', 'web'), undefined],
    [sg(GROUP), { kind: 'group', id: GROUP, account: undefined }],
    [sg(`${OTHER_ACCOUNT}/${GROUP}`), { kind: 'group', id: GROUP, account: OTHER_ACCOUNT }],
    [sg('bastion'), { kind: 'group name', name: 'bastion' }],
    [sg('team/bastion: a'), { kind: 'group name', name: 'team/bastion: a' }],
    [list('pl-0123456789abcdef0'), { kind: 'prefix list', id: 'pl-0123456789abcdef0' }],
    [list(`${ACCOUNT}/offices`), { kind: 'prefix list name', owner: ACCOUNT, name: 'offices' }],
    [list('aws/com.amazonaws.a/b'), { kind: 'prefix list name', owner: 'AWS', name: 'com.amazonaws.a/b' }],
    [list('offices'), undefined],
    [list('/offices'), undefined],
  ])('%s', (name, written) => {
    expect(writtenPeer(name)).toEqual(written);
  });
});

describe('the own network and the own group', () => {
  test('the network is exactly its ranges, the own group nobody to these', () => {
    const firewall = firewallIn(groupsAnswer({}), undefined, { ranges });
    expect(extentText(firewall, NETWORK)).toBe('10.0.0.0/16');
    expect(firewall.aliases.get(SELF)).toBe(sg(GROUP));
    expect(extentText(firewall, sg(GROUP))).toBe('nobody to 10.0.0.0/16');
  });

  test.each<[string, object, Partial<Context>]>([
    ['a VPC of unknown ranges', { VpcId: 'vpc-1' }, {}],
    ['no VPC', { VpcId: undefined }, {}],
    ['a further VPC of unknown ranges', {}, { associations: new Map([[GROUP, ['vpc-1']]]) }],
    ['further VPCs that nobody could read', {}, { associations: 'unknown' }],
  ])('%s: the network is not known in full, the own group is anybody', (_, group, more) => {
    const firewall = firewallIn(groupsAnswer(group), undefined, { ranges, ...more });
    expect(extentText(firewall, NETWORK)).toMatch(/ to anywhere$/);
    expect(extentText(firewall, sg(GROUP))).toBe('nobody to anywhere');
  });

  test('the network is all VPCs that the group is in', () => {
    const association = (VpcId: string, State: string) => ({ GroupId: GROUP, VpcId, State });
    const associations = associationsIn({
      SecurityGroupVpcAssociations: [association('vpc-2', 'associated'), association('vpc-9', 'disassociated')],
    });
    const firewall = firewallIn(groupsAnswer({}), undefined, { ranges, associations });
    expect(firewall.networks).toEqual([VPC, 'vpc-2']);
    expect(extentText(firewall, NETWORK)).toBe('10.0.0.0/16, 10.2.0.0/16');
  });

  test('a group of the own VPC is in its further VPCs, too', () => {
    const permission = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: PEER_GROUP }] };
    const associations = new Map([[PEER_GROUP, ['vpc-2']]]);
    const groups = groupsAnswer({ IpPermissions: [permission] });
    const firewall = firewallIn(groups, undefined, { ranges, associations });
    expect(extentText(firewall, sg(PEER_GROUP))).toBe('nobody to 10.0.0.0/16, 10.2.0.0/16');
    const unknown = firewallIn(groups, undefined, { ranges, associations: new Map([[PEER_GROUP, ['vpc-1']]]) });
    expect(extentText(unknown, sg(PEER_GROUP))).toBe('nobody to anywhere');
  });
});

describe('groups that policies name', () => {
  const bastion = { GroupId: PEER_GROUP, GroupName: 'bastion', OwnerId: ACCOUNT, VpcId: VPC };
  const others = (...fields: readonly object[]) =>
    placesIn({ SecurityGroups: fields.map((one) => ({ ...bastion, ...one })) });
  const known = (name: PeerName, more: Partial<Context>) => {
    const firewall = firewallIn(groupsAnswer({}), undefined, { ranges, written: [name], ...more });
    return { alias: firewall.aliases.get(name), extent: extentText(firewall, firewall.aliases.get(name) ?? name) };
  };
  const near = { alias: sg(PEER_GROUP), extent: 'nobody to 10.0.0.0/16' };
  const nobody = { alias: undefined, extent: 'nobody' };
  const unknown = { alias: undefined, extent: undefined };
  const twins = [{}, { GroupId: 'sg-01' }];

  test.each<[string, PeerName, Partial<Context>, object]>([
    ['a name of the own VPC', sg('bastion'), { others: others({}) }, near],
    ['the own name', sg('web'), {}, { ...near, alias: sg(GROUP) }],
    ['a name of another VPC', sg('bastion'), { others: others({ VpcId: 'vpc-2' }), isWhole: true }, nobody],
    ['a name of another account', sg('bastion'), { others: others({ OwnerId: OTHER_ACCOUNT }), isWhole: true }, nobody],
    ['a name in another case', sg('Bastion'), { others: others({}), isWhole: true }, near],
    ['a name that saved answers do not show', sg('bastion'), {}, unknown],
    ['a name that two groups have', sg('bastion'), { others: others(...twins), isWhole: true }, unknown],
    ['an id that nobody looked for', sg(PEER_GROUP), {}, { alias: sg(PEER_GROUP), extent: undefined }],
    ['an id of the own VPC', sg(PEER_GROUP), { places: others({}) }, near],
    [
      'an id of another VPC',
      sg(PEER_GROUP),
      { places: others({ VpcId: 'vpc-2' }) },
      { ...unknown, alias: sg(PEER_GROUP) },
    ],
    ['an id of the own account', sg(`${ACCOUNT}/${PEER_GROUP}`), { places: others({}) }, near],
    [
      'an id of another account',
      sg(`${OTHER_ACCOUNT}/${PEER_GROUP}`),
      { places: others({}) },
      { ...unknown, alias: sg(`${OTHER_ACCOUNT}/${PEER_GROUP}`) },
    ],
    ['a group that is only known by its id', sg('bastion'), { places: others({}) }, unknown],
    ['a name of another cloud', peerName('asg', 'web'), { isWhole: true }, unknown],
  ])('%s', (_, name, more, expected) => {
    expect(known(name, more)).toEqual(expected);
  });

  test('a group whose VPC or account is not known has no namesakes', () => {
    for (const blank of [{ VpcId: undefined }, { OwnerId: undefined }]) {
      const more = { written: [sg('bastion')], others: others({}, blank), isWhole: true };
      const firewall = firewallIn(groupsAnswer(blank), undefined, more);
      expect(firewall.aliases.has(sg('bastion'))).toBe(false);
      expect(firewall.names.has(sg('bastion'))).toBe(false);
    }
  });

  test('groups of one saved answer know each other, and a name means another group in each VPC', () => {
    const SecurityGroups = [
      { ...bastion, GroupId: 'sg-01', GroupName: 'web' },
      { ...bastion, GroupId: 'sg-02' },
      { ...bastion, GroupId: 'sg-03', GroupName: 'web', VpcId: 'vpc-2' },
      { ...bastion, GroupId: 'sg-04', VpcId: 'vpc-2' },
      { ...bastion, GroupId: 'sg-05', GroupName: 'web', VpcId: 'vpc-3' },
    ];
    const written = [sg('bastion')];
    const firewalls = firewallsOf({ groups: { SecurityGroups } }, { ...context, ranges, written });
    const aliases = firewalls.map(({ aliases: one }) => one.get(sg('bastion')));
    expect(aliases).toEqual([sg('sg-02'), sg('sg-02'), sg('sg-04'), sg('sg-04'), undefined]);
    expect(firewalls[4]?.names.has(sg('bastion'))).toBe(false);
  });
});

describe('prefix lists', () => {
  const shown = (PrefixListId: string, PrefixListName: string, more: object = {}) => ({
    PrefixListId,
    PrefixListName,
    OwnerId: ACCOUNT,
    Version: 3,
    ...more,
  });
  const found = prefixListsIn({
    PrefixLists: [
      shown('pl-01', 'offices'),
      shown('pl-02', 'com.amazonaws.eu-central-1.s3', { OwnerId: 'AWS', Version: undefined }),
      shown('pl-03', 'twin'),
      shown('pl-04', 'twin', { Version: 0 }),
      shown('sg-05', 'no list'),
      { PrefixListName: 'no id' },
      null,
    ],
  });
  const entries = new Map([
    ['pl-01', addresses('203.0.113.0/24')],
    ['pl-02', addresses('3.5.134.0/23')],
  ]);

  test('what cannot be read of an answer is not known, and no failure', () => {
    expect(found.map(({ id, version }) => [id, version])).toEqual([
      ['pl-01', 3],
      ['pl-02', undefined],
      ['pl-03', 3],
      ['pl-04', undefined],
    ]);
    expect(prefixListsIn({})).toEqual([]);
    const entry = (Cidr: unknown) => ({ Cidr });
    expect(entriesIn({ Entries: [] })).toEqual(NOBODY);
    const both = entriesIn({ Entries: ['203.0.113.9/24', '2001:db8::/32', '203.0.113.0/25'].map(entry) });
    expect(both && addressesText(both)).toBe('203.0.113.0/24, 2001:db8::/32');
    for (const bad of ['10.0.0.0', '', 7, undefined]) expect(entriesIn({ Entries: [entry(bad)] })).toBe(undefined);
    expect(entriesIn(undefined)).toBe(undefined);
  });

  test('those of rules and of policies are asked for, once each', () => {
    const permission = { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-01' }, { PrefixListId: 'pl-03' }] };
    const firewall = firewallIn(groupsAnswer({ IpPermissions: [permission], IpPermissionsEgress: [permission] }));
    const written = [list('pl-01'), list('pl-02'), list('aws/a'), list('AWS/a'), sg('web'), NETWORK];
    expect(listsNamedBy([firewall, firewall], written)).toEqual({
      ids: ['pl-01', 'pl-03', 'pl-02'],
      names: [{ owner: 'AWS', name: 'a' }],
    });
  });

  test('a list is exactly its entries, by id and by name', () => {
    const permission = { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-01' }, { PrefixListId: 'pl-03' }] };
    const before = firewallIn(groupsAnswer({ IpPermissions: [permission] }), undefined, { ranges });
    const s3 = list('aws/com.amazonaws.eu-central-1.s3');
    const written = [s3, list(`${ACCOUNT}/twin`), list(`${ACCOUNT}/none`), list('pl-09')];
    const firewall = withPrefixLists(before, written, { found, isWhole: false, entries });
    expect(extentText(firewall, list('pl-01'))).toBe('203.0.113.0/24');
    expect(firewall.aliases.get(s3)).toBe(list('pl-02'));
    expect(extentText(firewall, list('pl-02'))).toBe('3.5.134.0/23');
    expect(extentText(firewall, NETWORK)).toBe('10.0.0.0/16');
    expect(firewall.version).toBe(before.version);
    for (const name of [list('pl-03'), list('pl-09'), ...written.slice(1)]) {
      expect(firewall.names.has(name)).toBe(false);
    }
    expect(firewall.aliases.has(list(`${ACCOUNT}/twin`))).toBe(false);
    expect([...firewall.unresolved]).toEqual([list(`${ACCOUNT}/twin`), list(`${ACCOUNT}/none`)]);
    // Where all lists were seen, one that is not among them is nobody; of two nobody knows still which one is meant.
    const whole = withPrefixLists(before, written, { found, isWhole: true, entries });
    expect(extentText(whole, list(`${ACCOUNT}/none`))).toBe('nobody');
    expect([...whole.unresolved]).toEqual([list(`${ACCOUNT}/twin`)]);
  });
});

describe('groups that a service made', () => {
  test.each<[string, object, string | undefined]>([
    ['people', {}, undefined],
    [
      'Kubernetes',
      { Tags: [{ Key: 'kubernetes.io/cluster/prod', Value: 'owned' }] },
      'tag `kubernetes.io/cluster/prod`',
    ],
    ['a load balancer', { Tags: [{ Key: 'elbv2.k8s.aws/cluster', Value: 'prod' }] }, 'tag `elbv2.k8s.aws/cluster`'],
    ['EKS', { Tags: [{ Key: 'aws:eks:cluster-name', Value: 'prod' }] }, 'tag `aws:eks:cluster-name`'],
    ['like Kubernetes', { Tags: [{ Key: 'my/kubernetes.io/cluster/prod', Value: '' }] }, undefined],
    [
      'Firewall Manager',
      { GroupName: 'FMManagedSecurityGroup1-sg-2-vpc-3' },
      'name `FMManagedSecurityGroup1-sg-2-vpc-3`',
    ],
    ['Directory Service', { GroupName: 'd-93676fd512_controllers' }, 'name `d-93676fd512_controllers`'],
    ['like a directory', { GroupName: 'd-93676fd512_controllers2' }, undefined],
    ['a tag that would end its quotes', { Tags: [{ Key: 'aws:eks:`\n', Value: '' }] }, "tag `aws:eks:'`"],
  ])('%s', (_, group, managedBy) => {
    expect(firewallIn(groupsAnswer(group)).managedBy).toBe(managedBy);
  });
});
