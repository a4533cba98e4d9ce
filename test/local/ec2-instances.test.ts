import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type DescribeInstancesCommandInput,
  type Filter,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, codeOf, defaultVpc, otherVpc, region, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;
let now: Date;
beforeEach(async () => {
  now = new Date('2026-11-24T08:00:00.789Z');
  ec2 = await startLocalEc2({ now: () => now });
});
afterEach(() => ec2.close());

const ImageId = 'ami-0123456789abcdef0';

async function run(input: Partial<RunInstancesCommandInput> = {}) {
  const { Instances } = await ec2.client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, ...input }));
  return Instances!;
}

async function shown(input: DescribeInstancesCommandInput = {}) {
  const { Reservations } = await ec2.client.send(new DescribeInstancesCommand(input));
  return Reservations!.flatMap(({ Instances }) => Instances!);
}

async function makeGroup(GroupName: string, VpcId = defaultVpc) {
  return (await ec2.client.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd', VpcId }))).GroupId!;
}

const idsOf = async (...Filters: Filter[]) => (await shown({ Filters })).map(({ InstanceId }) => InstanceId!);
const states = () => ec2.notices.map(({ detail }) => detail.state);

describe('a launch', () => {
  test('without a group or subnet takes the default ones, and gives an address of the subnet', async () => {
    const [made] = await run();
    const { Subnets } = await ec2.client.send(new DescribeSubnetsCommand({ SubnetIds: [made!.SubnetId!] }));
    expect(Subnets).toMatchObject([
      { VpcId: defaultVpc, CidrBlock: '172.31.0.0/20', DefaultForAz: true, AvailableIpAddressCount: 4090 },
    ]);
    expect(made).toMatchObject({
      State: { Code: 0, Name: 'pending' },
      PrivateIpAddress: '172.31.0.4',
      VpcId: defaultVpc,
    });
    expect(made!.SecurityGroups).toMatchObject([{ GroupName: 'default' }]);
    expect(made!.PublicIpAddress).toBeUndefined();
    const [seen] = await shown({ InstanceIds: [made!.InstanceId!] });
    expect(seen).toMatchObject({
      State: { Code: 16, Name: 'running' },
    });
    expect(seen!.PublicIpAddress).toMatch(/^198\.1[89]\./);
    expect(seen!.NetworkInterfaces).toMatchObject([
      { Attachment: { DeviceIndex: 0, DeleteOnTermination: true }, Association: { PublicIp: seen!.PublicIpAddress } },
    ]);
  });

  test("tells of every state in EC2's own shape, after the record of the call", async () => {
    const [made] = await run();
    expect(ec2.notices).toEqual(
      ['pending', 'running'].map((state) => ({
        source: 'aws.ec2',
        'detail-type': 'EC2 Instance State-change Notification',
        account,
        region,
        time: '2026-11-24T08:00:00Z',
        resources: [`arn:aws:ec2:${region}:${account}:instance/${made!.InstanceId}`],
        detail: { 'instance-id': made!.InstanceId, state },
      })),
    );
  });

  test('of several makes one reservation, each with its own interface, groups and tags', async () => {
    const group = await makeGroup('web');
    const tags = [{ Key: 'env', Value: 'prod' }];
    await run({
      MaxCount: 3,
      SecurityGroupIds: [group],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: tags },
        { ResourceType: 'network-interface', Tags: [{ Key: 'nic', Value: 'yes' }] },
      ],
    });
    const { Reservations } = await ec2.client.send(new DescribeInstancesCommand({}));
    expect(Reservations).toHaveLength(1);
    const instances = Reservations![0]!.Instances!;
    expect(instances.map(({ PrivateIpAddress }) => PrivateIpAddress)).toEqual([
      '172.31.0.4',
      '172.31.0.5',
      '172.31.0.6',
    ]);
    for (const one of instances)
      expect(one).toMatchObject({ Tags: tags, SecurityGroups: [{ GroupId: group, GroupName: 'web' }] });
    const { NetworkInterfaces } = await ec2.client.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'tag:nic', Values: ['yes'] }] }),
    );
    expect(NetworkInterfaces).toHaveLength(3);
  });

  test('on an interface that is there uses its groups and address', async () => {
    const [group, SubnetId] = [await makeGroup('web'), (await run())[0]!.SubnetId!];
    const { NetworkInterface } = await ec2.client.send(
      new CreateNetworkInterfaceCommand({ SubnetId, Groups: [group] }),
    );
    const NetworkInterfaceId = NetworkInterface!.NetworkInterfaceId!;
    const NetworkInterfaces = [{ DeviceIndex: 0, NetworkInterfaceId }];
    const [made] = await run({ NetworkInterfaces });
    expect(made).toMatchObject({
      PrivateIpAddress: NetworkInterface!.PrivateIpAddress,
      SecurityGroups: [{ GroupId: group }],
    });
    expect(await codeOf(run({ NetworkInterfaces }))).toBe('InvalidNetworkInterface.InUse');
    await ec2.client.send(new TerminateInstancesCommand({ InstanceIds: [made!.InstanceId!] }));
    // It was not made by the launch, so it outlives the instance.
    const { NetworkInterfaces: left } = await ec2.client.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }),
    );
    expect(left).toMatchObject([{ Status: 'available', Groups: [{ GroupId: group }] }]);
  });

  test.each<[string, string, Partial<RunInstancesCommandInput>]>([
    ['no image', 'MissingParameter', { ImageId: undefined }],
    ['an image of another form', 'InvalidAMIID.Malformed', { ImageId: 'ubuntu' }],
    ['no counts', 'InvalidParameterValue', { MinCount: 0 }],
    ['counts the wrong way round', 'InvalidParameterValue', { MinCount: 2 }],
    ['an unknown subnet', 'InvalidSubnetID.NotFound', { SubnetId: 'subnet-0123456789abcdef0' }],
    ['a malformed subnet', 'InvalidSubnetID.Malformed', { SubnetId: 'lan' }],
    ['an unknown group', 'InvalidGroup.NotFound', { SecurityGroupIds: ['sg-0123456789abcdef0'] }],
    [
      'an unknown interface',
      'InvalidNetworkInterfaceID.NotFound',
      { NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: 'eni-0123456789abcdef0' }] },
    ],
    [
      'an interface and groups',
      'InvalidParameterCombination',
      { SecurityGroupIds: ['sg-0123456789abcdef0'], NetworkInterfaces: [{ DeviceIndex: 0 }] },
    ],
    ['a dry run', 'DryRunOperation', { DryRun: true }],
  ])('with %s is refused: %s', async (_words, code, input) => {
    expect(await codeOf(run(input))).toBe(code);
    expect([await shown(), ec2.notices]).toEqual([[], []]);
  });

  test('in a group of another VPC is refused', async () => {
    expect(await codeOf(run({ SecurityGroupIds: [await makeGroup('web', otherVpc)] }))).toBe('InvalidGroup.NotFound');
  });
});

