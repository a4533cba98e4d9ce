/** One way in which the local EC2 differs from a recording, and why that is so. */
interface Known {
  readonly of: 'answers' | 'records';
  readonly recording: RegExp;
  readonly difference: RegExp;
  readonly reason: string;
}

const newer = 'the field came to EC2 after the recording was made';

const known: readonly Known[] = [
  {
    of: 'answers',
    recording: /SecurityGroups|security-groups/,
    difference: /^SecurityGroupArn: only ours$/,
    reason: `${newer} (2024)`,
  },
  {
    of: 'answers',
    recording: /test_lambda_add_security_group/,
    difference: /^Tags: only recorded$/,
    reason: 'two groups of this recording have an empty list of tags and one has none: its authors edited it',
  },
  {
    of: 'answers',
    recording: /test_lambda_add_security_group/,
    difference: /CidrIp: "192\.168\.0\.1\/31" is not "192\.168\.0\.0\/31"$/,
    reason: 'host bits are cleared here, as EC2 has done since 2020; the recording is of 2019',
  },
  {
    of: 'answers',
    recording: /test_ec2_add_security_groups/,
    difference:
      /\.(NetworkCardIndex|Ipv6Addresses|InterfaceType|EnaSupport|CpuOptions|CapacityReservationSpecification|HibernationOptions|MetadataOptions|EnclaveOptions|PlatformDetails|UsageOperation|UsageOperationUpdateTime|PrivateDnsNameOptions|MaintenanceOptions|CurrentInstanceBootMode): only ours$/,
    reason: `${newer} (2016)`,
  },
  {
    of: 'answers',
    recording: /DescribeInstances/,
    difference: /(RootDeviceName|DeviceName): "\/dev\/sda1" is not "\/dev\/xvda"$/,
    reason: 'the image says so, and images are not modelled',
  },
  {
    of: 'answers',
    recording: /DescribeInstances/,
    difference: /[cC]puOptions\.[tT]hreadsPerCore: 1 is not 2$/,
    reason: 'the instance type says so, and types are not modelled',
  },
  {
    of: 'answers',
    recording: /responses__ec2-describe-security-groups/,
    difference: /\.(Ipv6Ranges|PrefixListIds): only ours$/,
    reason: `${newer} (2014)`,
  },
  {
    of: 'records',
    recording: /^RevokeSecurityGroup.*ok/,
    difference: /^responseElements\.revokedSecurityGroupRuleSet: only ours$/,
    reason: `${newer} (2023): the API answers so since 2025`,
  },
  {
    of: 'records',
    recording: /^DeleteSecurityGroup.*ok/,
    difference: /^responseElements\.groupId: only ours$/,
    reason: `${newer} (2023): the API answers so since 2025`,
  },
  {
    of: 'records',
    recording: /^AuthorizeSecurityGroup|^stratus/,
    difference: /^responseElements\.securityGroupRuleSet\.items\[\]\.securityGroupRuleArn: only ours$/,
    reason: `${newer} (2023)`,
  },
  {
    of: 'records',
    recording: /^stratus/,
    difference: /^awsRegion: "us-northeast-1r" is not "us-east-1"$/,
    reason: 'the recording was made anonymous: its region is a random one',
  },
  {
    of: 'records',
    recording: /event-cloud-trail-run-instances/,
    difference:
      /(^requestId|^responseElements\.requestId|^readOnly|^managementEvent|^eventCategory|disableApiStop|networkCardIndex|interfaceType|ipv6AddressesSet|enaSupport|cpuOptions|capacityReservationSpecification|hibernationOptions|enclaveOptions|maintenanceOptions|privateDnsNameOptions|currentInstanceBootMode|metadataOptions): only ours$/,
    reason: `${newer} (2016)`,
  },
  {
    of: 'records',
    recording: /event-cloud-trail-run-instances/,
    difference:
      /(interfaceId|internalInterfaceId|attachableToInstanceBySet|associableWithElasticIpBySet|networkInterfaceSet\.items\[\]\.availabilityZone|requesterManaged|attachment\.instanceId|attachment\.instanceOwnerId): only recorded$/,
    reason: 'the record of 2023 does not have it any more',
  },
  {
    of: 'records',
    recording: /event-cloud-trail-run-instances/,
    difference: /^responseElements\.requesterId: only recorded$/,
    reason: 'Auto Scaling made the call; here callers are people and roles',
  },
  {
    of: 'records',
    recording: /event-cloud-trail-run-instances/,
    difference: /rootDeviceName: "\/dev\/sda1" is not "\/dev\/xvda"$/,
    reason: 'the image says so, and images are not modelled',
  },
  {
    of: 'records',
    recording: /^stratus/,
    difference: /cidrIpv4: "208\.236\.235\.254\/0" is not "0\.0\.0\.0\/0"$/,
    reason: 'the recording was made anonymous: its address is a random one',
  },
  {
    of: 'records',
    recording: /\.(ok|NotFound)\.|^stratus/,
    difference: /^tlsDetails: only recorded$/,
    reason: 'the local service speaks plain HTTP',
  },
];

const used = new Set<Known>();

/** The differences that the table does not know. */
export function unexplained(recording: string, found: readonly string[]): readonly string[] {
  return [...new Set(found)].filter((difference) => {
    const rows = known.filter((row) => row.recording.test(recording) && row.difference.test(difference));
    for (const row of rows) used.add(row);
    return rows.length === 0;
  });
}

/** Rows of the table that no recording needed, of those that were compared. */
export function unneeded(of: Known['of']): readonly string[] {
  return known.filter((row) => row.of === of && !used.has(row)).map(({ reason }) => reason);
}
