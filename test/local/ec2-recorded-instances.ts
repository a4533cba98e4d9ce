import {
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  RunInstancesCommand,
  type EC2Client,
  type Instance,
  type InstanceNetworkInterface,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { LocalVpc } from '../../local/ec2/start.ts';

/** A VPC with the subnets that recorded instances are in, under the ids that they have there. */
export function vpcOf(instances: readonly Instance[]): LocalVpc {
  const [first] = instances;
  const interfaces = instances.flatMap(({ NetworkInterfaces = [] }) => NetworkInterfaces);
  const isTen = first!.PrivateIpAddress!.startsWith('10.');
  const cidrs = new Map(
    interfaces.map(({ SubnetId, PrivateIpAddress }) => [
      SubnetId!,
      isTen ? PrivateIpAddress!.replace(/\d+$/, '0/24') : '172.31.48.0/20',
    ]),
  );
  const zone = first!.Placement!.AvailabilityZone!.at(-1)!;
  return {
    id: first!.VpcId!,
    // Only a default VPC gives names to interfaces unasked.
    isDefault: !isTen,
    cidrs: [isTen ? '10.0.0.0/16' : '172.31.0.0/16'],
    ipv6Cidrs: [],
    subnets: [...cidrs].map(([id, cidr]) => ({ id, cidr, zone })),
  };
}

async function groupId(client: EC2Client, VpcId: string, name: string): Promise<string> {
  const Filters = [{ Name: 'group-name', Values: [name] }];
  const { SecurityGroups: [known] = [] } = await client.send(new DescribeSecurityGroupsCommand({ Filters }));
  if (known !== undefined) return known.GroupId!;
  return (await client.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId }))).GroupId!;
}

function launchOf(instance: Instance, ids: ReadonlyMap<string, string>): RunInstancesCommandInput {
  const { Tags, IamInstanceProfile: profile } = instance;
  const wished = (one: InstanceNetworkInterface) => ({
    DeviceIndex: one.Attachment!.DeviceIndex!,
    SubnetId: one.SubnetId!,
    PrivateIpAddress: one.PrivateIpAddress!,
    Groups: one.Groups!.map(({ GroupId }) => ids.get(GroupId!)!),
    Description: one.Description!,
    DeleteOnTermination: one.Attachment!.DeleteOnTermination!,
  });
  return {
    ImageId: instance.ImageId!,
    InstanceType: instance.InstanceType!,
    ClientToken: instance.ClientToken!,
    MinCount: 1,
    MaxCount: 1,
    ...(profile === undefined ? {} : { IamInstanceProfile: { Name: profile.Arn!.split('/').at(-1)! } }),
    ...(Tags === undefined ? {} : { TagSpecifications: [{ ResourceType: 'instance', Tags }] }),
    NetworkInterfaces: instance.NetworkInterfaces!.map(wished),
  };
}

/** Launches what was recorded, one call an instance; answers what is called what here. */
export async function launch(client: EC2Client, instances: readonly Instance[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const instance of instances) {
    for (const { GroupId, GroupName } of instance.NetworkInterfaces!.flatMap(({ Groups = [] }) => Groups)) {
      ids.set(GroupId!, await groupId(client, instance.VpcId!, GroupName!));
    }
    await client.send(new RunInstancesCommand(launchOf(instance, ids)));
  }
  return ids;
}
