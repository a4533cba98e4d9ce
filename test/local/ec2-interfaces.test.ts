import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcEndpointCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcEndpointsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcEndpointsCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifyVpcEndpointCommand,
  ResetNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  type DescribeNetworkInterfacesCommandInput,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, otherVpc, region, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;
let SubnetId: string;
let group: string;
beforeEach(async () => {
  ec2 = await startLocalEc2();
  SubnetId = (await ec2.client.send(new CreateSubnetCommand({ VpcId: otherVpc, CidrBlock: '10.0.7.0/28' }))).Subnet!
    .SubnetId!;
  group = await makeGroup('web');
});
afterEach(() => ec2.close());

async function makeGroup(GroupName: string) {
  return (await ec2.client.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd', VpcId: otherVpc })))
    .GroupId!;
}

async function make(input: object = {}) {
  const { NetworkInterface } = await ec2.client.send(
    new CreateNetworkInterfaceCommand({ SubnetId, Groups: [group], ...input }),
  );
  return NetworkInterface!;
}

async function shown(input: DescribeNetworkInterfacesCommandInput = {}) {
  return (await ec2.client.send(new DescribeNetworkInterfacesCommand(input))).NetworkInterfaces!;
}

describe('an interface', () => {
  test('is made with groups and an address, and free', async () => {
    expect(await make({ Description: 'one' })).toMatchObject({
      Status: 'pending',
      Groups: [{ GroupId: group, GroupName: 'web' }],
      PrivateIpAddress: '10.0.7.4',
      RequesterManaged: false,
      VpcId: otherVpc,
    });
    expect(await shown()).toMatchObject([{ Status: 'available', Description: 'one', AvailabilityZone: `${region}a` }]);
  });

  test("gets no address that is taken, outside, or the service's own, and none when the subnet is full", async () => {
    await make({ PrivateIpAddress: '10.0.7.5' });
    expect(await codeOf(make({ PrivateIpAddress: '10.0.7.5' }))).toBe('InvalidIPAddress.InUse');
    for (const PrivateIpAddress of ['10.0.8.5', '10.0.7.3', '10.0.7.15']) {
      expect(await codeOf(make({ PrivateIpAddress }))).toBe('InvalidParameterValue');
    }
    for (let count = 0; count < 10; count++) await make();
    expect(await codeOf(make())).toBe('InsufficientFreeAddressesInSubnet');
  });

  test('has its groups replaced as a whole', async () => {
    const [one, two] = [await makeGroup('one'), await makeGroup('two')];
    const { NetworkInterfaceId } = await make();
    await ec2.client.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [one, two, one] }));
    expect((await shown())[0]!.Groups).toMatchObject([{ GroupId: one }, { GroupId: two }]);
    expect(ec2.records.at(-1)!.requestParameters).toEqual({
      networkInterfaceId: NetworkInterfaceId,
      groupSet: { items: [{ groupId: one }, { groupId: two }, { groupId: one }] },
    });
    const modify = (input: object) =>
      codeOf(ec2.client.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, ...input })));
    expect(await modify({ Groups: ['sg-0123456789abcdef0'] })).toBe('InvalidGroup.NotFound');
    expect(await modify({ Groups: [one], Description: { Value: 'x' } })).toBe('InvalidParameterCombination');
    expect((await shown())[0]!.Groups).toHaveLength(2);
  });

  test('other attributes change one by one, and the check of source and destination goes back', async () => {
    const { NetworkInterfaceId } = await make();
    await ec2.client.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: { Value: false } }),
    );
    await ec2.client.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Description: { Value: 'new' } }),
    );
    expect(await shown()).toMatchObject([{ SourceDestCheck: false, Description: 'new' }]);
    await ec2.client.send(
      new ResetNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: 'sourceDestCheck' }),
    );
    expect(await shown()).toMatchObject([{ SourceDestCheck: true }]);
  });

  test('is attached and detached; the first one of an instance stays', async () => {
    const launch = new RunInstancesCommand({ ImageId: 'ami-01234567', MinCount: 1, MaxCount: 1, SubnetId });
    const InstanceId = (await ec2.client.send(launch)).Instances![0]!.InstanceId!;
    const { NetworkInterfaceId } = await make();
    const attach = (DeviceIndex: number) =>
      ec2.client.send(new AttachNetworkInterfaceCommand({ InstanceId, NetworkInterfaceId, DeviceIndex }));
    expect(await codeOf(attach(0))).toBe('InvalidParameterValue');
    const { AttachmentId } = await attach(1);
    expect(ec2.records.at(-1)).toMatchObject({
      requestParameters: { networkInterfaceId: NetworkInterfaceId, instanceId: InstanceId, deviceIndex: 1 },
      responseElements: { attachmentId: AttachmentId },
    });
    expect(await codeOf(attach(2))).toBe('InvalidNetworkInterface.InUse');
    expect(await codeOf(ec2.client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })))).toBe(
      'InvalidParameterValue',
    );
    const own = await shown({ Filters: [{ Name: 'attachment.instance-id', Values: [InstanceId] }] });
    expect(own.map(({ Attachment }) => Attachment!.DeviceIndex)).toEqual([0, 1]);
    const detach = (id: string) => ec2.client.send(new DetachNetworkInterfaceCommand({ AttachmentId: id }));
    expect(await codeOf(detach(own[0]!.Attachment!.AttachmentId!))).toBe('OperationNotPermitted');
    expect(await codeOf(detach('eni-attach-0123456789abcdef0'))).toBe('InvalidAttachmentID.NotFound');
    expect(await codeOf(detach('eni-1'))).toBe('InvalidNetworkInterfaceAttachmentId.Malformed');
    await detach(AttachmentId!);
    await ec2.client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    expect(await shown({ Filters: [{ Name: 'group-id', Values: [group] }] })).toEqual([]);
  });

  test('keeps its group and its subnet from being deleted', async () => {
    const { NetworkInterfaceId } = await make();
    expect(await codeOf(ec2.client.send(new DeleteSecurityGroupCommand({ GroupId: group })))).toBe(
      'DependencyViolation',
    );
    expect(await codeOf(ec2.client.send(new DeleteSubnetCommand({ SubnetId })))).toBe('DependencyViolation');
    await ec2.client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    await ec2.client.send(new DeleteSecurityGroupCommand({ GroupId: group }));
    await ec2.client.send(new DeleteSubnetCommand({ SubnetId }));
  });

  test('is found by id, group, subnet and VPC, page by page', async () => {
    const made = [];
    for (let count = 0; count < 6; count++) made.push((await make()).NetworkInterfaceId!);
    const by = async (Name: string, Value: string) => (await shown({ Filters: [{ Name, Values: [Value] }] })).length;
    expect(await by('network-interface-id', made[2]!)).toBe(1);
    expect([await by('group-id', group), await by('subnet-id', SubnetId), await by('vpc-id', otherVpc)]).toEqual([
      6, 6, 6,
    ]);
    const first = await ec2.client.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 }));
    const rest = await shown({ MaxResults: 5, NextToken: first.NextToken });
    expect([...first.NetworkInterfaces!, ...rest].map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual(made);
    expect(await codeOf(shown({ MaxResults: 5, NetworkInterfaceIds: made }))).toBe('InvalidParameterCombination');
    expect(await codeOf(shown({ NetworkInterfaceIds: ['eni-0123456789abcdef0'] }))).toBe(
      'InvalidNetworkInterfaceID.NotFound',
    );
    expect(await codeOf(shown({ NetworkInterfaceIds: ['nic'] }))).toBe('InvalidNetworkInterfaceId.Malformed');
  });
});

