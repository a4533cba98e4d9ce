import {
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeSecurityGroupReferencesCommand,
  DescribeSecurityGroupsCommand,
  DescribeStaleSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  DisassociateSubnetCidrBlockCommand,
  DisassociateVpcCidrBlockCommand,
  GetSecurityGroupsForVpcCommand,
  AssociateSecurityGroupVpcCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, codeOf, defaultVpc, otherVpc, region, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;
beforeEach(async () => {
  ec2 = await startLocalEc2();
});
afterEach(() => ec2.close());

const vpcsShown = async (input: object = {}) => (await ec2.client.send(new DescribeVpcsCommand(input))).Vpcs!;
const subnetOf = async (CidrBlock: string, input: object = {}) =>
  (await ec2.client.send(new CreateSubnetCommand({ VpcId: otherVpc, CidrBlock, ...input }))).Subnet!;

describe('a VPC', () => {
  test('comes and goes with its default group', async () => {
    const { Vpc } = await ec2.client.send(
      new CreateVpcCommand({ CidrBlock: '10.20.0.0/16', AmazonProvidedIpv6CidrBlock: true }),
    );
    const VpcId = Vpc!.VpcId!;
    expect(Vpc).toMatchObject({
      State: 'pending',
      IsDefault: false,
      OwnerId: account,
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlockState: { State: 'associating' } }],
    });
    expect(ec2.records.at(-1)).toMatchObject({
      requestParameters: { cidrBlock: '10.20.0.0/16', instanceTenancy: 'default', amazonProvidedIpv6CidrBlock: true },
      responseElements: {
        vpc: {
          vpcId: VpcId,
          state: 'pending',
          tagSet: {},
          cidrBlockAssociationSet: { items: [{ cidrBlock: '10.20.0.0/16' }] },
        },
      },
    });
    expect(await vpcsShown({ VpcIds: [VpcId] })).toMatchObject([
      { State: 'available', Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlockState: { State: 'associated' } }] },
    ]);
    const groups = async () => {
      const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
      return (await ec2.client.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups!;
    };
    expect(await groups()).toMatchObject([
      { GroupName: 'default', IpPermissionsEgress: [{ IpRanges: [{}], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }] },
    ]);
    const { GroupId } = await ec2.client.send(
      new CreateSecurityGroupCommand({ GroupName: 'x', Description: 'x', VpcId }),
    );
    const remove = () => ec2.client.send(new DeleteVpcCommand({ VpcId }));
    expect(await codeOf(remove())).toBe('DependencyViolation');
    await ec2.client.send(new DeleteSecurityGroupCommand({ GroupId }));
    await remove();
    expect(await groups()).toEqual([]);
    expect(await codeOf(vpcsShown({ VpcIds: [VpcId] }))).toBe('InvalidVpcID.NotFound');
  });

  test('has further ranges, by the id of their association; the first one stays', async () => {
    const associate = (input: object) =>
      ec2.client.send(new AssociateVpcCidrBlockCommand({ VpcId: otherVpc, ...input }));
    const { CidrBlockAssociation, VpcId } = await associate({ CidrBlock: '10.2.0.0/16' });
    expect([VpcId, CidrBlockAssociation]).toMatchObject([
      otherVpc,
      { CidrBlock: '10.2.0.0/16', CidrBlockState: { State: 'associating' } },
    ]);
    const AssociationId = CidrBlockAssociation!.AssociationId!;
    expect(await codeOf(associate({ CidrBlock: '10.2.3.0/24' }))).toBe('InvalidVpcRange');
    expect(await codeOf(associate({ CidrBlock: '10.0.0.0/8' }))).toBe('InvalidVpcRange');
    const disassociate = (id: string) => ec2.client.send(new DisassociateVpcCidrBlockCommand({ AssociationId: id }));
    const { SubnetId } = await subnetOf('10.2.1.0/24');
    expect(await codeOf(disassociate(AssociationId))).toBe('DependencyViolation');
    await ec2.client.send(new DeleteSubnetCommand({ SubnetId }));
    expect(await disassociate(AssociationId)).toMatchObject({
      VpcId: otherVpc,
      CidrBlockAssociation: { AssociationId },
    });
    const [shown] = await vpcsShown({ VpcIds: [otherVpc] });
    expect(shown!.CidrBlockAssociationSet!.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.0.0.0/16', '10.1.0.0/16']);
    expect(await codeOf(disassociate(shown!.CidrBlockAssociationSet![0]!.AssociationId!))).toBe(
      'OperationNotPermitted',
    );
    expect(await codeOf(disassociate(AssociationId))).toBe('InvalidVpcCidrBlockAssociationID.NotFound');
  });

  test('is found by its ranges, page by page', async () => {
    const by = async (Name: string, Value: string) =>
      (await vpcsShown({ Filters: [{ Name, Values: [Value] }] })).map(({ VpcId }) => VpcId);
    expect(await by('cidr-block-association.cidr-block', '10.1.0.0/16')).toEqual([otherVpc]);
    expect(await by('ipv6-cidr-block-association.ipv6-cidr-block', '2001:db8:1234::/56')).toEqual([otherVpc]);
    expect(await by('is-default', 'true')).toEqual([defaultVpc]);
    expect(await codeOf(vpcsShown({ VpcIds: ['lan'] }))).toBe('InvalidVpcID.Malformed');
    expect(await codeOf(vpcsShown({ MaxResults: 4 }))).toBe('InvalidParameterValue');
  });
});