describe('states', () => {
  test('stop and start: the public address changes hands, the private one stays', async () => {
    const [made] = await run();
    const InstanceIds = [made!.InstanceId!];
    const before = (await shown())[0]!;
    const { StoppingInstances } = await ec2.client.send(new StopInstancesCommand({ InstanceIds }));
    expect(StoppingInstances).toMatchObject([
      { CurrentState: { Code: 64, Name: 'stopping' }, PreviousState: { Code: 16, Name: 'running' } },
    ]);
    const stopped = (await shown())[0]!;
    expect(stopped).toMatchObject({ State: { Name: 'stopped' }, PrivateIpAddress: before.PrivateIpAddress });
    expect(stopped.PublicIpAddress).toBeUndefined();
    expect((await ec2.client.send(new StopInstancesCommand({ InstanceIds }))).StoppingInstances).toMatchObject([
      { CurrentState: { Name: 'stopped' } },
    ]);
    await ec2.client.send(new StartInstancesCommand({ InstanceIds }));
    const after = (await shown())[0]!;
    expect(after.State?.Name).toBe('running');
    expect(after.PublicIpAddress).not.toBe(before.PublicIpAddress);
    expect(states()).toEqual(['pending', 'running', 'stopping', 'stopped', 'pending', 'running']);
  });

  test('terminated: interfaces and network are gone, the instance is shown for an hour and cannot be started', async () => {
    const InstanceIds = [(await run())[0]!.InstanceId!];
    await ec2.client.send(new TerminateInstancesCommand({ InstanceIds }));
    const [gone] = await shown();
    expect(gone).toMatchObject({ State: { Code: 48, Name: 'terminated' }, NetworkInterfaces: [], SecurityGroups: [] });
    expect(gone).not.toHaveProperty('VpcId');
    expect((await ec2.client.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
    expect(await codeOf(ec2.client.send(new StartInstancesCommand({ InstanceIds })))).toBe('IncorrectInstanceState');
    now = new Date(now.getTime() + 3_600_000);
    expect(await shown()).toEqual([]);
    expect(await codeOf(ec2.client.send(new StopInstancesCommand({ InstanceIds })))).toBe('InvalidInstanceID.NotFound');
  });

  test('a call with one unknown id changes nothing', async () => {
    const known = (await run())[0]!.InstanceId!;
    const stop = (id: string) => codeOf(ec2.client.send(new StopInstancesCommand({ InstanceIds: [known, id] })));
    expect(await stop('i-0123456789abcdef0')).toBe('InvalidInstanceID.NotFound');
    expect(await stop('web-1')).toBe('InvalidInstanceID.Malformed');
    expect((await shown())[0]!.State!.Name).toBe('running');
  });

  test('a protected instance is not terminated', async () => {
    const InstanceId = (await run())[0]!.InstanceId!;
    await ec2.client.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination: { Value: true } }));
    expect(await codeOf(ec2.client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] })))).toBe(
      'OperationNotPermitted',
    );
  });
});

