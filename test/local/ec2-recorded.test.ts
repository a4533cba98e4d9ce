import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListEntriesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  UpdateSecurityGroupRuleDescriptionsEgressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type Reservation,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import { account, keys, otherVpc, startLocalEc2, type Started } from './ec2-fixture.ts';
import { makeable, makeGroups } from './ec2-recorded-groups.ts';
import { launch, vpcOf } from './ec2-recorded-instances.ts';
import { unexplained, unneeded } from './ec2-recorded-known.ts';
import { differences, namesIn, parsed, plain, present, recordedText, translated } from './ec2-recording.ts';

/*
 * The local EC2 beside recorded answers of the real one: a world like the recorded one is made by calls, asked the same,
 * and compared field by field. What differs stands in ec2-recorded-known.ts, with the reason.
 */

let ec2: Started | undefined;
afterEach(async () => {
  await ec2?.close();
  ec2 = undefined;
});

const groupFiles = [
  ...namesIn('ec2-describe-batfish', /SecurityGroups/).map((name) => `ec2-describe-batfish/${name}`),
  ...namesIn('ec2-describe-c7n', /DescribeSecurityGroups/).map((name) => `ec2-describe-c7n/${name}`),
  ...namesIn('ec2-wire-botocore', /security-groups\.json/).map((name) => `ec2-wire-botocore/${name}`),
];