test('an interface of a service is there from the start, in use, and not ours to change', async () => {
  await ec2.close();
  const subnets = [{ id: 'subnet-0aaaaaaaaaaaaaaa1', cidr: '10.9.0.0/24' }];
  const vpcs = [{ id: otherVpc, isDefault: false, cidrs: ['10.9.0.0/16'], ipv6Cidrs: [], subnets }];
  const fleet = [{ id: 'sg-0aaaaaaaaaaaaaaa1', name: 'lb', vpcId: otherVpc }];
  const interfaces = [
    { subnetId: subnets[0]!.id, groupIds: [fleet[0]!.id], requesterId: 'amazon-elb', description: 'ELB app/web' },
  ];
  ec2 = await startLocalEc2({ vpcs, fleet, interfaces });
  const [one] = await shown();
  expect(one).toMatchObject({
    RequesterManaged: true,
    RequesterId: 'amazon-elb',
    Status: 'in-use',
    Attachment: { InstanceOwnerId: 'amazon-aws' },
  });
  expect(one!.Attachment).not.toHaveProperty('InstanceId');
  const { NetworkInterfaceId } = one!;
  expect(await codeOf(ec2.client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })))).toBe('AuthFailure');
  const modify = new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [fleet[0]!.id] });
  expect(await codeOf(ec2.client.send(modify))).toBe('AuthFailure');
});

