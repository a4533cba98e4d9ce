import { describe, expect, test } from 'vitest';
import { rangesOfVpcs } from '../../shared/clouds/aws/ranges.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import { ANYWHERE, NOBODY } from '../../shared/core/space/addresses.ts';
import { addressesText } from '../../shared/core/spell.ts';
import * as sample from './sample.ts';
import { firewallIn, firewallOfRows, groupsAnswer, PEER_GROUP, VPC } from './sample.ts';

describe('named peers', () => {
  const ranges = rangesOfVpcs({
    Vpcs: [
      {
        VpcId: VPC,
        CidrBlock: '10.0.0.0/16',
        CidrBlockAssociationSet: [
          { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
          { CidrBlock: '10.1.0.0/16', CidrBlockState: { State: 'disassociating' } },
          { CidrBlock: '10.2.0.0/16', CidrBlockState: { State: 'disassociated' } },
        ],
        Ipv6CidrBlockAssociationSet: [
          { Ipv6CidrBlock: '2001:db8:1::/56', Ipv6CidrBlockState: { State: 'associated' } },
        ],
      },
    ],
  });
  const mostOf = (pair: object, more: object = {}): string => {
    const groups = groupsAnswer({ IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [pair] }], ...more });
    const [extent] = firewallIn(groups, undefined, { ranges }).names.values();
    expect(extent?.least).toEqual(NOBODY);
    return addressesText(extent?.most ?? NOBODY);
  };
  const own = '10.0.0.0/15, 2001:db8:1::/56';

  test('a group of the own VPC is at most its ranges', () => {
    expect(mostOf({ GroupId: PEER_GROUP })).toBe(own);
    expect(mostOf({ GroupId: PEER_GROUP, UserId: sample.ACCOUNT, VpcId: VPC })).toBe(own);
  });

  test.each<[string, object, object]>([
    ['another account', { UserId: sample.OTHER_ACCOUNT }, {}],
    ['an unknown owner', { UserId: sample.ACCOUNT }, { OwnerId: undefined }],
    ['a peering connection', { VpcPeeringConnectionId: 'pcx-1', PeeringStatus: 'active' }, {}],
    ['a stale pair', { PeeringStatus: 'deleted' }, {}],
    ['another VPC', { VpcId: 'vpc-1' }, {}],
    ['a VPC of unknown ranges', {}, { VpcId: 'vpc-1' }],
    ['no VPC', {}, { VpcId: undefined }],
  ])('%s: anybody', (_, pair, more) => {
    expect(mostOf({ GroupId: PEER_GROUP, ...pair }, more)).toBe('anywhere');
  });

  test('nothing is known of a prefix list until its entries are read', () => {
    const firewall = firewallOfRows({ IpProtocol: '-1', PrefixListId: 'pl-01' });
    expect(firewall.names.has(peerName('prefix-list', 'pl-01'))).toBe(false);
  });

  test('a group that is named near and far is at most the wider', () => {
    const pairs = [{ GroupId: PEER_GROUP }, { GroupId: PEER_GROUP, VpcPeeringConnectionId: 'pcx-1' }];
    const listed = (port: number): object[] =>
      pairs.map((pair, index) => ({
        IpProtocol: 'tcp',
        FromPort: port * index,
        ToPort: port * index,
        UserIdGroupPairs: [pair],
      }));
    // By two rules, and by one that is listed twice.
    const permissions = [listed(1), listed(1).toReversed(), listed(0), listed(0).toReversed()];
    for (const IpPermissions of permissions) {
      const firewall = firewallIn(groupsAnswer({ IpPermissions }), undefined, { ranges });
      expect(firewall.names.get(peerName('sg', PEER_GROUP))?.most).toEqual(ANYWHERE);
    }
  });
});