describe('ModifyInstanceAttribute', () => {
  test('replaces the groups of the one interface, and says so to CloudTrail', async () => {
    const [one, two] = [await makeGroup('one'), await makeGroup('two')];
    const InstanceId = (await run({ SecurityGroupIds: [one] }))[0]!.InstanceId!;
    await ec2.client.send(new ModifyInstanceAttributeCommand({ InstanceId, Groups: [two] }));
    const [seen] = await shown();
    expect(seen!.SecurityGroups).toMatchObject([{ GroupId: two }]);
    expect(seen!.NetworkInterfaces![0]!.Groups).toMatchObject([{ GroupId: two }]);
    const { requestParameters } = ec2.records.at(-1)!;
    expect(requestParameters).toEqual({ instanceId: InstanceId, groupSet: { items: [{ groupId: two }] } });
  });

  test('does not guess which of two interfaces was meant', async () => {
    const group = await makeGroup('one');
    const made = (await run())[0]!;
    const { NetworkInterface } = await ec2.client.send(new CreateNetworkInterfaceCommand({ SubnetId: made.SubnetId }));
    const { NetworkInterfaceId } = NetworkInterface!;
    const InstanceId = made.InstanceId!;
    await ec2.client.send(new AttachNetworkInterfaceCommand({ InstanceId, NetworkInterfaceId, DeviceIndex: 1 }));
    expect(await codeOf(ec2.client.send(new ModifyInstanceAttributeCommand({ InstanceId, Groups: [group] })))).toBe(
      'InvalidInstanceID',
    );
  });

  test('takes some attributes of a stopped instance alone, and one a call', async () => {
    const InstanceId = (await run())[0]!.InstanceId!;
    const modify = (input: object) =>
      codeOf(ec2.client.send(new ModifyInstanceAttributeCommand({ InstanceId, ...input })));
    expect(await modify({ InstanceType: { Value: 't3.large' } })).toBe('IncorrectInstanceState');
    expect(await modify({ EbsOptimized: { Value: true }, InstanceType: { Value: 'x' } })).toBe(
      'InvalidParameterCombination',
    );
    await ec2.client.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    await modify({ InstanceType: { Value: 't3.large' } });
    expect((await shown())[0]!.InstanceType).toBe('t3.large');
  });
});

describe('DescribeInstances', () => {
  test('filters by groups of the first and of any interface, by state, place and tag', async () => {
    const [one, two] = [await makeGroup('one'), await makeGroup('two')];
    const SubnetId = (await run())[0]!.SubnetId!;
    const Tags = [{ Key: 'env', Value: 'prod' }];
    const [made] = await run({
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId, Groups: [one] },
        { DeviceIndex: 1, SubnetId, Groups: [two] },
      ],
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    });
    const id = made!.InstanceId!;
    const by = (Name: string, ...Values: string[]) => idsOf({ Name, Values });
    expect(await by('instance.group-id', one)).toEqual([id]);
    expect(await by('instance.group-id', two)).toEqual([]);
    expect(await by('network-interface.group-id', two)).toEqual([id]);
    expect(await by('instance-id', id, 'i-0123456789abcdef0')).toEqual([id]);
    expect(await by('tag:env', 'pr*')).toEqual([id]);
    expect(await by('vpc-id', otherVpc)).toEqual([]);
    expect(await by('subnet-id', SubnetId)).toHaveLength(2);
    expect(await by('instance-state-name', 'running')).toHaveLength(2);
    expect(await idsOf({ Name: 'subnet-id', Values: [SubnetId] }, { Name: 'tag-key', Values: ['env'] })).toEqual([id]);
  });

  test('pages from 5 to 1000, and not together with ids', async () => {
    await run({ MaxCount: 7 });
    const first = await ec2.client.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    const rest = await ec2.client.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: first.NextToken }));
    const count = (page: typeof first) => page.Reservations!.flatMap(({ Instances }) => Instances!).length;
    expect([count(first), count(rest), rest.NextToken]).toEqual([5, 2, undefined]);
    expect(await codeOf(shown({ MaxResults: 4 }))).toBe('InvalidParameterValue');
    const [{ InstanceId }] = (await shown()) as [{ InstanceId: string }];
    expect(await codeOf(shown({ MaxResults: 5, InstanceIds: [InstanceId] }))).toBe('InvalidParameterCombination');
  });
});

test('the default group of a VPC is the group of whoever names none', async () => {
  const { SecurityGroups } = await ec2.client.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [defaultVpc] }] }),
  );
  expect((await run())[0]!.SecurityGroups).toEqual([{ GroupId: SecurityGroups![0]!.GroupId, GroupName: 'default' }]);
});