describe('a subnet', () => {
  test('lies in a range of its VPC and meets no other', async () => {
    expect(await subnetOf('10.1.5.0/24', { AvailabilityZone: `${region}b` })).toMatchObject({
      State: 'pending',
      AvailableIpAddressCount: 251,
      AvailabilityZone: `${region}b`,
      DefaultForAz: false,
    });
    expect(await codeOf(subnetOf('10.1.5.128/25'))).toBe('InvalidSubnet.Conflict');
    expect(await codeOf(subnetOf('10.9.0.0/24'))).toBe('InvalidSubnet.Range');
    expect(await codeOf(subnetOf('10.1.6.0/29'))).toBe('InvalidSubnet.Range');
    expect(await codeOf(subnetOf('10.1.6.0/24', { AvailabilityZone: 'us-east-1a' }))).toBe('InvalidParameterValue');
    const { Subnets } = await ec2.client.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [otherVpc] }] }),
    );
    expect(Subnets).toMatchObject([{ State: 'available', CidrBlock: '10.1.5.0/24' }]);
  });

  test("may have one IPv6 range out of the VPC's", async () => {
    const { SubnetId } = await subnetOf('10.0.1.0/24');
    const associate = (Ipv6CidrBlock: string) =>
      ec2.client.send(new AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock }));
    expect(await codeOf(associate('2001:db8:9999::/64'))).toBe('InvalidSubnet.Range');
    const { Ipv6CidrBlockAssociation } = await associate('2001:db8:1234:1::/64');
    expect(await codeOf(associate('2001:db8:1234:2::/64'))).toBe('InvalidParameterValue');
    const { AssociationId } = Ipv6CidrBlockAssociation!;
    expect(await ec2.client.send(new DisassociateSubnetCidrBlockCommand({ AssociationId }))).toMatchObject({
      SubnetId,
    });
    expect(await codeOf(ec2.client.send(new DisassociateSubnetCidrBlockCommand({ AssociationId })))).toBe(
      'InvalidSubnetCidrBlockAssociationID.NotFound',
    );
  });
});

test('tags are on everything that has an id, and are listed', async () => {
  const { SubnetId } = await subnetOf('10.0.1.0/24');
  const launch = new RunInstancesCommand({ ImageId: 'ami-01234567', MinCount: 1, MaxCount: 1, SubnetId });
  const [instance] = (await ec2.client.send(launch)).Instances!;
  const Resources = [
    otherVpc,
    SubnetId!,
    instance!.InstanceId!,
    instance!.NetworkInterfaces![0]!.NetworkInterfaceId!,
    instance!.SecurityGroups![0]!.GroupId!,
  ];
  await ec2.client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'owner', Value: 'net' }] }));
  const listed = async () => {
    const { Tags } = await ec2.client.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['owner'] }] }));
    return Tags!.map(({ ResourceId, ResourceType, Value }) => [ResourceId, ResourceType, Value]);
  };
  expect((await listed()).toSorted()).toEqual(
    ['vpc', 'subnet', 'instance', 'network-interface', 'security-group']
      .map((type, index) => [Resources[index], type, 'net'])
      .toSorted(),
  );
  await ec2.client.send(new DeleteTagsCommand({ Resources: Resources.slice(1) }));
  expect(await listed()).toEqual([[otherVpc, 'vpc', 'net']]);
});

test('groups for a VPC are its own and those associated with it', async () => {
  const { Vpc } = await ec2.client.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
  const VpcId = Vpc!.VpcId!;
  const { GroupId } = await ec2.client.send(
    new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'w', VpcId: otherVpc }),
  );
  await ec2.client.send(new AssociateSecurityGroupVpcCommand({ GroupId, VpcId }));
  const { SecurityGroupForVpcs } = await ec2.client.send(new GetSecurityGroupsForVpcCommand({ VpcId }));
  expect(SecurityGroupForVpcs).toMatchObject([
    { GroupName: 'default', PrimaryVpcId: VpcId },
    { GroupId, PrimaryVpcId: otherVpc },
  ]);
  expect(await codeOf(ec2.client.send(new DeleteVpcCommand({ VpcId })))).toBe('DependencyViolation');
  expect(await ec2.client.send(new DescribeSecurityGroupReferencesCommand({ GroupId: [GroupId!] }))).toMatchObject({
    SecurityGroupReferenceSet: [],
  });
  expect(await ec2.client.send(new DescribeStaleSecurityGroupsCommand({ VpcId }))).toMatchObject({
    StaleSecurityGroupSet: [],
  });
});