describe('an interface endpoint', () => {
  const ServiceName = `com.amazonaws.${region}.sqs`;
  const create = async (input: object = {}) => {
    const command = new CreateVpcEndpointCommand({
      VpcId: otherVpc,
      VpcEndpointType: 'Interface',
      ServiceName,
      SubnetIds: [SubnetId],
      SecurityGroupIds: [group],
      ...input,
    });
    return (await ec2.client.send(command)).VpcEndpoint!;
  };

  test('has an interface in each subnet, with its groups, and they change together', async () => {
    const made = await create();
    const VpcEndpointId = made.VpcEndpointId!;
    expect(made).toMatchObject({
      State: 'pending',
      SubnetIds: [SubnetId],
      Groups: [{ GroupId: group, GroupName: 'web' }],
    });
    expect(ec2.records.at(-1)!.requestParameters).toMatchObject({
      CreateVpcEndpointRequest: { VpcId: otherVpc, SecurityGroupId: { content: group, tag: 1 } },
    });
    const other = await makeGroup('other');
    await ec2.client.send(
      new ModifyVpcEndpointCommand({ VpcEndpointId, AddSecurityGroupIds: [other], RemoveSecurityGroupIds: [group] }),
    );
    const { VpcEndpoints } = await ec2.client.send(
      new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [otherVpc] }] }),
    );
    expect(VpcEndpoints).toMatchObject([{ VpcEndpointId, State: 'available', Groups: [{ GroupId: other }] }]);
    expect(await shown()).toMatchObject([
      { InterfaceType: 'vpc_endpoint', RequesterManaged: true, Groups: [{ GroupId: other }] },
    ]);
    await ec2.client.send(new DeleteSecurityGroupCommand({ GroupId: group }));
    expect(await codeOf(ec2.client.send(new DeleteSecurityGroupCommand({ GroupId: other })))).toBe(
      'DependencyViolation',
    );
    const deleted = await ec2.client.send(
      new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId, 'vpce-0123456789abcdef0'] }),
    );
    expect(deleted.Unsuccessful).toMatchObject([
      { ResourceId: 'vpce-0123456789abcdef0', Error: { Code: 'InvalidVpcEndpointId.NotFound' } },
    ]);
    expect(await shown()).toEqual([]);
  });

  test('keeps one group at least, and knows its service', async () => {
    const { VpcEndpointId } = await create();
    const strip = new ModifyVpcEndpointCommand({ VpcEndpointId, RemoveSecurityGroupIds: [group] });
    expect(await codeOf(ec2.client.send(strip))).toBe('InvalidParameterValue');
    expect(await codeOf(create({ ServiceName: 'sqs' }))).toBe('InvalidServiceName');
    expect(await codeOf(create({ VpcEndpointType: 'Gateway' }))).toBe('UnsupportedOperation');
  });
});
