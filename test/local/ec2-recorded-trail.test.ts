import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CloudTrailRecord } from '../../local/ec2/cloudtrail.ts';
import { account, keys, startLocalEc2, type Started } from './ec2-fixture.ts';
import { unexplained, unneeded } from './ec2-recorded-known.ts';
import { differences, parsed, plain, present, translated, type Json } from './ec2-recording.ts';

/*
 * The local CloudTrail beside recorded events: what was asked is asked again, in the Query protocol, and the two records
 * are compared member by member. What differs stands in ec2-recorded-known.ts, with the reason.
 */

const region = 'us-east-1';
const vpc = 'vpc-06fe1a64761a0f720';
const subnet = 'subnet-0ed352584ab4aa265';
const tags = { 'Tag.1.Key': 'StratusRedTeam', 'Tag.1.Value': 'true' };

let ec2: Started;
beforeEach(async () => {
  const subnets = [{ id: subnet, cidr: '10.0.1.0/24' }];
  ec2 = await startLocalEc2({
    region,
    vpcs: [{ id: vpc, isDefault: false, cidrs: ['10.0.0.0/16'], ipv6Cidrs: [], subnets }],
  });
});
afterEach(() => ec2.close());

/** Makes a call, and answers its record. */
async function recordOf(fields: Record<string, string>, where = region): Promise<CloudTrailRecord> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.deploy}/20261124/${where}/ec2/aws4_request, SignedHeaders=host, Signature=00`;
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ Version: '2016-11-15', ...fields });
  await fetch(ec2.server.url, { method: 'POST', headers, body });
  return ec2.records.at(-1)!;
}

/** What one call or the service chooses anew, and who called from where with what. */
const free =
  /^(eventVersion|userIdentity.*|eventTime|sourceIPAddress|userAgent|requestID|eventID|tlsDetails)$|(requestId|macAddress|attachmentId|reservationId|[tT]ime|instanceId|networkInterfaceId|securityGroupRuleId|privateIpAddress|privateDnsName|interfaceId|iamInstanceProfile\.id|requesterId)$/;

function withoutIdentity(value: Json): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'userIdentity'))
    : value;
}

function expectAlike(
  name: string,
  ours: CloudTrailRecord,
  known: readonly (readonly [string, string])[],
  file = `cloudtrail/${name}`,
): void {
  const content = plain(parsed(file));
  const recorded = Array.isArray(content) ? (content[0] as Json) : content;
  const owner = (recorded as { recipientAccountId: string }).recipientAccountId;
  const theirs = translated(withoutIdentity(recorded), new Map([...known, [owner, account]]));
  expect(unexplained(name, differences(theirs, withoutIdentity(plain(ours)), free))).toEqual([]);
}

async function groupId(): Promise<string> {
  const made = await recordOf({ Action: 'CreateSecurityGroup', GroupName: 'web', GroupDescription: 'web', VpcId: vpc });
  return (made.responseElements as { groupId: string }).groupId;
}

describe.skipIf(!present)('recorded events', () => {
  test('of an instance on an interface of its own', async () => {
    const madeInterface = await recordOf({
      Action: 'CreateNetworkInterface',
      SubnetId: subnet,
      'PrivateIpAddresses.1.PrivateIpAddress': '10.0.1.10',
      'PrivateIpAddresses.1.Primary': 'true',
      ClientToken: 'C265B64D-B8B2-4C8F-912B-A346F34FC63A',
      'TagSpecification.1.ResourceType': 'network-interface',
      ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`TagSpecification.1.${name}`, value])),
    });
    const { networkInterface } = madeInterface.responseElements as {
      networkInterface: { networkInterfaceId: string; groupSet: { items: { groupId: string }[] } };
    };
    const id = networkInterface.networkInterfaceId;
    const group = ['sg-0b233157065b7d5e2', networkInterface.groupSet.items[0]!.groupId] as const;
    expectAlike('CreateNetworkInterface.ok.16034e79.json', madeInterface, [group]);

    const token = 'D37569A7-CF2F-4BD3-8DDE-F17AB408204D';
    const launched = await recordOf({
      Action: 'RunInstances',
      ImageId: 'ami-029eb80bc237bec6f',
      MinCount: '1',
      MaxCount: '1',
      InstanceType: 't3.micro',
      ClientToken: token,
      'NetworkInterface.1.NetworkInterfaceId': id,
      'NetworkInterface.1.DeviceIndex': '0',
      'NetworkInterface.1.DeleteOnTermination': 'false',
      'IamInstanceProfile.Name': 'stratus-red-team-ec2-steal-credentials-instance',
      EbsOptimized: 'false',
      'TagSpecification.1.ResourceType': 'instance',
      ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`TagSpecification.1.${name}`, value])),
      'CreditSpecification.CpuCredits': 'unlimited',
      'HibernationOptions.Configured': 'false',
    });
    expectAlike('RunInstances.ok.86eac0ac.json', launched, [group]);

    const { instancesSet } = launched.responseElements as { instancesSet: { items: { instanceId: string }[] } };
    const InstanceId = instancesSet.items[0]!.instanceId;
    const modified = await recordOf({
      Action: 'ModifyInstanceAttribute',
      InstanceId,
      'DisableApiTermination.Value': 'false',
    });
    expectAlike('ModifyInstanceAttribute.ok.1bb6c2f9.json', modified, []);
  });

  test('of two instances in a group', async () => {
    await ec2.close();
    const [zone, here] = ['us-west-1', { id: 'subnet-5f7a3106', cidr: '172.30.2.0/24', zone: 'c' }];
    const network = { id: 'vpc-1b4a1b7e', isDefault: false, cidrs: ['172.30.0.0/16'], ipv6Cidrs: [], subnets: [here] };
    ec2 = await startLocalEc2({ region: zone, vpcs: [network] });
    const { SecurityGroups } = await ec2.clientFor(keys.deploy, zone).send(new DescribeSecurityGroupsCommand({}));
    const id = SecurityGroups![0]!.GroupId!;
    const device = (number: number, name: string, encrypted?: string) => ({
      [`BlockDeviceMapping.${number}.DeviceName`]: name,
      [`BlockDeviceMapping.${number}.Ebs.VolumeSize`]: '8',
      [`BlockDeviceMapping.${number}.Ebs.DeleteOnTermination`]: 'true',
      [`BlockDeviceMapping.${number}.Ebs.VolumeType`]: 'gp2',
      ...(encrypted === undefined ? {} : { [`BlockDeviceMapping.${number}.Ebs.Encrypted`]: encrypted }),
    });
    const launched = await recordOf(
      {
        Action: 'RunInstances',
        ImageId: 'ami-06116566',
        MinCount: '1',
        MaxCount: '2',
        KeyName: 'PersonalWest',
        InstanceType: 't2.micro',
        SubnetId: here.id,
        'SecurityGroupId.1': id,
        'Placement.AvailabilityZone': 'us-west-1c',
        ...device(1, '/dev/sdb', 'false'),
        ...device(2, '/dev/sda1'),
        'BlockDeviceMapping.3.DeviceName': '/dev/sdc',
        'BlockDeviceMapping.3.NoDevice': '',
        ClientToken: 'd4673c83-0aaf-4e52-b2a8-99bf7dfbe074_subnet-5f7a3106_2',
        'IamInstanceProfile.Name': 'BaseIAMRole',
      },
      zone,
    );
    const name = 'event-cloud-trail-run-instances';
    expectAlike(name, launched, [['sg-bd2d87d9', id]], `eventbridge-c7n/${name}.json`);
  });

  test('of rules that come and go', async () => {
    const id = await groupId();
    const known = [
      ['sg-04cfb7a4712d75b00', id],
      ['sg-003dc7f1f1c686164', id],
    ] as const;
    const tls = await recordOf({
      Action: 'AuthorizeSecurityGroupIngress',
      GroupId: id,
      'IpPermissions.1.IpProtocol': 'tcp',
      'IpPermissions.1.FromPort': '443',
      'IpPermissions.1.ToPort': '443',
      'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0',
      'IpPermissions.1.IpRanges.1.Description': 'TLS from Internet',
    });
    expectAlike('AuthorizeSecurityGroupIngress.ok.7e96f0e7.json', tls, known);
    const flat = { GroupId: id, IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '208.236.235.254/0' };
    const ssh = await recordOf({ Action: 'AuthorizeSecurityGroupIngress', ...flat });
    expectAlike('stratus.ec2-security-group-open-port-22-ingress.json', ssh, known);
    const all = { 'IpPermissions.1.IpProtocol': '-1', 'IpPermissions.1.FromPort': '0', 'IpPermissions.1.ToPort': '0' };
    const revoke = { Action: 'RevokeSecurityGroupEgress', GroupId: id, ...all };
    const missing = await recordOf({ ...revoke, 'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '::/0' });
    expectAlike('RevokeSecurityGroupEgress.NotFound.5966ab0e.json', missing, known);
    const gone = await recordOf({ ...revoke, 'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0' });
    expectAlike('RevokeSecurityGroupEgress.ok.d2dedbf2.json', gone, known);
    const deleted = await recordOf({ Action: 'DeleteSecurityGroup', GroupId: id });
    expectAlike('DeleteSecurityGroup.ok.9606afeb.json', deleted, known);
  });

  test('of a state, as EC2 itself tells it', async () => {
    await recordOf({ Action: 'RunInstances', ImageId: 'ami-06116566', MinCount: '1', MaxCount: '1', SubnetId: subnet });
    const recorded = plain(parsed('eventbridge-c7n/event-instance-state.json'));
    const [pending] = ec2.notices;
    const given = /^(id|time|account|resources\[\]|detail\.instance-id)$/;
    expect(differences(recorded, plain({ id: '', ...pending }), given)).toEqual([]);
  });

  test('no difference is explained that there is not', () => {
    expect(unneeded('records')).toEqual([]);
  });
});