describe.skipIf(!present)('recorded answers', () => {
  test.each(groupFiles)('DescribeSecurityGroups: %s', async (path) => {
    const { SecurityGroups: recorded } = parsed(path) as { SecurityGroups: SecurityGroup[] };
    const groups = makeable(recorded);
    const vpcs = new Map(
      [...new Set(groups.map(({ VpcId }) => VpcId!))].map((id, index) => [id, `vpc-${index}`.padEnd(21, '0')]),
    );
    ec2 = await startLocalEc2({
      vpcs: [...vpcs.values()].map((id, index) => ({
        id,
        isDefault: false,
        cidrs: [`10.${index}.0.0/16`],
        ipv6Cidrs: [],
      })),
    });
    const ids = await makeGroups(ec2, groups, vpcs);
    const { SecurityGroups = [] } = await ec2.client.send(new DescribeSecurityGroupsCommand({}));
    const found = groups.flatMap((group) => {
      const ours = SecurityGroups.find(({ GroupId }) => GroupId === ids.get(group.GroupId!));
      return differences(translated(plain(group), ids), plain(ours), /^$/);
    });
    expect(groups.length).toBeGreaterThan(0);
    expect(unexplained(path, found)).toEqual([]);
  });

  test.each(namesIn('ec2-describe-c7n', /DescribeInstances/))('DescribeInstances: %s', async (name) => {
    const { Reservations } = parsed(`ec2-describe-c7n/${name}`) as { Reservations: Reservation[] };
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    const region = instances[0]!.Placement!.AvailabilityZone!.slice(0, -1);
    ec2 = await startLocalEc2({ region, vpcs: [vpcOf(instances)] });
    const client = ec2.clientFor(keys.deploy, region);
    const ids = await launch(client, instances);
    ids.set(Reservations[0]!.OwnerId!, account);
    const { Reservations: ours } = await client.send(new DescribeInstancesCommand({}));
    // Ids that EC2 gives, and addresses of the link layer.
    const given =
      /(AttachmentId|MacAddress|InstanceId|NetworkInterfaceId|ReservationId|VolumeId|IamInstanceProfile\.Id)$/;
    const found = differences(translated(plain(Reservations), ids), plain(ours), given);
    expect(unexplained(name, found)).toEqual([]);
  });

  test('GetManagedPrefixListEntries', async () => {
    const recorded = parsed('ec2-describe-c7n/test_prefix_list_entry__ec2.GetManagedPrefixListEntries_1.json');
    ec2 = await startLocalEc2();
    const list = { PrefixListName: 'one', AddressFamily: 'IPv4', MaxEntries: 5, Entries: [{ Cidr: '172.31.0.0/16' }] };
    const { PrefixList } = await ec2.client.send(new CreateManagedPrefixListCommand(list));
    const asked = new GetManagedPrefixListEntriesCommand({ PrefixListId: PrefixList!.PrefixListId });
    expect(differences(plain(recorded), plain(await ec2.client.send(asked)), /^$/)).toEqual([]);
  });

  test('on the wire: the elements of a group, and of an error', async () => {
    ec2 = await startLocalEc2();
    const elements = (xml: string) => new Set([...xml.matchAll(/<(\w+)/g)].map(([, name]) => name));
    const listing = recordedText('ec2-wire-botocore/responses__ec2-describe-security-groups.xml');
    const rule = { IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '0.0.0.0/0' };
    await ec2.raw({ Action: 'AuthorizeSecurityGroupIngress', GroupName: 'default', ...rule });
    const ours = await ec2.raw({ Action: 'DescribeSecurityGroups' });
    // What came after 2014 is there as well.
    expect([...elements(listing)].filter((name) => !elements(ours.xml).has(name))).toEqual([]);
    const error = recordedText('ec2-wire-botocore/errors__ec2-describe-instances.xml');
    const refused = await ec2.raw({ Action: 'DescribeInstances', 'InstanceId.1': 'foobar' });
    expect(elements(refused.xml)).toEqual(elements(error));
    expect(refused.xml).toContain(/<Code>[^<]*<\/Code>/.exec(error)![0]);
  });

  test('the examples of the documentation are accepted, and answered with all that they show', async () => {
    ec2 = await startLocalEc2();
    const { client } = ec2;
    const examples = parsed('ec2-examples-botocore/ec2-examples.security.json') as Record<
      string,
      { input: never; output?: object }[]
    >;
    const made = async (GroupName: string) =>
      (await client.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd', VpcId: otherVpc }))).GroupId!;
    const one = await made('one');
    const two = await made('two');
    const { Subnet } = await client.send(new CreateSubnetCommand({ VpcId: otherVpc, CidrBlock: '10.0.1.0/24' }));
    const nic = await client.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet!.SubnetId }));
    const ids = new Map([
      ...['sg-1a2b3c4d', 'sg-903004f8', 'sg-111aaa22', 'sg-123abc12 ', 'sg-123abc12'].map((id) => [id, one] as const),
      ['sg-4b51a32f', two],
      ['sg-1a2b3c4d', two],
      ['vpc-1a2b3c4d', otherVpc],
      ['eni-686ea200', nic.NetworkInterface!.NetworkInterfaceId!],
    ] as const);
    const commands = {
      AuthorizeSecurityGroupEgress: AuthorizeSecurityGroupEgressCommand,
      AuthorizeSecurityGroupIngress: AuthorizeSecurityGroupIngressCommand,
      CreateSecurityGroup: CreateSecurityGroupCommand,
      DescribeSecurityGroups: DescribeSecurityGroupsCommand,
      UpdateSecurityGroupRuleDescriptionsEgress: UpdateSecurityGroupRuleDescriptionsEgressCommand,
      UpdateSecurityGroupRuleDescriptionsIngress: UpdateSecurityGroupRuleDescriptionsIngressCommand,
      ModifyNetworkInterfaceAttribute: ModifyNetworkInterfaceAttributeCommand,
      DeleteSecurityGroup: DeleteSecurityGroupCommand,
    };
    for (const [name, Command] of Object.entries(commands)) {
      for (const example of examples[name]!) {
        const input = translated(plain(example.input), ids) as never;
        const answer: Promise<object> = client.send(new (Command as typeof DescribeSecurityGroupsCommand)(input));
        const refusal = await answer.then(
          (output) => Object.keys(example.output ?? {}).filter((field) => !(field in output)),
          (error: unknown) => (error instanceof Error ? error.name : error),
        );
        expect({ name, input, refusal }).toEqual({ name, input, refusal: expectedOf(name, example.input) });
      }
    }
  });

  test('no difference is explained that there is not', () => {
    expect(unneeded('answers')).toEqual([]);
  });
});

/** Examples that need what only their world had. */
function expectedOf(name: string, input: object): string | readonly string[] {
  // The rules whose descriptions they change, and an attachment; and the interface still uses the group.
  if (name.startsWith('UpdateSecurityGroupRuleDescriptions')) return 'InvalidPermission.NotFound';
  if ('Attachment' in input) return 'InvalidAttachmentID.NotFound';
  return name === 'DeleteSecurityGroup' ? 'DependencyViolation' : [];
}
